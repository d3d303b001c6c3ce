// Computes the lookup tables that the host writes into each instance of the compiled mixing model,
// in the order of its `addressOf`. native/mixing/tables.ts declares them.

import { squash, stretch } from '../../bits/logistic.js';
import { createBitHistories } from './bit-history.js';

/** Entries of the table of `squash`: x from −12 to 12 in steps of 1/64, and one beyond the end. */
const SQUASH_ENTRIES = 24 * 64 + 2;
/** Weight of a history's initial probability, in observed bits; with 0, the first bit replaces it. */
const PRIOR_BITS = 20;

/** Returns the contents of each table as bytes. */
export function createConstants(): readonly Uint8Array[] {
  const { next, zeros, ones, total } = createBitHistories();
  const bytesOf = ({ buffer }: { buffer: ArrayBuffer }): Uint8Array => new Uint8Array(buffer);
  return [
    bytesOf(Float32Array.from({ length: 4096 }, (_, i) => stretch((i + 0.5) / 4096))),
    bytesOf(Float32Array.from({ length: SQUASH_ENTRIES }, (_, i) => squash(i / 64 - 12))),
    next,
    total.map((bits, s) => bits | (bits > 0 && (zeros[s] === 0 || ones[s] === 0) ? 128 : 0)),
    bytesOf(
      Uint32Array.from(total, (_, s) => {
        const p = (ones[s]! + 0.4) / (zeros[s]! + ones[s]! + 0.8);
        return Math.floor(p * (2 ** 22 - 1)) * 1024 + PRIOR_BITS;
      }),
    ),
    bytesOf(Uint32Array.from({ length: 1024 }, (_, n) => 8192 / (n + 1.5))),
  ];
}
