// Prediction by partial matching with PPMd var. H's model: the counts of the longest context, or an
// escape to a shorter one without the symbols already ruled out, down to order 0, which knows all
// bytes. Escapes are estimated from how often similar contexts were escaped from (SEE). The
// arithmetic is that of exact fractions, not of PPMd's range coder, so nothing is lost to rounding.

import type { Predictor } from '../../types.js';
import { OFFSET_MASK } from './pages.js';
import {
  BINARY_SCALE,
  binaryAddress,
  INITIAL_ESCAPE_COUNTS,
  PERIOD_BITS,
  SEE_ROW,
  seeAddress,
} from './tables.js';
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
  /** Most memory that the trie may take, in bytes (default 64 MiB); when full it starts anew. */
  readonly memoryBytes?: number;
}

/** A PPM model that has seen nothing yet: 8 bits for every byte. */
export function ppmPredictor(options: PpmOptions = {}): PpmPredictor {
  return new PpmPredictor(options);
}

export class PpmPredictor implements Predictor {
  readonly alphabetSize = 256;
  readonly #memoryBytes: number;
  #trie: Trie;
  /** Length of the run of well predicted symbols, from a start below 0. */
  #run: number;
  #lastSuccess = 0;
  #lastSymbol = 0;
  /** Scratch: which symbols are ruled out. Shared by forks. */
  readonly #masked: Uint8Array;

  constructor({ order = 6, memoryBytes = 1 << 26 }: PpmOptions, parent?: PpmPredictor) {
    if (parent) {
      this.#memoryBytes = parent.#memoryBytes;
      this.#trie = parent.#trie.fork();
      this.#run = parent.#run;
      this.#lastSuccess = parent.#lastSuccess;
      this.#lastSymbol = parent.#lastSymbol;
      this.#masked = parent.#masked;
      return;
    }
    this.#memoryBytes = memoryBytes;
    this.#trie = new Trie(order, memoryBytes);
    this.#run = this.#initialRun();
    this.#masked = new Uint8Array(256);
  }

  fork(): PpmPredictor {
    return new PpmPredictor({}, this);
  }

  update(symbol: number): void {
    this.advance(symbol);
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
        const p = this.#binary(context, head) / BINARY_SCALE;
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
        const escapes = this.#escape(page, c, masked, sum);
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

  /** −log2 P of one byte, the same as `predict` says. */
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
        const seen = this.#binary(context, head) / BINARY_SCALE;
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
        const escapes = this.#escape(page, c, masked, sum);
        if (count > 0) return -Math.log2((p * count) / (sum + escapes));
        p *= escapes / (sum + escapes);
      }
      masked = number;
      context = page[c + SUFFIX]!;
    }
  }

  /** Learns the next byte; returns the probability that it had. */
  advance(symbol: number): number {
    if (this.#trie.arena.full) this.#restart();
    const trie = this.#trie;
    const { pages } = trie.arena;
    const key = symbol << SYMBOL_SHIFT;
    let context = trie.context;
    let page = pages.own(context);
    let c = context & OFFSET_MASK;
    const head = page[c]!;
    let masked = head & NUMBER_MASK;
    const ruledOut = this.#masked;
    let p: number;
    if (masked === 1) {
      p = this.#learnBinary(context, head, key);
      if ((head & SYMBOL_MASK) === key) {
        if (head >>> COUNT_SHIFT < 128) page[c] = head + (1 << COUNT_SHIFT);
        this.#lastSymbol = symbol;
        trie.follow(context, context);
        return p;
      }
      ruledOut.fill(0);
      ruledOut[(head & SYMBOL_MASK) >>> SYMBOL_SHIFT] = 1;
    } else {
      const address = page[c + 1]!;
      const states = pages.own(address);
      const first = address & OFFSET_MASK;
      const end = first + 2 * masked;
      const total = head >>> SUM_SHIFT;
      let sum = 0;
      for (let s = first; s < end; s += 2) {
        const word = states[s]!;
        if ((word & SYMBOL_MASK) !== key) {
          sum += word >>> COUNT_SHIFT;
          continue;
        }
        const count = word >>> COUNT_SHIFT;
        if (masked === 256) for (let t = s; t < end; t += 2) sum += states[t]! >>> COUNT_SHIFT;
        p = count / (masked === 256 ? sum : total);
        if (s === first) {
          this.#lastSuccess = 2 * count > total ? 1 : 0;
          this.#run += this.#lastSuccess;
        } else this.#lastSuccess = 0;
        this.#lastSymbol = symbol;
        trie.follow(context, this.#count(context, address + s - first));
        return p;
      }
      p = (total - sum) / total;
      this.#lastSuccess = 0;
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
      const escapes = this.#escape(page, c, masked, sum);
      if (number !== 256) this.#learnEscape(page, c, masked, escapes, found < 0 ? sum : -1);
      if (found >= 0) {
        p *= (states[found]! >>> COUNT_SHIFT) / (sum + escapes);
        this.#run = this.#initialRun();
        this.#lastSymbol = symbol;
        page[c] = page[c]! + (4 << SUM_SHIFT);
        states[found] = states[found]! + (4 << COUNT_SHIFT);
        let state = address + found - first;
        if (states[found]! >>> COUNT_SHIFT > MAX_COUNT) state = trie.rescale(context, state);
        trie.grow(context, state);
        return p;
      }
      p *= escapes / (sum + escapes);
      masked = number;
    }
  }

  /** Counts a symbol of the longest context; returns where its state went. */
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

  /** Where the probability of a lone symbol is kept. */
  #binaryAddress(context: number, head: number): number {
    const { pages } = this.#trie.arena;
    const suffix = pages.page(context)[(context & OFFSET_MASK) + SUFFIX]!;
    const others = pages.page(suffix)[suffix & OFFSET_MASK]! & NUMBER_MASK;
    const width = others === 1 ? 0 : others === 2 ? 2 : others < 12 ? 4 : 6;
    const flags =
      this.#lastSuccess +
      width +
      (this.#lastSymbol >= 64 ? 8 : 0) +
      ((head & SYMBOL_MASK) >>> SYMBOL_SHIFT >= 64 ? 16 : 0) +
      (this.#run < 0 ? 32 : 0);
    return binaryAddress(head >>> COUNT_SHIFT, flags);
  }

  #binary(context: number, head: number): number {
    const address = this.#binaryAddress(context, head);
    return this.#trie.arena.pages.page(address)[address & OFFSET_MASK]!;
  }

  /** The probability of what a lone symbol's context was followed by, which it learns. */
  #learnBinary(context: number, head: number, key: number): number {
    const address = this.#binaryAddress(context, head);
    const page = this.#trie.arena.pages.own(address);
    const at = address & OFFSET_MASK;
    const seen = page[at]!;
    const step = (seen + (1 << (PERIOD_BITS - 2))) >> PERIOD_BITS;
    if ((head & SYMBOL_MASK) === key) {
      page[at] = seen + (BINARY_SCALE >> PERIOD_BITS) - step;
      this.#lastSuccess = 1;
      this.#run++;
      return seen / BINARY_SCALE;
    }
    page[at] = seen - step;
    this.#trie.initialEscape = INITIAL_ESCAPE_COUNTS[page[at]! >> 10]!;
    this.#lastSuccess = 0;
    return 1 - seen / BINARY_SCALE;
  }

  #seeAddress(page: Int32Array, c: number, masked: number): number {
    const number = page[c]! & NUMBER_MASK;
    const free = number - masked;
    const suffix = page[c + SUFFIX]!;
    const others = this.#trie.arena.pages.page(suffix)[suffix & OFFSET_MASK]! & NUMBER_MASK;
    const flags =
      (free < others - number ? 1 : 0) +
      (page[c]! >>> SUM_SHIFT < 11 * number ? 2 : 0) +
      (masked > free ? 4 : 0) +
      (this.#lastSymbol >= 64 ? 8 : 0);
    return seeAddress(SEE_ROW[free - 1]!, flags);
  }

  /** The escape count beside `sum`, that of the symbols not masked; 0 at the root. */
  #escape(page: Int32Array, c: number, masked: number, sum: number): number {
    const number = page[c]! & NUMBER_MASK;
    if (number === 256) return 0;
    if (masked === 0) return (page[c]! >>> SUM_SHIFT) - sum;
    const address = this.#seeAddress(page, c, masked);
    const see = this.#trie.arena.pages.page(address);
    const at = address & OFFSET_MASK;
    return Math.max(1, see[at]! >> (see[at + 1]! >> 8));
  }

  /** Learns that a context was escaped from with `sum` unmasked counts, or not (−1). */
  #learnEscape(page: Int32Array, c: number, masked: number, escapes: number, sum: number): void {
    const address = this.#seeAddress(page, c, masked);
    const see = this.#trie.arena.pages.own(address);
    const at = address & OFFSET_MASK;
    const shift = see[at + 1]! >> 8;
    const count = see[at + 1]! & 255;
    see[at] = see[at]! - (see[at]! >> shift);
    if (sum >= 0) {
      see[at] = see[at]! + sum + escapes;
    } else if (shift < PERIOD_BITS) {
      if (count > 1) see[at + 1] = (shift << 8) | (count - 1);
      else {
        see[at] = 2 * see[at]!;
        see[at + 1] = ((shift + 1) << 8) | ((3 << shift) & 255);
      }
    }
  }

  #initialRun(): number {
    return -Math.min(this.#trie.order, 12) - 1;
  }

  #restart(): void {
    this.#trie = new Trie(this.#trie.order, this.#memoryBytes);
    this.#run = this.#initialRun();
    this.#lastSuccess = 0;
  }
}
