import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { inflateRaw } from '../src/engines/deflate/codec/inflate.js';
import { EncoderTwin } from '../src/engines/deflate/twin/encoder-twin.js';
import { fuzzCount } from './deep.js';
import { checkCase, pakoDeflate } from './deflate-checks.js';
import { makeInput, randomCase } from './deflate-inputs.js';

describe('the encoder twin against pako, at length', () => {
  const batches = 10;
  const each = fuzzCount(2_100);
  for (let batch = 0; batch < batches; batch++) {
    test(`${each} random inputs, batch ${batch}: the same bytes and bits`, () => {
      for (let i = 0; i < each; i++) {
        checkCase(randomCase(`slow ${batch} ${i}`, i % 15 ? 8000 : 200_000));
      }
    });
  }
});

test('all next bytes agree with pako where a window of full size slides', () => {
  const data = makeInput('random', 66_000, createRandom('full size'));
  data.copyWithin(65_270, 32_764, 32_850);
  const options = { level: 6, windowBits: 15, memLevel: 9 };
  const twin = new EncoderTwin(options);
  twin.push(data.subarray(0, 65_260));
  const next = new Float64Array(256);
  for (let end = 65_260; end < 65_320; end++) {
    if (end % 5 === 0) {
      twin.nextCodeLengths(next);
      const message = data.slice(0, end + 1);
      for (let byte = 0; byte < 256; byte += end % 3 === 0 ? 1 : 17) {
        message[end] = byte;
        expect(next[byte]).toBe(inflateRaw(pakoDeflate(message, options)).endBit);
      }
    }
    twin.push(data.subarray(end, end + 1));
  }
});
