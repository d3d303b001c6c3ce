// Seeded pseudorandom numbers: xoshiro128** 1.1 (Blackman & Vigna 2018), seeded with a hash of a
// string. The same seed gives the same numbers on every machine.

import type { Random } from '../types.js';

/**
 * Uniform numbers in [0, 1) with 53 random bits each.
 *
 * @param seed any number or text; equal seeds give equal streams.
 */
export function createRandom(seed: number | string): Random {
  const mix = hashSeed(String(seed));
  let a = mix();
  let b = mix();
  let c = mix();
  let d = mix() | 1; // the state must not be all zero
  const next32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  };
  return () => ((next32() >>> 5) * 0x4000000 + (next32() >>> 6)) / 0x20000000000000;
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** State words from a string: FNV-1a over its code units, finalised with MurmurHash3's mixer. */
function hashSeed(text: string): () => number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return () => {
    h = (h + 0x9e3779b9) | 0;
    let z = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) | 0;
  };
}
