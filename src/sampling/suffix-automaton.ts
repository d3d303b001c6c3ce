// The suffix automaton of a text (Blumer et al. 1985): the least automaton that reads exactly the
// substrings of a text, grown a byte at a time in amortised constant time, with at most 2n states
// and 3n edges. Says where any string occurs, what follows it there, and how often.
//
// A state stands for the substrings that end at the same places; its link is the state of their
// longest suffix that ends elsewhere too. About 85 bytes of memory for each byte of text.

/** The state of the empty string. */
export const ROOT = 0;

/** Returned by `next` and `link` if there is no state. */
export const NONE = -1;

const FIRST_CAPACITY = 256;

export class SuffixAutomaton {
  /** Bytes of the text so far. */
  size = 0;
  #states = 1;
  #edges = 0;
  #last = ROOT;

  // Of each state: the length of its longest string, its link, where its strings end first, and
  // the head of the list of its edges.
  #longest = new Int32Array(FIRST_CAPACITY);
  #link = new Int32Array(FIRST_CAPACITY);
  #firstEnd = new Int32Array(FIRST_CAPACITY);
  #head = new Int32Array(FIRST_CAPACITY);

  // Of each edge: where it starts, its byte, where it leads, and the next in the list of its state.
  #from = new Int32Array(FIRST_CAPACITY);
  #byte = new Uint16Array(FIRST_CAPACITY);
  #target = new Int32Array(FIRST_CAPACITY);
  #sibling = new Int32Array(FIRST_CAPACITY);

  /** Open addressing from (state, byte) to edge + 1; 0 is free, at most three quarters are taken. */
  #index = new Int32Array(2 * FIRST_CAPACITY);

  constructor(text: Iterable<Uint8Array> = []) {
    this.#link[ROOT] = NONE;
    this.#firstEnd[ROOT] = -1;
    this.#head[ROOT] = NONE;
    for (const part of text) for (let i = 0; i < part.length; i++) this.append(part[i]!);
  }

  /** States so far: they are numbered from 0, the root. */
  get states(): number {
    return this.#states;
  }

  /** The length of the longest string of a state, in bytes; of its shortest: one more than of its link. */
  longest(state: number): number {
    return this.#longest[state]!;
  }

  /** The state of the longest suffix that ends at more places; `NONE` for the root. */
  link(state: number): number {
    return this.#link[state]!;
  }

  /** Place of the last byte of a state's strings where they occur first. */
  firstEnd(state: number): number {
    return this.#firstEnd[state]!;
  }

  /** Where a byte leads from a state, or `NONE`: its strings are followed by that byte nowhere. */
  next(state: number, byte: number): number {
    const edge = this.#find(state, byte);
    return edge < 0 ? NONE : this.#target[edge]!;
  }

  /** Visits the bytes that follow the strings of a state, and the states that they lead to. */
  forEachNext(state: number, visit: (byte: number, target: number) => void): void {
    for (let edge = this.#head[state]!; edge >= 0; edge = this.#sibling[edge]!) {
      visit(this.#byte[edge]!, this.#target[edge]!);
    }
  }

  /**
   * Makes the text one byte longer, or by a symbol from 256 to 511 that no byte is equal to. States
   * keep their numbers, but some strings get a new one.
   */
  append(byte: number): void {
    const end = this.size++;
    const state = this.#addState(this.#longest[this.#last]! + 1, end);
    let p = this.#last;
    this.#last = state;
    let edge = NONE;
    for (; p >= 0 && (edge = this.#find(p, byte)) < 0; p = this.#link[p]!) {
      this.#addEdge(p, byte, state);
    }
    const link = p < 0 ? ROOT : this.#stateOf(this.#longest[p]! + 1, edge);
    this.#link[state] = link; // only now: `#stateOf` may have replaced the array by a longer one
  }

  /** The state where an edge leads, or a clone of it for the strings up to `length` alone. */
  #stateOf(length: number, edge: number): number {
    const state = this.#target[edge]!;
    if (this.#longest[state] === length) return state;
    const clone = this.#addState(length, this.#firstEnd[state]!);
    for (let e = this.#head[state]!; e >= 0; e = this.#sibling[e]!) {
      this.#addEdge(clone, this.#byte[e]!, this.#target[e]!);
    }
    this.#link[clone] = this.#link[state]!;
    this.#link[state] = clone;
    const byte = this.#byte[edge]!;
    for (let p = this.#from[edge]!, e = edge; e >= 0 && this.#target[e] === state; ) {
      this.#target[e] = clone;
      p = this.#link[p]!;
      e = p < 0 ? NONE : this.#find(p, byte);
    }
    return clone;
  }

  /** How often the strings of each state occur in the text. Linear in the states. */
  occurrences(): Int32Array {
    const longest = this.#longest;
    const starts = new Int32Array(this.size + 2);
    for (let s = 0; s < this.#states; s++) starts[longest[s]! + 1]!++;
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    const byLength = new Int32Array(this.#states);
    for (let s = 0; s < this.#states; s++) byLength[starts[longest[s]!]!++] = s;

    const counts = new Int32Array(this.#states);
    for (let i = this.#states - 1; i > 0; i--) {
      const state = byLength[i]!;
      // All but clones are a prefix of the text, which ends where nothing before it did.
      if (longest[state] === this.#firstEnd[state]! + 1) counts[state]!++;
      counts[this.#link[state]!]! += counts[state]!;
    }
    return counts;
  }

  #addState(longest: number, firstEnd: number): number {
    const state = this.#states++;
    if (state === this.#longest.length) {
      this.#longest = wider(this.#longest);
      this.#link = wider(this.#link);
      this.#firstEnd = wider(this.#firstEnd);
      this.#head = wider(this.#head);
    }
    this.#longest[state] = longest;
    this.#firstEnd[state] = firstEnd;
    this.#head[state] = NONE;
    return state;
  }

  #addEdge(from: number, byte: number, target: number): void {
    const edge = this.#edges++;
    if (edge === this.#from.length) {
      this.#from = wider(this.#from);
      this.#byte = wider(this.#byte);
      this.#target = wider(this.#target);
      this.#sibling = wider(this.#sibling);
    }
    this.#from[edge] = from;
    this.#byte[edge] = byte;
    this.#target[edge] = target;
    this.#sibling[edge] = this.#head[from]!;
    this.#head[from] = edge;
    if (4 * this.#edges > 3 * this.#index.length) {
      this.#index = new Int32Array(2 * this.#index.length);
      for (let e = 0; e < edge; e++) this.#enter(e);
    }
    this.#enter(edge);
  }

  #enter(edge: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let slot = hash(this.#from[edge]!, this.#byte[edge]!) & mask;
    while (index[slot] !== 0) slot = (slot + 1) & mask;
    index[slot] = edge + 1;
  }

  #find(state: number, byte: number): number {
    const index = this.#index;
    const mask = index.length - 1;
    for (let slot = hash(state, byte) & mask; ; slot = (slot + 1) & mask) {
      const edge = index[slot]! - 1;
      if (edge < 0 || (this.#from[edge] === state && this.#byte[edge] === byte)) return edge;
    }
  }
}

/** A position in an automaton: the longest suffix of the bytes read that occurs in its text. */
export class SuffixCursor {
  readonly #automaton: SuffixAutomaton;
  state = ROOT;
  /** Length of the suffix, in bytes. */
  length = 0;

  constructor(automaton: SuffixAutomaton) {
    this.#automaton = automaton;
  }

  advance(byte: number): void {
    const automaton = this.#automaton;
    let next = automaton.next(this.state, byte);
    while (next < 0 && this.state !== ROOT) {
      this.state = automaton.link(this.state);
      this.length = automaton.longest(this.state);
      next = automaton.next(this.state, byte);
    }
    if (next < 0) return;
    this.state = next;
    this.length++;
  }

  /** Keeps only the last `length` bytes. */
  shorten(length: number): void {
    this.length = Math.min(this.length, length);
    this.settle();
  }

  /** Finds its string's state again after the text has grown. */
  settle(): void {
    const automaton = this.#automaton;
    while (this.state !== ROOT && this.length <= automaton.longest(automaton.link(this.state))) {
      this.state = automaton.link(this.state);
    }
  }

  /** A cursor at the same place. */
  fork(): SuffixCursor {
    const copy = new SuffixCursor(this.#automaton);
    copy.state = this.state;
    copy.length = this.length;
    return copy;
  }
}

function hash(state: number, byte: number): number {
  const h = Math.imul((state << 9) ^ byte ^ (state >>> 23), 0x9e3779b1);
  return h ^ (h >>> 15);
}

function wider<T extends Int32Array | Uint16Array>(array: T): T {
  const length = Math.ceil(1.5 * array.length);
  const grown = array instanceof Int32Array ? new Int32Array(length) : new Uint16Array(length);
  grown.set(array);
  return grown as T;
}
