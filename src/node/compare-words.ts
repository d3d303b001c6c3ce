// Adds the share of words that occur in the corpus to finished rows: the corpus stays in this
// thread and is not sent to workers.

import type { CompareRow } from '../measure/compare-row.js';
import type { ContinuationMeasure } from '../measure/continuation.js';
import { readSample } from '../measure/stored-sample.js';
import { countWords, knownWords, type WordCounts } from '../measure/vocabulary.js';
import type { CompareOptions } from './compare-options.js';
import type { Place } from './compare-plan.js';

type Finish = (row: CompareRow, place: Place) => CompareRow;

/** Adds `knownWords` to rows with a text sample; the words of each input are counted once. */
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
