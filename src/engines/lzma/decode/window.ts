// The bytes that a match may copy from (for `decode`): the history that the encoder's parse also
// searches, shared among forks, and counts of its far bytes. Positions count from the first byte.

import type { History } from '../codec/history.js';
import { Branch } from '../twin/branch.js';
import { FarCounts } from './far.js';

/** Updating the counts for one byte takes as long as counting this many bytes from scratch. */
const MOVE_COST = 128;

/** A fork must call `take` before any other method if another fork was used since. */
export class DecodeWindow {
  /** Largest match distance in bytes. */
  readonly dictionary: number;
  readonly far: FarCounts;
  readonly #branch: Branch;
  #history: History;

  constructor(dictionary: number, branch = Branch.create(), far = new FarCounts(dictionary)) {
    this.dictionary = dictionary;
    this.far = far;
    this.#branch = branch;
    this.#history = branch.take();
  }

  /** The history of this window; valid until another fork calls `take`. */
  take(): History {
    this.#history = this.#branch.take();
    return this.#history;
  }

  fork(): DecodeWindow {
    const branch = this.#branch.fork();
    this.take();
    const { dictionary } = this;
    return new DecodeWindow(dictionary, branch, this.far.fork());
  }

  append(bytes: Uint8Array): void {
    const history = this.take();
    if (bytes.length * MOVE_COST < this.reach(history.end + bytes.length)) {
      for (let i = 0; i < bytes.length; i++) {
        history.append(bytes.length === 1 ? bytes : bytes.subarray(i, i + 1));
        this.far.moveOn(this);
      }
    } else {
      history.append(bytes);
      this.far.recount(this);
    }
  }

  get history(): History {
    return this.#history;
  }

  /** Number of bytes so far: the position of the next one. */
  get length(): number {
    return this.#history.end;
  }

  /** The byte at a position. */
  byteAt(position: number): number {
    return this.#history.bytes[position]!;
  }

  /** The byte before a position; 0 before the first, as defined for literals. */
  byteBefore(position: number): number {
    return position > 0 ? this.#history.bytes[position - 1]! : 0;
  }

  /** Largest distance of a match that starts at `position`. */
  reach(position: number): number {
    return Math.min(position, this.dictionary);
  }

  /** The position before `position` that ends the same pair of bytes; −1 for none. */
  earlierPair(position: number): number {
    return position > 0 ? afterFirst(this.#history.previous2[position - 1]!) : -1;
  }

  /** The last position that ends this pair of bytes; −1 for none. */
  newestPair(first: number, second: number): number {
    return afterFirst(this.#history.last2(first, second));
  }

  /** The number of bytes before `end` that also occur `distance` further back, up to `limit`. */
  countRun(end: number, distance: number, limit: number): number {
    const { bytes } = this.#history;
    const most = Math.min(limit, end - distance);
    let run = 0;
    while (run < most && bytes[end - 1 - run] === bytes[end - 1 - run - distance]) run++;
    return run;
  }
}

/** Position of the second byte of a pair that starts at position `link` − 1; −1 if `link` is 0. */
function afterFirst(link: number): number {
  return link > 0 ? link : -1;
}
