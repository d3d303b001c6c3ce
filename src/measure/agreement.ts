// Whether two rankings of the same models say the same: of pairs that differ by more than their
// intervals in both, those that both order alike (Kendall's concordance, of what is certain).

export interface Ranked {
  readonly name: string;
  /** 95 % intervals of two figures, of which less is better. */
  readonly first: readonly [low: number, high: number];
  readonly second: readonly [low: number, high: number];
}

export interface Agreement {
  /** Pairs whose intervals do not overlap, in neither of the two. */
  readonly certain: number;
  readonly agreeing: number;
  /** The others: the first of the two is better by the first figure and worse by the second. */
  readonly disagreeing: readonly (readonly [string, string])[];
}

export function agreement(models: readonly Ranked[]): Agreement {
  const disagreeing: (readonly [string, string])[] = [];
  let certain = 0;
  models.forEach((a, i) => {
    for (const b of models.slice(i + 1)) {
      const byFirst = order(a.first, b.first);
      const bySecond = order(a.second, b.second);
      if (byFirst === 0 || bySecond === 0) continue;
      certain++;
      if (byFirst !== bySecond) disagreeing.push(byFirst < 0 ? [a.name, b.name] : [b.name, a.name]);
    }
  });
  return { certain, agreeing: certain - disagreeing.length, disagreeing };
}

/** −1 if the first is less, 1 if it is more, 0 where they overlap or are not known. */
function order(a: readonly [number, number], b: readonly [number, number]): number {
  if (a[1] < b[0]) return -1;
  return b[1] < a[0] ? 1 : 0;
}
