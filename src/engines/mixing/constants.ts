// Tables that the compiled mixing model is given when it starts, in the order of its addresses.

import { squash, stretch } from '../../bits/logistic.js';
import { createBitHistories } from './bit-history.js';

/** Steps of the table of `squash`, of 1/64 each, from −12 to 12 and one more. */
const SQUASH_STEPS = 24 * 64 + 2;
/** Bits that the first probability of a history counts as; with 0 the first bit all but replaces it. */
const PRIOR_BITS = 20;

/** Each as bytes; native/mixing/tables.ts says what they are. */
export function createConstants(): readonly Uint8Array[] {
  const { next, zeros, ones, total } = createBitHistories();
  const bytesOf = ({ buffer }: { buffer: ArrayBuffer }): Uint8Array => new Uint8Array(buffer);
  return [
    bytesOf(Float32Array.from({ length: 4096 }, (_, i) => stretch((i + 0.5) / 4096))),
    bytesOf(Float32Array.from({ length: SQUASH_STEPS }, (_, i) => squash(i / 64 - 12))),
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
