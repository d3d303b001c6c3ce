// Rows of numbers whose copies cost next to nothing: a fork shares all of them, and whoever writes to
// a row first takes a copy of that row alone.

const ROWS = 256;

/** 256 rows, each there or not. */
export class Rows<Row extends Int32Array | Float64Array> {
  readonly #rows: (Row | undefined)[];
  /** 1 for rows that a fork may be looking at. */
  readonly #shared = new Uint8Array(ROWS);

  constructor(rows = new Array<Row | undefined>(ROWS).fill(undefined)) {
    this.#rows = rows;
  }

  /** A row, for reading only. */
  get(index: number): Row | undefined {
    return this.#rows[index];
  }

  /** A row, for writing. */
  own(index: number): Row | undefined {
    if (this.#shared[index] === 1) this.put(index, this.#rows[index]?.slice() as Row | undefined);
    return this.#rows[index];
  }

  put(index: number, row: Row | undefined): void {
    this.#rows[index] = row;
    this.#shared[index] = 0;
  }

  fork(): Rows<Row> {
    const copy = new Rows<Row>(this.#rows.slice());
    this.#shared.fill(1);
    copy.#shared.fill(1);
    return copy;
  }
}

/** A row for each pair of bytes, first << 8 | second, each there or not. */
export class PairRows {
  readonly #byFirst: (Rows<Float64Array> | undefined)[];
  readonly #shared = new Uint8Array(ROWS);

  constructor(byFirst = new Array<Rows<Float64Array> | undefined>(ROWS).fill(undefined)) {
    this.#byFirst = byFirst;
  }

  get(pair: number): Float64Array | undefined {
    return this.#byFirst[pair >> 8]?.get(pair & 255);
  }

  own(pair: number): Float64Array | undefined {
    return this.get(pair) && this.#ownFirst(pair >> 8).own(pair & 255);
  }

  put(pair: number, row: Float64Array): void {
    this.#ownFirst(pair >> 8).put(pair & 255, row);
  }

  fork(): PairRows {
    const copy = new PairRows(this.#byFirst.slice());
    this.#shared.fill(1);
    copy.#shared.fill(1);
    return copy;
  }

  #ownFirst(first: number): Rows<Float64Array> {
    const rows = this.#byFirst[first];
    if (rows && this.#shared[first] === 0) return rows;
    const own = rows ? rows.fork() : new Rows<Float64Array>();
    this.#byFirst[first] = own;
    this.#shared[first] = 0;
    return own;
  }
}
