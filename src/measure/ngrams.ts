// N-grams of bytes: how varied a continuation is, and how many of its n-grams occur in the true
// one.

/**
 * Distinct-n: the number of different n-grams over the number of all n-grams (Li et al. 2016). 1
 * for a continuation without repeated n-grams, and for one shorter than n.
 */
export function distinct(bytes: Uint8Array, n: number): number {
  const counts = countNgrams(bytes, n);
  const total = bytes.length - n + 1;
  return total < 1 ? 1 : counts.size / total;
}

/**
 * The share of a continuation's n-grams that occur in the truth, each counted at most as often as
 * there: BLEU's modified precision of order n (Papineni et al. 2002 §2.1.1), over bytes. 0 if there
 * are no n-grams.
 */
export function overlap(bytes: Uint8Array, truth: Uint8Array, n: number): number {
  const known = countNgrams(truth, n);
  let shared = 0;
  for (const [ngram, count] of countNgrams(bytes, n)) {
    shared += Math.min(count, known.get(ngram) ?? 0);
  }
  return shared / Math.max(1, bytes.length - n + 1);
}

/** Counts of the n-grams, as strings with one character per byte. */
function countNgrams(bytes: Uint8Array, n: number): Map<string, number> {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!);
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= text.length; i++) {
    const ngram = text.slice(i, i + n);
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}
