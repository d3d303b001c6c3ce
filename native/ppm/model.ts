// Prediction by partial matching with PPMd var. H's model (src/engines/ppm/predictor.ts): uses the
// counts of the longest context, or escapes to a shorter one without the symbols already excluded,
// down to order 0, which has all bytes. Probabilities are exact fractions, not those of PPMd's range
// coder, so nothing is lost to rounding. The exported functions take the address of a model, its
// root.

import { isFull, usedPages } from './arena';
import { storePath, storeTree } from './bits';
import { escapesOf, masks } from './levels';
import { createModel, at, model, own, select } from './pages';
import { forgetRootCounts } from './root-counts';
import {
  BINARY_SCALE,
  binaryOf,
  estimate,
  INITIAL_ESCAPE_COUNTS,
  learnEscape,
  learnNoEscape,
  PERIOD_BITS,
  seeOf,
} from './tables';
import {
  COUNT_SHIFT,
  follow,
  grow,
  initialRun,
  MAX_COUNT,
  NUMBER_MASK,
  plantRoot,
  rescale,
  STATE_BYTES,
  STATES,
  SUFFIX,
  SUM_SHIFT,
  swapWithPrevious,
  SYMBOL_MASK,
  SYMBOL_SHIFT,
} from './trie';

export { allocate, reserve, resume, used } from '../memory';
export { logitAt, sumTree } from './bits';
export { begin, level, levelStage } from './levels';
export { directoryBytes, fork, rootBytes, share, tryOut } from './pages';

/** Bytes that `push` takes at most. */
const STAGED = 1024;
/** Exchange with the host: bytes, and behind these their probabilities or logits. */
export const stage = memory.data(9 * 1024, 8);
/** Scratch: the estimators of contexts that escaped, and the sums of their unmasked counts. */
const escaped = memory.data(8 * 17, 8);
/** Results of `scan`: the sum of the unmasked counts, and where the symbol is, 0 if nowhere. */
let unmasked: u32 = 0;
let found: usize = 0;

/** Creates a model in its initial state; returns its root. */
export function create(order: i32, pageCount: u32): usize {
  createModel(order, pageCount);
  plantRoot();
  return changetype<usize>(model);
}

/** Pages in use. */
export function pagesOf(root: usize): u32 {
  select(root);
  return usedPages();
}

/** P of a symbol. */
export function chanceOf(root: usize, symbol: u32): f64 {
  select(root);
  return chance(symbol << SYMBOL_SHIFT);
}

/** Learns the next symbol; returns the probability that it had. */
export function update(root: usize, symbol: u32): f64 {
  select(root);
  return learn(symbol);
}

/** Learns `count` staged bytes; their probabilities are stored behind the STAGED bytes. */
export function push(root: usize, count: u32): void {
  select(root);
  for (let i: u32 = 0; i < count; i++) {
    store<f64>(stage + STAGED + 8 * i, learn(load<u8>(stage + i)));
  }
}

/**
 * Learns `count` staged bytes, at most 256. The logits of the eight bits of each, as f32, are stored
 * behind the STAGED bytes.
 */
export function pushBits(root: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const symbol = <u32>load<u8>(stage + i);
    storePath(root, symbol, stage + STAGED + 32 * i);
    learn(symbol);
  }
}

/** Stages the logits of the eight bits of a symbol where `pushBits` would for the first byte. */
export function pathOf(root: usize, symbol: u32): void {
  storePath(root, symbol, stage + STAGED);
}

/** Stages the logits at all 255 nodes of the bit tree in the same place, the root's at index 1. */
export function treeOf(root: usize): void {
  storeTree(root, stage + STAGED);
}

/** Sums the counts of unmasked states, masks them all, and looks for a symbol. */
function scan(first: usize, number: u32, key: u32): void {
  const end = first + STATE_BYTES * number;
  let sum: u32 = 0;
  found = 0;
  for (let s = first; s < end; s += STATE_BYTES) {
    const word = load<u32>(s);
    if ((word & SYMBOL_MASK) === key) found = s;
    const mask = masks + ((word & SYMBOL_MASK) >> SYMBOL_SHIFT);
    if (load<u8>(mask) === 0) sum += word >> COUNT_SHIFT;
    store<u8>(mask, 1);
  }
  unmasked = sum;
}

function chance(key: u32): f64 {
  let c = at(model.context);
  let masked: u32 = 0;
  let p: f64 = 1;
  memory.fill(masks, 0, 256);
  while (true) {
    const head = load<u32>(c);
    const number = head & NUMBER_MASK;
    if (number === 1 && masked === 0) {
      const seen = <f64>load<i32>(at(binaryOf(c))) / BINARY_SCALE;
      if ((head & SYMBOL_MASK) === key) return seen;
      p = 1 - seen;
      store<u8>(masks + ((head & SYMBOL_MASK) >> SYMBOL_SHIFT), 1);
    } else if (number !== masked) {
      scan(at(load<u32>(c, STATES)), number, key);
      const escapes = escapesOf(c, masked, unmasked);
      const all = <f64>(unmasked + escapes);
      if (found !== 0) return (p * <f64>(load<u32>(found) >> COUNT_SHIFT)) / all;
      p *= <f64>escapes / all;
    }
    masked = number;
    c = at(load<u32>(c, SUFFIX));
  }
}

/** Learns a symbol; returns the probability that it had. */
function learn(symbol: u32): f64 {
  const key = symbol << SYMBOL_SHIFT;
  if (isFull()) {
    const p = chance(key);
    plantRoot();
    learnNext(symbol, key);
    return p;
  }
  return learnNext(symbol, key);
}

function learnNext(symbol: u32, key: u32): f64 {
  let context = model.context;
  let c = at(context);
  const head = load<u32>(c);
  let masked = head & NUMBER_MASK;
  let p: f64;
  if (masked === 1) {
    const binary = own(binaryOf(c));
    const seen = load<i32>(binary);
    const step = (seen + (1 << (PERIOD_BITS - 2))) >> PERIOD_BITS;
    p = <f64>seen / BINARY_SCALE;
    if ((head & SYMBOL_MASK) === key) {
      store<i32>(binary, seen + (BINARY_SCALE >> PERIOD_BITS) - step);
      model.lastSuccess = 1;
      model.run++;
      model.lastSymbol = symbol;
      if (head >> COUNT_SHIFT < 128) store<u32>(own(context), head + (1 << COUNT_SHIFT));
      follow(context, context);
      return p;
    }
    store<i32>(binary, seen - step);
    model.initialEscape = unchecked(INITIAL_ESCAPE_COUNTS[(seen - step) >> 10]);
    p = 1 - p;
    memory.fill(masks, 0, 256);
    store<u8>(masks + ((head & SYMBOL_MASK) >> SYMBOL_SHIFT), 1);
  } else {
    const total = head >> SUM_SHIFT;
    const address = load<u32>(c, STATES);
    const first = at(address);
    const end = first + STATE_BYTES * masked;
    for (let s = first; s < end; s += STATE_BYTES) {
      const word = load<u32>(s);
      if ((word & SYMBOL_MASK) !== key) continue;
      const count = word >> COUNT_SHIFT;
      p = <f64>count / <f64>(masked === 256 ? sumOf(first, end) : total);
      model.lastSuccess = s === first && count * 2 > total ? 1 : 0;
      model.run += model.lastSuccess;
      model.lastSymbol = symbol;
      follow(context, increment(context, address + <u32>(s - first)));
      return p;
    }
    memory.fill(masks, 0, 256);
    scan(first, masked, key);
    p = <f64>(total - unmasked) / <f64>total;
  }
  model.lastSuccess = 0;
  let top = escaped;
  while (true) {
    do {
      model.orderFall++;
      context = load<u32>(c, SUFFIX);
      c = at(context);
    } while ((load<u32>(c) & NUMBER_MASK) === masked);
    const number = load<u32>(c) & NUMBER_MASK;
    const address = load<u32>(c, STATES);
    const first = at(address);
    scan(first, number, key);
    const see: usize = number === 256 ? 0 : own(seeOf(c, masked));
    const escapes = see === 0 ? 0 : estimate(see);
    const all = <f64>(unmasked + escapes);
    if (found !== 0) {
      p = (p * <f64>(load<u32>(found) >> COUNT_SHIFT)) / all;
      // Not before all estimates have been read: two contexts may share an estimator.
      for (let i = escaped; i < top; i += 8) learnEscape(load<usize>(i), load<u32>(i, 4));
      if (see !== 0) learnNoEscape(see);
      model.run = initialRun();
      model.lastSymbol = symbol;
      let state = address + <u32>(found - first);
      if (addToCount(context, state) > MAX_COUNT) state = rescale(context, state);
      grow(context, state);
      return p;
    }
    p *= <f64>escapes / all;
    store<usize>(top, see);
    store<u32>(top, unmasked, 4);
    top += 8;
    masked = number;
  }
}

function sumOf(first: usize, end: usize): u32 {
  let sum: u32 = 0;
  for (let s = first; s < end; s += STATE_BYTES) sum += load<u32>(s) >> COUNT_SHIFT;
  return sum;
}

/** Adds 4 to the count of a state of `context`; returns the new count. */
function addToCount(context: u32, state: u32): u32 {
  const c = own(context);
  if (load<u32>(c, SUFFIX) === 0) forgetRootCounts();
  store<u32>(c, load<u32>(c) + (4 << SUM_SHIFT));
  const s = own(state);
  const word = load<u32>(s) + (4 << COUNT_SHIFT);
  store<u32>(s, word);
  return word >> COUNT_SHIFT;
}

/** Increments a symbol of the longest context; returns the new address of its state. */
function increment(context: u32, state: u32): u32 {
  const count = addToCount(context, state);
  if (state !== load<u32>(at(context), STATES)) {
    const s = at(state);
    if (count <= load<u32>(s - STATE_BYTES) >> COUNT_SHIFT) return state;
    swapWithPrevious(s);
    state -= STATE_BYTES;
  }
  return count > MAX_COUNT ? rescale(context, state) : state;
}
