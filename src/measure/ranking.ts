// Whether two rankings agree: by bits of what is held out, and by the judge's bits of what was drawn.

import { isControl } from './compare-row.js';
import type { CompareSummary } from './compare-summary.js';

/** A compressor and a reading. */
export type Contender = Pick<CompareSummary, 'spec' | 'reading'>;

/** How far two rankings of the same compressors agree. */
export interface RankingAgreement {
  /** Name of the input. */
  readonly input: string;
  /** Pairs whose intervals are apart in both rankings. */
  readonly pairs: number;
  /** Of those, the ones that both put in the same order. */
  readonly agreeing: number;
  /** The others. */
  readonly disagreeing: readonly Disagreement[];
}

/** A pair that the two rankings put in opposite order. */
export interface Disagreement {
  /** Expects what is held out in fewer bits. */
  readonly better: Contender;
  /** Draws what is judged in fewer bits. */
  readonly worse: Contender;
}

/**
 * Compares the rankings of each input, pair by pair. Pairs of which either ranking's intervals touch
 * say nothing and are left out, as are controls and what the judge does not judge.
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

/** Whether all of one interval lies below the other. An unknown one lies nowhere. */
function isBelow(a: Interval, b: Interval): boolean {
  return a !== undefined && b !== undefined && a[1] < b[0];
}

function nameOf({ spec, reading }: CompareSummary): Contender {
  return { spec, reading };
}
