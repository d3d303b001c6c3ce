// Messages between the page and its workers. Each worker serves one lane: one compressor with one
// reading, on a text, a picture or a sound.

import type { Picture } from '../engines/png/picture.js';
import type { PictureRead } from '../modality/image.js';
import type { GivenPart } from '../modality/image-given.js';
import type { SoundRead } from '../modality/wav.js';
import type { OptionSpecs } from '../options.js';
import type { ShareStretch } from '../report/shares.js';
import type { Overlap } from '../sampling/overlap.js';
import type { AudioFormat, Reading } from '../types.js';

/** Bytes at the end of the context that are shown and measured. */
export const SHOWN_BYTES = 2048;

/** Settings of a draw. */
export interface DrawSettings {
  readonly temperature: number;
  /** 256: all. */
  readonly topK: number;
}

/** So many bytes or tokens. Answered by `drawn` and `next`, again and again, and `done`. */
export interface DrawRequest extends DrawSettings {
  readonly kind: 'draw';
  readonly turn: number;
  readonly unit: 'byte' | 'token';
  readonly count: number;
}

/** Bytes that a person chose, or that were drawn before. Answered as `draw`. */
export interface TakeRequest {
  readonly kind: 'take';
  readonly turn: number;
  readonly bytes: Uint8Array;
  /** The temperature that they were drawn at, with a random number each; undefined: chosen. */
  readonly drawnAt: number | undefined;
}

/** A new start: what was drawn is dropped. Answered by `opened`, `next` and `entries`. */
export interface BeginRequest {
  readonly kind: 'text';
  readonly turn: number;
  readonly spec: string;
  readonly reading: Reading | undefined;
  /** Read before the context, and not shown. */
  readonly corpus: Uint8Array;
  readonly context: Uint8Array;
  readonly seed: string;
  /** `auto`: as `zipdream sample`, by the word after a corpus. Ignored by models without copies. */
  readonly overlap: Overlap | 'auto';
  /** Done next, in the same turn. */
  readonly after: DrawRequest | TakeRequest | undefined;
}

export type TextRequest = BeginRequest | DrawRequest | TakeRequest;

export interface Opened {
  readonly kind: 'opened';
  readonly turn: number;
  readonly version: string;
  readonly readings: readonly Reading[];
  readonly reading: Reading;
  readonly hasTokens: boolean;
  readonly options: OptionSpecs;
}

/** A token of a codec, in the bytes of context and continuation. */
export interface PlacedToken {
  readonly start: number;
  readonly length: number;
  /** Distance back to its source; 0 for a literal. */
  readonly distance: number;
}

export type TextReply =
  /** The work of a turn has begun: the worker is alive. */
  | { readonly kind: 'begun'; readonly turn: number }
  | Opened
  /** Δ bits of each next byte; ms is how long it took to get there. */
  | {
      readonly kind: 'next';
      readonly turn: number;
      readonly bits: Float64Array;
      /** The same held to the overlap or to the bytes given, if it is; copies are not yet limited in length. */
      readonly held: Float64Array | undefined;
      readonly ms: number;
    }
  /** Entries of bytes of the context from `start`; see entries.ts. */
  | {
      readonly kind: 'entries';
      readonly turn: number;
      readonly start: number;
      readonly entries: Float32Array;
    }
  /** How the compressor itself parses the end of the context and what was drawn byte by byte. */
  | { readonly kind: 'parsed'; readonly turn: number; readonly tokens: readonly PlacedToken[] }
  /** For a blend: the members' shares of the end of the context and of the drawn bytes. */
  | {
      readonly kind: 'shares';
      readonly turn: number;
      readonly members: readonly string[];
      readonly stretches: readonly ShareStretch[];
    }
  | {
      readonly kind: 'drawn';
      readonly turn: number;
      readonly bytes: Uint8Array;
      readonly entries: Float32Array;
      readonly tokens: readonly PlacedToken[];
    }
  | { readonly kind: 'done'; readonly turn: number }
  | { readonly kind: 'failed'; readonly turn: number; readonly message: string };

export type MediaRequest =
  /** A file that the user chose. Answered by `picture` or `sound`. */
  | { readonly kind: 'read-picture'; readonly turn: number; readonly file: Blob }
  | { readonly kind: 'read-sound'; readonly turn: number; readonly file: Blob }
  /** Finish a picture. Answered by `rows`, repeatedly, and `finished`. */
  | {
      readonly kind: 'picture';
      readonly turn: number;
      readonly spec: string;
      readonly picture: Picture;
      readonly part: GivenPart;
      readonly temperature: number;
      readonly seed: string;
    }
  /** Continue a sound. Answered by `samples`, repeatedly, and `finished`. */
  | {
      readonly kind: 'sound';
      readonly turn: number;
      readonly spec: string;
      readonly format: AudioFormat;
      /** As bytes of the format. */
      readonly given: Uint8Array;
      /** Samples to draw, those of all channels counted. */
      readonly samples: number;
      readonly temperature: number;
      readonly seed: string;
    };

export type MediaReply =
  | { readonly kind: 'begun'; readonly turn: number }
  | ({ readonly kind: 'picture'; readonly turn: number } & PictureRead)
  | { readonly kind: 'sound'; readonly turn: number; readonly sound: SoundRead }
  | {
      readonly kind: 'rows';
      readonly turn: number;
      /** The first of them. */
      readonly row: number;
      readonly pixels: Uint8Array;
      /** Bits of all that was drawn so far, and its pixels. */
      readonly bits: number;
      readonly drawn: number;
    }
  | { readonly kind: 'samples'; readonly turn: number; readonly samples: Int32Array }
  /** For a picture, with the bits a pixel of what truly is there. */
  | { readonly kind: 'finished'; readonly turn: number; readonly trueBits?: number }
  | { readonly kind: 'failed'; readonly turn: number; readonly message: string };

/** How many bytes two texts begin with in common. */
export function commonLength(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
