// The memory of a model: pages of 2048 bytes, which are reached through a page table in two levels.
// A fork copies the upper level only. From then on both sides copy a page, and the part of the
// table that points to it, before the first write to it. Memory is allocated in ascending order and
// never freed, so a page may be written if it was allocated after the model's last fork.

import { allocate, used } from '../memory';

/** log2 of the bytes of a page. An address is a page number, then the offset in its lower bits. */
export const PAGE_BITS = 11;
export const PAGE_BYTES = 1 << PAGE_BITS;
/** log2 of the pages that a table of the lower level points to. */
const TABLE_BITS = 8;
const TABLE_BYTES: usize = 4 << TABLE_BITS;
/** Number of lists of free blocks. */
export const CLASSES = 38;

/** What a model has outside its pages. The upper level of the page table follows it. */
@unmanaged
export class Model {
  /** Pages and tables from this address of linear memory on may be written. */
  ownedFrom: usize;
  pageCount: u32;
  order: i32;
  /** The longest context of the next symbol. */
  context: u32;
  /** The difference between the maximum order and that context's order. */
  orderFall: i32;
  /** Initial escape count for contexts that get their second symbol. */
  initialEscape: u32;
  /** Length of the run of well predicted symbols, from a start below 0. */
  run: i32;
  /** 1 if the last symbol was well predicted. */
  lastSuccess: u32;
  lastSymbol: u32;
  /** Bytes of text, and the end of the pages used for it. */
  textLength: u32;
  textPagesEnd: u32;
  /** The lowest page used for units. */
  unitPage: u32;
  /** Address of the next free bytes on it, and their number. */
  next: u32;
  left: u32;
}

/** The model in use, and how often it changed. */
export let model = changetype<Model>(0);
export let selections: u32 = 0;
const LISTS = offsetof<Model>();
const DIRECTORY = LISTS + 4 * CLASSES;

// @ts-ignore: decorator
@inline
export function select(root: usize): void {
  if (root === changetype<usize>(model)) return;
  model = changetype<Model>(root);
  selections++;
}

/** Selects a new model without pages. */
export function createModel(order: i32, pageCount: u32): void {
  const tables = (pageCount + (1 << TABLE_BITS) - 1) >> TABLE_BITS;
  select(allocate(DIRECTORY + 4 * tables));
  model.ownedFrom = used();
  model.pageCount = pageCount;
  model.order = order;
}

/** Bytes of the model outside its pages, and of the upper level of the page table at their end. */
export function rootBytes(root: usize): usize {
  return DIRECTORY + directoryBytes(root);
}

export function directoryBytes(root: usize): usize {
  return ((changetype<Model>(root).pageCount + (1 << TABLE_BITS) - 1) >> TABLE_BITS) << 2;
}

/** Returns an independent copy. */
export function fork(root: usize): usize {
  const copy = tryOut(root);
  share(root);
  return copy;
}

/**
 * Returns a copy of a model that may not be used itself until linear memory is set back to where
 * the copy begins.
 */
export function tryOut(root: usize): usize {
  const bytes = rootBytes(root);
  const copy = allocate(bytes);
  memory.copy(copy, root, bytes);
  share(copy);
  return copy;
}

/** Has a model copy each of its pages before the next write to it. */
export function share(root: usize): void {
  changetype<Model>(root).ownedFrom = used();
  select(0); // because another model may have had the same address
}

/** Where the address of the first block in a list of free blocks is stored. */
// @ts-ignore: decorator
@inline
export function freeList(kind: u32): usize {
  return changetype<usize>(model) + LISTS + (kind << 2);
}

/** Where the byte at an address is, for reading. */
// @ts-ignore: decorator
@inline
export function at(address: u32): usize {
  const table = load<usize>(directorySlot(address));
  return load<usize>(tableSlot(table, address)) + (address & (PAGE_BYTES - 1));
}

/** Where the byte at an address is, for reading and writing; valid until the next fork. */
// @ts-ignore: decorator
@inline
export function own(address: u32): usize {
  const place = at(address);
  return place >= model.ownedFrom ? place : copyPage(address);
}

/** Adds the page of an address, with undefined contents. */
export function addPage(address: u32): void {
  const slot = tableSlot(ownTable(address), address);
  if (load<usize>(slot) < model.ownedFrom) store<usize>(slot, allocate(PAGE_BYTES));
}

function copyPage(address: u32): usize {
  const slot = tableSlot(ownTable(address), address);
  const page = allocate(PAGE_BYTES);
  memory.copy(page, load<usize>(slot), PAGE_BYTES);
  store<usize>(slot, page);
  return page + (address & (PAGE_BYTES - 1));
}

function ownTable(address: u32): usize {
  const slot = directorySlot(address);
  const table = load<usize>(slot);
  if (table >= model.ownedFrom) return table;
  const copy = allocate(TABLE_BYTES);
  if (table === 0) memory.fill(copy, 0, TABLE_BYTES);
  else memory.copy(copy, table, TABLE_BYTES);
  store<usize>(slot, copy);
  return copy;
}

// @ts-ignore: decorator
@inline
function directorySlot(address: u32): usize {
  return changetype<usize>(model) + DIRECTORY + ((address >> (PAGE_BITS + TABLE_BITS)) << 2);
}

// @ts-ignore: decorator
@inline
function tableSlot(table: usize, address: u32): usize {
  return table + (((address >> PAGE_BITS) & ((1 << TABLE_BITS) - 1)) << 2);
}
