// The trie of contexts and its updates: suffix links, information inheritance, update exclusion,
// rescaling, with the increments of PPMd var. H (Shkarin, "PPM: one step to practicality", DCC
// 2002). Probabilities are computed in predictor.ts.
//
// A state is two words: count << 17 | symbol << 9, and its successor: the address of a context, or
// −(position in the text where it continues), or 0. A context is three words. With one symbol: its
// state and the suffix context. With more: sum << 9 | number of states (1 in a lone state), the
// address of the states, the suffix. The sum includes the counts and the escapes.

import { Arena } from './arena.js';
import { OFFSET_MASK } from './pages.js';
import { fillTables, TABLE_PAGES } from './tables.js';

export const NUMBER_MASK = 511;
export const SYMBOL_SHIFT = 9;
export const SYMBOL_MASK = 255 << SYMBOL_SHIFT;
export const COUNT_SHIFT = 17;
export const SUM_SHIFT = 9;
export const SUFFIX = 2;
export const MAX_COUNT = 124;
const CONTEXT_WORDS = 3;
const MAX_ORDER = 16;

export class Trie {
  readonly arena: Arena;
  readonly order: number;
  /** The longest context of the next symbol. */
  context = 0;
  /** The difference between the maximum order and that context's order. */
  orderFall: number;
  /** Initial escape count for contexts that get their second symbol. */
  initialEscape = 0;
  /** Scratch: states that will get a successor. Shared by forks. */
  readonly #pending: Int32Array;

  constructor(order: number, memoryBytes: number, parent?: Trie) {
    this.order = order;
    this.orderFall = order;
    if (parent) {
      this.arena = parent.arena.fork();
      this.context = parent.context;
      this.orderFall = parent.orderFall;
      this.initialEscape = parent.initialEscape;
      this.#pending = parent.#pending;
      return;
    }
    this.arena = new Arena(memoryBytes, TABLE_PAGES);
    this.#pending = new Int32Array(MAX_ORDER + 1);
    fillTables(this.arena.pages);
    this.#plantRoot();
  }

  fork(): Trie {
    return new Trie(this.order, 0, this);
  }

  /** Creates the root, which contains all 256 bytes, so it never escapes. */
  #plantRoot(): void {
    const states = this.arena.takeStates(256);
    const page = this.arena.pages.own(states);
    for (let b = 0; b < 256; b++) {
      page[(states & OFFSET_MASK) + 2 * b] = (1 << COUNT_SHIFT) | (b << SYMBOL_SHIFT) | 1;
    }
    this.context = this.arena.take(CONTEXT_WORDS);
    const root = this.arena.pages.own(this.context);
    root[this.context & OFFSET_MASK] = (257 << SUM_SHIFT) | 256;
    root[(this.context & OFFSET_MASK) + 1] = states;
  }

  /** Follows the symbol just seen, `state` in context `min`, and adds it to longer contexts. */
  follow(min: number, state: number): void {
    const { pages } = this.arena;
    const successor = pages.page(state)[(state & OFFSET_MASK) + 1]!;
    if (this.orderFall === 0 && successor > 0) this.context = successor;
    else this.grow(min, state);
  }

  /** The same, after an escape or if the successor does not exist yet. */
  grow(min: number, state: number): void {
    const { arena } = this;
    const { pages } = arena;
    const max = this.context;
    const word = pages.page(state)[state & OFFSET_MASK]!;
    const count = word >>> COUNT_SHIFT;
    const symbol = word & SYMBOL_MASK;
    const suffix = pages.page(min)[(min & OFFSET_MASK) + SUFFIX]!;
    if (count < MAX_COUNT / 4 && suffix !== 0) this.#countInSuffix(suffix, symbol);

    if (this.orderFall === 0) {
      this.context = this.#createSuccessors(min, state, symbol, true);
      pages.own(state)[(state & OFFSET_MASK) + 1] = this.context;
      return;
    }
    arena.appendText(symbol >>> SYMBOL_SHIFT);
    let successor = -arena.textLength;
    let next = pages.page(state)[(state & OFFSET_MASK) + 1]!;
    if (next === 0) {
      pages.own(state)[(state & OFFSET_MASK) + 1] = successor;
      next = min;
    } else {
      if (next < 0) next = this.#createSuccessors(min, state, symbol, false);
      if (--this.orderFall === 0) {
        successor = next;
        if (max !== min) arena.textLength--;
      }
    }
    if (max !== min) this.#addSymbol(min, max, symbol, count, successor);
    this.context = next;
  }

  /**
   * Increments the symbol in the next shorter context, which occurs whenever the longer one does.
   */
  #countInSuffix(context: number, symbol: number): void {
    const { pages } = this.arena;
    const page = pages.own(context);
    const c = context & OFFSET_MASK;
    const head = page[c]!;
    if ((head & NUMBER_MASK) === 1) {
      if (head >>> COUNT_SHIFT < 32) page[c] = head + (1 << COUNT_SHIFT);
      return;
    }
    const states = pages.own(page[c + 1]!);
    const first = page[c + 1]! & OFFSET_MASK;
    let s = first;
    while ((states[s]! & SYMBOL_MASK) !== symbol) s += 2;
    if (s !== first && states[s]! >>> COUNT_SHIFT >= states[s - 2]! >>> COUNT_SHIFT) {
      swapStates(states, s, s - 2);
      s -= 2;
    }
    if (states[s]! >>> COUNT_SHIFT < MAX_COUNT - 9) {
      states[s] = states[s]! + (2 << COUNT_SHIFT);
      page[c] = head + (2 << SUM_SHIFT);
    }
  }

  /** Adds `symbol` to all contexts from `max` down to `min`, exclusive, with inherited counts. */
  #addSymbol(min: number, max: number, symbol: number, count: number, successor: number): void {
    const { arena, initialEscape } = this;
    const { pages } = arena;
    const minHead = pages.page(min)[min & OFFSET_MASK]!;
    const minNumber = minHead & NUMBER_MASK;
    const minOthers = (minHead >>> SUM_SHIFT) - minNumber - (count - 1);
    for (let context = max; context !== min; ) {
      const page = pages.own(context);
      const c = context & OFFSET_MASK;
      const head = page[c]!;
      const number = head & NUMBER_MASK;
      let sum: number;
      if (number === 1) {
        const states = arena.takeStates(2);
        const own = pages.own(states);
        let first = head >>> COUNT_SHIFT;
        first = first < MAX_COUNT / 4 - 1 ? 2 * first : MAX_COUNT - 4;
        own[states & OFFSET_MASK] = (head & SYMBOL_MASK) | (first << COUNT_SHIFT) | 1;
        own[(states & OFFSET_MASK) + 1] = page[c + 1]!;
        page[c + 1] = states;
        sum = first + initialEscape + (minNumber > 3 ? 1 : 0);
      } else {
        if (arena.statesFit(number) === number) this.#moveStates(page, c, number);
        sum = head >>> SUM_SHIFT;
        sum +=
          (2 * number < minNumber ? 1 : 0) +
          2 * (4 * number <= minNumber && sum <= 8 * number ? 1 : 0);
      }
      const wanted = 2 * count * (sum + 6);
      const all = minOthers + sum;
      let given: number;
      if (wanted < 6 * all) {
        given = 1 + (wanted > all ? 1 : 0) + (wanted >= 4 * all ? 1 : 0);
        sum += 3;
      } else {
        given = 4;
        given += (wanted >= 9 * all ? 1 : 0) + (wanted >= 12 * all ? 1 : 0);
        given += wanted >= 15 * all ? 1 : 0;
        sum += given;
      }
      const states = pages.own(page[c + 1]!);
      const s = (page[c + 1]! & OFFSET_MASK) + 2 * number;
      states[s] = (given << COUNT_SHIFT) | symbol | 1;
      states[s + 1] = successor;
      page[c] = (sum << SUM_SHIFT) | (number + 1);
      context = page[c + SUFFIX]!;
    }
  }

  /** Moves a context's states to a block with room for more. */
  #moveStates(page: Int32Array, c: number, number: number): void {
    const { arena } = this;
    const from = page[c + 1]!;
    const to = arena.takeStates(number + 1);
    const source = arena.pages.page(from);
    const target = arena.pages.own(to);
    for (let i = 0; i < 2 * number; i++) {
      target[(to & OFFSET_MASK) + i] = source[(from & OFFSET_MASK) + i]!;
    }
    arena.freeStates(from, number);
    page[c + 1] = to;
  }

  /**
   * Creates contexts for the state of `symbol` in `context` and in its suffixes, as far as these
   * point into the text, each with the one symbol that followed and a count inherited from the
   * suffix context. Returns the longest. With `skip` the state itself is left to the caller.
   */
  #createSuccessors(context: number, state: number, symbol: number, skip: boolean): number {
    const { arena } = this;
    const { pages } = arena;
    const pending = this.#pending;
    const branch = pages.page(state)[(state & OFFSET_MASK) + 1]!;
    let count = 0;
    if (!skip) pending[count++] = state;
    for (;;) {
      const suffix = pages.page(context)[(context & OFFSET_MASK) + SUFFIX]!;
      if (suffix === 0) break;
      context = suffix;
      const found = this.#find(context, symbol);
      const successor = pages.page(found)[(found & OFFSET_MASK) + 1]!;
      if (successor !== branch) {
        context = successor;
        if (count === 0) return context;
        break;
      }
      pending[count++] = found;
    }
    const nextSymbol = arena.textAt(-branch) << SYMBOL_SHIFT;
    const nextCount = this.#inherit(context, nextSymbol);
    while (count > 0) {
      const child = arena.take(CONTEXT_WORDS);
      const page = pages.own(child);
      const c = child & OFFSET_MASK;
      page[c] = (nextCount << COUNT_SHIFT) | nextSymbol | 1;
      page[c + 1] = branch - 1;
      page[c + SUFFIX] = context;
      const parent = pending[--count]!;
      pages.own(parent)[(parent & OFFSET_MASK) + 1] = child;
      context = child;
    }
    return context;
  }

  /** The initial count of `symbol` in a child of `context`. */
  #inherit(context: number, symbol: number): number {
    const { pages } = this.arena;
    const head = pages.page(context)[context & OFFSET_MASK]!;
    const number = head & NUMBER_MASK;
    if (number === 1) return head >>> COUNT_SHIFT;
    const found = this.#find(context, symbol);
    const count = (pages.page(found)[found & OFFSET_MASK]! >>> COUNT_SHIFT) - 1;
    const others = (head >>> SUM_SHIFT) - number - count;
    if (2 * count <= others) return 1 + (5 * count > others ? 1 : 0);
    return 1 + Math.floor((2 * count + 3 * others - 1) / (2 * others));
  }

  /** The address of a symbol's state in a context that contains it. */
  #find(context: number, symbol: number): number {
    const { pages } = this.arena;
    const page = pages.page(context);
    const c = context & OFFSET_MASK;
    if ((page[c]! & NUMBER_MASK) === 1) return context;
    const address = page[c + 1]!;
    const states = pages.page(address);
    const first = address & OFFSET_MASK;
    let s = first;
    while ((states[s]! & SYMBOL_MASK) !== symbol) s += 2;
    return address + s - first;
  }

  /** Halves the counts of `min` and sorts its states; returns the new address of `state`. */
  rescale(min: number, state: number): number {
    const { pages } = this.arena;
    const page = pages.own(min);
    const c = min & OFFSET_MASK;
    const address = page[c + 1]!;
    const states = pages.own(address);
    const first = address & OFFSET_MASK;
    for (let s = state & OFFSET_MASK; s > first; s -= 2) swapStates(states, s, s - 2);
    const number = page[c]! & NUMBER_MASK;
    const adder = this.orderFall === 0 ? 0 : 1;
    let escapes = (page[c]! >>> SUM_SHIFT) - (states[first]! >>> COUNT_SHIFT);
    states[first] = states[first]! + (4 << COUNT_SHIFT);
    let sum = 0;
    const end = first + 2 * number;
    for (let s = first; s < end; s += 2) {
      const count = states[s]! >>> COUNT_SHIFT;
      if (s !== first) escapes -= count;
      const halved = (count + adder) >> 1;
      sum += halved;
      states[s] = (states[s]! & SYMBOL_MASK) | (halved << COUNT_SHIFT) | 1;
      for (let t = s; t > first && states[t]! >>> COUNT_SHIFT > states[t - 2]! >>> COUNT_SHIFT; ) {
        swapStates(states, t, t - 2);
        t -= 2;
      }
    }
    let kept = number;
    while (states[first + 2 * kept - 2]! >>> COUNT_SHIFT === 0) kept--;
    escapes += number - kept;
    if (kept === 1) {
      let count = states[first]! >>> COUNT_SHIFT;
      do {
        count -= count >> 1;
        escapes >>= 1;
      } while (escapes > 1);
      page[c] = (states[first]! & SYMBOL_MASK) | (count << COUNT_SHIFT) | 1;
      page[c + 1] = states[first + 1]!;
      this.arena.freeStates(address, number);
      return min;
    }
    page[c] = ((sum + escapes - (escapes >> 1)) << SUM_SHIFT) | kept;
    if (this.arena.statesFit(kept) === this.arena.statesFit(number)) return address;
    const moved = this.arena.takeStates(kept);
    const target = pages.own(moved);
    for (let i = 0; i < 2 * kept; i++) target[(moved & OFFSET_MASK) + i] = states[first + i]!;
    this.arena.freeStates(address, number);
    page[c + 1] = moved;
    return moved;
  }
}

function swapStates(states: Int32Array, s: number, t: number): void {
  const word = states[s]!;
  const successor = states[s + 1]!;
  states[s] = states[t]!;
  states[s + 1] = states[t + 1]!;
  states[t] = word;
  states[t + 1] = successor;
}
