// Incremental hashing of numbers.

/** Folds a number into a hash; every bit of both affects the high bits. */
export function foldHash(hash: number, value: number): number {
  let h = Math.imul(hash + 0x7ed55d16, 0x2c1b3c6d) ^ Math.imul(value + 0x165667b1, 0x297a2d39);
  h ^= h >>> 15;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  return h >>> 0;
}
