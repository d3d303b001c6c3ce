// What each model makes of what the others drew.

import type { CompareRow } from './compare-row.js';

export interface CrossMatrix {
  /** `spec` and reading of those that drew and score. */
  readonly models: readonly CrossModel[];
  /** Bits per byte, `bpb[drawer][scorer]`; undefined where it was not measured. */
  readonly bpb: readonly (readonly (number | undefined)[])[];
}

export type CrossModel = Pick<CompareRow, 'spec' | 'reading'>;

/** Of the rows of one input; the diagonal is each model's own bits. Undefined without cross cells. */
export function crossMatrix(
  rows: readonly CompareRow[],
  models: readonly CrossModel[],
): CrossMatrix | undefined {
  if (!rows.some(({ cross }) => cross)) return undefined;
  const sums = new Map<string, { bits: number; bytes: number }>();
  const add = (key: string, bits: number, bytes: number): void => {
    const sum = sums.get(key) ?? { bits: 0, bytes: 0 };
    sums.set(key, { bits: sum.bits + bits, bytes: sum.bytes + bytes });
  };
  for (const row of rows) {
    const { measure, cross } = row;
    if (!measure) continue;
    const { drawn } = measure;
    if (cross) add(keyOf(cross, row), measure.bits ?? measure.ownBits, measure.bytes);
    else if (drawn) add(keyOf(row, row), drawn.bits, drawn.bytes);
  }
  const rate = (drawer: CrossModel, scorer: CrossModel): number | undefined => {
    const sum = sums.get(keyOf(drawer, scorer));
    return sum && sum.bits / sum.bytes;
  };
  return { models, bpb: models.map((drawer) => models.map((scorer) => rate(drawer, scorer))) };
}

function keyOf(drawer: CrossModel, scorer: CrossModel): string {
  return JSON.stringify([drawer.spec, drawer.reading, scorer.spec, scorer.reading]);
}
