// Copy-on-write forks. Forks of a model share a read-only image; what differs from it lies in a
// store, a block of linear memory after the image:
// u32 size · u32 end of the lines · u32 lines · u32 epoch · a copy of the maps · one bit per 16 bytes
// of the maps · lines · in the last quarter, a hash table of (u32 place, u32 offset of the line).
// `place` is the line's address in the image, at a multiple of 16. A line has a header before it:
// u32 place · u32 bytes · u32 epoch · u32 0. Offsets of lines never change.
//
// While a log is open, the contents of each line are written to it before they change for the first
// time: u32 offset · u32 bytes · contents. Each log of a store has its own epoch; the lines (and the
// bits of the maps) tell which of them the open log has.

import { image } from './contexts';
import { MAPS, MAPS_BYTES } from './layout';

const HEAD: usize = 16;
const LINE_HEAD: usize = 16;
const BITS: usize = HEAD + MAPS_BYTES;
const LINES: usize = (BITS + MAPS_BYTES / 128 + 15) & ~15;
/** Upper bounds on what one byte of the message adds to a store and to a log. */
const ROOM: usize = 34 << 10;
const LOG_ROOM: usize = 42 << 10;
const MOST_LINES: usize = 192;

/** The log, for exchange with the host. */
const LOG_BYTES: usize = 1 << 17;
export const log = memory.data(1 << 17, 16);

/** Address of the maps: of the store's copy, or of the image. */
export let maps: usize = 0;
/** Address of the active store; 0 if the image is written directly. */
let active: usize = 0;
let cells: usize = 0;
let mask: usize = 0;
/** End of the open log; 0 if there is none. */
let logEnd: usize = 0;
let epoch: u32 = 0;

/** Activates a store, 0 for the image itself, and continues its log if it has one open. */
export function useStore(at: usize, isLogged: bool): void {
  active = at;
  logEnd = isLogged ? log : 0;
  if (at === 0) {
    maps = image + MAPS;
    return;
  }
  maps = at + HEAD;
  const size = <usize>load<u32>(at);
  cells = at + size - (size >> 2);
  mask = (size >> 5) - 1;
  epoch = load<u32>(at, 12);
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
  if (logEnd !== 0 && load<u32>(at - LINE_HEAD, 8) !== epoch) {
    store<u32>(at - LINE_HEAD, epoch, 8);
    record(at, bytes);
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

function record(at: usize, bytes: usize): void {
  store<u32>(logEnd, <u32>(at - active));
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
  if (logEnd !== 0) recordMap(offset >> 4);
  return maps + offset;
}

function recordMap(line: usize): void {
  const at = active + BITS + (line >> 3);
  const bits = load<u8>(at);
  const bit: u8 = 1 << <u8>(line & 7);
  if (bits & bit) return;
  store<u8>(at, bits | bit);
  record(maps + (line << 4), 16);
}

/** Writes an empty store without its hash table. */
export function startStore(at: usize): void {
  memory.copy(at + HEAD, image + MAPS, MAPS_BYTES);
  store<u32>(at, <u32>LINES, 4);
  store<u32>(at, 0, 12);
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
  memory.fill(cells, 0, size >> 2);
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
  return active + storeEnd(active) + ROOM > cells || (<usize>load<u32>(active, 8) + MOST_LINES) << 1 > mask;
}

/** Opens a log of the active store. */
export function openLog(): void {
  store<u32>(active, ++epoch, 12);
  memory.fill(active + BITS, 0, LINES - BITS);
  logEnd = log;
}

/** Length of the open log, which is emptied. */
export function takeLog(): usize {
  if (logEnd === 0) return 0;
  const length = logEnd - log;
  logEnd = log;
  return length;
}

/** Whether the log must be taken before the next byte. */
export function isLogFull(): bool {
  return logEnd > log + LOG_BYTES - LOG_ROOM;
}

/** Exchanges the lines of the active store with those of a log of a given length. */
export function swapLog(length: usize): void {
  for (let entry = log; entry < log + length; entry += 8 + <usize>load<u32>(entry, 4)) {
    const at = active + <usize>load<u32>(entry);
    const bytes = <usize>load<u32>(entry, 4);
    for (let i: usize = 0; i < bytes; i += 16) {
      const line = v128.load(at + i);
      v128.store(at + i, v128.load(entry + i, 8));
      v128.store(entry + i, line, 8);
    }
  }
}

/** Writes a store into the image. */
export function applyStore(at: usize): void {
  memory.copy(image + MAPS, at + HEAD, MAPS_BYTES);
  const end = at + storeEnd(at);
  for (let line = at + LINES; line < end; line += LINE_HEAD + <usize>load<u32>(line, 4)) {
    copyLine(<usize>load<u32>(line), line + LINE_HEAD, <usize>load<u32>(line, 4));
  }
}
