// A passage: bytes of a format, some given and the others held out or to be drawn, and the
// positions at which the context restarts. The held-out part is the end of a text or a sound, or
// the right or lower part of a picture. All measurements of a compressor are made on passages.

import type { GivenPart } from '../modality/image-given.js';
import type { Format } from '../types.js';

/** Bytes of which a part is given. Plain data that can be sent to worker threads. */
export interface Passage {
  /** Given and held-out bytes, in input order. */
  readonly bytes: Uint8Array;
  /** Bytes given at the start of each context; unused for a picture with `given`. */
  readonly from: number;
  /** Meaning of the bytes; undefined: bytes. */
  readonly format?: Format | undefined;
  /** The given part of a picture. */
  readonly given?: GivenPart | undefined;
  /** Bytes per context, given part included; undefined: one context. */
  readonly fresh?: number | undefined;
}

/** [start, end) in bytes. */
type Span = readonly [start: number, end: number];

/** One held-out span with the given bytes before it. */
export interface Leg {
  /** Position of the first byte of its context. */
  readonly contextStart: number;
  /** Given bytes between the previous held-out span, or the context's start, and this one. */
  readonly given: Span;
  readonly heldOut: Span;
}

/** The held-out spans in order, each with the given bytes just before it. */
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

/** The held-out spans in order; everything before and between them is given. */
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

/** Number of held-out bytes. */
export function heldOutLength(passage: Passage): number {
  return heldOutSpans(passage).reduce((sum, [start, end]) => sum + end - start, 0);
}

/** The held-out bytes, concatenated. */
export function heldOutBytes(passage: Passage): Uint8Array {
  return join(heldOutSpans(passage).map(([start, end]) => passage.bytes.subarray(start, end)));
}

/** The given bytes, concatenated. */
export function givenBytes(passage: Passage): Uint8Array {
  let at = 0;
  const parts = heldOutSpans(passage).map(([start, end]) => {
    const part = passage.bytes.subarray(at, start);
    at = end;
    return part;
  });
  return join([...parts, passage.bytes.subarray(at)]);
}

/** The same passage with the held-out bytes replaced, in order. */
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
