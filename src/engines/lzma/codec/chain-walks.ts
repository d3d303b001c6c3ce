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
    const most = out.length;
    const kept = this.#kept.get(key);
    if (kept) while (kept.count > 0 && kept.positions[kept.count - 1]! >= fixed) kept.count--;
    const newest = kept && kept.count > 0 ? kept.positions[kept.count - 1]! : -1;
    let count = 0;
    let p = start;
    for (; p > newest && count < most; p = previous[p]! - 1) out[count++] = p;
    const followed = count;
    const joined = p === newest;
    if (kept && p <= newest) {
      const { positions } = kept;
      let i = kept.count - 1;
      while (i >= 0 && positions[i]! > p) i--;
      for (; i >= 0 && count < most; i--) p = out[count++] = positions[i]!;
      if (count > followed) p = previous[p]! - 1;
    }
    for (; p >= 0 && count < most; p = previous[p]! - 1) out[count++] = p;
    if (followed === 0 || count < LONG) return count;
    if (kept && joined) append(kept, out, followed, fixed);
    else {
      const fresh = { positions: new Int32Array(count), count: 0 };
      append(fresh, out, count, fixed);
      this.#kept.set(key, fresh);
    }
    return count;
  }
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
