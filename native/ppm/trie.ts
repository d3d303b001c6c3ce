// The trie of contexts and its updates: suffix links, information inheritance, update exclusion,
// rescaling, with the increments of PPMd var. H (Shkarin, "PPM: one step to practicality", DCC
// 2002). Probabilities are computed in model.ts.
//
// A state is two words: count << 17 | symbol << 9, and its successor: the address of a context, or
// −(position in the text where it continues), or 0. A context is three words. With one symbol: its
// state and the suffix context. With more: sum << 9 | number of states (1 in a lone state), the
// address of the states, the suffix. The sum includes the counts and the escapes.

import {
  appendText,
  clearArena,
  copyStates,
  freeStates,
  statesFit,
  take,
  takeStates,
  textAt,
} from './arena';
import { at, model, own } from './pages';
import { forgetRootCounts } from './root-counts';
import { fillTables } from './tables';

export const NUMBER_MASK: u32 = 511;
export const SYMBOL_SHIFT: u32 = 9;
export const SYMBOL_MASK: u32 = 255 << 9;
export const COUNT_SHIFT: u32 = 17;
export const SUM_SHIFT: u32 = 9;
/** Offsets in bytes: of the states and of the suffix in a context, and of a state's successor. */
export const STATES = 4;
export const SUFFIX = 8;
const SUCCESSOR = 4;
export const STATE_BYTES = 8;
export const MAX_COUNT: u32 = 124;
const CONTEXT_BYTES = 12;

/** Scratch: states that will get a successor. */
const pending = memory.data(4 * 17, 4);

/** Empties the model. The root contains all 256 bytes, so it never escapes. */
export function plantRoot(): void {
  clearArena();
  fillTables();
  forgetRootCounts();
  model.orderFall = model.order;
  model.initialEscape = 0;
  model.run = initialRun();
  model.lastSuccess = 0;
  model.lastSymbol = 0;
  const states = takeStates(256);
  for (let b = 0; b < 256; b++) {
    const state = own(states) + STATE_BYTES * b;
    store<u32>(state, (1 << COUNT_SHIFT) | (b << SYMBOL_SHIFT) | 1);
    store<u32>(state, 0, SUCCESSOR);
  }
  model.context = take(CONTEXT_BYTES);
  const root = own(model.context);
  store<u32>(root, (257 << SUM_SHIFT) | 256);
  store<u32>(root, states, STATES);
  store<u32>(root, 0, SUFFIX);
}

export function initialRun(): i32 {
  return -min(model.order, 12) - 1;
}

/** Follows the symbol just seen, `state` in context `min`, and adds it to longer contexts. */
export function follow(min: u32, state: u32): void {
  const successor = load<i32>(at(state), SUCCESSOR);
  if (model.orderFall === 0 && successor > 0) model.context = successor;
  else grow(min, state);
}

/** The same, after an escape or if the successor does not exist yet. */
export function grow(min: u32, state: u32): void {
  const max = model.context;
  const word = load<u32>(at(state));
  const count = word >> COUNT_SHIFT;
  const symbol = word & SYMBOL_MASK;
  const suffix = load<u32>(at(min), SUFFIX);
  if (count < MAX_COUNT / 4 && suffix !== 0) countInSuffix(suffix, symbol);

  if (model.orderFall === 0) {
    model.context = createSuccessors(min, state, symbol, true);
    store<u32>(own(state), model.context, SUCCESSOR);
    return;
  }
  appendText(symbol >> SYMBOL_SHIFT);
  let successor = -(<i32>model.textLength);
  let next = load<i32>(at(state), SUCCESSOR);
  if (next === 0) {
    store<i32>(own(state), successor, SUCCESSOR);
    next = min;
  } else {
    if (next < 0) next = createSuccessors(min, state, symbol, false);
    if (--model.orderFall === 0) {
      successor = next;
      if (max !== min) model.textLength--;
    }
  }
  if (max !== min) addSymbol(min, max, symbol, count, successor);
  model.context = next;
}

/** Increments the symbol in the next shorter context, which occurs whenever the longer one does. */
function countInSuffix(context: u32, symbol: u32): void {
  const c = own(context);
  const head = load<u32>(c);
  if ((head & NUMBER_MASK) === 1) {
    if (head >> COUNT_SHIFT < 32) store<u32>(c, head + (1 << COUNT_SHIFT));
    return;
  }
  const first = own(load<u32>(c, STATES));
  if (load<u32>(c, SUFFIX) === 0) forgetRootCounts();
  let s = first;
  while ((load<u32>(s) & SYMBOL_MASK) !== symbol) s += STATE_BYTES;
  if (s !== first && load<u32>(s) >> COUNT_SHIFT >= load<u32>(s - STATE_BYTES) >> COUNT_SHIFT) {
    swapWithPrevious(s);
    s -= STATE_BYTES;
  }
  if (load<u32>(s) >> COUNT_SHIFT < MAX_COUNT - 9) {
    store<u32>(s, load<u32>(s) + (2 << COUNT_SHIFT));
    store<u32>(c, head + (2 << SUM_SHIFT));
  }
}

/** Adds `symbol` to all contexts from `max` down to `min`, exclusive, with inherited counts. */
function addSymbol(min: u32, max: u32, symbol: u32, count: u32, successor: i32): void {
  const minHead = load<u32>(at(min));
  const minNumber = minHead & NUMBER_MASK;
  const minOthers = (minHead >> SUM_SHIFT) - minNumber - (count - 1);
  for (let context = max; context !== min; ) {
    const c = own(context);
    const head = load<u32>(c);
    const number = head & NUMBER_MASK;
    let sum: u32;
    if (number === 1) {
      const states = takeStates(2);
      const own0 = own(states);
      let first = head >> COUNT_SHIFT;
      first = first < MAX_COUNT / 4 - 1 ? first * 2 : MAX_COUNT - 4;
      store<u32>(own0, (head & SYMBOL_MASK) | (first << COUNT_SHIFT) | 1);
      store<u32>(own0, load<u32>(c, SUCCESSOR), SUCCESSOR);
      store<u32>(c, states, STATES);
      sum = first + model.initialEscape + (minNumber > 3 ? 1 : 0);
    } else {
      if (statesFit(number) === number) moveStates(c, number, number + 1);
      sum = head >> SUM_SHIFT;
      sum +=
        (number * 2 < minNumber ? 1 : 0) +
        (number * 4 <= minNumber && sum <= number * 8 ? 2 : 0);
    }
    const wanted = count * 2 * (sum + 6);
    const all = minOthers + sum;
    let given: u32;
    if (wanted < all * 6) {
      given = 1 + (wanted > all ? 1 : 0) + (wanted >= all * 4 ? 1 : 0);
      sum += 3;
    } else {
      given = 4 + (wanted >= all * 9 ? 1 : 0) + (wanted >= all * 12 ? 1 : 0);
      given += wanted >= all * 15 ? 1 : 0;
      sum += given;
    }
    const added = own(load<u32>(c, STATES)) + STATE_BYTES * number;
    store<u32>(added, (given << COUNT_SHIFT) | symbol | 1);
    store<i32>(added, successor, SUCCESSOR);
    store<u32>(c, (sum << SUM_SHIFT) | (number + 1));
    context = load<u32>(c, SUFFIX);
  }
}

/** Moves the states of the context at `c`, now `number`, to a block for `room`; keeps the first. */
function moveStates(c: usize, number: u32, room: u32): void {
  const from = load<u32>(c, STATES);
  const to = takeStates(room);
  copyStates(to, from, min(number, room));
  freeStates(from, number);
  store<u32>(c, to, STATES);
}

/**
 * Creates contexts for the state of `symbol` in `context` and in its suffixes, as far as these
 * point into the text, each with the one symbol that followed and a count inherited from the
 * suffix context. Returns the longest. With `skip` the state itself is left to the caller.
 */
function createSuccessors(context: u32, state: u32, symbol: u32, skip: bool): u32 {
  const branch = load<i32>(at(state), SUCCESSOR);
  let count = 0;
  if (!skip) store<u32>(pending + 4 * count++, state);
  for (;;) {
    const suffix = load<u32>(at(context), SUFFIX);
    if (suffix === 0) break;
    context = suffix;
    const found = find(context, symbol);
    const successor = load<i32>(at(found), SUCCESSOR);
    if (successor !== branch) {
      context = successor;
      if (count === 0) return context;
      break;
    }
    store<u32>(pending + 4 * count++, found);
  }
  const nextSymbol = textAt(-branch) << SYMBOL_SHIFT;
  const nextCount = inherit(context, nextSymbol);
  while (count > 0) {
    const child = take(CONTEXT_BYTES);
    const c = own(child);
    store<u32>(c, (nextCount << COUNT_SHIFT) | nextSymbol | 1);
    store<i32>(c, branch - 1, SUCCESSOR);
    store<u32>(c, context, SUFFIX);
    store<u32>(own(load<u32>(pending + 4 * --count)), child, SUCCESSOR);
    context = child;
  }
  return context;
}

/** The initial count of `symbol` in a child of `context`. */
function inherit(context: u32, symbol: u32): u32 {
  const head = load<u32>(at(context));
  const number = head & NUMBER_MASK;
  if (number === 1) return head >> COUNT_SHIFT;
  const count = (load<u32>(at(find(context, symbol))) >> COUNT_SHIFT) - 1;
  const others = (head >> SUM_SHIFT) - number - count;
  if (count * 2 <= others) return 1 + (count * 5 > others ? 1 : 0);
  return 1 + (count * 2 + others * 3 - 1) / (others * 2);
}

/** The address of a symbol's state in a context that contains it. */
function find(context: u32, symbol: u32): u32 {
  const c = at(context);
  if ((load<u32>(c) & NUMBER_MASK) === 1) return context;
  const address = load<u32>(c, STATES);
  const first = at(address);
  let s = first;
  while ((load<u32>(s) & SYMBOL_MASK) !== symbol) s += STATE_BYTES;
  return address + <u32>(s - first);
}

/** Halves the counts of `min` and sorts its states; returns the new address of `state`. */
export function rescale(min: u32, state: u32): u32 {
  const c = own(min);
  const address = load<u32>(c, STATES);
  const first = own(address);
  for (let s = first + (state - address); s > first; s -= STATE_BYTES) swapWithPrevious(s);
  const number = load<u32>(c) & NUMBER_MASK;
  const adder: u32 = model.orderFall === 0 ? 0 : 1;
  let escapes = (load<u32>(c) >> SUM_SHIFT) - (load<u32>(first) >> COUNT_SHIFT);
  store<u32>(first, load<u32>(first) + (4 << COUNT_SHIFT));
  let sum: u32 = 0;
  const end = first + STATE_BYTES * number;
  for (let s = first; s < end; s += STATE_BYTES) {
    const count = load<u32>(s) >> COUNT_SHIFT;
    if (s !== first) escapes -= count;
    const halved = (count + adder) >> 1;
    sum += halved;
    store<u32>(s, (load<u32>(s) & SYMBOL_MASK) | (halved << COUNT_SHIFT) | 1);
    for (let t = s; t > first && load<u32>(t - STATE_BYTES) >> COUNT_SHIFT < halved; ) {
      swapWithPrevious(t);
      t -= STATE_BYTES;
    }
  }
  let kept = number;
  while (load<u32>(first + STATE_BYTES * (kept - 1)) >> COUNT_SHIFT === 0) kept--;
  escapes += number - kept;
  if (kept === 1) {
    let count = load<u32>(first) >> COUNT_SHIFT;
    do {
      count -= count >> 1;
      escapes >>= 1;
    } while (escapes > 1);
    store<u32>(c, (load<u32>(first) & SYMBOL_MASK) | (count << COUNT_SHIFT) | 1);
    store<u32>(c, load<u32>(first, SUCCESSOR), SUCCESSOR);
    freeStates(address, number);
    return min;
  }
  store<u32>(c, ((sum + escapes - (escapes >> 1)) << SUM_SHIFT) | kept);
  if (statesFit(kept) !== statesFit(number)) moveStates(c, number, kept);
  return load<u32>(c, STATES);
}

/** Swaps a state with the one before it. */
export function swapWithPrevious(s: usize): void {
  const state = load<u64>(s);
  store<u64>(s, load<u64>(s - STATE_BYTES));
  store<u64>(s - STATE_BYTES, state);
}
