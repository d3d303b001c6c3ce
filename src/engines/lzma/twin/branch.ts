// A history shared by forks. The forks have a common trunk; the history contains the trunk plus the
// bytes one of them has seen since. When another fork is used, that end is exchanged (Baker 1991,
// "Shallow binding makes functional arrays fast"). So a fork copies no megabytes, and the memory is
// used only once.

import { History } from '../codec/history.js';

/** A longer end, in bytes, is not exchanged repeatedly: the branch gets its own trunk. */
const LONGEST_BRANCH = 4096;

interface Trunk {
  readonly history: History;
  /** Length of the common trunk in bytes; Infinity while there is only one branch. */
  length: number;
  /** The branch whose end the history contains. */
  holder: Branch | undefined;
}

export class Branch {
  #trunk: Trunk;
  /** The bytes since the trunk, while another branch uses the history. */
  #end: Uint8Array;

  private constructor(trunk: Trunk, end: Uint8Array) {
    this.#trunk = trunk;
    this.#end = end;
  }

  /** An empty history. */
  static create(): Branch {
    const trunk = { history: new History(), length: Infinity, holder: undefined };
    return new Branch(trunk, new Uint8Array());
  }

  /** The history of this branch; valid until another branch calls `take`. */
  take(): History {
    const trunk = this.#trunk;
    if (trunk.holder === this) return trunk.history;
    if (this.#end.length > LONGEST_BRANCH) return this.#leave();
    if (trunk.holder) trunk.holder.#release();
    trunk.history.truncate(Math.min(trunk.length, trunk.history.end));
    trunk.history.append(this.#end);
    trunk.holder = this;
    return trunk.history;
  }

  fork(): Branch {
    const { bytes, end } = this.take();
    if (end > this.#trunk.length + LONGEST_BRANCH) this.#leave();
    const trunk = this.#trunk;
    if (trunk.length === Infinity) trunk.length = end;
    return new Branch(trunk, bytes.slice(trunk.length, end));
  }

  /** Saves the bytes to restore when this branch is used again. */
  #release(): void {
    const { history, length } = this.#trunk;
    this.#end = history.bytes.slice(length, history.end);
  }

  /** Copies the history and makes this branch its trunk. */
  #leave(): History {
    const { history: common, length, holder } = this.#trunk;
    const history = common.clone();
    if (holder === this) this.#trunk.holder = undefined;
    else {
      history.truncate(length);
      history.append(this.#end);
    }
    this.#trunk = { history, length: Infinity, holder: this };
    return history;
  }
}
