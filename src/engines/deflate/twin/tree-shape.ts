// The shape of a zlib Huffman tree without its heap. Sorting the frequencies and merging from two
// queues gives nodes (frequency, depth) in the very order in which zlib's heap gives them out, but
// for one thing: among nodes equal in both, the heap's choice hangs on its layout. That choice
// matters only where such a run of equals straddles a change of code length. So the shape tells
// the cost, almost all code lengths, and for how many merges the real heap must be watched.

export class TreeShape {
  /** Σ frequency · length, in bits. */
  bits = 0;
  /** Longest code word, in bits, before any limit. */
  longest = 0;
  /** Merges that the heap's layout decides: the first `contested` ones, and none after. */
  contested = 0;
  /** Frequency of the last nodes that straddle a change of length; 0 if none does. */
  contestedFrequency = 0;
  /** Length of node t, the t-th merge, in bits; a leaf or node under it is one longer. */
  readonly nodeLength: Uint8Array;
  /** The same for the last of the nodes equal to t: what those get that are not popped early. */
  readonly lateNodeLength: Uint8Array;
  /** Code length of the last of the leaves equal to leaf r in the sorted order. */
  readonly lateLeafLength: Uint8Array;

  readonly #frequency: Int32Array;
  readonly #height: Uint8Array;
  readonly #leafParent: Int32Array;
  readonly #nodeParent: Int32Array;

  constructor(maxLeaves: number) {
    this.nodeLength = new Uint8Array(maxLeaves);
    this.lateNodeLength = new Uint8Array(maxLeaves);
    this.lateLeafLength = new Uint8Array(maxLeaves);
    this.#frequency = new Int32Array(maxLeaves);
    this.#height = new Uint8Array(maxLeaves);
    this.#leafParent = new Int32Array(maxLeaves);
    this.#nodeParent = new Int32Array(maxLeaves);
  }

  /** Takes in `leaves` ≥ 2 frequencies in ascending order. */
  build(sorted: Int32Array, leaves: number): void {
    this.#merge(sorted, leaves);
    this.#measure(sorted, leaves);
  }

  #merge(sorted: Int32Array, leaves: number): void {
    const frequency = this.#frequency;
    const height = this.#height;
    const leafParent = this.#leafParent;
    const nodeParent = this.#nodeParent;
    let leaf = 0;
    let node = 0;
    let bits = 0;
    for (let t = 0; t < leaves - 1; t++) {
      let sum = 0;
      let tallest = 0;
      for (let side = 0; side < 2; side++) {
        // A leaf comes before a node of the same frequency, being less deep.
        if (leaf < leaves && (node === t || sorted[leaf]! <= frequency[node]!)) {
          sum += sorted[leaf]!;
          leafParent[leaf++] = t;
        } else {
          sum += frequency[node]!;
          if (height[node]! > tallest) tallest = height[node]!;
          nodeParent[node++] = t;
        }
      }
      frequency[t] = sum;
      height[t] = tallest + 1;
      bits += sum;
    }
    this.bits = bits;
  }

  #measure(sorted: Int32Array, leaves: number): void {
    const { nodeLength, lateNodeLength, lateLeafLength } = this;
    const frequency = this.#frequency;
    const height = this.#height;
    const leafParent = this.#leafParent;
    const nodeParent = this.#nodeParent;
    let contested = 0;
    let contestedFrequency = 0;
    const root = leaves - 2;
    nodeLength[root] = 0;
    lateNodeLength[root] = 0;
    for (let t = root - 1; t >= 0; t--) {
      const length = nodeLength[nodeParent[t]!]! + 1;
      nodeLength[t] = length;
      if (frequency[t] !== frequency[t + 1] || height[t] !== height[t + 1]) {
        lateNodeLength[t] = length;
        continue;
      }
      lateNodeLength[t] = lateNodeLength[t + 1]!;
      if (length !== nodeLength[t + 1] && nodeParent[t + 1]! > contested) {
        contested = nodeParent[t + 1]!;
        contestedFrequency = frequency[t]!;
      }
    }
    let next = 0;
    for (let r = leaves - 1; r >= 0; r--) {
      const length = nodeLength[leafParent[r]!]! + 1;
      if (r === leaves - 1 || sorted[r] !== sorted[r + 1]) {
        lateLeafLength[r] = length;
      } else {
        lateLeafLength[r] = lateLeafLength[r + 1]!;
        if (length !== next && leafParent[r + 1]! > contested) {
          contested = leafParent[r + 1]!;
          contestedFrequency = sorted[r]!;
        }
      }
      next = length;
    }
    this.longest = next;
    this.contested = contested;
    this.contestedFrequency = contestedFrequency;
  }
}
