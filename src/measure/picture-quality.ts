// Distances between a completion of a picture and the true one, computed over the missing pixels.

import type { GivenPart } from '../modality/image-given.js';
import type { ImageFormat } from '../types.js';

/** A region of a picture, the missing part: [x0, width) × [y0, height). */
interface Region {
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
}

interface PictureQuality {
  /** Peak signal-to-noise ratio in dB, 10·log10(255² / MSE); Infinity if equal to the truth. */
  readonly psnr: number;
  /** Structural similarity, −1 … 1, 1 if equal to the truth. */
  readonly ssim: number;
  /** Earth mover's distance of the histograms of gradients, in grey levels. */
  readonly gradientDistance: number;
}

/** @param given the part that both pictures share. */
export function pictureQuality(
  drawn: Uint8Array,
  truth: Uint8Array,
  { width, channels }: ImageFormat,
  given: GivenPart,
): PictureQuality {
  const height = truth.length / (width * channels);
  const region = { x0: given.columns, y0: given.rows, width, height };
  const planes = Array.from({ length: channels }, (_, c) => ({
    drawn: drawn.filter((_, i) => i % channels === c),
    truth: truth.filter((_, i) => i % channels === c),
  }));
  const mean = (of: (a: Uint8Array, b: Uint8Array, region: Region) => number): number =>
    planes.reduce((sum, plane) => sum + of(plane.drawn, plane.truth, region), 0) / channels;
  return {
    psnr: 10 * Math.log10(255 ** 2 / mean(squaredError)),
    ssim: mean(similarity),
    gradientDistance: mean(gradientDistance),
  };
}

/** Mean squared error. */
function squaredError(a: Uint8Array, b: Uint8Array, region: Region): number {
  let sum = 0;
  let count = 0;
  forEachPixel(region, (i) => {
    sum += (a[i]! - b[i]!) ** 2;
    count++;
  });
  return sum / Math.max(1, count);
}

const WINDOW = 8;
const STRIDE = 4;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/**
 * SSIM (Wang, Bovik, Sheikh & Simoncelli 2004, eq. 13) as the mean over windows of 8 × 8 pixels,
 * every 4 pixels, with uniform weights; in narrower regions the windows are narrower.
 */
function similarity(a: Uint8Array, b: Uint8Array, region: Region): number {
  const { x0, y0, width, height } = region;
  const sizeX = Math.min(WINDOW, width - x0);
  const sizeY = Math.min(WINDOW, height - y0);
  let sum = 0;
  let windows = 0;
  for (let y = y0; y + sizeY <= height; y += STRIDE) {
    for (let x = x0; x + sizeX <= width; x += STRIDE) {
      sum += windowSimilarity(a, b, { x0: x, y0: y, width: x + sizeX, height: y + sizeY }, width);
      windows++;
    }
  }
  return sum / windows;
}

function windowSimilarity(a: Uint8Array, b: Uint8Array, window: Region, row: number): number {
  let [n, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
  for (let y = window.y0; y < window.height; y++) {
    for (let x = window.x0; x < window.width; x++) {
      const [p, q] = [a[y * row + x]!, b[y * row + x]!];
      n++;
      sumA += p;
      sumB += q;
      sumAA += p * p;
      sumBB += q * q;
      sumAB += p * q;
    }
  }
  const [meanA, meanB] = [sumA / n, sumB / n];
  const [varA, varB] = [sumAA / n - meanA ** 2, sumBB / n - meanB ** 2];
  const covariance = sumAB / n - meanA * meanB;
  const luminance = (2 * meanA * meanB + C1) / (meanA ** 2 + meanB ** 2 + C1);
  return (luminance * (2 * covariance + C2)) / (varA + varB + C2);
}

/**
 * Σ over levels of |F − G|, with F and G the cumulative histograms of the differences between
 * horizontal and vertical neighbours. It compares edges and texture regardless of their position.
 * Natural pictures have many small differences and few large ones (Huang & Mumford 1999); noise has
 * more large ones, smears fewer.
 */
function gradientDistance(a: Uint8Array, b: Uint8Array, region: Region): number {
  const first = gradients(a, region);
  const second = gradients(b, region);
  let gap = 0;
  let distance = 0;
  for (let level = 0; level < first.length; level++) {
    gap += first[level]! - second[level]!;
    distance += Math.abs(gap);
  }
  return distance;
}

/**
 * Histogram of the differences −255 … 255, normalised, over pairs with both pixels in the region.
 */
function gradients(plane: Uint8Array, region: Region): Float64Array {
  const { width, height } = region;
  const shares = new Float64Array(511);
  let count = 0;
  const note = (difference: number): void => {
    shares[difference + 255]!++;
    count++;
  };
  forEachPixel(region, (i, x, y) => {
    if (x + 1 < width) note(plane[i + 1]! - plane[i]!);
    if (y + 1 < height) note(plane[i + width]! - plane[i]!);
  });
  return shares.map((share) => share / Math.max(1, count));
}

function forEachPixel(
  { x0, y0, width, height }: Region,
  visit: (index: number, x: number, y: number) => void,
): void {
  for (let y = y0; y < height; y++) {
    for (let x = x0; x < width; x++) visit(y * width + x, x, y);
  }
}
