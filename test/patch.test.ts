// Textures that go on: the index, the proposal, and what is drawn from it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { KdTree } from '../src/engines/patches/kd-tree.js';
import { principalAxes } from '../src/engines/patches/principal-axes.js';
import { createRandom, generate, PatchPlaces, patchPredictor } from '../src/index.js';
import { pictureQuality } from '../src/measure/picture-quality.js';
import { decodeReading } from '../src/readings/decode.js';

const WEAVE = PNG.sync.read(
  readFileSync(join(import.meta.dirname, '../samples/pictures/weave.png')),
);
const SIZE = 48;
const HALF = 24;

/** A corner of weave.png, of which the left half is given. */
function corner(channels: 1 | 3) {
  const pixels = Uint8Array.from({ length: SIZE * SIZE * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const at = Math.floor(pixel / SIZE) * WEAVE.width + (pixel % SIZE);
    return WEAVE.data[4 * at + (i % channels)]!;
  });
  return { width: SIZE, height: SIZE, channels, pixels, rows: 0, columns: HALF };
}

async function draw(example: ReturnType<typeof corner>, seed: string): Promise<Uint8Array> {
  const model = decodeReading(patchPredictor(new PatchPlaces(example)));
  const drawn = example.pixels.slice();
  const random = createRandom(seed);
  const half = HALF * example.channels;
  for (let row = 0; row < drawn.length; row += 2 * half) {
    model.push(drawn.subarray(row, row + half));
    let at = row + half;
    for await (const { byte } of generate(model, { length: half, random })) drawn[at++] = byte;
  }
  return drawn;
}

describe('the index', () => {
  const random = createRandom('points');
  const points = Float32Array.from({ length: 4 * 1000 }, random);
  const tree = new KdTree(points, 4);
  const query = new Float32Array([0.3, 0.6, 0.5, 0.1]);
  const squared = (point: number): number =>
    query.reduce((sum, value, d) => sum + (value - points[4 * point + d]!) ** 2, 0);

  it('finds every point once if the search is unlimited', () => {
    const found: number[] = [];
    tree.search(query, 1000, (point, distance) => {
      expect(distance).toBeCloseTo(squared(point), 5);
      found.push(point);
    });
    expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it('finds the nearest point early', () => {
    let nearest = -1;
    let least = Infinity;
    tree.search(query, 40, (point, distance) => {
      if (distance < least) [least, nearest] = [distance, point];
    });
    const all = Array.from({ length: 1000 }, (_, i) => squared(i));
    expect(nearest).toBe(all.indexOf(Math.min(...all)));
  });

  it('uses the axes of greatest variance', () => {
    const [u, v] = [
      [0.6, 0.8, 0],
      [-0.8, 0.6, 0],
    ] as const;
    const vectors = Float32Array.from({ length: 3 * 500 }, () => 0);
    for (let i = 0; i < 500; i++) {
      const [far, near] = [9 * (random() - 0.5), random() - 0.5];
      for (let d = 0; d < 3; d++) vectors[3 * i + d] = 7 + far * u[d]! + near * v[d]!;
    }
    const { mean, axes } = principalAxes(vectors, 3, 2);
    for (const value of mean) expect(value).toBeCloseTo(7, 0);
    const along = (axis: readonly number[], at: number): number =>
      Math.abs(axis.reduce((sum, value, d) => sum + value * axes[at + d]!, 0));
    expect(along(u, 0)).toBeCloseTo(1, 2);
    expect(along(v, 3)).toBeCloseTo(1, 2);
  });
});

describe('patchPredictor', () => {
  it('is normalised everywhere, and its forks are independent', () => {
    const example = corner(3);
    const predictor = patchPredictor(new PatchPlaces(example));
    const bits = new Float64Array(256);
    const again = new Float64Array(256);
    for (let at = 0; at < 3 * SIZE * 8; at++) {
      if (at % 7 === 0) {
        predictor.predict(bits);
        expect(bits.reduce((sum, one) => sum + 2 ** -one, 0)).toBeCloseTo(1, 9);
        const fork = predictor.fork();
        fork.update(255 - example.pixels[at]!);
        fork.predict(again);
        predictor.predict(again);
        expect(again).toEqual(bits);
      }
      predictor.update(example.pixels[at]!);
    }
  });

  it('continues a texture from given pixels, the same for the same seed', async () => {
    const channels = 3;
    const example = corner(channels);
    const { pixels } = example;
    const drawn = await draw(example, '1');
    expect(await draw(example, '1')).toEqual(drawn);
    expect(await draw(example, '2')).not.toEqual(drawn);
    const key = (of: Uint8Array, pixel: number): string =>
      of.subarray(pixel * channels, (pixel + 1) * channels).join();
    const given = new Set<string>();
    for (let i = 0; i < SIZE * SIZE; i++) if (i % SIZE < HALF) given.add(key(pixels, i));
    let taken = 0;
    for (let i = 0; i < SIZE * SIZE; i++) if (i % SIZE >= HALF) taken += +given.has(key(drawn, i));
    expect(taken).toBeGreaterThan(0.95 * SIZE * HALF);

    // Given pixels in any order are a control.
    const random = createRandom('shuffled');
    const shuffled = pixels.slice();
    for (let i = 0; i < SIZE * SIZE; i++) {
      if (i % SIZE < HALF) continue;
      const from = Math.floor(random() * SIZE) * SIZE + Math.floor(random() * HALF);
      shuffled.set(pixels.subarray(from * channels, (from + 1) * channels), i * channels);
    }
    const format = { kind: 'image', width: SIZE, channels } as const;
    const part = { rows: 0, columns: HALF };
    const far = pictureQuality(shuffled, pixels, format, part).gradientDistance;
    const near = pictureQuality(drawn, pixels, format, part).gradientDistance;
    expect(near).toBeLessThan(far / 2);
  });

  it('copies no square of more than 24 pixels from one place, and continues flat areas', async () => {
    const random = createRandom('noise');
    const noise = { ...corner(1), width: 160, height: 90, columns: 80 };
    const pixels = Uint8Array.from({ length: 160 * 90 }, () => 256 * random());
    // The right half of the first rows is the left one: from there on it would be copied on and on.
    for (let y = 0; y < 30; y++) pixels.copyWithin(y * 160 + 80, y * 160, y * 160 + 80);
    const model = patchPredictor(new PatchPlaces({ ...noise, pixels }), 0);
    const bits = new Float64Array(256);
    let copied = 0;
    for (let at = 0; at < 160 * 30; at++) {
      const [x, y] = [at % 160, Math.floor(at / 160)];
      if (x === 120 && y > 5) {
        model.predict(bits);
        const isLikely = bits[pixels[at]!]! < 1;
        if (y <= 23) copied += +isLikely;
        if (y > 24) expect(isLikely).toBe(false);
      }
      model.update(pixels[at]!);
    }
    expect(copied).toBeGreaterThan(15);

    const flat = patchPredictor(new PatchPlaces({ ...noise, pixels: pixels.fill(77) }));
    for (let at = 0; at < 160 * 50 + 120; at++) flat.update(77);
    flat.predict(bits);
    expect(bits[77]).toBeLessThan(0.1);
  });

  it('refuses too few given pixels and negative temperatures', () => {
    expect(() => new PatchPlaces({ ...corner(1), columns: 10 })).toThrow(
      'texture synthesis needs at least 11 × 6 given pixels',
    );
    expect(() => patchPredictor(new PatchPlaces(corner(1)), -1)).toThrow(RangeError);
  });
});
