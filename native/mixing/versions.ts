// Forks. An image can be shared by many versions of a model, each of which keeps the lines that it
// changed in layers, searched from the newest; the newest of all, the top, takes what is written.
// A layer is a hash table of lines by their place in the image, and lies at any multiple of 16:
// u32 lines · u32 cells − 1 · u32 bytes · u32 0 · cells of (u32 place, u32 where) · the lines.
// `where` is the offset within the layer, with the line's bytes/16 in the upper 12 bits.

const HEAD: usize = 16;
const WHERE: u32 = (1 << 20) - 1;
export const MOST_LAYERS: usize = 64;

/** Addresses of the layers, the newest last; written by the host. */
export const layers = memory.data(4 * 64, 16);
/** How many layers there are; 0 where the image is written to directly. */
let count: usize = 0;

export function useLayers(n: i32): void {
  count = n;
}

// @ts-ignore: decorator
@inline
export function isLayered(): bool {
  return count !== 0;
}

function cellOf(layer: usize, place: usize): usize {
  const mask = <usize>load<u32>(layer, 4);
  let i = ((place >> 4) * 0x9e3779b1) >> 12;
  let cell = layer + HEAD + ((i & mask) << 3);
  while (<usize>load<u32>(cell) !== place && load<u32>(cell) !== 0) {
    cell = layer + HEAD + ((++i & mask) << 3);
  }
  return cell;
}

function search(place: usize): usize {
  for (let l = count; l > 0; l--) {
    const layer = <usize>load<u32>(layers + 4 * (l - 1));
    const cell = cellOf(layer, place);
    if (load<u32>(cell) !== 0) return layer + <usize>((load<u32>(cell, 4) & WHERE) << 4);
  }
  return place;
}

/** Where a line of the image is that nobody writes to. */
// @ts-ignore: decorator
@inline
export function find(place: usize): usize {
  return count === 0 ? place : search(place);
}

function claim(place: usize, bytes: usize, from: usize): usize {
  const top = <usize>load<u32>(layers + 4 * (count - 1));
  const cell = cellOf(top, place);
  if (load<u32>(cell) !== 0) return top + <usize>((load<u32>(cell, 4) & WHERE) << 4);
  return add(top, cell, place, from === 0 ? search(place) : from, bytes);
}

function add(layer: usize, cell: usize, place: usize, from: usize, bytes: usize): usize {
  const end = <usize>load<u32>(layer, 8);
  memory.copy(layer + end, from, bytes);
  store<u32>(cell, <u32>place);
  store<u32>(cell, <u32>((end >> 4) | (bytes << 16)), 4);
  store<u32>(layer, load<u32>(layer) + 1);
  store<u32>(layer, <u32>(end + bytes), 8);
  return layer + end;
}

/** Where a line of the image is to write to: this version's own. */
// @ts-ignore: decorator
@inline
export function own(place: usize, bytes: usize): usize {
  return count === 0 ? place : claim(place, bytes, 0);
}

/** The same where it is known from `find` where the line was before this byte. */
// @ts-ignore: decorator
@inline
export function ownFrom(place: usize, bytes: usize, from: usize): usize {
  return count === 0 ? place : claim(place, bytes, from);
}

/** Makes an empty layer at an address. */
export function startLayer(layer: usize, cells: usize): void {
  memory.fill(layer, 0, HEAD + 8 * cells);
  store<u32>(layer, <u32>(cells - 1), 4);
  store<u32>(layer, <u32>(HEAD + 8 * cells), 8);
}

export function linesOf(layer: usize): u32 {
  return load<u32>(layer);
}

/** Lines of the top. */
export function topLines(): u32 {
  return load<u32>(<usize>load<u32>(layers + 4 * (count - 1)));
}

function addAll(to: usize, from: usize): void {
  const cells = <usize>load<u32>(from, 4) + 1;
  for (let cell = from + HEAD; cell < from + HEAD + 8 * cells; cell += 8) {
    const place = <usize>load<u32>(cell);
    if (place === 0) continue;
    const free = cellOf(to, place);
    const where = load<u32>(cell, 4);
    if (load<u32>(free) === 0) add(to, free, place, from + <usize>((where & WHERE) << 4), (where >>> 20) << 4);
  }
}

/** Writes two layers as one. */
export function mergeLayers(to: usize, newer: usize, older: usize): void {
  let cells: usize = 64;
  while (cells < 2 * <usize>(load<u32>(newer) + load<u32>(older))) cells <<= 1;
  startLayer(to, cells);
  addAll(to, newer);
  addAll(to, older);
}

/** Writes the lines of a layer where they belong in the image. */
export function applyLayer(layer: usize): void {
  const cells = <usize>load<u32>(layer, 4) + 1;
  for (let cell = layer + HEAD; cell < layer + HEAD + 8 * cells; cell += 8) {
    const place = <usize>load<u32>(cell);
    if (place === 0) continue;
    const where = load<u32>(cell, 4);
    memory.copy(place, layer + <usize>((where & WHERE) << 4), (where >>> 20) << 4);
  }
}
