// Prediction by partial matching with PPMd var. H's model: uses the counts of the longest context,
// or escapes to a shorter one without the symbols already excluded, down to order 0, which has all
// bytes. The model runs in WebAssembly (native/ppm/).

import type { BitCoder, Predictor } from '../../types.js';
import { Memory, STAGED } from './memory.js';

export interface PpmOptions {
  /** Bytes in the longest context, 1–16 (default 6). */
  readonly order?: number;
  /**
   * Limit on the memory of the trie, in bytes (default 64 MiB); when it is full, the model restarts
   * empty.
   */
  readonly memoryBytes?: number;
}

/** Memory per page: 2048 bytes, and 4 of the page table. */
const PAGE_BYTES = 2052;
/** Binary probabilities are in units of 2^−14. */
const BINARY_SCALE = 2 ** 14;
/** log2 of the counts of symbols. */
const LOG2 = Float64Array.from({ length: 256 }, (_, count) => Math.log2(count));
/** Offset of the states of a level. */
const STATES_AT = 8;

/** A PPM model in its initial state: 8 bits for every byte. */
export function ppmPredictor({ order = 6, memoryBytes = 2 ** 26 }: PpmOptions = {}): PpmPredictor {
  const memory = new Memory();
  const root = memory.run.create(order, Math.floor(memoryBytes / PAGE_BYTES));
  return new PpmPredictor({ memory }, memory, root);
}

export class PpmPredictor implements Predictor {
  readonly alphabetSize = 256;
  /** Where the forks of a model move to when theirs is crowded. */
  readonly #family: { memory: Memory };
  #memory: Memory;
  #root: number;

  constructor(family: { memory: Memory }, memory: Memory, root: number) {
    this.#family = family;
    this.#memory = memory;
    this.#root = root;
  }

  fork(): PpmPredictor {
    this.#prepare();
    return new PpmPredictor(this.#family, this.#memory, this.#memory.run.fork(this.#root));
  }

  /** Memory of the trie, in bytes; pages shared with forks count in each. */
  get usedBytes(): number {
    return this.#memory.run.pagesOf(this.#root) * PAGE_BYTES;
  }

  /** −log2 P of every next byte; Σ 2^−bits = 1. */
  predict(out: Float64Array): void {
    const { run, level } = this.#memory;
    run.begin(this.#root);
    let left = 0; // bits of the escapes so far
    for (;;) {
      const count = run.level();
      const sum = level.getUint32(0, true);
      if (count === 0) {
        const p = sum / BINARY_SCALE;
        out[level.getUint8(STATES_AT)] = left - Math.log2(p);
        left -= Math.log2(1 - p);
        continue;
      }
      const escapes = level.getUint32(4, true);
      const all = left + Math.log2(sum + escapes);
      for (let i = 0, at = STATES_AT; i < count; i++, at += 2) {
        out[level.getUint8(at)] = all - LOG2[level.getUint8(at + 1)]!;
      }
      if (escapes === 0) return;
      left = all - Math.log2(escapes);
    }
  }

  /** −log2 P of one byte, the same as in `predict`. */
  surprisal(symbol: number): number {
    return -Math.log2(this.#memory.run.chanceOf(this.#root, symbol));
  }

  /**
   * Codes the next byte as decisions: an escape or not in each context, then one decision per state
   * of the context that has it, the more likely roughly first.
   */
  code(coder: BitCoder, symbol: number): number {
    const { run, level } = this.#memory;
    run.begin(this.#root);
    for (;;) {
      const count = run.level();
      let left = level.getUint32(0, true);
      if (count === 0) {
        const lone = level.getUint8(STATES_AT);
        if (coder.code(lone === symbol ? 1 : 0, left / BINARY_SCALE)) return lone;
        continue;
      }
      const escapes = level.getUint32(4, true);
      const end = STATES_AT + 2 * count;
      let here = 0;
      for (let at = STATES_AT; at < end; at += 2) if (level.getUint8(at) === symbol) here = 1;
      if (escapes > 0 && !coder.code(here, left / (left + escapes))) continue;
      for (let at = STATES_AT; ; at += 2) {
        const own = level.getUint8(at);
        const seen = level.getUint8(at + 1);
        // The last remaining state needs no decision.
        if (seen === left || coder.code(own === symbol ? 1 : 0, seen / left)) return own;
        left -= seen;
      }
    }
  }

  /** Learns the next byte. */
  update(symbol: number): void {
    this.#prepare();
    this.#memory.run.update(this.#root, symbol);
  }

  /** Learns bytes and returns their code length in bits. */
  learn(bytes: Uint8Array): number {
    let bits = 0;
    for (let at = 0; at < bytes.length; at += STAGED) {
      this.#prepare();
      const piece = bytes.subarray(at, at + STAGED);
      bits = addBits(bits, this.#memory.push(this.#root, piece));
    }
    return bits;
  }

  /**
   * Learns at most 256 bytes and returns ln P(1)/P(0) of the eight bits of each, highest first, given
   * those before; valid until the next call.
   */
  learnBits(bytes: Uint8Array): Float32Array {
    this.#prepare();
    return this.#memory.pushBits(this.#root, bytes);
  }

  /** ln P(1)/P(0) of the eight bits of one byte, as from `learnBits`. */
  logitsOf(symbol: number): Float32Array {
    this.#memory.run.pathOf(this.#root, symbol);
    return this.#memory.logits(8);
  }

  /**
   * ln P(1)/P(0) of the next bit after each sequence of fewer than eight, whose index is its bits
   * after a leading 1.
   */
  logits(): Float32Array {
    this.#memory.run.treeOf(this.#root);
    return this.#memory.logits(256);
  }

  /** One of these logits. The first must be that of index 1, with no other call between. */
  logitAt(index: number): number {
    const { run } = this.#memory;
    if (index === 1) run.sumTree(this.#root);
    return run.logitAt(index);
  }

  /** −log2 P of each of several bytes, given those before it. */
  surprisals(bytes: Uint8Array): Float64Array {
    const memory = this.#memory;
    const bits = new Float64Array(bytes.length);
    const copy = memory.run.tryOut(this.#root);
    for (let at = 0; at < bytes.length; at += STAGED) {
      const probabilities = memory.push(copy, bytes.subarray(at, at + STAGED));
      for (const [i, probability] of probabilities.entries())
        bits[at + i] = -Math.log2(probability);
    }
    memory.run.resume(copy);
    return bits;
  }

  /** Moves the model to another memory if its own is crowded. */
  #prepare(): void {
    const from = this.#memory;
    if (!from.isCrowded(this.#root)) return;
    const family = this.#family;
    if (family.memory === from || !family.memory.isOpen) family.memory = new Memory();
    this.#memory = family.memory;
    this.#root = this.#memory.moveFrom(from, this.#root);
  }
}

/** Adds −log2 of all probabilities; V8 compiles this loop earlier in a function of its own. */
function addBits(bits: number, probabilities: Float64Array): number {
  let sum = bits;
  for (let i = 0; i < probabilities.length; i++) sum -= Math.log2(probabilities[i]!);
  return sum;
}
