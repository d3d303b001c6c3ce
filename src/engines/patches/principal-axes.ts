// Principal axes: the directions in which vectors vary most, by orthogonal iteration (Golub & Van
// Loan, §8.2).

const ITERATIONS = 12;

/** A projection of vectors minus their mean onto a few axes. */
export interface PrincipalAxes {
  readonly mean: Float64Array;
  /** The axes, concatenated, each of length 1. */
  readonly axes: Float64Array;
}

/** @param vectors of `size` coordinates each, concatenated; `count` axes are computed. */
export function principalAxes(vectors: Float32Array, size: number, count: number): PrincipalAxes {
  const mean = meanOf(vectors, size);
  const covariance = covarianceOf(vectors, mean);
  const axes = new Float64Array(count * size);
  // Any start works that is not orthogonal to the axes.
  for (let i = 0; i < axes.length; i++) axes[i] = Math.cos(1 + i * i);
  orthonormalise(axes, size);
  const turned = new Float64Array(axes.length);
  for (let pass = 0; pass < ITERATIONS; pass++) {
    for (let at = 0; at < axes.length; at += size) {
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += covariance[i * size + j]! * axes[at + j]!;
        turned[at + i] = sum;
      }
    }
    axes.set(turned);
    orthonormalise(axes, size);
  }
  return { mean, axes };
}

function meanOf(vectors: Float32Array, size: number): Float64Array {
  const mean = new Float64Array(size);
  for (let i = 0; i < vectors.length; i++) mean[i % size]! += vectors[i]!;
  return mean.map((sum) => (sum * size) / vectors.length);
}

function covarianceOf(vectors: Float32Array, mean: Float64Array): Float64Array {
  const size = mean.length;
  const covariance = new Float64Array(size * size);
  for (let at = 0; at < vectors.length; at += size) {
    for (let i = 0; i < size; i++) {
      const off = vectors[at + i]! - mean[i]!;
      for (let j = 0; j <= i; j++) {
        covariance[i * size + j]! += off * (vectors[at + j]! - mean[j]!);
      }
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) covariance[j * size + i] = covariance[i * size + j]!;
  }
  return covariance;
}

/** Gram–Schmidt orthonormalisation; a linearly dependent axis becomes 0. */
function orthonormalise(axes: Float64Array, size: number): void {
  for (let at = 0; at < axes.length; at += size) {
    const before = norm(axes, at, size);
    for (let other = 0; other < at; other += size) {
      let dot = 0;
      for (let i = 0; i < size; i++) dot += axes[at + i]! * axes[other + i]!;
      for (let i = 0; i < size; i++) axes[at + i]! -= dot * axes[other + i]!;
    }
    const length = norm(axes, at, size);
    const scale = length > 1e-9 * before ? 1 / length : 0;
    for (let i = 0; i < size; i++) axes[at + i]! *= scale;
  }
}

function norm(axes: Float64Array, at: number, size: number): number {
  let squares = 0;
  for (let i = 0; i < size; i++) squares += axes[at + i]! ** 2;
  return Math.sqrt(squares);
}
