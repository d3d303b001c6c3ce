// Residuals in partitions, each Rice-coded with its own parameter or, as an escape, in plain binary
// (RFC 9639 §9.2.7): the choice of parameters, their cost in bits, writing and reading.

import { CorruptDataError } from '../../errors.js';
import type { MsbReader } from './msb-reader.js';
import type { MsbWriter } from './msb-writer.js';

/**
 * A coded residual: partition p uses `parameters[p]`, or `escapes[p]` plain bits per value if that
 * is ≥ 0.
 */
export interface RicePlan {
  readonly partitionOrder: number;
  readonly parameters: Uint8Array;
  readonly escapes: Int8Array;
  /** Size of a parameter in bits: 4, or 5 if one is above 14. */
  readonly parameterBits: 4 | 5;
  /** Bits of the whole coded residual, its method and partition order included. */
  readonly bits: number;
}

const HEADER_BITS = 2 + 4;
const ESCAPE_WIDTH_BITS = 5;
const MOST_PARAMETER = 30;

/** The cheapest plan for residual [order, length) with partition order at most `most`. */
export function planRice(residual: Int32Array, order: number, most: number): RicePlan {
  const n = residual.length;
  let highest = 0;
  while (highest < most && n % 2 ** (highest + 1) === 0 && n / 2 ** (highest + 1) > order) {
    highest++;
  }
  let best: RicePlan | undefined;
  for (let partitionOrder = highest; partitionOrder >= 0; partitionOrder--) {
    const plan = planPartitions(residual, order, partitionOrder);
    if (!best || plan.bits < best.bits) best = plan;
  }
  return best!;
}

function planPartitions(residual: Int32Array, order: number, partitionOrder: number): RicePlan {
  const partitions = 2 ** partitionOrder;
  const size = residual.length / partitions;
  const parameters = new Uint8Array(partitions);
  const escapes = new Int8Array(partitions).fill(-1);
  let bits = HEADER_BITS;
  let parameterBits: 4 | 5 = 4;
  for (let p = 0; p < partitions; p++) {
    const from = p === 0 ? order : p * size;
    const to = (p + 1) * size;
    const { parameter, cost } = bestParameter(residual, from, to);
    const width = escapeWidth(residual, from, to);
    const escaped = ESCAPE_WIDTH_BITS + width * (to - from);
    if (escaped < cost) escapes[p] = width;
    else {
      parameters[p] = parameter;
      if (parameter > 14) parameterBits = 5;
    }
    bits += Math.min(cost, escaped);
  }
  bits += partitions * parameterBits;
  return { partitionOrder, parameters, escapes, parameterBits, bits };
}

/** The parameter that codes residual [from, to) in the fewest bits, and their number. */
function bestParameter(
  residual: Int32Array,
  from: number,
  to: number,
): { parameter: number; cost: number } {
  const n = to - from;
  let sum = 0;
  for (let i = from; i < to; i++) sum += zigzag(residual[i]!);
  // The mean's logarithm is within one of the best (Kiely 2004); so the neighbours are tried too.
  const guess = n === 0 ? 0 : Math.max(0, Math.floor(Math.log2((Math.LN2 * sum) / n + 1e-9)));
  let parameter = 0;
  let cost = Infinity;
  for (let k = Math.max(0, guess - 1); k <= Math.min(guess + 1, MOST_PARAMETER); k++) {
    let bits = n * (1 + k);
    const scale = 2 ** -k;
    for (let i = from; i < to; i++) bits += Math.floor(zigzag(residual[i]!) * scale);
    if (bits < cost) {
      cost = bits;
      parameter = k;
    }
  }
  return { parameter, cost };
}

/** Bits of the widest value as two's complement; 0 if all are zero. */
function escapeWidth(residual: Int32Array, from: number, to: number): number {
  let all = 0;
  for (let i = from; i < to; i++) all |= residual[i]! ^ (residual[i]! >> 31);
  let any = 0;
  for (let i = from; i < to && any === 0; i++) any = residual[i]!;
  return any === 0 ? 0 : 33 - Math.clz32(all);
}

/** Maps 0, −1, 1, −2 … to 0, 1, 2, 3 … */
function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

export function writeRice(
  writer: MsbWriter,
  residual: Int32Array,
  order: number,
  { partitionOrder, parameters, escapes, parameterBits }: RicePlan,
): void {
  writer.writeBits(parameterBits - 4, 2);
  writer.writeBits(partitionOrder, 4);
  const size = residual.length / parameters.length;
  for (let p = 0; p < parameters.length; p++) {
    const from = p === 0 ? order : p * size;
    const to = (p + 1) * size;
    const width = escapes[p]!;
    if (width >= 0) {
      writer.writeBits(2 ** parameterBits - 1, parameterBits);
      writer.writeBits(width, ESCAPE_WIDTH_BITS);
      for (let i = from; i < to; i++) writer.writeBits(residual[i]!, width);
      continue;
    }
    const k = parameters[p]!;
    writer.writeBits(k, parameterBits);
    for (let i = from; i < to; i++) {
      const u = zigzag(residual[i]!);
      writer.writeUnary(Math.floor(u / 2 ** k));
      writer.writeBits(u, k);
    }
  }
}

/** Reads into residual [order, length). @throws CorruptDataError for invalid data. */
export function readRice(reader: MsbReader, residual: Int32Array, order: number): void {
  const start = reader.byte;
  const method = reader.readBits(2);
  if (method > 1) throw new CorruptDataError(`residual coded by reserved method ${method}`, start);
  const parameterBits = 4 + method;
  const partitions = 2 ** reader.readBits(4);
  const size = residual.length / partitions;
  if (!Number.isInteger(size) || size < order) {
    const what = `${partitions} partitions do not fit ${residual.length} samples of order ${order}`;
    throw new CorruptDataError(what, start);
  }
  for (let p = 0; p < partitions; p++) {
    const from = p === 0 ? order : p * size;
    const to = (p + 1) * size;
    const k = reader.readBits(parameterBits);
    if (k === 2 ** parameterBits - 1) {
      const width = reader.readBits(ESCAPE_WIDTH_BITS);
      for (let i = from; i < to; i++) residual[i] = reader.readSigned(width);
      continue;
    }
    const scale = 2 ** k;
    for (let i = from; i < to; i++) {
      const at = reader.byte;
      const u = reader.readUnary() * scale + reader.readBits(k);
      if (u >= 2 ** 32 - 1) throw new CorruptDataError('residual exceeds 32 bits', at);
      residual[i] = (u >>> 1) ^ -(u & 1);
    }
  }
}
