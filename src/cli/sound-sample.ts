// What `zipdream sample` does with a sound: what the compressor says after it, as a WAV or FLAC
// file, a waveform in the terminal, or a sheet of pictures.

import { randomInt } from 'node:crypto';
import { createRandom } from '../bits/random.js';
import { UsageError } from '../errors.js';
import { writeAudio } from '../modality/audio.js';
import { bytesOfSamples, bytesPerMoment, samplesOfBytes } from '../modality/audio-bytes.js';
import { openCompressor } from '../node/open.js';
import { generate } from '../sampling/generate.js';
import type { AudioFormat, Compressor, Reading } from '../types.js';
import { VERSION } from '../version.js';
import { colourDepth, createPalette } from './colour.js';
import {
  createPace,
  endingOnInterrupt,
  openPlace,
  type Pace,
  refuseExisting,
  STANDARD,
} from './compress-output.js';
import { checkReading } from './flags.js';
import type { MediaFlags } from './media-flags.js';
import { notify } from './notify.js';
import { duration } from './numbers.js';
import { writeStdout } from './output.js';
import type { SoundLength } from './sound-flags.js';
import { samplesIn } from './sound-flags.js';
import { PAPER_SAMPLES, readGiven } from './sound-input.js';
import { scoreSound } from './sound-score.js';
import { drawSheet } from './sound-sheet.js';
import { drawWaveform } from './sound-waveform.js';

export interface SoundSampleFlags extends MediaFlags {
  readonly compressor: string;
  readonly reading?: Reading;
  /** Undefined: as much as the protocol says, or 2 s. */
  readonly length?: SoundLength | undefined;
  readonly temperature: number;
  readonly seed?: string;
  readonly count: number;
  readonly output?: string;
  readonly json?: boolean;
  readonly force?: boolean;
}

/** Flags that work on bytes of text. */
const TEXT_FLAGS = [
  'corpus',
  'promptFile',
  'topK',
  'topP',
  'minP',
  'stop',
  'alphabet',
  'utf8',
  'heat',
];

export async function runSampleSound(path: string, flags: SoundSampleFlags): Promise<void> {
  for (const name of TEXT_FLAGS) {
    if ((flags as unknown as Record<string, unknown>)[name] === undefined) continue;
    const flag = name.replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`);
    throw new UsageError(`--${flag} is for text; "${path}" is a sound`);
  }
  if (flags.beside && !flags.sheet) throw new UsageError('--beside needs --sheet');
  const { format, given, rest } = await readGiven(path, flags);
  const wanted = flags.length ?? (flags.protocol === 'paper' ? PAPER_SAMPLES : { seconds: 2 });
  const moments = samplesIn(wanted, format);
  const outputs = nameOutputs(flags);
  const files = flags.sheet === undefined ? outputs : [...outputs, flags.sheet];
  for (const output of files) await refuseExisting(output, flags.force ?? false);
  const compressor = await openCompressor(flags.compressor, { format });
  const reading = checkReading(compressor, flags.reading);
  const seed = flags.seed ?? String(randomInt(2 ** 32));
  if (flags.seed === undefined) notify(`seed ${seed}`);

  const pace = createPace();
  const startMs = performance.now();
  const drawn: Uint8Array[] = [];
  // Under the reading itself, which FLAC does not draw from: it walks through frames of the context.
  const bits: number[] = [];
  const sheetRows: { title: string; data: Uint8Array }[] = [];
  await endingOnInterrupt(async () => {
    const order = { format, given, moments, pace, temperature: flags.temperature };
    for (let i = 0; i < flags.count; i++) {
      drawn.push(await drawSound(compressor, reading, { ...order, seed: `${seed}:${i}` }));
      const sound = { format, given, rest: drawn[i]! };
      if (flags.json) bits.push((await scoreSound(compressor, reading, sound)).bits);
      const bytes = writeAudio({ format, data: join(given, drawn[i]!) }, containerOf(outputs[i]));
      if (outputs[i] !== undefined) await writeFile(outputs[i]!, bytes, flags.force);
    }
    if (flags.sheet === undefined) return;
    sheetRows.push({ title: `${compressor.name}, ${reading}`, data: drawn[0]! });
    for (const spec of flags.beside ?? []) {
      const other = await openCompressor(spec, { format });
      const data = await drawSound(other, other.readings[0]!, { ...order, seed: `${seed}:0` });
      sheetRows.push({ title: `${spec}, ${other.readings[0]}`, data });
    }
    const truth = { title: 'what truly follows', data: rest.subarray(0, drawn[0]!.length) };
    const svg = drawSheet(given, [truth, ...sheetRows], format);
    await writeFile(flags.sheet, new TextEncoder().encode(svg), flags.force);
  });
  pace.clear();
  const ms = performance.now() - startMs;
  const record = { seed, compressor: compressor.name, version: compressor.version, reading };
  if (flags.json) {
    const more = { zipdream: VERSION, temperature: flags.temperature, ...format };
    const counts = { given: given.length / bytesPerMoment(format), samples: moments };
    await writeStdout(`${JSON.stringify({ ...record, ...more, ...counts, bits, outputs })}\n`);
  } else if (!outputs.includes(STANDARD)) {
    const palette = createPalette(colourDepth(process.stdout, process.env));
    for (const data of drawn) await writeStdout(drawWaveform(given, data, format, palette));
  }
  const places = files.filter((file) => file !== STANDARD).join(', ');
  notify(`${moments} samples${places ? ` in ${places}` : ''}, ${duration(ms)}`);
}

interface DrawOrder {
  readonly format: AudioFormat;
  readonly given: Uint8Array;
  readonly moments: number;
  readonly temperature: number;
  readonly seed: string;
  readonly pace: Pace;
}

/** By whole samples where the compressor knows them, else byte by byte. */
async function drawSound(
  compressor: Compressor,
  reading: Reading,
  { format, given, moments, temperature, seed, pace }: DrawOrder,
): Promise<Uint8Array> {
  const random = createRandom(seed);
  const bytes = new Uint8Array(moments * bytesPerMoment(format));
  if (compressor.startSamples && reading === 'decode') {
    const model = compressor.startSamples();
    model.push(samplesOfBytes(given, format));
    const speak = model.speak(random, temperature);
    const samples = new Int32Array(moments * format.channels);
    for (let i = 0; i < samples.length; i++) {
      samples[i] = speak();
      const pause = i % 1024 === 0 ? pace.step(i, samples.length) : undefined;
      if (pause) await pause;
    }
    return bytesOfSamples(samples, format);
  }
  const model = compressor.start(reading);
  model.push(given);
  let at = 0;
  for await (const step of generate(model, { length: bytes.length, random, temperature })) {
    bytes[at++] = step.byte;
    const pause = pace.step(at, bytes.length);
    if (pause) await pause;
  }
  return bytes;
}

function nameOutputs({ output, count, json }: SoundSampleFlags): string[] {
  if (output === undefined) return process.stdout.isTTY || json || count > 1 ? [] : [STANDARD];
  if (count === 1) return [output];
  const [, stem, ending] = /^(.*?)(\.[^./\\]*)?$/s.exec(output)!;
  return Array.from({ length: count }, (_, i) => `${stem}-${i + 1}${ending ?? ''}`);
}

function containerOf(output: string | undefined): 'wav' | 'flac' {
  return output?.toLowerCase().endsWith('.flac') ? 'flac' : 'wav';
}

async function writeFile(path: string, bytes: Uint8Array, force = false): Promise<void> {
  const sink = await openPlace(path, force);
  sink.write(bytes);
  await sink.finish();
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
