// Prediction by partial matching with PPMd var. H's model: uses the counts of the longest context,
// or escapes to a shorter one without the symbols already excluded, down to order 0, which has all
// bytes. Escape probabilities are estimated from how often similar contexts escaped (SEE).
// Probabilities are exact fractions, not those of PPMd's range coder, so nothing is lost to
// rounding.

import type { BitCoder, Predictor } from '../../types.js';
import { Escapes } from './escapes.js';
import { OFFSET_MASK } from './pages.js';
import {
  COUNT_SHIFT,
  MAX_COUNT,
  NUMBER_MASK,
  SUFFIX,
  SUM_SHIFT,
  SYMBOL_MASK,
  SYMBOL_SHIFT,
  Trie,
} from './trie.js';

export interface PpmOptions {
  /** Bytes in the longest context, 1–16 (default 6). */
  readonly order?: number;
  /**
   * Limit on the memory of the trie, in bytes (default 64 MiB); when it is full, the model restarts
   * empty.
   */
  readonly memoryBytes?: number;
}

/** A PPM model in its initial state: 8 bits for every byte. */
export function ppmPredictor(options: PpmOptions = {}): PpmPredictor {
  return new PpmPredictor(options);
}

export class PpmPredictor implements Predictor {
  readonly alphabetSize = 256;
  readonly #memoryBytes: number;
  #trie: Trie;
  #escapes: Escapes;
  /** Scratch: the excluded symbols. Shared by forks. */
  readonly #masked: Uint8Array;

  constructor({ order = 6, memoryBytes = 1 << 26 }: PpmOptions, parent?: PpmPredictor) {
    if (parent) {
      this.#memoryBytes = parent.#memoryBytes;
      this.#trie = parent.#trie.fork();
      this.#escapes = new Escapes(this.#trie, parent.#escapes);
      this.#masked = parent.#masked;
      return;
    }
    this.#memoryBytes = memoryBytes;
    this.#trie = new Trie(order, memoryBytes);
    this.#escapes = new Escapes(this.#trie);
    this.#masked = new Uint8Array(256);
  }

  fork(): PpmPredictor {
    return new PpmPredictor({}, this);
  }

  /** Memory of the trie, in bytes; pages shared with forks count in each. */
  get usedBytes(): number {
    return this.#trie.arena.usedBytes;
  }

  /** −log2 P of every next byte; Σ 2^−bits = 1. */
  predict(out: Float64Array): void {
    const { pages } = this.#trie.arena;
    out.fill(-1);
    let context = this.#trie.context;
    let masked = 0;
    let left = 0; // bits of the escapes so far
    for (;;) {
      const page = pages.page(context);
      const c = context & OFFSET_MASK;
      const head = page[c]!;
      const number = head & NUMBER_MASK;
      if (number === 1 && masked === 0) {
        const p = this.#escapes.binary(context, head);
        out[(head & SYMBOL_MASK) >>> SYMBOL_SHIFT] = left - Math.log2(p);
        left -= Math.log2(1 - p);
      } else if (number !== masked) {
        const states = pages.page(page[c + 1]!);
        const first = page[c + 1]! & OFFSET_MASK;
        const end = first + 2 * number;
        let sum = 0;
        for (let s = first; s < end; s += 2) {
          if (out[(states[s]! & SYMBOL_MASK) >>> SYMBOL_SHIFT]! < 0)
            sum += states[s]! >>> COUNT_SHIFT;
        }
        const escapes = this.#escapes.escape(page, c, masked, sum);
        const all = left + Math.log2(sum + escapes);
        for (let s = first; s < end; s += 2) {
          const symbol = (states[s]! & SYMBOL_MASK) >>> SYMBOL_SHIFT;
          if (out[symbol]! < 0) out[symbol] = all - Math.log2(states[s]! >>> COUNT_SHIFT);
        }
        if (number === 256) return;
        left = all - Math.log2(escapes);
      }
      masked = number;
      context = page[c + SUFFIX]!;
    }
  }

  /** −log2 P of one byte, the same as in `predict`. */
  surprisal(symbol: number): number {
    const { pages } = this.#trie.arena;
    const key = symbol << SYMBOL_SHIFT;
    const ruledOut = this.#masked;
    let context = this.#trie.context;
    let masked = 0;
    let p = 1;
    for (;;) {
      const page = pages.page(context);
      const c = context & OFFSET_MASK;
      const head = page[c]!;
      const number = head & NUMBER_MASK;
      if (number === 1 && masked === 0) {
        const seen = this.#escapes.binary(context, head);
        if ((head & SYMBOL_MASK) === key) return -Math.log2(p * seen);
        p *= 1 - seen;
        ruledOut.fill(0);
        ruledOut[(head & SYMBOL_MASK) >>> SYMBOL_SHIFT] = 1;
      } else if (number !== masked) {
        if (masked === 0) ruledOut.fill(0);
        const states = pages.page(page[c + 1]!);
        const first = page[c + 1]! & OFFSET_MASK;
        const end = first + 2 * number;
        let sum = 0;
        let count = 0;
        for (let s = first; s < end; s += 2) {
          const word = states[s]!;
          if ((word & SYMBOL_MASK) === key) count = word >>> COUNT_SHIFT;
          if (ruledOut[(word & SYMBOL_MASK) >>> SYMBOL_SHIFT] === 0) sum += word >>> COUNT_SHIFT;
          ruledOut[(word & SYMBOL_MASK) >>> SYMBOL_SHIFT] = 1;
        }
        const escapes = this.#escapes.escape(page, c, masked, sum);
        if (count > 0) return -Math.log2((p * count) / (sum + escapes));
        p *= escapes / (sum + escapes);
      }
      masked = number;
      context = page[c + SUFFIX]!;
    }
  }

  /**
   * Codes the next byte as decisions: an escape or not in each context, then one decision per state
   * of the context that has it, the more likely roughly first.
   */
  code(coder: BitCoder, symbol: number): number {
    const { pages } = this.#trie.arena;
    const key = symbol << SYMBOL_SHIFT;
    const ruledOut = this.#masked;
    let context = this.#trie.context;
    let masked = 0;
    for (;;) {
      const page = pages.page(context);
      const c = context & OFFSET_MASK;
      const head = page[c]!;
      const number = head & NUMBER_MASK;
      if (number === 1 && masked === 0) {
        const lone = head & SYMBOL_MASK;
        if (coder.code(lone === key ? 1 : 0, this.#escapes.binary(context, head))) {
          return lone >>> SYMBOL_SHIFT;
        }
        ruledOut.fill(0);
        ruledOut[lone >>> SYMBOL_SHIFT] = 1;
      } else if (number !== masked) {
        if (masked === 0) ruledOut.fill(0);
        const states = pages.page(page[c + 1]!);
        const first = page[c + 1]! & OFFSET_MASK;
        const end = first + 2 * number;
        let left = 0;
        let here = 0;
        for (let s = first; s < end; s += 2) {
          const word = states[s]!;
          if ((word & SYMBOL_MASK) === key) here = 1;
          if (ruledOut[(word & SYMBOL_MASK) >>> SYMBOL_SHIFT] === 0) left += word >>> COUNT_SHIFT;
        }
        const escapes = this.#escapes.escape(page, c, masked, left);
        if (number === 256 || coder.code(here, left / (left + escapes))) {
          for (let s = first; ; s += 2) {
            const own = states[s]! & SYMBOL_MASK;
            if (ruledOut[own >>> SYMBOL_SHIFT] !== 0) continue;
            const count = states[s]! >>> COUNT_SHIFT;
            // The last remaining state needs no decision.
            if (count === left || coder.code(own === key ? 1 : 0, count / left)) {
              return own >>> SYMBOL_SHIFT;
            }
            left -= count;
          }
        }
        for (let s = first; s < end; s += 2) {
          ruledOut[(states[s]! & SYMBOL_MASK) >>> SYMBOL_SHIFT] = 1;
        }
      }
      masked = number;
      context = page[c + SUFFIX]!;
    }
  }

  /** Learns the next byte. */
  update(symbol: number): void {
    if (this.#trie.arena.full) this.#restart();
    const trie = this.#trie;
    const escapes = this.#escapes;
    const { pages } = trie.arena;
    const key = symbol << SYMBOL_SHIFT;
    let context = trie.context;
    let page = pages.own(context);
    let c = context & OFFSET_MASK;
    const head = page[c]!;
    let masked = head & NUMBER_MASK;
    const ruledOut = this.#masked;
    if (masked === 1) {
      escapes.learnBinary(context, head, key);
      if ((head & SYMBOL_MASK) === key) {
        if (head >>> COUNT_SHIFT < 128) page[c] = head + (1 << COUNT_SHIFT);
        escapes.lastSymbol = symbol;
        trie.follow(context, context);
        return;
      }
      ruledOut.fill(0);
      ruledOut[(head & SYMBOL_MASK) >>> SYMBOL_SHIFT] = 1;
    } else {
      const address = page[c + 1]!;
      const states = pages.own(address);
      const first = address & OFFSET_MASK;
      const end = first + 2 * masked;
      const total = head >>> SUM_SHIFT;
      for (let s = first; s < end; s += 2) {
        const word = states[s]!;
        if ((word & SYMBOL_MASK) !== key) continue;
        escapes.lastSuccess = s === first && 2 * (word >>> COUNT_SHIFT) > total ? 1 : 0;
        escapes.run += escapes.lastSuccess;
        escapes.lastSymbol = symbol;
        trie.follow(context, this.#count(context, address + s - first));
        return;
      }
      escapes.lastSuccess = 0;
      ruledOut.fill(0);
      for (let s = first; s < end; s += 2)
        ruledOut[(states[s]! & SYMBOL_MASK) >>> SYMBOL_SHIFT] = 1;
    }
    for (;;) {
      do {
        trie.orderFall++;
        context = page[c + SUFFIX]!;
        page = pages.own(context);
        c = context & OFFSET_MASK;
      } while ((page[c]! & NUMBER_MASK) === masked);
      const number = page[c]! & NUMBER_MASK;
      const address = page[c + 1]!;
      const states = pages.own(address);
      const first = address & OFFSET_MASK;
      const end = first + 2 * number;
      let sum = 0;
      let found = -1;
      for (let s = first; s < end; s += 2) {
        const word = states[s]!;
        if ((word & SYMBOL_MASK) === key) found = s;
        if (ruledOut[(word & SYMBOL_MASK) >>> SYMBOL_SHIFT] === 0) sum += word >>> COUNT_SHIFT;
        ruledOut[(word & SYMBOL_MASK) >>> SYMBOL_SHIFT] = 1;
      }
      if (number !== 256) escapes.learnEscape(page, c, masked, found < 0 ? sum : -1);
      if (found >= 0) {
        escapes.run = escapes.initialRun;
        escapes.lastSymbol = symbol;
        page[c] = page[c]! + (4 << SUM_SHIFT);
        states[found] = states[found]! + (4 << COUNT_SHIFT);
        let state = address + found - first;
        if (states[found]! >>> COUNT_SHIFT > MAX_COUNT) state = trie.rescale(context, state);
        trie.grow(context, state);
        return;
      }
      masked = number;
    }
  }

  /** Increments a symbol of the longest context; returns the new address of its state. */
  #count(context: number, state: number): number {
    const { pages } = this.#trie.arena;
    const page = pages.own(context);
    const c = context & OFFSET_MASK;
    const states = pages.own(state);
    const first = page[c + 1]! & OFFSET_MASK;
    let s = state & OFFSET_MASK;
    page[c] = page[c]! + (4 << SUM_SHIFT);
    const word = states[s]! + (4 << COUNT_SHIFT);
    states[s] = word;
    if (s !== first) {
      if (word >>> COUNT_SHIFT <= states[s - 2]! >>> COUNT_SHIFT) return state;
      const successor = states[s + 1]!;
      states[s] = states[s - 2]!;
      states[s + 1] = states[s - 1]!;
      s -= 2;
      states[s] = word;
      states[s + 1] = successor;
      state -= 2;
    }
    return word >>> COUNT_SHIFT > MAX_COUNT ? this.#trie.rescale(context, state) : state;
  }

  #restart(): void {
    this.#trie = new Trie(this.#trie.order, this.#memoryBytes);
    this.#escapes = new Escapes(this.#trie);
  }
}
