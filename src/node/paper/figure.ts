// A measured figure of the paper: a table, tidy records, and optional pictures, sounds or a plot.

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
  /** Text and numbers as displayed. */
  readonly table: Table;
  /** One record per measured value, unrounded. */
  readonly records: readonly Readonly<Record<string, Value>>[];
  /** Notes needed to read the figure. */
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

/** A percentage with one decimal, as in the paper. */
export function percent(share: number | undefined): string | undefined {
  return share === undefined ? undefined : (100 * share).toFixed(1);
}
