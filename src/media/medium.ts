// A medium: text, pictures or sound. One description per medium says how its files are recognised,
// read, cut into passages and written, which unit its contents are counted in, and which flags
// apply to it, so that each command works for all media.

import type { ReadingNotes } from '../bits/not-kept.js';
import type { Passage } from '../passage/passage.js';
import type { Format, MaybePromise } from '../types.js';

/** The contents of a file. */
export interface Content extends ReadingNotes {
  readonly format: Format;
  /** Bytes of text or other data, pixels row by row, or samples. */
  readonly data: Uint8Array;
}

/** Values of the flags that say how content is prepared and cut; each medium uses its own. */
export interface CutOptions {
  /** The given part: `2s`, `left:0.3`, `top:64`, `half`, `none`. */
  readonly given?: string | undefined;
  /** Length of the part to draw, for sound: a number of samples, or a time such as `2s`. */
  readonly length?: string | undefined;
  /** The protocol of Delétang et al. 2023 §3.4. */
  readonly protocol?: 'paper' | undefined;
  /** Bytes per chunk, each a fresh context. */
  readonly chunk?: number | undefined;
  /** Number of given bytes at the start of each chunk. */
  readonly from?: number | undefined;
  /** Limit on the number of chunks. */
  readonly limit?: number | undefined;
  /** Maximum length of a picture's longer side, in pixels. */
  readonly maxSize?: number | undefined;
  readonly grey?: boolean | undefined;
  /** Width in pixels of a picture without a given part. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export interface Cut {
  readonly passage: Passage;
  /** Number of held-out bytes that are the true ones; those after them are zeros to be replaced. */
  readonly trueBytes: number;
}

export interface Medium {
  /** Name in errors and records: `text`, `picture` or `sound`. */
  readonly name: string;
  /** The kind of format of its contents. */
  readonly kind: Format['kind'];
  /** Unit of its rates, as in "bits per byte". */
  readonly per: string;
  /** Plural name of the unit in which its contents are counted. */
  readonly counted: string;
  /** Spec of the default compressor. */
  readonly compressor: string;
  /** Names of the flags that apply to this medium but not to every medium. */
  readonly flags: readonly string[];
  /** True if a file with these first bytes is of this medium. */
  recognises(start: Uint8Array): boolean;
  /**
   * @throws CorruptDataError if the file is damaged.
   * @throws UsageError for an unsupported kind of file, which the message names.
   */
  read(file: Uint8Array): MaybePromise<Content>;
  /** A passage without a given part, of the size in the options; undefined if not supported. */
  blank?(options: CutOptions): Cut;
  /** Cuts content into given and held-out parts. @throws UsageError for options that do not fit. */
  cut(content: Content, options: CutOptions): Cut;
  /** How many of what it counts in some bytes are. */
  count(bytes: number, format: Format): number;
  /** Endings of the files that `write` makes, with their dot; none where any will do. */
  readonly endings: readonly string[];
  /** A file of a whole passage; `ending` with its dot, as the output's name has it. */
  write(passage: Passage, ending: string): Uint8Array;
}
