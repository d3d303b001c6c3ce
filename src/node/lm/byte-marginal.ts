// The next byte under a language model of tokens. Bytes can be cut into tokens in many ways, and the
// probability of a text is the sum over all of them (Cao & Rimell 2021; Vieira et al. 2024, "From
// Language Models over Tokens to Language Models over Characters"). Of the ways that agree with the
// bytes so far the likeliest are kept, and their distribution is normalised: exact as long as none
// is dropped. The ways that may become the tokenizer's own cut are never dropped, so a text has at
// least the probability of its own tokens.

import type { Predictor } from '../../types.js';
import { OwnCut, type Path } from './own-cut.js';
import { TokenContext, type TokenModel } from './tokens.js';
import type { RankRange, Vocabulary } from './vocabulary.js';

/** A way to cut the bytes so far: whole tokens, and the beginning of one more. */
interface Way extends RankRange {
  /** The state after the whole tokens. */
  readonly context: TokenContext;
  /** Whether the tokenizer may cut the whole text so, given a continuation. */
  readonly isOwn: boolean;
  /** The whole tokens since the end of a character; undefined if they end with a character. */
  readonly path: Path | undefined;
  /** Bytes of the token that is not complete; the range holds the tokens that begin with them. */
  readonly depth: number;
  /** P of the whole tokens, over P of the bytes so far. */
  readonly scale: number;
  /** `scale` times the P of the range: the share of this way. */
  readonly share: number;
}

/** A way after one more byte, before it is known whether it is kept. */
interface Candidate extends Way {
  /** The token that has just ended, which `context` lacks; −1 for none. */
  readonly ended: number;
}

/** The ways after a byte. */
interface Step {
  readonly ways: readonly Way[];
  /** P of the byte. */
  readonly mass: number;
}

/** A kept way has at least this share, however unlikely its tokens are. */
const LEAST_SHARE = 2 ** -400;

/**
 * −log2 P of the next byte. Each byte costs a pass for every kept way in which a token ends there;
 * ways with as many tokens share a pass.
 */
export class ByteMarginalModel implements Predictor {
  readonly alphabetSize = 256;
  readonly #vocabulary: Vocabulary;
  readonly #beam: number;
  /** Never empty; in at least one of them a token has just ended. */
  #ways: readonly Way[];
  #cut: OwnCut;
  /** Bytes that have been pushed and not followed yet. */
  #pending: number[] = [];
  /** The state after some bytes from here on, reached with other last digits. */
  #scored: { bytes: readonly number[]; ways: readonly Way[]; cut: OwnCut } | undefined;

  private constructor(vocabulary: Vocabulary, beam: number, ways: readonly Way[], cut: OwnCut) {
    this.#vocabulary = vocabulary;
    this.#beam = beam;
    this.#ways = ways;
    this.#cut = cut;
  }

  /** @param beam ways kept after each byte beside those that may become the tokenizer's own. */
  static start(model: TokenModel, beam: number): ByteMarginalModel {
    const { vocabulary } = model;
    const context = TokenContext.start(model);
    const way = { context, isOwn: true, path: undefined };
    const all = { low: 0, high: vocabulary.size, depth: 0, scale: 1, share: 1 };
    return new ByteMarginalModel(vocabulary, beam, [{ ...way, ...all }], new OwnCut(vocabulary));
  }

  fork(): ByteMarginalModel {
    const fork = new ByteMarginalModel(this.#vocabulary, this.#beam, this.#ways, this.#cut);
    fork.#pending = this.#pending.slice();
    fork.#scored = this.#scored;
    return fork;
  }

  update(symbol: number): void {
    this.#pending.push(symbol);
  }

  /** @throws UsageError if the graph fails. */
  async predict(out: Float64Array): Promise<void> {
    for (const byte of this.#pending.splice(0)) {
      await evaluate(this.#ways);
      this.#cut = this.#cut.after(byte);
      this.#ways = this.#follow(this.#ways, this.#cut, byte).ways;
      this.#scored = undefined;
    }
    await evaluate(this.#ways);
    out.fill(0);
    for (const way of this.#ways) this.#addNext(way, out);
    let total = 0;
    for (let byte = 0; byte < 256; byte++) total += out[byte]!;
    for (let byte = 0; byte < 256; byte++) out[byte] = -Math.log2(out[byte]! / total);
  }

  /**
   * −log2 P of each of some bytes given all before it: what `predict` and `update` give in turn up
   * to rounding, in passes that also cover the next own tokens of the text. The state does not
   * change.
   *
   * @throws UsageError if the graph fails.
   */
  async surprisals(bytes: Uint8Array): Promise<Float64Array> {
    const isScored = this.#scored?.bytes.every((byte, i) => byte === this.#pending[i]);
    const from = isScored ? this.#scored! : { bytes: [], ways: this.#ways, cut: this.#cut };
    const text = [...this.#pending.slice(from.bytes.length), ...bytes];
    // Contexts of this call alone: the last digits depend on which of them share a pass.
    let ways: readonly Way[] = from.ways.map((way) => ({ ...way, context: way.context.copy() }));
    const own = new OwnContexts(this.#vocabulary, ways, from.cut, text);
    const surprisals = new Float64Array(text.length);
    for (const [i, byte] of text.entries()) {
      await own.reach(i);
      await evaluate(ways, false);
      const step = this.#follow(ways, own.cutAfter(i + 1), byte);
      surprisals[i] = -Math.log2(step.mass);
      ways = step.ways;
    }
    const cut = own.cutAfter(text.length);
    this.#scored = { bytes: [...this.#pending, ...bytes], ways, cut };
    return surprisals.subarray(text.length - bytes.length);
  }

  /** Adds the shares of the bytes that may come next in a way. */
  #addNext({ context, low, high, depth, scale }: Way, out: Float64Array): void {
    const vocabulary = this.#vocabulary;
    const distribution = context.known!;
    for (let from = low; from < high; ) {
      const byte = vocabulary.byteAt(from, depth);
      const to = vocabulary.endOf({ low: from, high }, depth, byte);
      out[byte] = out[byte]! + scale * distribution.between(from, to);
      from = to;
    }
  }

  /** The ways after one more byte, of ways that are evaluated; `cut` has the byte. */
  #follow(before: readonly Way[], cut: OwnCut, byte: number): Step {
    const vocabulary = this.#vocabulary;
    const { isOpen } = cut;
    const candidates: Candidate[] = [];
    for (const way of before) {
      const { low, high } = vocabulary.narrow(way, way.depth, byte);
      const distribution = way.context.known!;
      const depth = way.depth + 1;
      let rank = low;
      for (; rank < high && vocabulary.lengthAt(rank) === depth; rank++) {
        const scale = Math.max(way.scale * distribution.at(rank), LEAST_SHARE);
        const path = { rank, before: way.path };
        candidates.push({
          context: way.context,
          ended: rank,
          isOwn: way.isOwn && (isOpen || cut.endsWith(path)),
          path: isOpen ? path : undefined,
          low: 0,
          high: vocabulary.size,
          depth: 0,
          scale,
          share: scale,
        });
      }
      if (rank === high) continue;
      const share = way.scale * distribution.between(rank, high);
      candidates.push({ ...way, ended: -1, low: rank, high, depth, share });
    }
    const kept = keep(candidates, this.#beam, isOpen);
    const total = sumOf(kept);
    const ways = kept.map(({ ended, context, scale, share, ...way }) => ({
      ...way,
      context: ended < 0 ? context : context.child(ended),
      scale: scale / total,
      share: share / total,
    }));
    return { ways, mass: sumOf(candidates) };
  }
}

/** Bytes ahead of which own contexts are evaluated where the whole text's cut is not followed. */
const AHEAD = 64;
/** Contexts further behind are of no more use. */
const BEHIND = 256;
/** Tokens of the whole text's cut in one pass. */
const CHAIN = 32;

/**
 * The contexts of the tokenizer's own cuts of a text that is known in advance: of the whole, whose
 * tokens share passes, and of each of its beginnings, which share passes then.
 */
class OwnContexts {
  readonly #vocabulary: Vocabulary;
  readonly #text: readonly number[];
  /** The cuts of the text's beginnings, from the empty one on. */
  readonly #cuts: OwnCut[];
  /** By the number of bytes of the text before it, negative where it ended before the text. */
  readonly #contexts = new Map<number, TokenContext>();
  /** The tokens of the whole text's cut that are not reached, last first, and the bytes before them. */
  readonly #chain: number[];
  #reached: number;
  /** The contexts of the beginnings of so many bytes are evaluated. */
  #done = 0;

  constructor(vocabulary: Vocabulary, ways: readonly Way[], cut: OwnCut, text: readonly number[]) {
    this.#vocabulary = vocabulary;
    this.#text = text;
    this.#cuts = [cut];
    for (const { isOwn, context, depth } of ways) if (isOwn) this.#contexts.set(-depth, context);
    this.#reached = -cut.tail.length;
    const ranks = vocabulary.segment(Uint8Array.from([...cut.tail, ...text]));
    let first = 0;
    while (this.#reached <= 0 && first < ranks.length && !this.#contexts.has(this.#reached)) {
      this.#reached += vocabulary.lengthAt(ranks[first++]!);
    }
    this.#chain = this.#contexts.has(this.#reached) ? ranks.slice(first).reverse() : [];
  }

  /** Evaluates the contexts of the next bytes, if no more than `at` are done. */
  async reach(at: number): Promise<void> {
    if (at < this.#done || at === this.#text.length) return;
    for (const end of this.#contexts.keys()) if (end < at - BEHIND) this.#contexts.delete(end);
    if (this.#chain.length > 0) await this.#goOn();
    const end = Math.min(Math.max(this.#reached, at + AHEAD), this.#text.length);
    const chains = new Map<TokenContext, readonly TokenContext[]>();
    const inner = new Set<TokenContext>();
    while (this.#done < end) {
      const step = this.#own(++this.#done);
      if (!step || step.context.known) continue;
      inner.add(step.before);
      chains.set(step.context, [...(chains.get(step.before) ?? []), step.context]);
    }
    for (const context of inner) chains.delete(context);
    await TokenContext.evaluateChains([...chains.values()], false);
  }

  /** Evaluates the next contexts of the whole text's cut. */
  async #goOn(): Promise<void> {
    const contexts = [this.#contexts.get(this.#reached)!];
    for (const rank of this.#chain.splice(-CHAIN).reverse()) {
      const context = contexts.at(-1)!.child(rank);
      this.#reached += this.#vocabulary.lengthAt(rank);
      this.#contexts.set(this.#reached, context);
      contexts.push(context);
    }
    await TokenContext.evaluateChains([contexts.filter(({ known }) => !known)]);
  }

  cutAfter(bytes: number): OwnCut {
    while (this.#cuts.length <= bytes) {
      this.#cuts.push(this.#cuts.at(-1)!.after(this.#text[this.#cuts.length - 1]!));
    }
    return this.#cuts[bytes]!;
  }

  /** The context of the cut of so many bytes, and the one before its last token. */
  #own(bytes: number): { context: TokenContext; before: TokenContext } | undefined {
    const cut = this.cutAfter(bytes);
    const rank = cut.isOpen ? undefined : cut.ranks.at(-1);
    if (rank === undefined) return undefined;
    const before = this.#contexts.get(bytes - this.#vocabulary.lengthAt(rank));
    if (!before) return undefined;
    const context = this.#contexts.get(bytes) ?? before.child(rank);
    this.#contexts.set(bytes, context);
    return { context, before };
  }
}

async function evaluate(ways: readonly Way[], keepsCaches = true): Promise<void> {
  const contexts = ways.map(({ context }) => context);
  await TokenContext.evaluate(contexts, keepsCaches);
}

/**
 * The ways that may become the tokenizer's own, and of the others the `beam` likeliest, none of
 * them with less than 1 / (`SPREAD · beam`) of all. In one of them at least a token has just ended,
 * since only there every byte is possible.
 */
function keep(ways: readonly Candidate[], beam: number, isOpen: boolean): Candidate[] {
  const least = sumOf(ways) / (SPREAD * beam);
  const kept = ways.filter(({ isOwn }) => isOwn);
  const others = ways.filter(({ isOwn, share }) => !isOwn && share >= least);
  others.sort((a, b) => b.share - a.share);
  for (const way of others.slice(0, beam)) kept.push(way);
  if (isOpen || kept.some(({ isOwn, depth }) => isOwn && depth === 0)) return kept;
  // The tokenizer looked ahead, and no way has the tokens of its cut: the likeliest stands for it.
  const ended = ways.filter(({ depth }) => depth === 0);
  const likeliest = ended.reduce((a, b) => (b.share > a.share ? b : a));
  return [...kept.filter((way) => way !== likeliest), { ...likeliest, isOwn: true }];
}

/**
 * A larger value follows less likely ways too. On 400 bytes of validation text, 8 instead of 2 takes
 * a third more passes and 0.002 bits a byte more, as ways that the tokenizer never takes stay longer.
 */
const SPREAD = 2;

function sumOf(ways: readonly Way[]): number {
  let sum = 0;
  for (let i = 0; i < ways.length; i++) sum += ways[i]!.share;
  return sum;
}
