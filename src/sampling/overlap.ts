// Drawing held to the copies that the model knows to be under way, so that words hold together:
// no literal and no jump elsewhere but where a copy covers the bytes before. Constraints come first
// here: where they leave nothing of the longest copies, shorter ones are asked, then all parses.

import { leastBits } from '../bits/units.js';
import { UsageError } from '../errors.js';
import { expectInteger } from '../expect.js';
import type { CodeLengthModel } from '../types.js';
import type { Constraints } from './constraints.js';
import { bytesOfLastCharacters, bytesOfLastWord } from './word.js';

/**
 * How many of the last bytes a copy must cover to be gone on with: so many, or all since before
 * the start of the word.
 */
export type Overlap = number | 'word';

/** What a text is drawn with after a corpus, unless told otherwise; copies in bytes. */
export const AFTER_CORPUS = { overlap: 'word', noCopy: 24 } as const;

/** The last bytes of what is given that drawing looks at: where a character or word may begin. */
export const CONTEXT_BYTES = 16;

/** Copies that cover less are no copies. */
const LEAST_OVERLAP = 2;
/** By `word`, a copy covers so many characters too, or short words would tie nothing together … */
const WORD_CHARACTERS = 6;
/** … and no more bytes are asked for, or long words could only be recited. */
const MOST_BYTES = 10;
/** Bytes before the next one that decide. */
const TAIL_BYTES = MOST_BYTES;

/** @throws TypeError or RangeError for an overlap that is neither 0, 2 or more, nor `word`. */
export function checkOverlap(model: CodeLengthModel, overlap: Overlap): void {
  if (overlap === 0) return;
  if (overlap !== 'word') expectInteger('overlap', overlap, { min: LEAST_OVERLAP });
  if (model.nextOverlapping) return;
  throw new UsageError('"overlap" needs a model that knows of copies: decode of gzip or lzma');
}

/**
 * Fills `out`, as bits, with the next byte after `context`, which the model has read, held to an
 * overlap; 0 is the model as it is.
 *
 * @returns how many bytes the copies cover; 0 if none was held to.
 * @throws as `checkOverlap` does.
 */
export async function nextOverlapping(
  model: CodeLengthModel,
  overlap: Overlap,
  context: Uint8Array,
  out: Float64Array,
): Promise<number> {
  checkOverlap(model, overlap);
  if (overlap === 0) {
    await model.next(out);
    return 0;
  }
  return model.nextOverlapping!(out, bytesToCover(overlap, context.subarray(-TAIL_BYTES)).wanted);
}

/** The most and the least bytes that a copy is asked to cover after these last bytes. */
export function bytesToCover(
  overlap: Overlap,
  tail: ArrayLike<number>,
): { readonly wanted: number; readonly least: number } {
  if (overlap !== 'word') return { wanted: overlap, least: overlap };
  const word = Math.min(bytesOfLastWord(tail), MOST_BYTES);
  const characters = bytesOfLastCharacters(tail, WORD_CHARACTERS);
  return { wanted: Math.max(word, Math.min(characters, MOST_BYTES)), least: word };
}

/** Fills in, step by step, the distribution that a continuation is drawn from. */
export class OverlapDraw {
  readonly #model: CodeLengthModel;
  readonly #overlap: Overlap;
  readonly #constraints: Constraints;
  /** The last bytes. */
  readonly #tail: number[];
  readonly #shorter = new Float64Array(256);

  constructor(
    model: CodeLengthModel,
    overlap: Overlap,
    constraints: Constraints,
    context: Uint8Array = new Uint8Array(),
  ) {
    this.#model = model;
    this.#overlap = overlap;
    this.#constraints = constraints;
    this.#tail = [...context.subarray(-TAIL_BYTES)];
  }

  /** To be told of every byte drawn. */
  push(byte: number): void {
    if (this.#tail.push(byte) > TAIL_BYTES) this.#tail.shift();
  }

  /**
   * Fills `out`, as bits, with the next byte of the longest copies that go on with an allowed one.
   *
   * @param room bytes left to draw, from 1.
   * @returns how many bytes the copies cover; 0, and `out` as it was, if there is none.
   */
  next(out: Float64Array, room: number): number {
    const constraints = this.#constraints;
    const shorter = this.#shorter;
    const { wanted, least } = bytesToCover(this.#overlap, this.#tail);
    const found = this.#longest(shorter, wanted, room);
    if (found === 0) return 0;
    out.set(shorter);
    // A copy that has become long is left for one that covers less, so that words still hold.
    for (let covered = found; ; ) {
      if (constraints.hop(shorter, LEAST_OVERLAP)) {
        out.set(shorter);
        return covered;
      }
      if (!constraints.wantsHop || covered <= Math.max(least, LEAST_OVERLAP)) return found;
      covered = this.#longest(shorter, covered - 1, room);
      if (covered < least) return found;
    }
  }

  #longest(out: Float64Array, overlap: number, room: number): number {
    for (let wanted = overlap; wanted >= LEAST_OVERLAP; ) {
      const covered = this.#model.nextOverlapping!(out, wanted);
      if (covered === 0) return 0;
      this.#constraints.restrict(out, room);
      if (leastBits(out) < Infinity) return covered;
      wanted = covered - 1;
    }
    return 0;
  }
}
