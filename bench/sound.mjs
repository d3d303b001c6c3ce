// What compressors expect of speech, and how they go on with it: bits per sample of the true second
// half of chunks, beside the reference encoder's marginal rate, and spectra of 2 s drawn after 2 s.
// Data from $ZIPDREAM_DATA. `node bench/sound.mjs [CHUNKS]`, 100 unless said otherwise.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, generate, score, surprisal } from 'zipdream';
import { openCompressor } from 'zipdream/node';
import { openAudioMix } from '../dist/compressors/audio-mix.js';
import {
  energyModulation,
  logSpectralDistance,
  noveltyDistance,
  spectrogram,
} from '../dist/measure/spectrum.js';
import { bytesOfSamples, samplesOfBytes } from '../dist/modality/audio-bytes.js';
import { readWav } from '../dist/modality/wav.js';

const folder = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'audio');
const CHUNKS = Number(process.argv[2] ?? 100);
const CHUNK = 2048;
const HALF = CHUNK / 2;
const formatOf = (bitsPerSample) => ({
  kind: 'audio',
  sampleRate: 16_000,
  channels: 1,
  bitsPerSample,
});
const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
const print = (cells) => console.log(`| ${cells.join(' | ')} |`);
const head = (cells) => {
  print(cells);
  print(cells.map((_, i) => (i === 0 ? '---' : '---:')));
};

/** Surprisal of the second halves, in bits per sample, and ms per sample of all. */
function scoreSamples(compressor, chunks, format) {
  let bits = 0;
  let ms = 0;
  let scored = 0;
  for (const chunk of chunks) {
    const samples = samplesOfBytes(chunk, format);
    const start = performance.now();
    const model = compressor.startSamples();
    model.push(samples.subarray(0, samples.length / 2));
    for (let i = samples.length / 2; i < samples.length; i++) {
      bits += model.surprisal(samples[i]);
      model.push(samples.subarray(i, i + 1));
      scored++;
    }
    ms += performance.now() - start;
  }
  return { rate: bits / scored, ms: ms / (2 * scored) };
}

/** A compressor's own bits for the second halves, per sample. */
function marginal(codeLength, chunks, bytesPerSample) {
  const bits = chunks.map((c) => codeLength(c) - codeLength(c.subarray(0, HALF)));
  return mean(bits) / (HALF / bytesPerSample);
}

function flacBits(bitsPerSample) {
  const sign = bitsPerSample === 8 ? 'unsigned' : 'signed';
  const raw = `--force-raw-format --endian=little --channels=1 --sample-rate=16000 --bps=${bitsPerSample} --sign=${sign}`;
  const flags = `-8 --silent --stdout --no-padding --no-seektable ${raw} -`.split(' ');
  return (input) => 8 * spawnSync('flac', flags, { input }).stdout.length;
}

/** Whole bytes and one step: at every 16th byte of the second halves of some chunks. */
async function oneByte(compressor, reading, chunks, bytesPerSample) {
  const out = new Float64Array(256);
  let bits = 0;
  let bytes = 0;
  for (const chunk of chunks) {
    for (let at = HALF + 1; at < CHUNK; at += 15) {
      const model = compressor.start(reading);
      model.push(chunk.subarray(0, at));
      await model.next(out);
      bits += surprisal(out, chunk[at]);
      bytes++;
    }
  }
  return (bits / bytes) * bytesPerSample;
}

async function rates(name, places, what) {
  const bitsPerSample = name.includes('u8') ? 8 : 16;
  const width = bitsPerSample / 8;
  const format = formatOf(bitsPerSample);
  const file = new Uint8Array(readFileSync(join(folder, name)));
  const chunks = places.map((place) => file.subarray(place * CHUNK, (place + 1) * CHUNK));
  const gzip = await openCompressor('gzip');
  const flac = await openCompressor('flac', { format });
  const smooth = await openCompressor('flac:smooth=1', { format });
  const own = marginal((data) => flac.codeLength(data), chunks, width);
  const rows = [];
  for (const [title, compressor, loss] of [
    ['flac, decode', flac, own],
    ['flac:smooth=1, decode', smooth, own],
    ['mix of sound, decode', openAudioMix(format), undefined],
  ]) {
    const { rate, ms } = scoreSamples(compressor, chunks, format);
    rows.push([
      title,
      rate,
      loss === undefined ? '' : (rate - loss).toFixed(3),
      (1000 * ms).toFixed(0),
    ]);
  }
  rows.push(['flac, its own marginal', own, '', '']);
  if (spawnSync('flac', ['--version']).status === 0) {
    rows.push([
      'flac -8 (reference), marginal',
      marginal(flacBits(bitsPerSample), chunks, width),
      '',
      '',
    ]);
  }
  for (const spec of ['gzip', 'lzma', 'ppm', 'mix', 'lm']) {
    const compressor = await openCompressor(spec); // no format: samples are bytes
    const scores = [];
    for (const chunk of chunks) scores.push(await score(compressor, chunk, { from: HALF }));
    const loss = width * mean(scores.map(({ conversionLoss }) => conversionLoss));
    const rate = width * mean(scores.map(({ bpb }) => bpb));
    rows.push([`${spec} of bytes, decode`, rate, loss.toFixed(3), '']);
  }
  const few = chunks.slice(0, 10);
  for (const reading of ['exact', 'recompress']) {
    const rate = await oneByte(gzip, reading, few, width);
    rows.push([`gzip of bytes, ${reading}, one byte (10 chunks)`, rate, '', '']);
  }
  console.log(`\n${name}, ${what}: bits per sample of ${bitsPerSample}`);
  head(['compressor', 'bits per sample', 'conversion loss', 'µs per sample']);
  for (const [title, rate, loss, us] of rows) print([title, rate.toFixed(3), loss, us]);
}

/** 2 s after 2 s of each clip. */
async function speech() {
  const format = formatOf(16);
  const clips = readdirSync(join(folder, 'wav')).sort();
  const sums = {};
  const add = (name, values) => {
    (sums[name] ??= []).push(values);
  };
  for (const [i, clip] of clips.entries()) {
    const { data } = readWav(new Uint8Array(readFileSync(join(folder, 'wav', clip))));
    const samples = samplesOfBytes(data, format);
    const half = samples.length / 2;
    const given = samples.subarray(0, half);
    const truth = spectrogram(samples.subarray(half));
    const known = spectrogram(given);
    const measure = (name, drawn, us) => {
      const spectra = spectrogram(drawn);
      add(name, {
        distance: logSpectralDistance(spectra, truth) / logSpectralDistance(known, truth),
        modulation: energyModulation(spectra) / energyModulation(truth),
        novelty: noveltyDistance(spectra, known) / noveltyDistance(truth, known),
        us,
      });
    };
    measure('the truth', samples.subarray(half));
    measure('the given part again', given);
    const noise = createRandom('noise');
    measure(
      'white noise as loud',
      given.map(() => 2000 * (noise() - 0.5)),
    );
    for (const [name, compressor] of [
      ['flac', await openCompressor('flac', { format })],
      ['flac:smooth=1', await openCompressor('flac:smooth=1', { format })],
      ['mix of sound', openAudioMix(format)],
    ]) {
      const model = compressor.startSamples();
      model.push(given);
      const draw = model.sampler(createRandom(`${i}`), 1);
      draw();
      const start = performance.now();
      const drawn = Int32Array.from({ length: half }, draw);
      measure(name, drawn, (1000 * (performance.now() - start)) / half);
    }
    if (i >= 2) continue;
    const gzip = (await openCompressor('gzip')).start('decode');
    gzip.push(bytesOfSamples(given, format));
    const bytes = new Uint8Array(2 * half);
    let at = 0;
    const start = performance.now();
    const options = { length: bytes.length, random: createRandom('1') };
    for await (const { byte } of generate(gzip, options)) bytes[at++] = byte;
    const us = (1000 * (performance.now() - start)) / half;
    measure('gzip of bytes (2 clips)', samplesOfBytes(bytes, format), us);
  }
  console.log(`\n2 s drawn after 2 s given, ${clips.length} clips; 1 is the truth's`);
  head(['', 'spectral distance ÷ given', 'energy modulation', 'novelty', 'µs per draw']);
  for (const [name, rows] of Object.entries(sums)) {
    const cell = (key) => mean(rows.map((row) => row[key])).toFixed(2);
    print([
      name,
      cell('distance'),
      cell('modulation'),
      cell('novelty'),
      rows[0].us ? cell('us') : '',
    ]);
  }
}

const first = Array.from({ length: CHUNKS }, (_, i) => i);
const spread = first.map((i) => Math.floor((i * 512) / CHUNKS));
for (const name of ['speech-u8-test.bin', 'speech-s16-test.bin']) {
  await rates(name, first, `the first ${CHUNKS} chunks`);
  await rates(name, spread, `${CHUNKS} chunks spread over all 512`);
}
await speech();
