import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { order0Predictor } from '../src/compressors/order0.js';
import { readVocabulary } from '../src/node/vocabulary.js';
import { decodeReading } from '../src/readings/decode.js';
import { type ChoiceOptions, generateChoices } from '../src/sampling/choices.js';
import { CopyGuard } from '../src/sampling/copy-guard.js';
import { bytesOf } from './contract.js';
import { withFolder } from './run-cli.js';

const words = ['the ', 'cat ', 'sat', '\n', 'é'].map(bytesOf);

async function choices(options: Partial<ChoiceOptions>) {
  const model = decodeReading(order0Predictor());
  const settings = { length: 40, random: createRandom('words'), candidates: words, ...options };
  const steps = [];
  for await (const step of generateChoices(model, settings)) steps.push(step);
  return steps;
}

describe('generateChoices', () => {
  test('draws whole candidates with probability proportional to 2^−ΔL', async () => {
    const steps = await choices({ length: 12 });
    const model = decodeReading(order0Predictor());
    let index = 0;
    for (const step of steps) {
      expect(step.index).toBe(index);
      expect(step.bytes).toEqual(words[step.choice]);
      const bits = await model.score(words);
      const chances = bits.map((b) => 2 ** -b);
      const chance = chances[step.choice]! / chances.reduce((a, b) => a + b, 0);
      expect(2 ** -step.bits).toBeCloseTo(chance, 12);
      expect(step.probability).toBeCloseTo(chance, 12);
      model.push(step.bytes);
      index += step.bytes.length;
    }
    expect(index).toBeGreaterThanOrEqual(12);
    expect(index - steps.at(-1)!.bytes.length).toBeLessThan(12);
  });

  test('applies temperature, constraints and stops', async () => {
    const greedy = await choices({ temperature: 0, length: 3 });
    expect(greedy.every(({ bytes }) => bytes.length === 1)).toBe(true);
    const ascii = await choices({
      temperature: Infinity,
      alphabet: bytesOf('abcdefghijklmnopqrstuvwxyz '),
      length: 99,
    });
    expect(new Set(ascii.map(({ choice }) => choice))).toEqual(new Set([0, 1, 2]));
    const held = await choices({ length: 6, copyGuard: CopyGuard.of(2, [bytesOf('the cat sat')]) });
    expect(new Set(held.map(({ choice }) => choice))).toEqual(new Set([3, 4]));
    const stopped = await choices({ stop: [bytesOf('t ')], length: 999, temperature: Infinity });
    expect(stopped.at(-1)!.choice).toBe(1);
    await expect(choices({ alphabet: bytesOf('x') })).rejects.toThrow(
      'no candidate is left to draw at byte 0: all 5 are excluded by the model and the alphabet',
    );
  });

  test('refuses an empty set and an empty candidate', () => {
    expect(choices({ candidates: [] })).rejects.toThrow(RangeError);
    expect(choices({ candidates: [new Uint8Array()] })).rejects.toThrow(RangeError);
  });
});

describe('readVocabulary', () => {
  const read = (content: string | object) =>
    withFolder(async (folder) => {
      const path = join(folder, 'vocabulary');
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      const words = await readVocabulary(path);
      return words.map((word) => Buffer.from(word).toString());
    });

  test('reads lines byte for byte, without duplicates and empty lines', async () => {
    expect(await read('the\r\n cat\n\nthe\n  sat é')).toEqual(['the', ' cat', '  sat é']);
    await expect(read('\n\n')).rejects.toThrow('has no words');
  });

  test('decodes the alphabet of byte-level BPE', async () => {
    const tokenizer = {
      added_tokens: [{ content: '<|end|>', special: true }],
      pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'ByteLevel' }] },
      model: { type: 'BPE', vocab: { the: 0, Ġcat: 1, Ċ: 2, 'Ã©': 3, '<|end|>': 4, Ġ: 5, ł: 6 } },
    };
    const words = await read(tokenizer);
    expect(words.slice(0, 5)).toEqual(['the', ' cat', '\n', 'é', ' ']);
    expect(words).toHaveLength(6);
  });

  test('reads the pieces of SentencePiece and WordPiece', async () => {
    const unigram = {
      model: {
        type: 'Unigram',
        vocab: [
          ['▁the', -1],
          ['s', -2],
          ['<0x0A>', -3],
        ],
      },
    };
    expect(await read(unigram)).toEqual([' the', 's', '\n']);
    const wordPiece = { model: { type: 'WordPiece', vocab: { the: 0, '##ing': 1 } } };
    expect(await read(wordPiece)).toEqual([' the', 'ing']);
  });

  test('reports what is wrong with a malformed file', async () => {
    await expect(read('{"model": ')).rejects.toThrow(
      'starts like a tokenizer.json, but is not valid JSON',
    );
    await expect(read({ model: { vocab: 7 } })).rejects.toThrow('has no model.vocab');
    await expect(read({ model: null })).rejects.toThrow('has no model.vocab');
  });
});
