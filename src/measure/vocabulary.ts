// Words: which words of a continuation occur in a corpus.

/** Counts of lower-case words. */
export type WordCounts = ReadonlyMap<string, number>;

/** Words of one letter are excluded: nearly every letter is a word somewhere. */
const WORD = /[\p{L}\p{M}]{2,}/gu;

/** Counts runs of two or more letters in UTF-8 text; all other characters separate words. */
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
 * The share of a text's words that the corpus contains, after the counts of another text were
 * subtracted. A first or last word that touches the end of the text may be incomplete and is not
 * counted. Undefined for a text without words.
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
