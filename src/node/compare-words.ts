// The share of words that exist in the corpus, added to rows when they are done: the corpus stays
// here and does not travel to workers.

import type { CompareRow } from '../measure/compare-row.js';
import type { ContinuationMeasure } from '../measure/continuation.js';
import { readSample } from '../measure/stored-sample.js';
import { countWords, knownWords, type WordCounts } from '../measure/vocabulary.js';
import type { CompareOptions } from './compare-options.js';
import type { Place } from './compare-plan.js';

type Finish = (row: CompareRow, place: Place) => CompareRow;

/** A row with `knownWords` where it has a sample of text; the words of an input are counted once. */
export function createLexicon({ inputs, corpus }: CompareOptions): Finish {
  const decoder = new TextDecoder();
  const asked = corpus && countWords(corpus.map((text) => decoder.decode(text)));
  const counts = new Map<string, WordCounts>();
  const wordsOf = (name: string): WordCounts => {
    let words = counts.get(name);
    if (!words) {
      const parts = inputs.filter((input) => input.name === name && input.format === undefined);
      words = countWords(parts.map(({ data }) => decoder.decode(data)));
      counts.set(name, words);
    }
    return words;
  };
  return (row, { passage, unit, input }) => {
    if (unit !== 'character') return row;
    const add = <T extends ContinuationMeasure>(continuation: T): T => {
      if (!continuation.sample) return continuation;
      const text = decoder.decode(readSample(continuation.sample).bytes);
      const truth = asked ? undefined : countWords([decoder.decode(passage.bytes)]);
      const share = knownWords(text, asked ?? wordsOf(input), truth);
      return share === undefined ? continuation : { ...continuation, knownWords: share };
    };
    const { control, measure } = row;
    if (control) return { ...row, control: add(control) };
    return measure?.drawn ? { ...row, measure: { ...measure, drawn: add(measure.drawn) } } : row;
  };
}
