// Watch gzip write: let it read a fairy tale, then draw what it expects to come next.
// Run it with `node samples/01-sample-text.mjs`.

import { readFileSync } from 'node:fs';
import { createRandom, generate, generateTokens, openCompressor } from 'zipdream';

const tale = readFileSync(new URL('text/tale.txt', import.meta.url));
const prompt = new TextEncoder().encode('Once upon a time');

// Everything that gzip will ever know is what we push: the tale, then the prompt.
const gzip = await openCompressor('gzip');
const model = gzip.start('decode');
model.push(tale);
model.push(prompt);

// Byte by byte. A temperature below 1 makes gzip bolder: it copies longer stretches of the tale
// before it changes its mind. The same seed draws the same bytes on every machine.
const drawn = [];
for await (const { byte } of generate(model, {
  length: 300,
  random: createRandom('a tale'),
  temperature: 0.7,
})) {
  drawn.push(byte);
}
console.log('BYTE BY BYTE\n');
console.log(`Once upon a time${new TextDecoder().decode(Uint8Array.from(drawn))}\n`);

// Or token by token, as gzip itself speaks: single letters, and [copies] of what it has seen.
// At temperature 1 this is the same distribution: what a decoder makes of fair coin flips.
const source = gzip.startTokens();
source.push(tale);
source.push(prompt);
const spoken = [];
for await (const { token } of generateTokens(source, {
  length: 300,
  random: createRandom('a tale'),
})) {
  const text = new TextDecoder().decode(token.bytes);
  spoken.push(token.kind === 'match' ? `[${text}]` : text);
}
console.log('TOKEN BY TOKEN\n');
console.log(`Once upon a time${spoken.join('')}`);
