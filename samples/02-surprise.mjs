// Which words of a sentence surprise gzip, once it has read a fairy tale? Surprisal is the negative
// logarithm of the probability that the model gave to what came: bits, summed over each word.
// Run it with `node samples/02-surprise.mjs`.

import { readFileSync } from 'node:fs';
import { openCompressor, surprisal } from 'zipdream';

const SENTENCE =
  'Wenna sat on the step of the mill with her feet in the bathtub and sang to the fax.';

const gzip = await openCompressor('gzip');
const model = gzip.start('decode');
model.push(readFileSync(new URL('text/tale.txt', import.meta.url)));
model.push(new TextEncoder().encode('\n\n'));

// Before each byte, ask what gzip expects; then tell it what came.
const bits = new Float64Array(256);
for (const word of SENTENCE.match(/\S+ ?/g)) {
  let total = 0;
  for (const byte of new TextEncoder().encode(word)) {
    await model.next(bits);
    total += surprisal(bits, byte);
    model.push(Uint8Array.of(byte));
  }
  const bar = '#'.repeat(Math.round(total));
  console.log(`${word.padEnd(8)} ${total.toFixed(1).padStart(5)} bits  ${bar}`.trimEnd());
}
