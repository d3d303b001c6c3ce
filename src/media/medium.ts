// A medium: text, pictures or sound. One description each says how its files are recognised, read,
// cut into passages and written, what it counts in, and which flags mean something to it. A command
// is then one for all media.

import type { ReadingNotes } from '../bits/not-kept.js';
import type { Passage } from '../passage/passage.js';
import type { Format, MaybePromise } from '../types.js';

/** What a file holds. */
export interface Content extends ReadingNotes {
  readonly format: Format;
  /** Text or any bytes, pixels row by row, or samples. */
  readonly data: Uint8Array;
}

/** How content is prepared and cut; each medium looks at its own, as they were written. */
export interface CutOptions {
  /** How much is given: `2s`, `left:0.3`, `top:64`, `half`, `none`. */
  readonly given?: string | undefined;
  /** How much follows what is given, of a medium that can go on: samples, or `2s`. */
  readonly length?: string | undefined;
  /** The protocol of Delétang et al. 2023 §3.4. */
  readonly protocol?: 'paper' | undefined;
  /** Bytes of a chunk, each a fresh context. */
  readonly chunk?: number | undefined;
  /** Bytes of each chunk that are given. */
  readonly from?: number | undefined;
  /** Chunks at most. */
  readonly limit?: number | undefined;
  /** Longest side of a picture, in pixels. */
  readonly maxSize?: number | undefined;
  readonly grey?: boolean | undefined;
  /** Of a picture of which nothing is given. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export interface Cut {
  readonly passage: Passage;
  /** How many of the held-out bytes are the truth; what follows them is only room. */
  readonly trueBytes: number;
}

export interface Medium {
  /** `text`, `picture`, `sound`: what errors and records call it. */
  readonly name: string;
  /** The formats that its contents have. */
  readonly kind: Format['kind'];
  /** The unit of its rates, in words: bits per … */
  readonly per: string;
  /** What scored parts are counted in. */
  readonly counted: string;
  /** The compressor where none was asked for. */
  readonly compressor: string;
  /** Flags that mean something to it and not to every medium. */
  readonly flags: readonly string[];
  /** Whether the first bytes of a file are those of this medium. */
  recognises(start: Uint8Array): boolean;
  /**
   * @throws CorruptDataError if the file is damaged.
   * @throws UsageError for a kind that is not read, by its name.
   */
  read(file: Uint8Array): MaybePromise<Content>;
  /** Nothing given, of a size that the options say; left out where that means nothing. */
  blank?(options: CutOptions): Cut;
  /** @throws UsageError for options that do not fit. */
  cut(content: Content, options: CutOptions): Cut;
  /** How many of what it counts in some bytes are. */
  count(bytes: number, format: Format): number;
  /** Endings of the files that `write` makes, with their dot; none where any will do. */
  readonly endings: readonly string[];
  /** A file of a whole passage; `ending` with its dot, as the output's name has it. */
  write(passage: Passage, ending: string): Uint8Array;
}
