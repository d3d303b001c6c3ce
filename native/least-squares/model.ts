// Linear regressions whose coefficients follow the data: the normal equations are weighted sums over
// earlier observations, and are solved anew when the caller asks. The sums are those of z zᵀ, where z
// is the regressors followed by the value that was observed; factoring them solves the equations too.
//
// A local regression sums over the known pixels of a picture, with weight decay^(|Δx| + |Δy|). One
// whose width is 0 sums over a sequence.

import { sum } from '../lanes';
import { addFromLeft, addFromRight } from '../local-sums';
import { allocate } from '../memory';
import { BLOCK, blocksOf, entryAt, factor, matrix, substitute } from './factor';

@unmanaged
class Regression {
  /** Number of regressors. */
  order: usize;
  /** Blocks in each direction of the matrix. */
  blocks: usize;
  /** Width of the picture in pixels, and the column of the next pixel. */
  width: usize;
  x: usize;
  decay: f32;
  /** Strength of the prior: an absolute term added to the diagonal … */
  ridge: f32;
  /** … and a term relative to the mean of the diagonal. */
  relativeRidge: f32;
  /** Prior coefficients, and those of the last solution. */
  prior: usize;
  coefficients: usize;
  /** Sums over the current row, around the next pixel. */
  left: usize;
  /** Sums over the rows above, and over the current row up to each pixel that is known, by column. */
  above: usize;
  /** The observations of the current row, z in whole blocks, and their weights. */
  observed: usize;
  weights: usize;
}

/** Written by the caller: the regressors of the next prediction or observation. */
export const regressors = memory.data(4 * 36, 16);
/** z times its weight. */
const weighted = memory.data(4 * 36, 16);
/** The diagonal entry of the value, which no coefficient depends on. */
const UNUSED: f32 = 1e30;

/** Creates a regression and returns its address; its prior coefficients are 0. */
export function create(order: usize, width: usize, decay: f32, ridge: f32, relativeRidge: f32): usize {
  const it = changetype<Regression>(allocate(offsetof<Regression>()));
  const blocks = (order + 4) >> 2;
  const bytes = BLOCK * blocksOf(blocks);
  it.order = order;
  it.blocks = blocks;
  it.width = width;
  it.decay = decay;
  it.ridge = ridge;
  it.relativeRidge = relativeRidge;
  it.prior = allocate(16 * blocks);
  it.coefficients = allocate(16 * blocks);
  it.left = allocate(bytes);
  it.above = allocate(bytes * width);
  it.observed = allocate(16 * blocks * max(width, 1));
  it.weights = allocate(4 * max(width, 1));
  return changetype<usize>(it);
}

/** Sets a prior coefficient. */
export function setPrior(at: usize, i: usize, value: f32): void {
  store<f32>(changetype<Regression>(at).prior + 4 * i, value);
}

/** Predicts the next pixel from `regressors`, with coefficients that fit the pixels around it. */
export function predict(at: usize): f32 {
  const it = changetype<Regression>(at);
  const bytes = BLOCK * blocksOf(it.blocks);
  const above = it.above + it.x * bytes;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(matrix + i, f32x4.add(v128.load(above + i), v128.load(it.left + i)));
  }
  factorRidged(it);
  substitute(it.coefficients, it.order, it.order, it.blocks);
  const z = it.observed + 16 * it.blocks * it.x;
  memory.copy(z, regressors, 4 * it.order);
  let products = f32x4.splat(0);
  for (let i: usize = 0; i < 4 * it.order; i += 16) {
    products = f32x4.add(products, f32x4.mul(v128.load(it.coefficients + i), v128.load(z + i)));
  }
  return sum(products);
}

/** Learns the value of the pixel that was predicted last, and moves past it. */
export function update(at: usize, value: f32, weight: f32): void {
  const it = changetype<Regression>(at);
  const blocks = it.blocks;
  const z = it.observed + 16 * blocks * it.x;
  store<f32>(z + 4 * it.order, value);
  store<f32>(it.weights + 4 * it.x, weight);
  weigh(z, weight, blocks);
  const decay = f32x4.splat(it.decay);
  let left = it.left;
  let above = it.above + it.x * BLOCK * blocksOf(blocks);
  for (let j: usize = 0; j < 16 * blocks; j += 16) {
    for (let i = j; i < 16 * blocks; i += 16) {
      const rows = v128.load(z + i);
      for (let k: usize = 0; k < 4; k++) {
        const term = f32x4.mul(rows, v128.load32_splat(weighted + j + 4 * k));
        addFromLeft(term, left, above, decay);
        left += 16;
        above += 16;
      }
    }
  }
  if (++it.x === it.width) endRow(it);
}

/** Adds to the sums above, which hold those from the left already, those from the right. */
function endRow(it: Regression): void {
  const blocks = it.blocks;
  const bytes = BLOCK * blocksOf(blocks);
  const decay = f32x4.splat(it.decay);
  memory.fill(it.left, 0, bytes);
  for (let x = it.width; x-- > 0; ) {
    const z = it.observed + 16 * blocks * x;
    weigh(z, load<f32>(it.weights + 4 * x), blocks);
    let right = it.left;
    let above = it.above + x * bytes;
    for (let j: usize = 0; j < 16 * blocks; j += 16) {
      for (let i = j; i < 16 * blocks; i += 16) {
        const rows = v128.load(z + i);
        for (let k: usize = 0; k < 4; k++) {
          const term = f32x4.mul(rows, v128.load32_splat(weighted + j + 4 * k));
          addFromRight(term, right, above, decay);
          right += 16;
          above += 16;
        }
      }
    }
  }
  memory.fill(it.left, 0, bytes);
  it.x = 0;
}

/** Learns that `value` followed after `regressors` in a sequence. */
export function observe(at: usize, value: f32): void {
  const it = changetype<Regression>(at);
  const blocks = it.blocks;
  const z = it.observed;
  memory.copy(z, regressors, 4 * it.order);
  store<f32>(z + 4 * it.order, value);
  const decay = f32x4.splat(it.decay);
  let sums = it.left;
  for (let j: usize = 0; j < 16 * blocks; j += 16) {
    for (let i = j; i < 16 * blocks; i += 16) {
      const rows = v128.load(z + i);
      for (let k: usize = 0; k < 4; k++) {
        const term = f32x4.mul(rows, v128.load32_splat(z + j + 4 * k));
        v128.store(sums, f32x4.add(f32x4.mul(decay, v128.load(sums)), term));
        sums += 16;
      }
    }
  }
}

/** Factors the sums of a sequence. `coefficients` then solves for any number of regressors. */
export function solve(at: usize): void {
  const it = changetype<Regression>(at);
  memory.copy(matrix, it.left, BLOCK * blocksOf(it.blocks));
  factorRidged(it);
}

/** Returns the address of the coefficients of the first `order` regressors, after `solve`. */
export function coefficients(at: usize, order: usize): usize {
  const it = changetype<Regression>(at);
  substitute(it.coefficients, order, it.order, it.blocks);
  return it.coefficients;
}

/** Factors `matrix` after adding the prior. */
function factorRidged(it: Regression): void {
  const order = it.order;
  const blocks = it.blocks;
  let trace: f32 = 0;
  for (let i: usize = 0; i < order; i++) trace += load<f32>(entryAt(i, i, blocks));
  const ridge = it.ridge + (it.relativeRidge * trace) / <f32>order;
  for (let i: usize = 0; i < order; i++) {
    const square = entryAt(i, i, blocks);
    store<f32>(square, load<f32>(square) + ridge);
    const product = entryAt(order, i, blocks);
    store<f32>(product, load<f32>(product) + ridge * load<f32>(it.prior + 4 * i));
  }
  for (let i = order; i < 4 * blocks; i++) store<f32>(entryAt(i, i, blocks), UNUSED);
  factor(blocks);
}

// @ts-ignore: decorator
@inline
function weigh(z: usize, weight: f32, blocks: usize): void {
  const w = f32x4.splat(weight);
  for (let i: usize = 0; i < 16 * blocks; i += 16) {
    v128.store(weighted + i, f32x4.mul(w, v128.load(z + i)));
  }
}
