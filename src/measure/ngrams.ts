// N-grams of bytes: how varied a continuation is, and how much of it the true one has.

/**
 * Distinct-n: n-grams that are different ones, over all there are (Li et al. 2016). 1 for a
 * continuation in which none comes twice, and for one too short to have any.
 */
export function distinct(bytes: Uint8Array, n: number): number {
  const counts = countNgrams(bytes, n);
  const total = bytes.length - n + 1;
  return total < 1 ? 1 : counts.size / total;
}

/**
 * The share of a continuation's n-grams that the truth has, each as often as it is there at most:
 * BLEU's modified precision of order n (Papineni et al. 2002 §2.1.1), over bytes. 0 if it has none.
 */
export function overlap(bytes: Uint8Array, truth: Uint8Array, n: number): number {
  const known = countNgrams(truth, n);
  let shared = 0;
  for (const [ngram, count] of countNgrams(bytes, n)) {
    shared += Math.min(count, known.get(ngram) ?? 0);
  }
  return shared / Math.max(1, bytes.length - n + 1);
}

/** Each n-gram, a character for a byte, and how often it comes. */
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
