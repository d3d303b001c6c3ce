// The `decode` reading of LZMA: the distribution that its decoder gives to fair coin flips,
// P(x) = Σ 2^−|p| over the token strings p that decompress to x, given what its models learnt from
// the context. They learn from one parse only: the best way through the forward pass, which is
// committed some bytes behind, whence the pass begins anew with the models that this leaves.
// As bytes (`predict`) or as tokens (`draw`): one distribution, two ways to draw from it.

import { expectInteger } from '../../../expect.js';
import type { Predictor, Random, Token, TokenSource } from '../../../types.js';
import { DrawnPositions } from '../../drawn-positions.js';
import {
  createModels,
  LONGEST_MATCH,
  type LzmaProperties,
  SHORTEST_MATCH,
} from '../codec/models.js';
import type { Hypothesis, PassLimits, Reps, Step } from './hypotheses.js';
import { LearningParse } from './learn.js';
import { fillMasses } from './masses.js';
import { TokenOdds } from './odds.js';
import { Sources } from './overlap.js';
import { ForwardPass } from './pass.js';
import { drawToken } from './tokens.js';
import { DecodeWindow } from './window.js';

export interface LzmaDecoderOptions extends LzmaProperties {
  /** The farthest distance of a match, in bytes. */
  readonly dictionary: number;
  /**
   * The longest match that is drawn, 2–273; the shorter ones share what longer ones had (default
   * 273). The tree of lengths above 17 is hardly ever trained, so that a match which gets there goes
   * on for hundreds of bytes: 16 is good for drawing, the default for measuring.
   */
  readonly maxMatch?: number;
  /** How much of the sum over all parses is kept; for tests. */
  readonly limits?: Partial<DecodeLimits>;
}

export interface DecodeLimits extends PassLimits {
  /** Tokens that end so many bytes behind may be committed; Infinity to commit none. */
  readonly behind: number;
}

const LIMITS: DecodeLimits = { hypotheses: 12, distances: 4, negligible: 1e-4, behind: 8 };
/** How many times that the pass may get long: the tail is walked anew after a commit. */
const PATIENCE = 3;
/** When nothing could be committed, it is tried again so many bytes later. */
const RETRY = 8;

const INITIAL_REPS: Reps = [1, 1, 1, 1];

/** @throws RangeError for options that the format does not have; lc + lp may be 4 at most. */
export function createLzmaDecoder(options: LzmaDecoderOptions): LzmaDecoder {
  const { lc, lp, pb, dictionary, maxMatch = LONGEST_MATCH } = options;
  expectInteger('lc', lc, { min: 0, max: 4 });
  expectInteger('lp', lp, { min: 0, max: 4 - lc });
  expectInteger('pb', pb, { min: 0, max: 4 });
  expectInteger('dictionary', dictionary, { min: 1, max: 2 ** 31 - 1 });
  expectInteger('maxMatch', maxMatch, { min: SHORTEST_MATCH, max: LONGEST_MATCH });
  const limits = { ...LIMITS, ...options.limits };
  const odds = new TokenOdds(createModels({ lc, lp, pb }), { lc, lp, pb }, maxMatch);
  const pass = new ForwardPass(new DecodeWindow(dictionary), odds, limits);
  pass.restart(odds, 0, 0, INITIAL_REPS);
  return new LzmaDecoder(pass, limits);
}

export class LzmaDecoder implements Predictor, TokenSource {
  readonly alphabetSize = 256;
  readonly #limits: DecodeLimits;
  readonly #pass: ForwardPass;
  readonly #masses = new Float64Array(256);
  /** How long the pass may get before something is committed. */
  #patience: number;
  readonly #drawn: DrawnPositions;
  readonly #sources: Sources;

  /** Use {@link createLzmaDecoder}. */
  constructor(
    pass: ForwardPass,
    limits: DecodeLimits,
    patience = PATIENCE * limits.behind,
    drawn = new DrawnPositions(),
  ) {
    this.#pass = pass;
    this.#limits = limits;
    this.#patience = patience;
    this.#drawn = drawn;
    this.#sources = new Sources(pass, drawn);
  }

  /** Where the pass stands: what is committed, and the ways from there. */
  get pass(): ForwardPass {
    return this.#pass;
  }

  /** Fills `out` with −log2 P of each next byte; Σ 2^−bits = 1. */
  predict(out: Float64Array): void {
    fillMasses(this.#pass, this.#masses);
    this.#toBits(out);
  }

  /** See `CodeLengthModel.nextOverlapping`. */
  predictOverlapping(out: Float64Array, overlap: number): number {
    const covered = this.#sources.fill(overlap, this.#masses);
    if (covered === 0) this.predict(out);
    else this.#toBits(out);
    return covered;
  }

  /** See `CodeLengthModel.sourcesOf`. */
  sourcesOf(byte: number, covered: number): readonly number[] {
    return this.#sources.of(byte, covered);
  }

  #toBits(out: Float64Array): void {
    const masses = this.#masses;
    let total = 0;
    for (let b = 0; b < 256; b++) total += masses[b]!;
    const totalLog = Math.log2(total);
    for (let b = 0; b < 256; b++) out[b] = totalLog - Math.log2(masses[b]!);
  }

  /** As `update`; no copy goes on from a byte that was drawn. */
  updateDrawn(byte: number): void {
    this.#drawn.add(this.#pass.window.length);
    this.update(byte);
  }

  update(byte: number): void {
    const pass = this.#pass;
    pass.window.append(byte);
    pass.observe();
    if (pass.levels.length > this.#patience) this.#commit();
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) this.update(byte);
  }

  /**
   * Draws a token, or the rest of a match that the bytes pushed last may have begun, and appends
   * its bytes. Where the parse stands is drawn first, then the symbols of the token, each
   * ∝ P^(1/temperature); at 0 the most probable, ties drawn uniformly. The parse that was drawn is
   * committed, and the models learn from it.
   */
  draw(random: Random, temperature: number): Token {
    if (!(temperature >= 0)) {
      throw new RangeError(`"temperature" expected number >= 0, got ${temperature}`);
    }
    const pass = this.#pass;
    const { window } = pass;
    const { step, literal, distance, bits } = drawToken(pass, random, temperature);
    const start = step.from.position;
    const bytes = new Uint8Array(start + step.length - window.length);
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = distance > 0 ? window.byteAt(window.length - distance) : literal;
      window.append(bytes[i]!);
    }
    this.#learn([...pathTo(step.from), step]);
    return distance > 0
      ? { kind: 'match', bytes, distance, bits }
      : { kind: 'literal', bytes, bits };
  }

  fork(): LzmaDecoder {
    const pass = this.#pass.fork(this.#pass.window.fork());
    return new LzmaDecoder(pass, this.#limits, this.#patience, this.#drawn.fork());
  }

  /** Commits the best way, but for its last bytes. */
  #commit(): void {
    const pass = this.#pass;
    const { position, start } = pass;
    let best = pass.level.hypotheses[0]!;
    for (const other of pass.level.hypotheses) if (other.cost < best.cost) best = other;
    while (best.position > position - this.#limits.behind) best = best.step!.from;
    // Going back must not cost more than twice what it gains.
    const gain = best.position - start;
    if (2 * gain < position - best.position) {
      this.#patience = position - start + RETRY;
      return;
    }
    this.#learn(pathTo(best));
  }

  /** Lets the models learn from these tokens, and begins a pass where they end. */
  #learn(path: readonly Step[]): void {
    const pass = this.#pass;
    const { odds, window } = pass;
    const parse = new LearningParse(odds, pass.levels[0]!.hypotheses[0]!, window);
    for (const step of path) parse.take(step);
    const learnt = new TokenOdds(parse.models, odds.properties, odds.maxMatch);
    pass.restart(learnt, parse.position, parse.state, parse.reps);
    while (pass.position < window.length) pass.observe();
    this.#patience = PATIENCE * this.#limits.behind;
  }
}

/** The tokens of the best way from the start of the pass. */
function pathTo(end: Hypothesis): Step[] {
  const path = [];
  for (let step = end.step; step; step = step.from.step) path.push(step);
  return path.reverse();
}
