// Sums over the known pixels around the next one with weight decay^(|Δx| + |Δy|), which are computed
// recursively, so that their cost does not depend on the number of pixels. `above` has the sums over
// the rows above at each column. During a row it takes up those of the row that come from the left;
// at its end those from the right are added, in reverse order, and all of it decays by a row.

/** Adds four terms of the next pixel to the sums from the left, and these to those above it. */
// @ts-ignore: decorator
@inline
export function addFromLeft(term: v128, left: usize, above: usize, decay: v128): void {
  const here = f32x4.add(v128.load(left), term);
  v128.store(above, f32x4.add(v128.load(above), here));
  v128.store(left, f32x4.mul(decay, here));
}

/** Adds the sums from the right to those above a pixel, and four terms of the pixel to the former. */
// @ts-ignore: decorator
@inline
export function addFromRight(term: v128, right: usize, above: usize, decay: v128): void {
  const beside = v128.load(right);
  v128.store(above, f32x4.mul(decay, f32x4.add(v128.load(above), beside)));
  v128.store(right, f32x4.mul(decay, f32x4.add(beside, term)));
}
