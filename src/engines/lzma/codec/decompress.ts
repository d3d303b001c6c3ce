// Reads .lzma files (LZMA-alone): decodes the decisions of a stream to tokens (Pavlov,
// lzma-specification.txt) and then to bytes. Memory grows with the decoded contents, whatever size
// the header declares, and the models take at most 6 MB.

import { LimitedBuffer } from '../../../bits/limited-buffer.js';
import { CorruptDataError } from '../../../errors.js';
import type { Bytes, DecompressLimits } from '../../../types.js';
import { ALONE_HEADER_BYTES, type AloneHeader, readAloneHeader } from './alone.js';
import {
  ALIGN,
  createModels,
  FIRST_ALIGNED_SLOT,
  FIRST_MATCH_STATE,
  IS_MATCH,
  IS_REP,
  IS_REP_0,
  IS_REP_0_LONG,
  IS_REP_1,
  IS_REP_2,
  LENGTH,
  LENGTH_CHOICE,
  LENGTH_CHOICE_2,
  LENGTH_HIGH,
  LENGTH_LOW,
  LENGTH_MIDDLE,
  lengthClass,
  literalModels,
  perPosition,
  REP_LENGTH,
  SHORTEST_MATCH,
  SLOT,
  SLOTS,
  SPECIAL,
  slotStart,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from './models.js';
import { LzmaRangeDecoder } from './range-decoder.js';

const END_DISTANCE = 2 ** 32;

/** Called for each token of a stream that is being decoded, in order. */
export interface LzmaVisitor {
  literal(): void;
  /** A copy of `length` bytes (1–273) from `distance` bytes back: a match, a rep or a short rep. */
  match(length: number, distance: number): void;
}

/**
 * The contents of a .lzma file, which must be all of `data`.
 *
 * @throws CorruptDataError if it is damaged, ends too soon or is followed by other data.
 * @throws UsageError if the contents would exceed `maxBytes`.
 */
export function decompressAlone(
  data: Uint8Array,
  limits: DecompressLimits = {},
  visit?: LzmaVisitor,
): Bytes {
  const header = readAloneHeader(data);
  const output = new LimitedBuffer(limits.maxBytes, 4 * data.length);
  const coder = new LzmaRangeDecoder(createModels(header), data, ALONE_HEADER_BYTES);
  readTokens(coder, header, output, visit);
  if (!coder.mayEnd) throw new CorruptDataError('LZMA stream is damaged at its end', coder.offset);
  if (coder.offset < data.length) {
    throw new CorruptDataError('.lzma file is followed by other data', coder.offset);
  }
  return output.finish();
}

/** Decodes up to the end of the contents or the end marker. */
function readTokens(
  coder: LzmaRangeDecoder,
  header: AloneHeader,
  output: LimitedBuffer,
  visit: LzmaVisitor | undefined,
): void {
  const { dictionary, length: contents = Infinity } = header;
  const positionMask = (1 << header.pb) - 1;
  let state = 0;
  let rep0 = 1;
  let rep1 = 1;
  let rep2 = 1;
  let rep3 = 1;
  for (;;) {
    const position = output.length;
    // An end marker is allowed even if the length is known.
    const full = position >= contents;
    if (full && coder.mayEnd) return;
    const positionState = position & positionMask;
    const kind = perPosition(state, positionState);

    if (coder.decide(IS_MATCH + kind) === 0) {
      if (full) refuseMore(coder, contents);
      output.reserve(1);
      const { bytes } = output;
      const models = literalModels(header, position, position > 0 ? bytes[position - 1]! : 0);
      bytes[output.length++] =
        state < FIRST_MATCH_STATE
          ? coder.decideTree(models, 8)
          : decideBeside(coder, models, bytes[position - rep0]!);
      state = stateAfterLiteral(state);
      visit?.literal();
      continue;
    }

    let length = 1;
    if (coder.decide(IS_REP + state) === 0) {
      length = decideLength(coder, LENGTH, positionState);
      const distance = decideDistance(coder, length);
      if (distance === END_DISTANCE) {
        if (full || contents === Infinity) return;
        throw new CorruptDataError(
          `LZMA stream ends after ${position} of ${contents} bytes of contents`,
          coder.offset,
        );
      }
      rep3 = rep2;
      rep2 = rep1;
      rep1 = rep0;
      rep0 = distance;
      state = stateAfterMatch(state);
    } else if (coder.decide(IS_REP_0 + state) === 0) {
      if (coder.decide(IS_REP_0_LONG + kind) === 0) {
        state = stateAfterShortRep(state);
      } else {
        length = decideLength(coder, REP_LENGTH, positionState);
        state = stateAfterRep(state);
      }
    } else {
      let distance = rep1;
      if (coder.decide(IS_REP_1 + state) === 1) {
        distance = rep2;
        if (coder.decide(IS_REP_2 + state) === 1) {
          distance = rep3;
          rep3 = rep2;
        }
        rep2 = rep1;
      }
      rep1 = rep0;
      rep0 = distance;
      length = decideLength(coder, REP_LENGTH, positionState);
      state = stateAfterRep(state);
    }

    if (rep0 > position || rep0 > dictionary) {
      const reach = Math.min(position, dictionary);
      throw new CorruptDataError(`LZMA distance ${rep0} is beyond ${reach} bytes`, coder.offset);
    }
    if (position + length > contents) refuseMore(coder, contents);
    output.reserve(length);
    const { bytes } = output;
    for (let to = position; to < position + length; to++) bytes[to] = bytes[to - rep0]!;
    output.length += length;
    visit?.match(length, rep0);
  }
}

function refuseMore(coder: LzmaRangeDecoder, contents: number): never {
  const message = `LZMA stream holds more than the ${contents} bytes of its header`;
  throw new CorruptDataError(message, coder.offset);
}

/** Decodes a literal next to its match byte, until the two differ. */
function decideBeside(coder: LzmaRangeDecoder, models: number, matchByte: number): number {
  let node = 1;
  for (let depth = 7; node < 0x100; depth--) {
    const expected = (matchByte >> depth) & 1;
    const bit = coder.decide(models + 0x100 * (1 + expected) + node);
    node = (node << 1) | bit;
    if (bit !== expected) break;
  }
  while (node < 0x100) node = (node << 1) | coder.decide(models + node);
  return node - 0x100;
}

function decideLength(coder: LzmaRangeDecoder, models: number, positionState: number): number {
  if (coder.decide(models + LENGTH_CHOICE) === 0) {
    return SHORTEST_MATCH + coder.decideTree(models + LENGTH_LOW + 8 * positionState, 3);
  }
  if (coder.decide(models + LENGTH_CHOICE_2) === 0) {
    return SHORTEST_MATCH + 8 + coder.decideTree(models + LENGTH_MIDDLE + 8 * positionState, 3);
  }
  return SHORTEST_MATCH + 16 + coder.decideTree(models + LENGTH_HIGH, 8);
}

function decideDistance(coder: LzmaRangeDecoder, length: number): number {
  const slot = coder.decideTree(SLOT + lengthClass(length) * SLOTS, 6);
  const start = slotStart(slot);
  if (slot < 4) return start;
  const below = (slot >> 1) - 1;
  if (slot < FIRST_ALIGNED_SLOT) {
    return start + coder.decideReverseTree(SPECIAL + start - 1 - slot, below);
  }
  const high = coder.decideEvenly(below - 4) * 16;
  return start + high + coder.decideReverseTree(ALIGN, 4);
}
