// Copy-on-write forks. Forks of a model share a read-only image; what differs from it lies in a
// store, a block of linear memory after the image:
// u32 size · u32 end of the lines · u32 lines · u32 epoch · the state outside the image · a copy of
// the maps · one bit per 16 bytes of the maps · lines · in the last eighth, a hash table of (u32
// place, u32 offset of the line).
// `place` is the line's address in the image, at a multiple of 16. A line has a header before it:
// u32 place · u32 bytes · u32 epoch · u32 0. Offsets of lines never change.
//
// While a log is open, the contents of each line are written to it before they change for the first
// time: u32 offset · u32 bytes · contents; offset 0 stands for the state. Each log of a store has its
// own epoch; the lines (and the bits of the maps) tell which of them the open log has.

import { image, past } from './contexts';
import { MAPS, MAPS_BYTES, STATE_BYTES } from './layout';

const HEAD: usize = 16;
const LINE_HEAD: usize = 16;
const STORE_MAPS: usize = HEAD + STATE_BYTES;
const BITS: usize = STORE_MAPS + MAPS_BYTES;
const LINES: usize = (BITS + MAPS_BYTES / 128 + 15) & ~15;
/** Upper bounds on what one byte of the message adds to a store and to a log. */
const ROOM: usize = 34 << 10;
const MOST_LINES: usize = 192;
const LOG_ROOM: usize = 44 << 10;

/** Address of the maps: of the store's copy, or of the image. */
export let maps: usize = 0;
/** Address of the active store; 0 if the image is written directly. */
let active: usize = 0;
let cells: usize = 0;
let mask: usize = 0;
let epoch: u32 = 0;
/** Whether a log is open; where its last part begins and ends; and when the host must move it. */
let isLogged: bool = false;
let logStart: usize = 0;
let logEnd: usize = 0;
let logLimit: usize = 0;

/** Activates a store with its state, or with 0 the image, and continues its log if it has one open. */
export function useStore(at: usize, logged: bool): void {
  active = at;
  isLogged = logged;
  if (at === 0) {
    maps = image + MAPS;
    return;
  }
  memory.copy(past, at + HEAD, STATE_BYTES);
  maps = at + STORE_MAPS;
  const size = <usize>load<u32>(at);
  cells = at + size - (size >> 3);
  mask = (size >> 6) - 1;
  epoch = load<u32>(at, 12);
}

/** Saves the state in the active store. */
export function saveState(): void {
  if (active !== 0) memory.copy(active + HEAD, past, STATE_BYTES);
}

// @ts-ignore: decorator
@inline
function hashOf(place: usize): usize {
  return ((place >> 4) * 0x9e3779b1) >> 12;
}

// @ts-ignore: decorator
@inline
function copyLine(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
}

function search(place: usize): usize {
  let i = hashOf(place);
  let cell = load<u64>(cells + ((i & mask) << 3));
  while (cell !== 0) {
    if (<u32>cell === <u32>place) return active + <usize>(cell >>> 32);
    cell = load<u64>(cells + ((++i & mask) << 3));
  }
  return place;
}

/** Address of a line of the image for reading. */
// @ts-ignore: decorator
@inline
export function find(place: usize): usize {
  return active === 0 ? place : search(place);
}

function claim(place: usize, bytes: usize, from: usize): usize {
  let at = from;
  if (at < active) at = search(place);
  if (at < active) at = add(place, bytes);
  if (isLogged && load<u32>(at - LINE_HEAD, 8) !== epoch) {
    store<u32>(at - LINE_HEAD, epoch, 8);
    record(at - active, at, bytes);
  }
  return at;
}

function add(place: usize, bytes: usize): usize {
  const end = <usize>load<u32>(active, 4);
  const at = active + end + LINE_HEAD;
  store<u32>(at - LINE_HEAD, <u32>place);
  store<u32>(at - LINE_HEAD, <u32>bytes, 4);
  store<u32>(at - LINE_HEAD, 0, 8);
  copyLine(at, place, bytes);
  enter(place, end + LINE_HEAD);
  store<u32>(active, <u32>(end + LINE_HEAD + bytes), 4);
  store<u32>(active, load<u32>(active, 8) + 1, 8);
  return at;
}

function enter(place: usize, offset: usize): void {
  let i = hashOf(place);
  while (load<u64>(cells + ((i & mask) << 3)) !== 0) i++;
  store<u64>(cells + ((i & mask) << 3), <u64>place | (<u64>offset << 32));
}

function record(offset: usize, at: usize, bytes: usize): void {
  store<u32>(logEnd, <u32>offset);
  store<u32>(logEnd, <u32>bytes, 4);
  copyLine(logEnd + 8, at, bytes);
  logEnd += 8 + bytes;
}

/** Address of a line of the image for writing; copies it to the store if needed. */
// @ts-ignore: decorator
@inline
export function own(place: usize, bytes: usize): usize {
  return active === 0 ? place : claim(place, bytes, 0);
}

/** Like `own`, with the address `from` that `find` returned before this byte. */
// @ts-ignore: decorator
@inline
export function ownFrom(place: usize, bytes: usize, from: usize): usize {
  return active === 0 ? place : claim(place, bytes, from);
}

/** Address in the maps for writing. */
// @ts-ignore: decorator
@inline
export function ownMap(offset: usize): usize {
  if (isLogged) recordMap(offset >> 4);
  return maps + offset;
}

function recordMap(line: usize): void {
  const at = active + BITS + (line >> 3);
  const bits = load<u8>(at);
  const bit: u8 = 1 << <u8>(line & 7);
  if (bits & bit) return;
  store<u8>(at, bits | bit);
  record(STORE_MAPS + (line << 4), maps + (line << 4), 16);
}

/** Writes an empty store with the present state, without its hash table. */
export function startStore(at: usize): void {
  store<u32>(at, <u32>LINES, 4);
  store<u32>(at, 0, 12);
  memory.copy(at + HEAD, past, STATE_BYTES);
  memory.copy(at + STORE_MAPS, image + MAPS, MAPS_BYTES);
}

/** Copies a store without its hash table. */
export function copyStore(to: usize, from: usize): void {
  memory.copy(to, from, storeEnd(from));
}

/** Length of a store without its hash table. */
export function storeEnd(at: usize): usize {
  return <usize>load<u32>(at, 4);
}

/** Creates the hash table of a store, and activates the store without a log. */
export function indexStore(at: usize, size: usize): void {
  store<u32>(at, <u32>size);
  useStore(at, false);
  memory.fill(cells, 0, size >> 3);
  const end = at + storeEnd(at);
  let lines = 0;
  for (let line = at + LINES; line < end; line += LINE_HEAD + <usize>load<u32>(line, 4)) {
    enter(<usize>load<u32>(line), line - at + LINE_HEAD);
    lines++;
  }
  store<u32>(at, lines, 8);
}

/** Whether the active store must grow before the next byte. */
export function isStoreFull(): bool {
  if (active === 0) return false;
  return active + storeEnd(active) + ROOM > cells || (<usize>load<u32>(active, 8) + MOST_LINES) * 3 > mask * 2;
}

/** Sets the bounds of the memory for logs. */
export function placeLog(at: usize, end: usize): void {
  logStart = logEnd = at;
  logLimit = end - LOG_ROOM;
}

/** Opens a log of the active store. */
export function openLog(): void {
  store<u32>(active, ++epoch, 12);
  memory.fill(active + BITS, 0, LINES - BITS);
  isLogged = true;
  record(0, past, STATE_BYTES);
}

/** Length of the open log since the last call; the log continues after it. */
export function takeLog(): usize {
  const length = logEnd - logStart;
  logStart = logEnd;
  return length;
}

/** Whether `placeLog` must be called before the next byte. */
export function isLogFull(): bool {
  return isLogged && logEnd > logLimit;
}

/** Writes a log to the active store, and to the log what it replaces if `isExchanged`. */
export function writeLog(at: usize, length: usize, isExchanged: bool): void {
  for (let entry = at; entry < at + length; entry += 8 + <usize>load<u32>(entry, 4)) {
    const offset = <usize>load<u32>(entry);
    const to = offset === 0 ? past : active + offset;
    const bytes = <usize>load<u32>(entry, 4);
    for (let i: usize = 0; i < bytes; i += 16) {
      const line = v128.load(to + i);
      v128.store(to + i, v128.load(entry + i, 8));
      if (isExchanged) v128.store(entry + i, line, 8);
    }
  }
}

/** Writes a store into the image, and clears its memory. */
export function applyStore(at: usize): void {
  memory.copy(image + MAPS, at + STORE_MAPS, MAPS_BYTES);
  const end = at + storeEnd(at);
  for (let line = at + LINES; line < end; line += LINE_HEAD + <usize>load<u32>(line, 4)) {
    copyLine(<usize>load<u32>(line), line + LINE_HEAD, <usize>load<u32>(line, 4));
  }
  memory.fill(at, 0, end - at);
}
