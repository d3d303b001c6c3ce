// Large tables with cheap forks. A table consists of lines of a fixed width over one base array. A
// fork shares its parent's data and keeps the lines it writes in layers of its own, searched from
// the newest. Layers merge like the bits of a counter, so n consecutive forks leave about log2 n of
// them.

export type Cells = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** Layers that hold more than this share of the base are merged into a new base. */
const FLATTEN_SHARE = 1 / 8;

/** A table of zeros is stored sparsely until more than this share of its lines has been written. */
const THIN_SHARE = 1 / 4;
/** A sparse table with at most this many cells of its own is copied by a fork and stays sparse. */
const FEW_CELLS = 2 ** 17;
/** Tables of at most this many cells are never sparse. */
const SMALL = 2 ** 20;

/**
 * A table of `lines` × `width` cells, initially 0. Look up a line with {@link Lines.read} or
 * {@link Lines.write}: it is then `width` cells of `array` from `offset`, until the next look-up.
 */
export class Lines<T extends Cells> {
  readonly width: number;
  /** The array that holds the line last looked up. Its cells may be changed only after `write`. */
  array: T;
  offset = 0;
  #base: T;
  /** Frozen layers, shared with forks; newest last. */
  #layers: Layer<T>[];
  /** Lines written since the last fork; not shared. */
  #top: Layer<T> | undefined;
  /** True if `#base` is not shared and there are no layers. */
  #alone: boolean;
  /**
   * Position of each line in `#base`, for a sparse table. Position 0 is a line of zeros that stands
   * for all lines never written. Touching fresh memory costs more than using it: a table of 38 MB
   * took 50 ms of page faults for 2 KB of text, and threads were delayed by each other's page
   * faults.
   */
  #places: Int32Array | undefined;
  #placed = 1;

  constructor(base: T, width: number) {
    this.width = width;
    this.array = base;
    this.#base = base;
    this.#layers = [];
    this.#alone = true;
  }

  /**
   * A table of zeros that allocates memory as lines are written. @param none an empty array of the
   * cell type.
   */
  static zeros<T extends Cells>(none: T, lines: number, width: number): Lines<T> {
    if (lines * width <= SMALL) return new Lines(emptyLike(none, lines * width), width);
    const table = new Lines(emptyLike(none, 256 * width), width);
    table.#places = new Int32Array(lines);
    return table;
  }

  /**
   * A table over lines that will not change, in `base` at the positions `places`; see
   * {@link Lines.zeros}.
   */
  static over<T extends Cells>(base: T, places: Int32Array, width: number): Lines<T> {
    const table = new Lines(base, width);
    table.#places = places;
    table.#placed = base.length / width;
    table.#alone = false;
    return table;
  }

  /** Looks up a line for reading. */
  read(line: number): void {
    if (this.#alone) {
      const places = this.#places;
      this.offset = (places === undefined ? line : places[line]!) * this.width;
    } else {
      this.#find(line);
    }
  }

  /** Looks up a line for writing and makes this table own it. */
  write(line: number): void {
    if (this.#alone) {
      if (this.#places) this.#place(this.#places, line);
      else this.offset = line * this.width;
      return;
    }
    const top = this.#top;
    if (top) {
      const at = top.find(line);
      if (at >= 0) {
        this.array = top.cells;
        this.offset = at * this.width;
        return;
      }
      const cells = this.#base.length + (this.#places?.length ?? 0);
      if (top.size * this.width > cells * FLATTEN_SHARE) {
        this.#flatten();
        this.write(line);
        return;
      }
    }
    this.#find(line);
    const own = this.#top ?? this.#newTop();
    const at = own.add(line, this.array, this.offset);
    this.array = own.cells;
    this.offset = at * this.width;
  }

  /** An equal, independent table. */
  fork(): Lines<T> {
    if (this.#places && this.#alone && this.#placed * this.width <= FEW_CELLS) {
      return this.#copyThin(this.#places);
    }
    if (this.#top) {
      this.#layers = pushLayer(this.#layers, this.#top);
      this.#top = undefined;
    }
    this.#alone = false;
    const fork = new Lines<T>(this.#base, this.width);
    fork.#layers = this.#layers;
    fork.#places = this.#places;
    fork.#placed = this.#placed;
    fork.#alone = false;
    return fork;
  }

  #copyThin(places: Int32Array): Lines<T> {
    const copy = new Lines<T>(this.#base.slice() as T, this.width);
    copy.#places = places.slice();
    copy.#placed = this.#placed;
    return copy;
  }

  /** Looks up a line of a sparse table for writing. */
  #place(places: Int32Array, line: number): void {
    if (places[line] === 0) {
      if (this.#placed > places.length * THIN_SHARE) {
        this.#thicken(places);
        this.offset = line * this.width;
        return;
      }
      if (this.#placed * this.width === this.#base.length) {
        const grown = emptyLike(this.#base, 2 * this.#base.length);
        grown.set(this.#base);
        this.#base = this.array = grown;
      }
      places[line] = this.#placed++;
    }
    this.offset = places[line]! * this.width;
  }

  /** Converts a sparse table to a dense one, in which each line has its fixed position. */
  #thicken(places: Int32Array): void {
    const { width } = this;
    const base = emptyLike(this.#base, places.length * width);
    for (let line = 0; line < places.length; line++) {
      const from = places[line]! * width;
      if (from > 0) base.set(this.#base.subarray(from, from + width), line * width);
    }
    this.#base = this.array = base;
    this.#places = undefined;
  }

  #find(line: number): void {
    let at = this.#top ? this.#top.find(line) : -1;
    if (at >= 0) {
      this.array = this.#top!.cells;
      this.offset = at * this.width;
      return;
    }
    const layers = this.#layers;
    for (let i = layers.length - 1; i >= 0; i--) {
      at = layers[i]!.find(line);
      if (at >= 0) {
        this.array = layers[i]!.cells;
        this.offset = at * this.width;
        return;
      }
    }
    this.array = this.#base;
    this.offset = (this.#places ? this.#places[line]! : line) * this.width;
  }

  #newTop(): Layer<T> {
    const top = new Layer<T>(this.#base, this.width, 64);
    this.#top = top;
    return top;
  }

  /** Copies the base and writes all layers into it, so that no layer is left to search. */
  #flatten(): void {
    const layers = this.#top ? [...this.#layers, this.#top] : this.#layers;
    this.#base = this.#base.slice() as T;
    this.#places = this.#places?.slice();
    this.array = this.#base;
    this.#layers = [];
    this.#top = undefined;
    this.#alone = true;
    for (const layer of layers) layer.writeTo(this);
  }
}

/** The layers with one more added, merged so that each is at least twice as large as the next. */
function pushLayer<T extends Cells>(layers: readonly Layer<T>[], layer: Layer<T>): Layer<T>[] {
  const all = layers.slice();
  let last = layer;
  while (all.length > 0 && all[all.length - 1]!.size < 2 * last.size) {
    last = all.pop()!.mergedWith(last);
  }
  all.push(last);
  return all;
}

/**
 * Some lines of a table: an open-addressed index of line numbers, and the lines stored
 * contiguously.
 */
class Layer<T extends Cells> {
  cells: T;
  size = 0;
  readonly #width: number;
  /**
   * Pairs (line number + 1, position in `cells`); 0 marks a free entry. At most half are in use.
   */
  #index: Int32Array;
  #mask: number;

  constructor(like: T, width: number, capacity: number) {
    this.#width = width;
    this.cells = emptyLike(like, capacity * width);
    this.#index = new Int32Array(4 * capacity);
    this.#mask = 2 * capacity - 1;
  }

  /** The position of a line, in lines, or −1. */
  find(line: number): number {
    const index = this.#index;
    const mask = this.#mask;
    for (let i = Math.imul(line, 0x9e3779b1) >>> 8; ; i++) {
      const key = index[2 * (i & mask)]!;
      if (key === line + 1) return index[2 * (i & mask) + 1]!;
      if (key === 0) return -1;
    }
  }

  /** Adds a line that is not present, from `cells` at `offset`; returns its position. */
  add(line: number, cells: T, offset: number): number {
    if (2 * this.size > this.#mask) this.#grow();
    const at = this.size++;
    this.#enter(line, at);
    const own = this.cells;
    const to = at * this.#width;
    for (let i = 0; i < this.#width; i++) own[to + i] = cells[offset + i]!;
    return at;
  }

  /** A new layer with the lines of both; a line in both is taken from `newer`. */
  mergedWith(newer: Layer<T>): Layer<T> {
    let capacity = 64;
    while (capacity < this.size + newer.size) capacity *= 2;
    const merged = new Layer<T>(this.cells, this.#width, capacity);
    newer.#copyTo(merged);
    this.#copyTo(merged);
    return merged;
  }

  writeTo(table: Lines<T>): void {
    for (let i = 0; i <= this.#mask; i++) {
      const line = this.#index[2 * i]! - 1;
      if (line < 0) continue;
      const from = this.#index[2 * i + 1]! * this.#width;
      table.write(line);
      table.array.set(this.cells.subarray(from, from + this.#width), table.offset);
    }
  }

  #copyTo(other: Layer<T>): void {
    for (let i = 0; i <= this.#mask; i++) {
      const line = this.#index[2 * i]! - 1;
      if (line < 0 || other.find(line) >= 0) continue;
      other.add(line, this.cells, this.#index[2 * i + 1]! * this.#width);
    }
  }

  #enter(line: number, at: number): void {
    let i = Math.imul(line, 0x9e3779b1) >>> 8;
    while (this.#index[2 * (i & this.#mask)] !== 0) i++;
    this.#index[2 * (i & this.#mask)] = line + 1;
    this.#index[2 * (i & this.#mask) + 1] = at;
  }

  #grow(): void {
    const index = this.#index;
    const cells = emptyLike(this.cells, 2 * this.cells.length);
    cells.set(this.cells);
    this.cells = cells;
    this.#index = new Int32Array(2 * index.length);
    this.#mask = 2 * this.#mask + 1;
    for (let i = 0; i < index.length; i += 2) {
      if (index[i] !== 0) this.#enter(index[i]! - 1, index[i + 1]!);
    }
  }
}

function emptyLike<T extends Cells>(like: T, length: number): T {
  if (like instanceof Float32Array) return new Float32Array(length) as T;
  if (like instanceof Int32Array) return new Int32Array(length) as T;
  return new Uint8Array(length) as T;
}
