// The memory of one model: text grows from the bottom, units from the top, until they meet. Freed
// blocks go to lists by size, as in Shkarin's PPMd; nothing is moved.

import { addPage, at, CLASSES, freeList, model, own, PAGE_BITS, PAGE_BYTES } from './pages';
import { TABLE_PAGES } from './tables';

/** Bytes per unit: two states. */
const UNIT_BYTES = 16;
/** log2 of the bytes per state. */
const STATE_BITS = 3;
/** Most pages that one step may take: a context and a list of states for each order, plus text. */
const RESERVED_PAGES = 40;

/** Block sizes in units: steps of 1, 2, 3, 4 and so on, to the 128 units of 256 states. */
const unitsOf = memory.data(CLASSES);
/** The smallest class that holds a given number of units. */
const classOf = memory.data(129);
for (let kind = 0, units = 1, from = 0; kind < CLASSES; kind++) {
  store<u8>(unitsOf + kind, units);
  while (from <= units) store<u8>(classOf + from++, kind);
  units += min(1 + (kind + 1) / 4, 4);
}

/** Discards everything except the pages. */
export function clearArena(): void {
  memory.fill(freeList(0), 0, 4 * CLASSES);
  model.textLength = 0;
  model.textPagesEnd = TABLE_PAGES;
  model.unitPage = model.pageCount;
  model.next = 0;
  model.left = 0;
}

/** Number of pages in use. */
export function usedPages(): u32 {
  return model.textPagesEnd + model.pageCount - model.unitPage;
}

/** True if another step might run out of memory. */
export function isFull(): bool {
  return model.unitPage < model.textPagesEnd + RESERVED_PAGES;
}

export function appendText(byte: u32): void {
  const address = (TABLE_PAGES << PAGE_BITS) + model.textLength++;
  if (address >> PAGE_BITS >= model.textPagesEnd) {
    model.textPagesEnd++;
    addPage(address);
  }
  store<u8>(own(address), byte);
}

export function textAt(position: u32): u32 {
  return load<u8>(at((TABLE_PAGES << PAGE_BITS) + position));
}

/** Allocates `bytes` bytes on one page; returns their address. */
export function take(bytes: u32): u32 {
  if (model.left < bytes) {
    for (let units = model.left / UNIT_BYTES; units > 0; units = model.left / UNIT_BYTES) {
      let kind: u32 = load<u8>(classOf + units);
      if (load<u8>(unitsOf + kind) > units) kind--;
      const freed = UNIT_BYTES * load<u8>(unitsOf + kind);
      free(model.next, kind);
      model.next += freed;
      model.left -= freed;
    }
    model.next = --model.unitPage << PAGE_BITS;
    model.left = PAGE_BYTES;
    addPage(model.next);
  }
  const address = model.next;
  model.next += bytes;
  model.left -= bytes;
  return address;
}

/** Allocates room for `count` states; up to `statesFit` states fit without moving. */
export function takeStates(count: u32): u32 {
  const kind = load<u8>(classOf + ((count + 1) >> 1));
  const list = freeList(kind);
  const head = load<u32>(list);
  if (head === 0) return take(UNIT_BYTES * load<u8>(unitsOf + kind));
  store<u32>(list, load<u32>(at(head)));
  return head;
}

/** The number of states that fit where `count` of them are. */
export function statesFit(count: u32): u32 {
  return 2 * load<u8>(unitsOf + load<u8>(classOf + ((count + 1) >> 1)));
}

export function freeStates(address: u32, count: u32): void {
  free(address, load<u8>(classOf + ((count + 1) >> 1)));
}

/** Copies the first `count` states from one address to another. */
export function copyStates(to: u32, from: u32, count: u32): void {
  const target = own(to);
  memory.copy(target, at(from), count << STATE_BITS);
}

function free(address: u32, kind: u32): void {
  const list = freeList(kind);
  store<u32>(own(address), load<u32>(list));
  store<u32>(list, address);
}
