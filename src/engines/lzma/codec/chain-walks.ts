// Walks along the chains of a history, as `previous2` and `previous3` link them. A link is likely a
// cache miss, so the positions of a long walk are kept in order; the next walk along that chain
// follows links only to the first position that was kept.

/** Shorter walks are not kept. */
const LONG = 64;

/** Positions of a chain in ascending order, without gaps. */
interface Kept {
  positions: Int32Array;
  count: number;
}

export class ChainWalks {
  readonly #kept = new Map<number, Kept>();

  /**
   * Fills `out` with the first positions of a chain, nearest first; returns their number.
   *
   * @param previous 1 + the position before each in its chain, or 0.
   * @param key identifies the chain.
   * @param start its first position; −1 for none.
   * @param fixed positions from here on may later leave the chain.
   */
  walk(previous: Int32Array, key: number, start: number, fixed: number, out: Int32Array): number {
    const kept = this.#kept.get(key);
    if (kept) while (kept.count > 0 && kept.positions[kept.count - 1]! >= fixed) kept.count--;
    const newest = kept && kept.count > 0 ? kept.positions[kept.count - 1]! : -1;
    const followed = follow(previous, start, newest, out, 0);
    const next = followed > 0 ? previous[out[followed - 1]!]! - 1 : start;
    let count = followed;
    if (kept && next >= 0) {
      count = take(kept, next, out, followed);
      const rest = count > followed ? previous[out[count - 1]!]! - 1 : next;
      count = follow(previous, rest, -1, out, count);
    }
    if (followed === 0 || count < LONG) return count;
    if (kept && next === newest) append(kept, out, followed, fixed);
    else {
      const fresh = { positions: new Int32Array(count), count: 0 };
      append(fresh, out, count, fixed);
      this.#kept.set(key, fresh);
    }
    return count;
  }
}

/** Adds the positions of a chain from `start` on that are after `last`; returns the new count. */
function follow(
  previous: Int32Array,
  start: number,
  last: number,
  out: Int32Array,
  count: number,
): number {
  let at = count;
  for (let p = start; p > last && at < out.length; p = previous[p]! - 1) out[at++] = p;
  return at;
}

/** Adds kept positions from `start` on; returns the new count. */
function take(kept: Kept, start: number, out: Int32Array, count: number): number {
  const { positions } = kept;
  let from = kept.count - 1;
  while (from >= 0 && positions[from]! > start) from--;
  let at = count;
  for (; from >= 0 && at < out.length; from--) out[at++] = positions[from]!;
  return at;
}

/** Appends the first `count` positions of a walk; older ones may be dropped. */
function append(kept: Kept, walked: Int32Array, count: number, fixed: number): void {
  if (kept.count + count > kept.positions.length) {
    const rest = kept.positions.subarray(Math.max(0, kept.count - walked.length), kept.count);
    kept.positions = new Int32Array(2 * (rest.length + count));
    kept.positions.set(rest);
    kept.count = rest.length;
  }
  for (let i = count - 1; i >= 0 && walked[i]! < fixed; i--) {
    kept.positions[kept.count++] = walked[i]!;
  }
}
