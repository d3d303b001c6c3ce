// Rows of numbers with cheap copies: a fork shares all rows, and a row is copied when one of the
// forks first writes to it.

const ROWS = 256;

/** 256 optional rows. */
export class Rows {
  readonly #rows: (Float64Array | undefined)[];
  /** 1 for rows that may be shared with a fork. */
  readonly #shared = new Uint8Array(ROWS);

  constructor(rows = new Array<Float64Array | undefined>(ROWS).fill(undefined)) {
    this.#rows = rows;
  }

  /** A row for reading only. */
  get(index: number): Float64Array | undefined {
    return this.#rows[index];
  }

  /** A row for writing. */
  own(index: number): Float64Array | undefined {
    const row = this.#rows[index];
    if (!row || this.#shared[index] === 0) return row;
    return this.put(index, row.slice());
  }

  put(index: number, row: Float64Array): Float64Array {
    this.#rows[index] = row;
    this.#shared[index] = 0;
    return row;
  }

  clear(): void {
    this.#rows.fill(undefined);
  }

  fork(): Rows {
    const copy = new Rows(this.#rows.slice());
    this.#shared.fill(1);
    copy.#shared.fill(1);
    return copy;
  }
}

/** An optional row for each pair of bytes, first << 8 | second. */
export class PairRows {
  readonly #byFirst: (Rows | undefined)[];
  readonly #shared = new Uint8Array(ROWS);

  constructor(byFirst = new Array<Rows | undefined>(ROWS).fill(undefined)) {
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

  clear(): void {
    this.#byFirst.fill(undefined);
  }

  fork(): PairRows {
    const copy = new PairRows(this.#byFirst.slice());
    this.#shared.fill(1);
    copy.#shared.fill(1);
    return copy;
  }

  #ownFirst(first: number): Rows {
    const rows = this.#byFirst[first];
    if (rows && this.#shared[first] === 0) return rows;
    const own = rows ? rows.fork() : new Rows();
    this.#byFirst[first] = own;
    this.#shared[first] = 0;
    return own;
  }
}
