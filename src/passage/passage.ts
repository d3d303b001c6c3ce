// A passage: bytes of a format of which some are given and the others are held out, or to be drawn,
// and where a model starts afresh. The end of a text or a sound is held out, or the right or lower
// part of a picture. Everything that is asked of a compressor is asked along a passage.

import type { GivenPart } from '../modality/image-given.js';
import type { Format } from '../types.js';

/** Bytes of which a part is given. Plain data: it travels to worker threads. */
export interface Passage {
  /** Given and held-out bytes as they lie in the input. */
  readonly bytes: Uint8Array;
  /** Bytes that are given at the start of each context; of a picture with `given`, not used. */
  readonly from: number;
  /** What the bytes mean; undefined: bytes. */
  readonly format?: Format | undefined;
  /** What is given of a picture. */
  readonly given?: GivenPart | undefined;
  /** Bytes after which the model starts afresh, given part and all; undefined: never. */
  readonly fresh?: number | undefined;
}

/** [start, end) in bytes. */
export type Span = readonly [start: number, end: number];

/** One held-out span with what is given before it. */
export interface Leg {
  /** The first byte that the model knows at this point. */
  readonly contextStart: number;
  /** Given bytes between the span before, or the context's start, and this one. */
  readonly given: Span;
  readonly heldOut: Span;
}

/** The held-out spans in order, each with what is given just before it. */
export function legsOf(passage: Passage): Leg[] {
  const { fresh } = passage;
  const legs: Leg[] = [];
  for (const heldOut of heldOutSpans(passage)) {
    const contextStart = fresh === undefined ? 0 : heldOut[0] - (heldOut[0] % fresh);
    const before = legs.at(-1);
    const isSame = before?.contextStart === contextStart;
    legs.push({
      contextStart,
      given: [isSame ? before.heldOut[1] : contextStart, heldOut[0]],
      heldOut,
    });
  }
  return legs;
}

/** What is held out, in order; what lies before and between is given. */
export function heldOutSpans({ bytes, from, format, given, fresh }: Passage): Span[] {
  if (format?.kind === 'image' && given) {
    const row = format.width * format.channels;
    const spans: Span[] = [];
    for (let y = given.rows; (y + 1) * row <= bytes.length; y++) {
      const start = y * row + given.columns * format.channels;
      if (start < (y + 1) * row) spans.push([start, (y + 1) * row]);
    }
    return spans;
  }
  const step = fresh ?? Math.max(1, bytes.length);
  const spans: Span[] = [];
  for (let start = 0; start + from < bytes.length; start += step) {
    spans.push([start + from, Math.min(start + step, bytes.length)]);
  }
  return spans;
}

/** How many bytes are held out. */
export function heldOutLength(passage: Passage): number {
  return heldOutSpans(passage).reduce((sum, [start, end]) => sum + end - start, 0);
}

/** The bytes that are held out, one after the other. */
export function heldOutBytes(passage: Passage): Uint8Array {
  return join(heldOutSpans(passage).map(([start, end]) => passage.bytes.subarray(start, end)));
}

/** The bytes that are given, one after the other. */
export function givenBytes(passage: Passage): Uint8Array {
  let at = 0;
  const parts = heldOutSpans(passage).map(([start, end]) => {
    const part = passage.bytes.subarray(at, start);
    at = end;
    return part;
  });
  return join([...parts, passage.bytes.subarray(at)]);
}

/** The same given part with other bytes held out, one span after the other. */
export function withHeldOut(passage: Passage, heldOut: Uint8Array): Passage {
  const bytes = passage.bytes.slice();
  let at = 0;
  for (const [start, end] of heldOutSpans(passage)) {
    bytes.set(heldOut.subarray(at, (at += end - start)), start);
  }
  return { ...passage, bytes };
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
