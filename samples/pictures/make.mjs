// Paints the pictures of this folder: `scene` is a lake at dusk, ray by ray; `foliage` is leaf upon
// leaf; `weave` is cloth under slanting light; `bands` are gradients with rings, in grey.
// Run it with `node samples/pictures/make.mjs`; the files beside it are what it writes.

import { writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { createRandom } from 'zipdream';

const clamp = (x) => Math.max(0, Math.min(1, x));
const mix = (a, b, t) => a.map((x, i) => x + (b[i] - x) * clamp(t));
const smooth = (t) => t * t * (3 - 2 * t);

/** Smooth noise in [0, 1): random values on a lattice, blended, of several sizes. */
function createNoise(seed) {
  const random = createRandom(seed);
  const lattice = Float64Array.from({ length: 4096 }, random);
  const at = (x, y) => lattice[(Math.imul(x, 73) + Math.imul(y, 1237)) & 4095];
  const layer = (x, y) => {
    const [i, j] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [smooth(x - i), smooth(y - j)];
    const top = at(i, j) + (at(i + 1, j) - at(i, j)) * u;
    const low = at(i, j + 1) + (at(i + 1, j + 1) - at(i, j + 1)) * u;
    return top + (low - top) * v;
  };
  return (x, y, octaves = 4) => {
    let sum = 0;
    let weight = 0;
    for (let o = 0; o < octaves; o++) {
      sum += layer(x * 2 ** o + 17 * o, y * 2 ** o + 31 * o) / 2 ** o;
      weight += 1 / 2 ** o;
    }
    return sum / weight;
  };
}

/** A sky with a sun, hills one behind the other, and a lake that mirrors them. */
function scene(width, height) {
  const noise = createNoise('scene');
  const shore = 0.62;
  const sky = (x, y) => {
    const sun = Math.hypot(x - 0.68, y - 0.4);
    let colour = mix([0.16, 0.22, 0.45], [0.96, 0.62, 0.38], (y / shore) ** 1.4);
    const cloud = noise(3 * x + 5, 11 * y, 5);
    colour = mix(colour, [0.98, 0.75, 0.6], 1.6 * (cloud - 0.52));
    colour = mix(colour, [1, 0.93, 0.75], Math.exp(-40 * sun * sun));
    for (let hill = 0; hill < 3; hill++) {
      const rim = 0.43 + 0.07 * hill - 0.17 * (noise(2.2 * x + 9 * hill, 4 * hill, 5) - 0.35);
      if (y <= rim) continue;
      const bark = 0.16 * (noise(30 * x, 30 * y + 50 * hill, 3) - 0.5);
      const base = mix([0.5, 0.36, 0.42], [0.1, 0.13, 0.12], hill / 2);
      colour = base.map((part) => part + bark * (0.4 + 0.3 * hill));
    }
    return colour;
  };
  return paint(width, height, (x, y) => {
    if (y < shore) return sky(x, y);
    const depth = (y - shore) / (1 - shore);
    const ripple = (noise(9 * x, 60 * depth ** 0.6, 3) - 0.5) * (0.02 + 0.1 * depth);
    const mirrored = sky(x + ripple, shore - 1.4 * (y - shore) + ripple);
    return mix(mirrored, [0.07, 0.12, 0.2], 0.15 + 0.3 * depth);
  });
}

/** Leaves, the lower ones in the shade of the upper. */
function foliage(width, height) {
  const random = createRandom('foliage');
  const leaves = Array.from({ length: 900 }, (_, i) => ({
    x: random() * 1.2 - 0.1,
    y: random() * 1.2 - 0.1,
    turn: random() * Math.PI,
    size: 0.035 + 0.035 * random(),
    light: 0.25 + (0.6 * i) / 900 + 0.15 * random(),
    hue: random(),
  })).reverse();
  return paint(width, height, (x, y) => {
    for (const leaf of leaves) {
      const [dx, dy] = [x - leaf.x, y - leaf.y];
      if (Math.abs(dx) > leaf.size || Math.abs(dy) > leaf.size) continue;
      const along = (dx * Math.cos(leaf.turn) + dy * Math.sin(leaf.turn)) / leaf.size;
      const across = (dy * Math.cos(leaf.turn) - dx * Math.sin(leaf.turn)) / leaf.size;
      const edge = 0.42 * (1 - along * along);
      if (Math.abs(across) > edge) continue;
      const vein = Math.abs(across) < 0.04 ? 1.25 : 1;
      const shine = 0.75 + 0.5 * (across / Math.max(edge, 0.01));
      const green = mix([0.2, 0.42, 0.1], [0.62, 0.68, 0.2], leaf.hue);
      return green.map((part) => part * leaf.light * vein * shine);
    }
    return [0.04, 0.07, 0.04];
  });
}

/** Threads over and under each other, of uneven colour. */
function weave(width, height) {
  const noise = createNoise('weave');
  const pitch = 1 / 16;
  return paint(width, height, (x, y) => {
    const bend = 0.012 * (noise(4 * x, 4 * y, 2) - 0.5);
    const [u, v] = [(x + bend) / pitch, (y - bend) / pitch];
    const isOver = (Math.floor(u) + Math.floor(v)) % 2 === 0;
    const side = 2 * ((isOver ? u : v) % 1) - 1;
    const run = 2 * ((isOver ? v : u) % 1) - 1;
    const fibre = noise(isOver ? 8 * u : 1.5 * u, isOver ? 1.5 * v : 8 * v, 3);
    const light = Math.sqrt(Math.max(0, 1 - 0.85 * side * side)) * (1 - 0.3 * run * run);
    const colour = isOver ? [0.74, 0.3, 0.22] : [0.86, 0.78, 0.6];
    return colour.map((part) => part * light * (0.62 + 0.5 * fibre) * (1.1 - 0.3 * x));
  });
}

/** Gradients with rings across them. */
function bands(width, height) {
  return paint(width, height, (x, y) => {
    const far = Math.hypot(x - 0.35, y - 0.45);
    const ring = far < 0.3 ? 0.25 * Math.cos(70 * far) : 0;
    return [0.25 + 0.35 * x + 0.2 * Math.sin(5 * y + 3 * x) + ring];
  });
}

/** 2 × 2 rays a pixel; a colour of one part is grey. */
function paint(width, height, colourAt) {
  const picture = { width, height, channels: 3, pixels: [] };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const rays = [0.25, 0.75].flatMap((dy) =>
        [0.25, 0.75].map((dx) => colourAt((x + dx) / width, (y + dy) / width)),
      );
      picture.channels = rays[0].length;
      for (let c = 0; c < picture.channels; c++) {
        const mean = rays.reduce((sum, ray) => sum + clamp(ray[c]), 0) / 4;
        picture.pixels.push(Math.round(255 * mean));
      }
    }
  }
  return picture;
}

function writePicture(name, { width, height, channels, pixels }) {
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) png.data[4 * i + c] = pixels[channels * i + (c % channels)];
    png.data[4 * i + 3] = 255;
  }
  const file = PNG.sync.write(png, { colorType: channels === 1 ? 0 : 2 });
  writeFileSync(new URL(name, import.meta.url), file);
}

writePicture('scene.png', scene(128, 96));
writePicture('foliage.png', foliage(96, 96));
writePicture('weave.png', weave(96, 96));
writePicture('bands.png', bands(96, 64));
