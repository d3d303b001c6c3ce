// Words: which of those that a continuation has exist in some text.

/** How often each word of some text is there, in lower case. */
export type WordCounts = ReadonlyMap<string, number>;

/** Words of one letter are left out: nearly every letter is one somewhere. */
const WORD = /[\p{L}\p{M}]{2,}/gu;

/** Runs of two letters or more of some UTF-8; what is none parts words. */
export function countWords(texts: Iterable<string>): WordCounts {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.toLowerCase().matchAll(WORD)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

/**
 * The share of a text's words that the corpus has, after those of another text were taken off.
 * A first and a last word that touch the ends may be cut short and do not count. Undefined for a
 * text without words.
 */
export function knownWords(
  text: string,
  corpus: WordCounts,
  without: WordCounts = new Map(),
): number | undefined {
  let words = 0;
  let known = 0;
  for (const { 0: word, index } of text.toLowerCase().matchAll(WORD)) {
    if (index === 0 || index + word.length === text.length) continue;
    words++;
    if ((corpus.get(word) ?? 0) > (without.get(word) ?? 0)) known++;
  }
  return words === 0 ? undefined : known / words;
}
