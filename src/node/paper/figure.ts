// What a figure of the paper is when it has been measured: a table to read, tidy records to compute
// with, and pictures, sounds or a plot where it has them.

import type { Picture } from '../../engines/png/picture.js';
import type { AudioFormat } from '../../types.js';

export type FigureName = 'table1' | 'table2' | 'fig2' | 'fig3' | 'fig4' | 'figc1' | 'figc3';

export type Value = string | number | undefined;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

export interface PaperFigure {
  readonly title: string;
  /** Texts and numbers as they are shown. */
  readonly table: Table;
  /** A record for each measured value, unrounded. */
  readonly records: readonly Readonly<Record<string, Value>>[];
  /** What one has to know to read it. */
  readonly notes: readonly string[];
  readonly svg?: string;
  readonly pictures?: readonly Captioned<Picture>[];
  readonly sound?: {
    readonly format: AudioFormat;
    readonly given: Uint8Array;
    readonly continuations: readonly Captioned<Uint8Array>[];
  };
}

export interface Captioned<T> {
  readonly title: string;
  readonly note: string;
  readonly content: T;
}

/** In percent with one decimal, as in the paper. */
export function percent(share: number | undefined): string | undefined {
  return share === undefined ? undefined : (100 * share).toFixed(1);
}
