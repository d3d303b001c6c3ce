// Nearest-neighbour search among points of a few dimensions: a k-d tree (Bentley 1975) searched
// best bin first and not exhaustively (Beis & Lowe 1997), so it finds near points, but not always
// the nearest.

/** Maximum number of points in a leaf. */
const LEAF_POINTS = 8;

/** Nodes are stored as in a heap: the children of `i` are `2i + 1` and `2i + 2`. */
export class KdTree {
  readonly #points: Float32Array;
  readonly #dimensions: number;
  /** Point indices grouped by leaf. */
  readonly #order: Int32Array;
  /** Number of inner nodes. */
  readonly #inner: number;
  /** Split dimension of each inner node, and the split value. */
  readonly #axes: Uint8Array;
  readonly #splits: Float32Array;
  /** Start of each node's points in the order. */
  readonly #starts: Int32Array;

  // Nodes to be visited, as a heap ordered by the distance bound of their points.
  readonly #bounds: Float64Array;
  readonly #nodes: Int32Array;
  #waiting = 0;

  /** @param points the coordinates of all points, concatenated; kept by reference. */
  constructor(points: Float32Array, dimensions: number) {
    this.#points = points;
    this.#dimensions = dimensions;
    const count = points.length / dimensions;
    const levels = Math.max(0, Math.ceil(Math.log2(count / LEAF_POINTS)));
    this.#inner = 2 ** levels - 1;
    this.#order = Int32Array.from({ length: count }, (_, i) => i);
    this.#axes = new Uint8Array(this.#inner);
    this.#splits = new Float32Array(this.#inner);
    this.#starts = new Int32Array(2 * this.#inner + 2);
    this.#bounds = new Float64Array(2 * this.#inner + 2);
    this.#nodes = new Int32Array(2 * this.#inner + 2);
    this.#build(0, 0, count);
  }

  /**
   * Visits the points in the `leaves` leaves whose bounds are nearest to `query`.
   *
   * @param visit called with each of them and its squared distance.
   */
  search(
    query: Float32Array,
    leaves: number,
    visit: (point: number, squared: number) => void,
  ): void {
    this.#waiting = 0;
    this.#wait(0, 0);
    for (let left = leaves; left > 0 && this.#waiting > 0; left--) {
      const bound = this.#bounds[0]!;
      let node = this.#takeNearest();
      while (node < this.#inner) {
        const beyond = query[this.#axes[node]!]! - this.#splits[node]!;
        const near = 2 * node + (beyond < 0 ? 1 : 2);
        this.#wait(4 * node + 3 - near, Math.max(bound, beyond * beyond));
        node = near;
      }
      this.#visitLeaf(node, query, visit);
    }
  }

  #visitLeaf(
    leaf: number,
    query: Float32Array,
    visit: (point: number, squared: number) => void,
  ): void {
    const size = this.#dimensions;
    const end = this.#end(leaf);
    for (let i = this.#starts[leaf]!; i < end; i++) {
      const point = this.#order[i]!;
      let squared = 0;
      for (let d = 0, at = point * size; d < size; d++, at++) {
        const difference = query[d]! - this.#points[at]!;
        squared += difference * difference;
      }
      visit(point, squared);
    }
  }

  #end(leaf: number): number {
    return leaf === 2 * this.#inner ? this.#order.length : this.#starts[leaf + 1]!;
  }

  #build(node: number, start: number, end: number): void {
    this.#starts[node] = start;
    if (node >= this.#inner) return;
    const axis = this.#widestAxis(start, end);
    const middle = (start + end) >> 1;
    this.#partition(start, end, middle, axis);
    this.#axes[node] = axis;
    this.#splits[node] = this.#points[this.#order[middle]! * this.#dimensions + axis]!;
    this.#build(2 * node + 1, start, middle);
    this.#build(2 * node + 2, middle, end);
  }

  /** The dimension with the largest variance. */
  #widestAxis(start: number, end: number): number {
    let widest = 0;
    let most = -1;
    for (let d = 0; d < this.#dimensions; d++) {
      let sum = 0;
      let squares = 0;
      for (let i = start; i < end; i++) {
        const value = this.#points[this.#order[i]! * this.#dimensions + d]!;
        sum += value;
        squares += value * value;
      }
      const variance = squares - (sum * sum) / (end - start);
      if (variance > most) {
        most = variance;
        widest = d;
      }
    }
    return widest;
  }

  /**
   * Moves the smaller coordinates before `middle` and the larger ones after (Hoare's quickselect).
   */
  #partition(start: number, end: number, middle: number, axis: number): void {
    const order = this.#order;
    const at = (i: number): number => this.#points[order[i]! * this.#dimensions + axis]!;
    let low = start;
    let high = end - 1;
    while (low < high) {
      const pivot = at((low + high) >> 1);
      let i = low;
      let j = high;
      while (i <= j) {
        while (at(i) < pivot) i++;
        while (at(j) > pivot) j--;
        if (i > j) break;
        const other = order[i]!;
        order[i++] = order[j]!;
        order[j--] = other;
      }
      if (j < middle) low = i;
      if (middle < i) high = j;
    }
  }

  #wait(node: number, bound: number): void {
    const bounds = this.#bounds;
    const nodes = this.#nodes;
    let i = this.#waiting++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (bounds[parent]! <= bound) break;
      bounds[i] = bounds[parent]!;
      nodes[i] = nodes[parent]!;
      i = parent;
    }
    bounds[i] = bound;
    nodes[i] = node;
  }

  #takeNearest(): number {
    const bounds = this.#bounds;
    const nodes = this.#nodes;
    const nearest = nodes[0]!;
    const last = --this.#waiting;
    const bound = bounds[last]!;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= last) break;
      if (child + 1 < last && bounds[child + 1]! < bounds[child]!) child++;
      if (bounds[child]! >= bound) break;
      bounds[i] = bounds[child]!;
      nodes[i] = nodes[child]!;
      i = child;
    }
    bounds[i] = bound;
    nodes[i] = nodes[last]!;
    return nearest;
  }
}
