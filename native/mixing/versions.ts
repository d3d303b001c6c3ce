// Copy-on-write forks. Many forks of a model can share an image; each stores the lines that it
// changed in layers, which are searched from the newest. Writes go to the newest layer, the top. A layer is a
// hash table of lines by address in the image, at a multiple of 16:
// u32 lines · u32 cells − 1 · u32 bytes · u32 0 · cells of (u32 place, u32 where) · the lines.
// `place` is the line's address in the image; `where` has its offset in the layer, divided by 16, in
// the lower 20 bits and its length, divided by 16, in the upper 12.

const HEAD: usize = 16;
const WHERE: u32 = (1 << 20) - 1;

/** Addresses of the layers, the newest last; written by the host. */
export const layers = memory.data(4 * 64, 16);
/** Number of layers; 0 if the image is written directly. */
let count: usize = 0;

/** Sets the number of layers in `layers`. */
export function useLayers(n: i32): void {
  count = n;
}

// @ts-ignore: decorator
@inline
export function isLayered(): bool {
  return count !== 0;
}

/** The cell of a line in a layer, or the free cell where it belongs. */
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

/** Address of a line of the image for reading. */
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

/** Address of a line of the image for writing; copies it to the top layer if needed. */
// @ts-ignore: decorator
@inline
export function own(place: usize, bytes: usize): usize {
  return count === 0 ? place : claim(place, bytes, 0);
}

/** Like `own`, with the address `from` that `find` returned before this byte. */
// @ts-ignore: decorator
@inline
export function ownFrom(place: usize, bytes: usize, from: usize): usize {
  return count === 0 ? place : claim(place, bytes, from);
}

/** Creates an empty layer at an address. */
export function startLayer(layer: usize, cells: usize): void {
  memory.fill(layer, 0, HEAD + 8 * cells);
  store<u32>(layer, <u32>(cells - 1), 4);
  store<u32>(layer, <u32>(HEAD + 8 * cells), 8);
}

/** Number of lines in a layer. */
export function linesOf(layer: usize): u32 {
  return load<u32>(layer);
}

/** Number of lines in the top layer. */
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

/** Merges two layers into a new one at `to`; lines of the newer one take precedence. */
export function mergeLayers(to: usize, newer: usize, older: usize): void {
  let cells: usize = 64;
  while (cells < 2 * <usize>(load<u32>(newer) + load<u32>(older))) cells <<= 1;
  startLayer(to, cells);
  addAll(to, newer);
  addAll(to, older);
}

/** Writes the lines of a layer into the image. */
export function applyLayer(layer: usize): void {
  const cells = <usize>load<u32>(layer, 4) + 1;
  for (let cell = layer + HEAD; cell < layer + HEAD + 8 * cells; cell += 8) {
    const place = <usize>load<u32>(cell);
    if (place === 0) continue;
    const where = load<u32>(cell, 4);
    memory.copy(place, layer + <usize>((where & WHERE) << 4), (where >>> 20) << 4);
  }
}
