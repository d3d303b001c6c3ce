// How does FLAC go on with a sound, and how well did it expect what truly came? A decoder fed with
// coin flips speaks; its laws are scored on the second half. Run it with
// `node samples/03-hum-along.mjs`; `zipdream sample` writes the same as a WAV (see samples/sound).

import { readFileSync } from 'node:fs';
import { createRandom, openCompressor } from 'zipdream';

const COLUMNS = 72;

for (const name of ['hum', 'whisper']) {
  const file = readFileSync(new URL(`sound/${name}.wav`, import.meta.url));
  const samples = Int32Array.from({ length: (file.length - 44) / 2 }, (_, i) =>
    file.readInt16LE(44 + 2 * i),
  );
  const format = { kind: 'audio', sampleRate: 8000, channels: 1, bitsPerSample: 16 };
  const flac = await openCompressor('flac', { format });
  const half = samples.length / 2;
  const model = flac.startSamples();
  model.push(samples.subarray(0, half));

  const draw = model.sampler(createRandom('hum along'), 1);
  const drawn = Int32Array.from({ length: half }, draw);

  let bits = 0;
  for (let i = half; i < samples.length; i++) {
    bits += model.surprisal(samples[i]);
    model.push(samples.subarray(i, i + 1));
  }
  const own =
    flac.codeLength(file.subarray(44)) - flac.codeLength(file.subarray(44, 44 + 2 * half));
  console.log(`${name}.wav: 1.5 s given, 1.5 s drawn`);
  console.log(`  given  ${loudness(samples.subarray(0, half))}`);
  console.log(`  truth  ${loudness(samples.subarray(half))}`);
  console.log(`  drawn  ${loudness(drawn)}`);
  console.log(`  what truly came took ${(bits / half).toFixed(2)} bits a sample;`);
  console.log(`  FLAC itself writes ${(own / half).toFixed(2)}\n`);
}

/** The loudness over time, a character for each 21 ms. */
function loudness(sound) {
  const size = Math.floor(sound.length / COLUMNS);
  return Array.from({ length: COLUMNS }, (_, i) => {
    let sum = 0;
    for (let j = i * size; j < (i + 1) * size; j++) sum += sound[j] ** 2;
    const level = 10 * Math.log10(sum / size + 1) - 30;
    return ' .:-=+*#%@'[Math.max(0, Math.min(9, Math.floor(level / 6)))];
  })
    .join('')
    .trimEnd();
}
