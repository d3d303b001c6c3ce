// Random distributions and messages for the range coder, the extreme ones on purpose.

import { quantise } from '../src/engines/arithmetic/quantise.js';
import { RangeDecoder, RangeEncoder } from '../src/engines/arithmetic/range-coder.js';
import type { Random } from '../src/types.js';

export interface Case {
  readonly frequencies: Uint32Array;
  readonly total: number;
  /** log2 of the total where it is a power of two and the fast path is to be taken. */
  readonly totalBits: number | undefined;
  readonly message: Uint8Array;
}

/** Up to 20 symbols, totals up to 2^32, messages of up to 30: half of them of rare symbols. */
export function randomCase(random: Random): Case {
  const n = 1 + Math.floor(20 * random() ** 2);
  const steep = 60 * random() ** 2;
  const weights = Float64Array.from({ length: n }, () => 2 ** (-steep * random()));
  const totalBits = random() < 0.5 ? 5 + Math.floor((n === 1 ? 27 : 28) * random()) : undefined;
  const total = totalBits === undefined ? someTotal(n, random) : 2 ** totalBits;
  const frequencies = quantise(weights, total);
  const rarest = frequencies.indexOf(Math.min(...frequencies));
  const rare = random() < 0.5 ? random() : 0;
  const message = Uint8Array.from({ length: Math.floor(31 * random()) }, () =>
    random() < rare ? rarest : drawFrom(frequencies, total, random),
  );
  return { frequencies, total, totalBits, message };
}

/** From the number of symbols to 2^32 − 1, both of them often. */
function someTotal(n: number, random: Random): number {
  const kind = random();
  if (kind < 0.1) return n;
  return kind < 0.2 ? 2 ** 32 - 1 : n + Math.floor((2 ** 32 - n) ** random() - 1);
}

function drawFrom(frequencies: Uint32Array, total: number, random: Random): number {
  return find(frequencies, Math.floor(total * random())).symbol;
}

function find(frequencies: Uint32Array, target: number): { symbol: number; low: number } {
  let symbol = 0;
  let low = 0;
  while (target - low >= frequencies[symbol]!) low += frequencies[symbol++]!;
  return { symbol, low };
}

/** Whether the message comes back, and takes no more than it may. */
export function roundTrip({ frequencies, total, totalBits, message }: Case): boolean {
  const encoder = new RangeEncoder();
  let bits = 0;
  for (const symbol of message) {
    let low = 0;
    for (let s = 0; s < symbol; s++) low += frequencies[s]!;
    const freq = frequencies[symbol]!;
    bits += Math.log2(total / freq) + (1.5 * total) / 2 ** 40;
    if (totalBits === undefined) encoder.encode(low, freq, total);
    else encoder.encodeShift(low, freq, totalBits);
  }
  const bytes = encoder.finish();
  if (bytes.length > bits / 8 + 1 + 1e-6) return false;
  const decoder = new RangeDecoder(bytes);
  for (const expected of message) {
    const target =
      totalBits === undefined ? decoder.decodeTarget(total) : decoder.decodeTargetShift(totalBits);
    const { symbol, low } = find(frequencies, target);
    if (symbol !== expected) return false;
    decoder.consume(low, frequencies[symbol]!, total);
  }
  return true;
}
