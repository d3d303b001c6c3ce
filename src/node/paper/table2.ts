// Table 2: the effect of tokens, bytes or BPE, in the included language models, next to the paper's
// Transformers.

import { CHUNK, type PaperSet } from './data.js';
import { type PaperFigure, percent, type Value } from './figure.js';
import { languageModels } from './instruments.js';
import type { Lab } from './lab.js';
import { TABLE2 } from './published.js';
import { measureRates } from './rates.js';

export async function table2(lab: Lab, sets: readonly PaperSet[]): Promise<PaperFigure> {
  const rates = await measureRates(lab, sets, await languageModels(lab));
  const ours = rates.map((rate): Value[] => {
    const tokenizer = tokenizerOf(rate.name);
    const theirs = TABLE2.find(([name]) => name === tokenizer)?.[1]['200K'];
    const { modelBytes, rawRate, adjustedRate } = rate;
    const measured = [percent(rawRate), percent(adjustedRate)];
    return [rate.name, tokenizer, modelBytes, ...measured, isSmall(rate.name) ? theirs : undefined];
  });
  const paper = TABLE2.flatMap(([tokenizer, sizes]) =>
    Object.entries(sizes).map(([size, rate]): Value[] => [
      `paper, ${size}`,
      ...[tokenizer, undefined, undefined, undefined],
      rate.toFixed(1),
    ]),
  );
  return {
    title: 'Table 2: tokenization, raw rates of text in % of its size',
    table: {
      columns: ['model', 'tokens', 'model bytes', 'raw', 'adjusted', 'paper'],
      rows: [...ours, ...paper],
    },
    records: rates.map(({ set, ...rate }) => ({
      ...{ ...rate, tokenizer: tokenizerOf(rate.name) },
      ...{ set: set.name, bytes: set.data.length },
    })),
    notes: [
      `Ours: chunks of ${CHUNK} bytes of the text named below; models/README.md describes the training. The paper’s: enwik9, trained on enwik8.`,
    ],
  };
}

/** `lm bpe2k` uses 2K BPE tokens; other sizes read bytes. */
function tokenizerOf(name: string): string {
  const tokens = /bpe-?(\d+k)/i.exec(name)?.[1];
  return tokens ? `BPE ${tokens.toUpperCase()}` : 'bytes';
}

/** True for models close to the paper's 200K parameters. */
function isSmall(name: string): boolean {
  return /200k|bpe/i.test(name);
}
