// `node bench/blend.mjs [bytes]`: what a blend costs beside its members: chunks of a .zd file in
// lockstep, scores in batches, and samples of sound. Processor time of one process, the least of three
// runs in turn, so that others on the machine disturb less. Text and speech from $ZIPDREAM_DATA.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCompressor } from 'zipdream/node';
import { cpuMsInTurn } from './ratios/measure.mjs';

const dist = process.env.ZIPDREAM_DIST ?? new URL('../dist', import.meta.url).pathname;
const { encodeZd } = await import(join(dist, 'coding/zd.js'));
const { score } = await import(join(dist, 'measure/score.js'));
const { samplesOfBytes } = await import(join(dist, 'modality/audio-bytes.js'));
const data = process.env.ZIPDREAM_DATA ?? '../shared/data';
const text = new Uint8Array(readFileSync(join(data, 'text/wiki-test.txt')));
/** Bytes of a chunk; so many chunks go together. */
const BYTES = Number(process.argv[2] ?? 256);
const CHUNKS = 64;

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

/** One row: µs a unit of each member and of their blend, and that over the slowest and their sum. */
async function compare(members, units, workOf) {
  const works = [];
  for (const spec of [...members, `blend:${members.join('+')}`]) works.push(await workOf(spec));
  const costs = (await cpuMsInTurn(works)).map((ms) => (1000 * ms) / units);
  const both = costs.pop();
  const sum = costs.reduce((a, b) => a + b);
  row(
    members.join(' + '),
    costs.map((cost) => cost.toFixed(0)).join(' + '),
    both.toFixed(0),
    (both / Math.max(...costs)).toFixed(2),
    (both / sum).toFixed(2),
  );
}

function head(what) {
  row(what, 'alone, µs', 'blend, µs', '÷ slowest', '÷ sum');
  row('---', '---:', '---:', '---:', '---:');
}

const TEXT = [
  ['lm', 'mix'],
  ['lm:size=800k', 'mix'],
  ['lm:size=200k', 'mix'],
  ['lm:size=800k', 'lm:size=200k'],
  ['ppm', 'mix'],
];

head(`${CHUNKS} chunks of ${BYTES} bytes, compressed in lockstep`);
for (const members of TEXT) {
  await compare(members, CHUNKS * BYTES, async (spec) => {
    const compressor = await openCompressor(spec);
    return async () => {
      const bytes = text.subarray(0, CHUNKS * BYTES);
      for await (const _ of encodeZd(compressor, bytes, { spec, chunkBytes: BYTES }));
    };
  });
}

console.log();
head(`${CHUNKS} chunks of ${BYTES} bytes, scored`);
for (const members of TEXT) {
  await compare(members, CHUNKS * BYTES, async (spec) => {
    const compressor = await openCompressor(spec);
    return () => score(compressor, text.subarray(0, CHUNKS * BYTES), { chunk: BYTES });
  });
}

console.log();
head('2000 samples of speech, scored');
for (const [name, bitsPerSample] of [
  ['speech-u8-valid.bin', 8],
  ['speech-s16-test.bin', 16],
]) {
  const format = { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample };
  const sound = new Uint8Array(readFileSync(join(data, 'audio', name)));
  const samples = samplesOfBytes(sound.subarray(0, (2000 * bitsPerSample) / 8), format);
  await compare(['flac', 'mix'], samples.length, async (spec) => {
    const compressor = await openCompressor(spec, { format });
    return async () => {
      const model = compressor.startSamples();
      for (let i = 0; i < samples.length; i++) {
        model.surprisal(samples[i]);
        model.push(samples.subarray(i, i + 1));
      }
    };
  });
}
