// Context mixing of bytes: P(bit) is a logistic mixture of predictions from the contexts' bit
// histories (Mahoney 2005; written from descriptions of lpaq1 and paq8l, without their code). The
// model changes only at the end of each byte, so all 256 bytes are priced under the same weights.
// src/engines/mixing/image.ts is the host.

import { createChain, predictChain, trainChain } from './chain';
import { COLUMN, EXPECTED, KINDS, MATCH_AT, MATCH_LENGTH, image, past, placeImage, LAST4, LINE_AT, LINE_BEFORE, ABOVE, POSITION, WORD_LENGTH, fold, get, hashContexts, hashMatch, hashPast, order5, order5After, pushPast, set } from './contexts';
import { chooseSlots, claimSlot, findBuckets, findSlots, placeHistories, slots, touchBuckets } from './histories';
import { BYTES, CONTEXTS, EQUAL_INPUT, GUEST_INPUT, LINE, MAPS, MATCH_INPUT, MATCH_MAP, ROW, RUNS, RUN_INPUT, RUN_MAP, SLOT, STATE_BYTES } from './layout';
import { inputs, mix, selectFinalRow, selectRow, trainMixers } from './mixer';
import { chances, refine, setLogit, trainRefinements } from './refinements';
import { findRuns, placeRuns, runBytes, runCounts, updateRuns } from './runs';
import { reserve } from '../memory';
import { adapted, firstMap, nextHistory, reciprocals, squashTable, historyTotal, stretchOf, stretchTable } from './tables';
import { find, isLogFull, isStoreFull, maps, own, ownMap, useStore } from './versions';

export { reserve } from '../memory';
export { applyStore, copyStore, indexStore, isLogFull, isStoreFull, openLog, placeLog, saveState, startStore, storeEnd, takeLog, useStore, writeLog } from './versions';

/** Learning rate of the first layer … */
const RATE: f32 = 0.001;
/** … and the initial addition to it, which has halved after this many bytes. */
const INITIAL_RATE: f32 = 0.01;
const HALVING: f32 = 10_000;
const FINAL_RATE: f32 = 0.0025;
/** Sets of the first layer with a smaller error are not trained. */
const LEAST_ERROR: f32 = 0.005;
const MATCH_LEAST: u32 = 6;
const MATCH_MOST: u32 = 32;
const MAP_LIMIT: u32 = 1023;
/** Factor by which the tables grow. */
const GROWTH: usize = 8;

/** Buffer for exchange with the host: bytes of the message in, probabilities out. */
export const stage = memory.data(4096, 16);
/**
 * Logits of another model, the guest, from the host: of the eight bits of each byte on the stage, or
 * of one byte, or at the nodes of the bit tree.
 */
const guestLogits = memory.data(4 * 8 * 256, 16);

const states = memory.data(8 * CONTEXTS, 16);
const runEntries = memory.data(4 * 8 * RUNS, 16);
const matchEntries = memory.data(4 * 8, 16);
/** Probabilities of the bit tree's nodes. */
const tree = memory.data(8 * 512, 16);

let bytesMask: usize = 0;
let matchTable: usize = 0;
let matchMask: usize = 0;
let runs: usize = 0;
let histories: usize = 0;
let historiesSize: usize = 0;
let historiesMost: usize = 0;

/** Keeps loads that are there for the processor's cache. */
let touched: u32 = 0;
let hits: u32 = 0;
/** The byte whose path is in the scratch arrays, −1 for none, and its probability. */
let walked: i32 = -1;
let walkedChance: f64 = 1;
/** The bits so far of a byte that is coded bit by bit, after a leading 1. */
let path: u32 = 1;

/** Address of a constant, the stage or the state; by default, of the heap. */
export function addressOf(what: i32): usize {
  switch (what) {
    case 0: return stretchTable;
    case 1: return squashTable;
    case 2: return nextHistory;
    case 3: return historyTotal;
    case 4: return firstMap;
    case 5: return reciprocals;
    case 6: return stage;
    case 7: return past;
    case 8: return guestLogits;
    case 9: return chances;
    default: return __heap_base;
  }
}

/**
 * Initialises a model with at most 2^memoryLog bytes of histories. The constants must be written. An
 * instance may be used again if it has had no stores.
 */
export function create(memoryLog: i32): void {
  if (historiesSize > 0) clear();
  const at = (__heap_base + 63) & ~63;
  placeImage(at);
  useStore(0, false);
  const bytes = at + BYTES;
  bytesMask = (<usize>1 << (memoryLog - 4)) - 1;
  matchTable = bytes + bytesMask + 1;
  matchMask = (<usize>1 << (memoryLog - 6)) - 1;
  runs = matchTable + 4 * (matchMask + 1);
  histories = runs + (<usize>1 << (memoryLog - 3));
  historiesSize = 1 << 15;
  historiesMost = <usize>1 << memoryLog;
  reserve(histories + historiesSize);
  placeHistories(histories, historiesSize);
  placeRuns(runs, historiesSize >> 5);
  for (let i: usize = 0; i < CONTEXTS; i++) memory.copy(image + MAPS + i * 1024, firstMap, 1024);
  for (let s: u32 = 0; s < 64; s++) {
    const p: f32 = <f32>1 - <f32>1 / (<f32>3 + <f32>(s >> 1));
    store<u32>(image + MATCH_MAP + 4 * s, <u32>(p * 4194303) << 10);
    for (let r: usize = 0; r < RUNS; r++) store<u32>(image + RUN_MAP + 4 * (64 * r + <usize>s), <u32>(p * 4194303) << 10);
  }
  createChain();
  hashContexts();
}

/** Sets everything to 0 that the model has written. */
function clear(): void {
  memory.fill(image, 0, BYTES + min<usize>(get(POSITION), bytesMask + 1));
  memory.fill(past, 0, STATE_BYTES);
  memory.fill(matchTable, 0, runs + (historiesSize >> 3) - matchTable);
  memory.fill(histories, 0, historiesSize);
  walked = -1;
}

/** Address of the end of the image; memory from there on is free. */
export function imageEnd(): usize {
  return histories + historiesSize;
}

export function stateBytes(): usize {
  return STATE_BYTES;
}

/** Must be called after another state has been written or a store has moved. */
export function resume(): void {
  walked = -1;
  hashContexts();
}

/** Whether the tables of histories and of runs must grow before the next byte. */
export function isFull(): bool {
  return historiesSize < historiesMost && <usize>get(POSITION) * (CONTEXTS * 2 * SLOT) > historiesSize;
}

/** Enlarges the tables of histories and of runs, and fills them from the bytes so far. */
export function grow(): void {
  memory.fill(histories, 0, historiesSize);
  memory.fill(runs, 0, historiesSize >> 3);
  historiesSize = min(historiesMost, historiesSize * GROWTH);
  reserve(histories + historiesSize);
  placeHistories(histories, historiesSize);
  placeRuns(runs, historiesSize >> 5);
  const count = get(POSITION);
  memory.fill(past, 0, STATE_BYTES);
  hashContexts();
  for (let i: u32 = 0; i < count; i++) {
    const symbol = byteAt(i);
    findSlots(0);
    findSlots(16 | (symbol >>> 4));
    updateHistories(symbol);
    advance(symbol);
  }
}

/** Sets the size of the history table to that of an image ending at `end`, without its contents. */
export function sizeAs(end: usize): void {
  historiesSize = end - histories;
  reserve(end);
  placeHistories(histories, historiesSize);
  placeRuns(runs, historiesSize >> 5);
}

// @ts-ignore: decorator
@inline
function byteAt(position: u32): u32 {
  const at = <usize>position & bytesMask;
  return <u32>load<u8>(find(image + BYTES + (at & ~15)) + (at & 15));
}

/**
 * Evaluates a node of the bit tree except for the refinements; stores what these and training need at
 * index `step` of the scratch arrays.
 */
function evaluate(partial: u32, step: usize, guest: f32): void {
  const depth = 31 - clz(partial);
  const low = depth - 4;
  const inHalf = depth < 4 ? partial : (1 << low) | (partial & ((1 << low) - 1));
  const x = inputs + step * ROW;
  const s = states + step * CONTEXTS;
  const from = slots + (<usize>depth >> 2) * 4 * CONTEXTS;
  for (let i: usize = 0; i < CONTEXTS; i++) {
    const state = <usize>load<u8>(<usize>load<u32>(from + 4 * i) + inHalf);
    store<u8>(s + i, <u8>state);
    const entry = load<u32>(maps + (((i << 8) | state) << 2));
    // As integers, because V8 selects floats by branches.
    const logit = select<u32>(reinterpret<u32>(stretchOf(entry)), 0, state !== 0);
    store<u32>(x + 4 * i, logit);
    store<u32>(x + 4 * i, select<u32>(logit, 0, load<u8>(historyTotal + state) > 127), 4 * EQUAL_INPUT);
  }
  let m: f32 = 0;
  let m2: f32 = 0;
  let matched: u32 = 0;
  let expectedBit: u32 = 0;
  const expected = get(EXPECTED);
  if (expected >>> (8 - depth) === partial) {
    const length = min(get(MATCH_LENGTH), MATCH_MOST) - 1;
    expectedBit = (expected >>> (7 - depth)) & 1;
    const offset = MATCH_MAP + (2 * length + 1) * 4;
    store<u32>(matchEntries + 4 * step, <u32>offset);
    const entry = load<u32>(maps + offset);
    m = stretchOf(entry);
    m2 = (<f32>(<i32>(entry >>> 20) - 2048)) * <f32>(3 / 4096);
    if (!expectedBit) {
      m = -m;
      m2 = -m2;
    }
    matched = 1 + (length >> 1);
    expectedBit += 1;
  } else {
    store<u32>(matchEntries + 4 * step, 0);
  }
  store<f32>(x + 4 * MATCH_INPUT, m);
  store<f32>(x + 4 * MATCH_INPUT + 4, m2);
  store<f32>(x + 4 * MATCH_INPUT + 8, 0.3);
  for (let r: usize = 0; r < RUNS; r++) {
    const byte = load<u32>(runBytes + 4 * r);
    let input: f32 = 0;
    let offset: usize = 0;
    if (byte >>> (8 - depth) === partial) {
      const bit = (byte >>> (7 - depth)) & 1;
      offset = RUN_MAP + 4 * (64 * r + 2 * min<usize>(load<u32>(runCounts + 4 * r), 31) + (depth > 3 ? 1 : 0));
      input = stretchOf(load<u32>(maps + offset));
      if (!bit) input = -input;
    }
    store<u32>(runEntries + 4 * (step * RUNS + r), <u32>offset);
    store<f32>(x + 4 * (RUN_INPUT + r), input);
  }

  predictChain(step, s);
  store<f32>(x + 4 * GUEST_INPUT, guest);
  const last4 = get(LAST4);
  const last = last4 & 255;
  selectRow(step, 0, partial | (expectedBit << 8));
  selectRow(step, 1, last * 8 + depth);
  selectRow(step, 2, matched * 8 + depth);
  selectRow(step, 3, hits * 8 + depth);
  selectRow(step, 4, min<u32>(get(COLUMN), 63) * 8 + depth);
  selectRow(step, 5, (last4 >>> 8) & 255);
  selectRow(step, 6, get(KINDS) & 0x1ff);
  selectRow(step, 7, min<u32>(get(WORD_LENGTH), 15) * 8 + depth);
  selectFinalRow(step, 0, partial);
  selectFinalRow(step, 1, matched * 128 + hits * 8 + depth);
  selectFinalRow(step, 2, get(KINDS) & 0x7ff);
  setLogit(step, mix(step), partial, expectedBit);
}

/**
 * Evaluates the nodes on the path of a byte, for which the guest's logits are at `guest`, stores what
 * training needs and returns P(byte).
 */
function walk(symbol: u32, guest: usize): f64 {
  let product: f64 = 1;
  touch(symbol);
  chooseSlots(0);
  chooseSlots(1);
  countHits();
  let partial: u32 = 1;
  for (let step: usize = 0; step < 8; step++) {
    evaluate(partial, step, load<f32>(guest + 4 * step));
    partial = (partial << 1) | ((symbol >>> (7 - <u32>step)) & 1);
  }
  refine(0, 8);
  for (let step: usize = 0; step < 8; step++) {
    const p = <f64>load<f32>(chances + 4 * step);
    product *= (symbol >>> (7 - <u32>step)) & 1 ? p : 1 - p;
  }
  return product;
}

/**
 * Loads from the large tables what the path of a byte needs, and what learning it will need, so that
 * the processor waits for memory once.
 */
// @ts-ignore: decorator
@inline
function touch(symbol: u32): void {
  findBuckets(0);
  findBuckets(16 | (symbol >>> 4));
  findRuns();
  touched = touchBuckets() | load<u32>(find(matchSlot(order5After(symbol)) & ~15));
}

function countHits(): void {
  hits = 0;
  for (let i: usize = 1; i <= 7; i++) {
    if (load<u8>(<usize>load<u32>(slots + 4 * i), 1) !== 0) hits++;
  }
}

/**
 * A mask of the contexts whose history, at `histories`, is not empty: whether one is cannot be
 * predicted, so a branch for each would take longer.
 */
// @ts-ignore: decorator
@inline
function seenBefore(histories: usize): i32 {
  const first = i8x16.bitmask(i8x16.ne(v128.load(histories), i8x16.splat(0)));
  const last = v128.load(histories, CONTEXTS - 16);
  return first | (i8x16.bitmask(i8x16.ne(last, i8x16.splat(0))) << (CONTEXTS - 16));
}

function train(symbol: u32): void {
  const rate = RATE + INITIAL_RATE / (1 + <f32>get(POSITION) / HALVING);
  for (let step: usize = 0; step < 8; step++) {
    const bit = <i32>((symbol >>> (7 - <u32>step)) & 1);
    trainMixers(step, bit, rate, FINAL_RATE, LEAST_ERROR);
    trainRefinements(step, bit);
    const s = states + step * CONTEXTS;
    for (let left = seenBefore(s); left !== 0; left &= left - 1) {
      const i = <usize>ctz(left);
      const state = <usize>load<u8>(s + i);
      const at = ownMap(((i << 8) | state) << 2);
      store<u32>(at, adapted(load<u32>(at), bit, MAP_LIMIT));
    }
    trainChain(step, bit);
    const matchEntry = <usize>load<u32>(matchEntries + 4 * step);
    if (matchEntry !== 0) {
      const entry = ownMap(matchEntry);
      const right = <i32>((get(EXPECTED) >>> (7 - <u32>step)) & 1) === bit ? 1 : 0;
      store<u32>(entry, adapted(load<u32>(entry), right, MAP_LIMIT));
    }
    for (let r: usize = 0; r < RUNS; r++) {
      const runEntry = <usize>load<u32>(runEntries + 4 * (step * RUNS + r));
      if (runEntry === 0) continue;
      const right = <i32>((load<u32>(runBytes + 4 * r) >>> (7 - <u32>step)) & 1) === bit ? 1 : 0;
      const at = ownMap(runEntry);
      store<u32>(at, adapted(load<u32>(at), right, MAP_LIMIT));
    }
  }
}

/** Appends the bits of a byte to the histories in its contexts, whose slots must have been found. */
function updateHistories(symbol: u32): void {
  for (let half: usize = 0; half < 2; half++) {
    const nibble = half ? symbol & 15 : symbol >>> 4;
    const a = 2 | (nibble >>> 3);
    const b = 4 | (nibble >>> 2);
    const c = 8 | (nibble >>> 1);
    for (let i: usize = 0; i < CONTEXTS; i++) {
      const at = claimSlot(half, i);
      let t = at + 1;
      store<u8>(t, load<u8>(nextHistory + 2 * <usize>load<u8>(t) + (nibble >>> 3)));
      t = at + a;
      store<u8>(t, load<u8>(nextHistory + 2 * <usize>load<u8>(t) + ((nibble >>> 2) & 1)));
      t = at + b;
      store<u8>(t, load<u8>(nextHistory + 2 * <usize>load<u8>(t) + ((nibble >>> 1) & 1)));
      t = at + c;
      store<u8>(t, load<u8>(nextHistory + 2 * <usize>load<u8>(t) + (nibble & 1)));
    }
  }
}

/** Where the match model finds the last place with the same hash of order 5. */
// @ts-ignore: decorator
@inline
function matchSlot(hash: u32): usize {
  return matchTable + ((<usize>fold(99, hash) >>> 8) & matchMask) * 4;
}

function advance(symbol: u32): void {
  const position = get(POSITION) + 1;
  const end = <usize>(position - 1) & bytesMask;
  store<u8>(own(image + BYTES + (end & ~15), LINE) + (end & 15), symbol);
  updateRuns(symbol);
  pushPast(symbol);
  const above = get(LINE_BEFORE) + get(COLUMN) + 1;
  set(ABOVE, get(LINE_BEFORE) + get(COLUMN) < get(LINE_AT) && position - above < <u32>bytesMask ? byteAt(above) : 0);
  hashPast();
  let matchLength = get(MATCH_LENGTH);
  let matchAt = get(MATCH_AT) + 1;
  matchLength = matchLength > 0 && (get(EXPECTED) & 255) === symbol ? min<u32>(matchLength + 1, 65535) : 0;
  const slot = matchSlot(load<u32>(order5));
  const to = own(slot & ~15, LINE) + (slot & 15);
  const found = load<u32>(to);
  store<u32>(to, position);
  if (matchLength === 0 && found > 0 && <usize>(position - found) < bytesMask) {
    let length: u32 = 0;
    while (length < MATCH_MOST && length < found && byteAt(found - 1 - length) === byteAt(position - 1 - length)) length++;
    if (length >= MATCH_LEAST) {
      matchLength = length;
      matchAt = found;
    }
  }
  set(MATCH_LENGTH, matchLength);
  set(MATCH_AT, matchAt);
  set(EXPECTED, matchLength > 0 ? 256 | byteAt(matchAt) : 0);
  hashMatch();
  walked = -1;
}

/** P that the next byte is `symbol`, for which the guest's logits must be there. */
export function chanceOf(symbol: i32): f64 {
  return walkTo(symbol, guestLogits);
}

function walkTo(symbol: i32, guest: usize): f64 {
  if (walked !== symbol) {
    walkedChance = walk(symbol, guest);
    walked = symbol;
  }
  return walkedChance;
}

/** Learns from a byte, for which the guest's logits must be there, and advances past it. */
export function update(symbol: i32): void {
  walkTo(symbol, guestLogits);
  learn(symbol);
}

/** Learns from the byte that was walked to. */
function learn(symbol: u32): void {
  train(symbol);
  updateHistories(symbol);
  advance(symbol);
}

/**
 * Learns from the bytes on the stage and writes their probabilities to the stage, as f64 from offset
 * 512. Stops early when the host must grow the tables or the store, or take the log. Returns the number
 * of bytes learnt.
 */
export function push(count: i32): i32 {
  for (let i = 0; i < count; i++) {
    const symbol = <i32>load<u8>(stage + <usize>i);
    store<f64>(stage + 512 + 8 * <usize>i, walkTo(symbol, guestLogits + 32 * <usize>i));
    learn(symbol);
    if (isFull() || isStoreFull() || isLogFull()) return i + 1;
  }
  return count;
}

/** Writes the probabilities of all 256 bytes to the stage, as f64; evaluates 255 nodes. */
export function predict(): void {
  walked = -1;
  findSlots(0);
  findRuns();
  countHits();
  store<f64>(tree, 1, 8);
  splitHalf(1);
  for (let high: u32 = 16; high < 32; high++) {
    findSlots(high);
    splitHalf(high);
  }
  memory.copy(stage, tree + 8 * 256, 8 * 256);
}

/** Splits the probability of a node among the 16 sequences of four more bits, level by level. */
function splitHalf(top: u32): void {
  for (let count: u32 = 1, first = top; count < 16; count <<= 1, first <<= 1) {
    for (let i: u32 = 0; i < count; i++) {
      const partial = first + i;
      evaluate(partial, i, load<f32>(guestLogits + 4 * <usize>partial));
    }
    refine(0, count);
    for (let i: u32 = 0; i < count; i++) {
      const all = load<f64>(tree + 8 * <usize>(first + i));
      const p = <f64>load<f32>(chances + 4 * <usize>i);
      const children = tree + 16 * <usize>(first + i);
      store<f64>(children, all * (1 - p));
      store<f64>(children, all * p, 8);
    }
  }
}

/** Starts coding a byte bit by bit. */
export function begin(): void {
  walked = -1;
  walkedChance = 1;
  path = 1;
}

let chance: f64 = 0;

/** P(1) of the next bit, for which the guest's logit is given. */
export function chanceOfOne(guest: f32): f64 {
  const step = <usize>(31 - clz(path));
  if (step === 0) {
    findSlots(0);
    findRuns();
    countHits();
  } else if (step === 4) findSlots(path);
  evaluate(path, step, guest);
  refine(step, step + 1);
  chance = <f64>load<f32>(chances + 4 * step);
  return chance;
}

/** Advances past a bit. */
export function take(bit: i32): void {
  walkedChance *= bit ? chance : 1 - chance;
  path = (path << 1) | <u32>bit;
  if (path >= 256) walked = <i32>(path & 255);
}
