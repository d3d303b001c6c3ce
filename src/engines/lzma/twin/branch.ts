// A history that forks share. They have a trunk in common, and the history holds the trunk and what
// one of them has seen since; when another takes its turn, the end is exchanged (Baker 1991,
// "Shallow binding makes functional arrays fast"). So a fork copies no megabytes, and memory is
// taken up once.

import { History } from '../codec/history.js';

/** Ends longer than this, in bytes, are not exchanged again and again: a branch becomes a trunk. */
const LONGEST_BRANCH = 4096;

interface Trunk {
  readonly history: History;
  /** What all branches have in common, in bytes; Infinity while there is only one. */
  length: number;
  /** Whose end the history holds. */
  holder: Branch | undefined;
}

export class Branch {
  #trunk: Trunk;
  /** What was seen since the trunk, while another holds the history. */
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

  /** The history as this branch has seen it: to be used until another branch takes its turn. */
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

  /** Keeps what has to be put back when it is this branch's turn again. */
  #release(): void {
    const { history, length } = this.#trunk;
    this.#end = history.bytes.slice(length, history.end);
  }

  /** Takes a copy of the history, of which this branch is the trunk. */
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
