// Whether two rankings agree: by bits of the held-out part, and by the judge's bits of the samples.

import { isControl } from './compare-row.js';
import type { CompareSummary } from './compare-summary.js';

/** A compressor and a reading. */
export type Contender = Pick<CompareSummary, 'spec' | 'reading'>;

/** The agreement of two rankings of the same compressors. */
export interface RankingAgreement {
  /** Name of the input. */
  readonly input: string;
  /** Number of pairs whose intervals are disjoint in both rankings. */
  readonly pairs: number;
  /** Number of those pairs that both rankings put in the same order. */
  readonly agreeing: number;
  /** The other pairs. */
  readonly disagreeing: readonly Disagreement[];
}

/** A pair in opposite order in the two rankings. */
export interface Disagreement {
  /** The one that needs fewer bits for the held-out part. */
  readonly better: Contender;
  /** The one whose samples need fewer bits under the judge. */
  readonly worse: Contender;
}

/**
 * Compares the rankings of each input, pair by pair. Pairs whose intervals overlap in either
 * ranking are inconclusive and left out, as are controls and rows without judge bits.
 */
export function compareRankings(summaries: readonly CompareSummary[]): RankingAgreement[] {
  return [...new Set(summaries.map(({ input }) => input))].map((input) => {
    const ranked = summaries.filter(
      (one) => one.input === input && !isControl(one.spec) && one.bpb !== undefined,
    );
    let pairs = 0;
    const disagreeing: { better: Contender; worse: Contender }[] = [];
    for (const a of ranked) {
      for (const b of ranked) {
        if (!isBelow(a.bpbInterval, b.bpbInterval)) continue;
        const isReversed = isBelow(b.judgeInterval, a.judgeInterval);
        if (isReversed) disagreeing.push({ better: nameOf(a), worse: nameOf(b) });
        if (isReversed || isBelow(a.judgeInterval, b.judgeInterval)) pairs++;
      }
    }
    return { input, pairs, agreeing: pairs - disagreeing.length, disagreeing };
  });
}

type Interval = readonly [number, number] | undefined;

/** True if all of one interval lies below the other; false if either is unknown. */
function isBelow(a: Interval, b: Interval): boolean {
  return a !== undefined && b !== undefined && a[1] < b[0];
}

function nameOf({ spec, reading }: CompareSummary): Contender {
  return { spec, reading };
}
