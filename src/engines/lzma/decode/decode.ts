// The `decode` reading of LZMA: the distribution that its decoder gives to fair coin flips, P(x) =
// Σ 2^−|p| over the token strings p that decompress to x, given what its models learnt from the
// context. They learn from one parse only, the encoder's fast one, up to where no later byte can
// change it; the forward pass over all parses starts there, some bytes behind. It can be used by
// bytes (`predict`) or by tokens (`draw`), with the same distribution.

import { DrawnPositions } from '../../../bits/drawn-positions.js';
import { sum } from '../../../bits/weights.js';
import { expectInteger } from '../../../expect.js';
import type { Predictor, Random, Token, TokenSource } from '../../../types.js';
import {
  createModels,
  LONGEST_MATCH,
  type LzmaProperties,
  SHORTEST_MATCH,
} from '../codec/models.js';
import type { PassLimits, Reps, Step } from './hypotheses.js';
import { LearningParse } from './learn.js';
import { fillMasses } from './masses.js';
import { TokenOdds } from './odds.js';
import { Sources } from './overlap.js';
import { ForwardPass } from './pass.js';
import { drawToken } from './tokens.js';
import { DecodeWindow } from './window.js';

export interface LzmaDecoderOptions extends LzmaProperties {
  /** Largest match distance in bytes. */
  readonly dictionary: number;
  /**
   * The longest match considered, 2–273; the probability of longer ones is distributed over the
   * shorter ones (default 273). The tree of lengths above 17 is hardly ever trained, so a match
   * that reaches it continues for hundreds of bytes: 16 is good for drawing, the default for
   * measuring.
   */
  readonly maxMatch?: number;
  /** Pruning limits of the sum over all parses; for tests. */
  readonly limits?: Partial<DecodeLimits>;
}

export interface DecodeLimits extends PassLimits {
  /** The models learn tokens that end this many bytes before the end; Infinity to learn none. */
  readonly behind: number;
}

const LIMITS: DecodeLimits = {
  hypotheses: 4,
  distances: 2,
  pairs: 32,
  negligible: 1e-3,
  behind: 8,
};
/**
 * The models learn at multiples of this many bytes from the first byte, so their state does not
 * depend on how the bytes were pushed.
 */
const STRIDE = 32;

const INITIAL_REPS: Reps = [1, 1, 1, 1];

/** @throws RangeError for invalid options; lc + lp may be at most 4. */
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
  /** Of the bytes that may follow the first `#filledAt`. */
  readonly #masses = new Float64Array(256);
  #filledAt = -1;
  readonly #byte = new Uint8Array(1);
  readonly #drawn: DrawnPositions;
  readonly #sources: Sources;

  /** Use {@link createLzmaDecoder}. */
  constructor(pass: ForwardPass, limits: DecodeLimits, drawn = new DrawnPositions()) {
    this.#pass = pass;
    this.#limits = limits;
    this.#drawn = drawn;
    this.#sources = new Sources(pass, drawn);
  }

  /** The state of the forward pass. */
  get pass(): ForwardPass {
    return this.#pass;
  }

  /** Fills `out` with −log2 P of each next byte; Σ 2^−bits = 1. */
  predict(out: Float64Array): void {
    this.#fillMasses();
    toBits(this.#masses, out);
  }

  /** −log2 P of one byte, the same number as from `predict`. */
  surprisal(byte: number): number {
    this.#fillMasses();
    return Math.log2(sum(this.#masses)) - Math.log2(this.#masses[byte]!);
  }

  /** See `CodeLengthModel.nextOverlapping`. */
  predictOverlapping(out: Float64Array, overlap: number): number {
    this.#pass.window.take();
    const masses = new Float64Array(256);
    const covered = this.#sources.fill(overlap, masses);
    if (covered === 0) this.predict(out);
    else toBits(masses, out);
    return covered;
  }

  /** See `CodeLengthModel.sourcesOf`. */
  sourcesOf(byte: number, covered: number): readonly number[] {
    this.#pass.window.take();
    return this.#sources.of(byte, covered);
  }

  #fillMasses(): void {
    const length = this.#pass.window.take().end;
    if (this.#filledAt === length) return;
    this.#filledAt = length;
    fillMasses(this.#pass, this.#masses);
  }

  /** As `update`; no copy continues from a byte that was drawn. */
  updateDrawn(byte: number): void {
    this.#pass.window.take();
    this.#drawn.add(this.#pass.window.length);
    this.update(byte);
  }

  update(byte: number): void {
    const pass = this.#pass;
    this.#byte[0] = byte;
    pass.window.append(this.#byte);
    pass.observe();
    if (pass.window.length % STRIDE === 0) this.#advance();
  }

  push(bytes: Uint8Array): void {
    this.learn(bytes);
  }

  /**
   * Costs one parse, plus a forward pass over the end. Later predictions are bit-identical to those
   * after `update` of each byte: where the models learn and where the pass starts depend only on
   * the bytes and their positions, not on how they were pushed.
   */
  learn(bytes: Uint8Array): void {
    const { window } = this.#pass;
    window.take();
    const end = window.length + bytes.length;
    const skipped = end - (end % STRIDE) - window.length;
    if (skipped > 0) {
      window.append(bytes.subarray(0, skipped));
      this.#advance();
    }
    for (let i = Math.max(0, skipped); i < bytes.length; i++) this.update(bytes[i]!);
  }

  /**
   * Draws a token, or the rest of a match that the last pushed bytes may have begun, and appends
   * its bytes. The position of the parse is drawn first, then the symbols of the token, each ∝
   * P^(1/temperature); at 0 the most probable, with ties drawn uniformly. The parse that was drawn
   * is committed, and the models learn from it.
   */
  draw(random: Random, temperature: number): Token {
    if (!(temperature >= 0)) {
      throw new RangeError(`"temperature" expected number >= 0, got ${temperature}`);
    }
    const pass = this.#pass;
    const { window } = pass;
    window.take();
    const { step, literal, distance, bits } = drawToken(pass, random, temperature);
    const start = step.from.position;
    const bytes = new Uint8Array(start + step.length - window.length);
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = distance > 0 ? window.byteAt(window.length - distance) : literal;
      window.append(bytes.subarray(i, i + 1));
    }
    const parse = new LearningParse(pass);
    for (const taken of pathTo(step)) parse.take(taken);
    this.#restart(parse);
    return distance > 0
      ? { kind: 'match', bytes, distance, bits }
      : { kind: 'literal', bytes, bits };
  }

  fork(): LzmaDecoder {
    const pass = this.#pass.fork(this.#pass.window.fork());
    return new LzmaDecoder(pass, this.#limits, this.#drawn.fork());
  }

  /** Updates the models with newly decided tokens, and the pass with the end of the window. */
  #advance(): void {
    const pass = this.#pass;
    const { window } = pass;
    const parse = new LearningParse(pass);
    parse.advance(window.length - this.#limits.behind);
    if (parse.position > pass.start) this.#restart(parse);
    while (pass.position < window.length) pass.observe();
  }

  /** Starts a pass at the current end of the parse. */
  #restart({ models, position, reps, state }: LearningParse): void {
    const { odds } = this.#pass;
    const learnt = new TokenOdds(models, odds.properties, odds.maxMatch);
    this.#pass.restart(learnt, position, state, reps);
  }
}

function toBits(masses: Float64Array, out: Float64Array): void {
  const totalLog = Math.log2(sum(masses));
  let mass = -1;
  let bits = 0;
  for (let b = 0; b < 256; b++) {
    // Many bytes that have not occurred have the same mass as the one before.
    if (masses[b] !== mass) {
      mass = masses[b]!;
      bits = totalLog - Math.log2(mass);
    }
    out[b] = bits;
  }
}

/** The tokens from the start of the pass up to this one. */
function pathTo(end: Step): Step[] {
  const path = [];
  for (let step: Step | undefined = end; step; step = step.from.step) path.push(step);
  return path.reverse();
}
