// Cholesky factorisation of a symmetric matrix in blocks of 4 × 4. Only the blocks of the lower
// triangle are stored, by columns of blocks, and the entries of a block by columns.

import { sum } from '../lanes';

/** Bytes of a block. */
export const BLOCK: usize = 64;
/** The matrix, which `factor` replaces by its factor L. */
export const matrix = memory.data(64 * 45, 16);
/** Reciprocals of the diagonal of L. */
export const inverses = memory.data(4 * 36, 16);
/** Lower limit of a pivot. */
const MIN_PIVOT: f32 = 1e-9;

/** Number of stored blocks of a matrix with n × n blocks. */
// @ts-ignore: decorator
@inline
export function blocksOf(n: usize): usize {
  return (n * (n + 1)) >> 1;
}

/** Address of block (i, j), i ≥ j, of `matrix` with n × n blocks. */
// @ts-ignore: decorator
@inline
export function blockAt(i: usize, j: usize, n: usize): usize {
  return matrix + BLOCK * (((j * (2 * n - j + 1)) >> 1) + i - j);
}

/** Address of entry (i, j), i ≥ j. */
export function entryAt(i: usize, j: usize, n: usize): usize {
  return blockAt(i >> 2, j >> 2, n) + 16 * (j & 3) + 4 * (i & 3);
}

/** Factors `matrix`, which has n × n blocks. */
export function factor(n: usize): void {
  for (let j: usize = 0; j < n; j++) {
    // Entries below the diagonal, and reciprocals of the diagonal, of the diagonal block.
    let l10 = f32x4.splat(0);
    let l20 = l10;
    let l30 = l10;
    let l21 = l10;
    let l31 = l10;
    let l32 = l10;
    let r0 = l10;
    let r1 = l10;
    let r2 = l10;
    let r3 = l10;
    for (let i: usize = j; i < n; i++) {
      const at = blockAt(i, j, n);
      let c0 = v128.load(at);
      let c1 = v128.load(at, 16);
      let c2 = v128.load(at, 32);
      let c3 = v128.load(at, 48);
      let row = matrix + BLOCK * i;
      let top = matrix + BLOCK * j;
      let step = BLOCK * (n - 1);
      for (let k: usize = 0; k < j; k++) {
        let l = v128.load(row);
        c0 = f32x4.sub(c0, f32x4.mul(l, v128.load32_splat(top)));
        c1 = f32x4.sub(c1, f32x4.mul(l, v128.load32_splat(top, 4)));
        c2 = f32x4.sub(c2, f32x4.mul(l, v128.load32_splat(top, 8)));
        c3 = f32x4.sub(c3, f32x4.mul(l, v128.load32_splat(top, 12)));
        l = v128.load(row, 16);
        c0 = f32x4.sub(c0, f32x4.mul(l, v128.load32_splat(top, 16)));
        c1 = f32x4.sub(c1, f32x4.mul(l, v128.load32_splat(top, 20)));
        c2 = f32x4.sub(c2, f32x4.mul(l, v128.load32_splat(top, 24)));
        c3 = f32x4.sub(c3, f32x4.mul(l, v128.load32_splat(top, 28)));
        l = v128.load(row, 32);
        c0 = f32x4.sub(c0, f32x4.mul(l, v128.load32_splat(top, 32)));
        c1 = f32x4.sub(c1, f32x4.mul(l, v128.load32_splat(top, 36)));
        c2 = f32x4.sub(c2, f32x4.mul(l, v128.load32_splat(top, 40)));
        c3 = f32x4.sub(c3, f32x4.mul(l, v128.load32_splat(top, 44)));
        l = v128.load(row, 48);
        c0 = f32x4.sub(c0, f32x4.mul(l, v128.load32_splat(top, 48)));
        c1 = f32x4.sub(c1, f32x4.mul(l, v128.load32_splat(top, 52)));
        c2 = f32x4.sub(c2, f32x4.mul(l, v128.load32_splat(top, 56)));
        c3 = f32x4.sub(c3, f32x4.mul(l, v128.load32_splat(top, 60)));
        row += step;
        top += step;
        step -= BLOCK;
      }
      if (i === j) {
        r0 = pivot(f32x4.extract_lane(c0, 0));
        c0 = f32x4.mul(c0, r0);
        l10 = f32x4.splat(f32x4.extract_lane(c0, 1));
        l20 = f32x4.splat(f32x4.extract_lane(c0, 2));
        l30 = f32x4.splat(f32x4.extract_lane(c0, 3));
        c1 = f32x4.sub(c1, f32x4.mul(c0, l10));
        r1 = pivot(f32x4.extract_lane(c1, 1));
        c1 = f32x4.mul(c1, r1);
        l21 = f32x4.splat(f32x4.extract_lane(c1, 2));
        l31 = f32x4.splat(f32x4.extract_lane(c1, 3));
        c2 = f32x4.sub(f32x4.sub(c2, f32x4.mul(c0, l20)), f32x4.mul(c1, l21));
        r2 = pivot(f32x4.extract_lane(c2, 2));
        c2 = f32x4.mul(c2, r2);
        l32 = f32x4.splat(f32x4.extract_lane(c2, 3));
        c3 = f32x4.sub(
          f32x4.sub(c3, f32x4.mul(c0, l30)),
          f32x4.add(f32x4.mul(c1, l31), f32x4.mul(c2, l32)),
        );
        r3 = pivot(f32x4.extract_lane(c3, 3));
        c3 = f32x4.mul(c3, r3);
        const r = inverses + 16 * j;
        v128.store_lane<f32>(r, r0, 0);
        v128.store_lane<f32>(r, r1, 0, 4);
        v128.store_lane<f32>(r, r2, 0, 8);
        v128.store_lane<f32>(r, r3, 0, 12);
      } else {
        c0 = f32x4.mul(c0, r0);
        c1 = f32x4.mul(f32x4.sub(c1, f32x4.mul(c0, l10)), r1);
        c2 = f32x4.sub(f32x4.sub(c2, f32x4.mul(c0, l20)), f32x4.mul(c1, l21));
        c2 = f32x4.mul(c2, r2);
        c3 = f32x4.sub(
          f32x4.sub(c3, f32x4.mul(c0, l30)),
          f32x4.add(f32x4.mul(c1, l31), f32x4.mul(c2, l32)),
        );
        c3 = f32x4.mul(c3, r3);
      }
      v128.store(at, c0);
      v128.store(at, c1, 16);
      v128.store(at, c2, 32);
      v128.store(at, c3, 48);
    }
  }
}

/** The reciprocal square root of a pivot in all lanes. */
// @ts-ignore: decorator
@inline
function pivot(square: f32): v128 {
  return f32x4.splat(1 / sqrt(max(square, MIN_PIVOT)));
}

/**
 * Solves Lᵀ c = y for the leading `order` rows, where y is row `value` of L and `value` is at least
 * `order`. Entries of c from `order` to the end of its last block become 0.
 */
export function substitute(c: usize, order: usize, value: usize, n: usize): void {
  const last = (order + 3) >> 2;
  for (let i = order; i < 4 * last; i++) store<f32>(c + 4 * i, 0);
  for (let j: usize = last; j-- > 0; ) {
    const first = 4 * j;
    const at = blockAt(j, j, n);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let i = j + 1; i < last; i++) {
      const l = at + BLOCK * (i - j);
      const known = v128.load(c + 16 * i);
      s0 = f32x4.add(s0, f32x4.mul(v128.load(l), known));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(l, 16), known));
      s2 = f32x4.add(s2, f32x4.mul(v128.load(l, 32), known));
      s3 = f32x4.add(s3, f32x4.mul(v128.load(l, 48), known));
    }
    const y = entryAt(value, first, n);
    const r = inverses + 4 * first;
    const at0 = c + 4 * first;
    const left = order - first;
    let c1: f32 = 0;
    let c2: f32 = 0;
    let c3: f32 = 0;
    if (left > 3) {
      c3 = (load<f32>(y, 48) - sum(s3)) * load<f32>(r, 12);
      store<f32>(at0, c3, 12);
    }
    if (left > 2) {
      c2 = (load<f32>(y, 32) - sum(s2) - load<f32>(at, 44) * c3) * load<f32>(r, 8);
      store<f32>(at0, c2, 8);
    }
    if (left > 1) {
      c1 = (load<f32>(y, 16) - sum(s1) - load<f32>(at, 24) * c2 - load<f32>(at, 28) * c3) * load<f32>(r, 4);
      store<f32>(at0, c1, 4);
    }
    const known = load<f32>(at, 4) * c1 + load<f32>(at, 8) * c2 + load<f32>(at, 12) * c3;
    store<f32>(at0, (load<f32>(y) - sum(s0) - known) * load<f32>(r));
  }
}
