// What `zipdream score` and `zipdream next` do with a sound: bits per sample, and the likeliest next
// samples.

import { UsageError } from '../errors.js';
import { score } from '../measure/score.js';
import { bytesPerMoment, samplesOfBytes } from '../modality/audio-bytes.js';
import { openCompressor } from '../node/open.js';
import type { Compressor, Reading } from '../types.js';
import { createPace } from './compress-output.js';
import { checkReading } from './flags.js';
import type { MediaFlags } from './media-flags.js';
import { count, signed } from './numbers.js';
import { writeStdout } from './output.js';
import { type GivenSound, readGiven } from './sound-input.js';

export interface SoundScoreFlags extends MediaFlags {
  readonly compressor: string;
  readonly reading?: Reading;
  readonly json?: boolean;
  readonly chunk?: number;
  readonly limit?: number;
  readonly heat?: boolean;
  readonly from?: number;
}

interface SoundScore {
  readonly compressor: string;
  readonly version: string;
  readonly reading: Reading;
  /** Scored samples, of all channels. */
  readonly samples: number;
  readonly bits: number;
  /** Of the compressor itself, for what was scored. */
  readonly codeLengthBits: number;
  readonly ms: number;
}

/** Scores what follows the given part: by default the second half. */
export async function runScoreSound(path: string, flags: SoundScoreFlags): Promise<void> {
  for (const name of ['chunk', 'limit', 'heat', 'from'] as const) {
    if (!flags[name]) continue;
    throw new UsageError(`--${name} works on bytes; "${path}" is a sound, which takes --given`);
  }
  const sound = await readGiven(path, flags);
  const compressor = await openCompressor(flags.compressor, { format: sound.format });
  const reading = checkReading(compressor, flags.reading);
  const result = await scoreSound(compressor, reading, sound);
  const per = (bits: number): number => (result.samples === 0 ? 0 : bits / result.samples);
  const loss = per(result.bits - result.codeLengthBits);
  if (flags.json) {
    const rates = { bitsPerSample: per(result.bits), conversionLoss: loss };
    return writeStdout(`${JSON.stringify({ ...result, ...rates })}\n`);
  }
  const given = sound.given.length / bytesPerMoment(sound.format);
  return writeStdout(
    `${result.compressor}, ${reading} (${result.version})
  scored           ${count(result.samples)} samples after ${count(given)}
  surprisal        ${per(result.bits).toFixed(3)} bits per sample of ${sound.format.bitsPerSample}
  own rate         ${per(result.codeLengthBits).toFixed(3)} bits per sample when it compresses
  conversion loss  ${signed(loss, 3)} bits per sample
  speed            ${per(result.ms).toPrecision(3)} ms per sample
`,
  );
}

/** Scores `rest` after `given`, sample by sample where the compressor knows them. */
export async function scoreSound(
  compressor: Compressor,
  reading: Reading,
  { format, given, rest }: GivenSound,
): Promise<SoundScore> {
  const data = new Uint8Array(given.length + rest.length);
  data.set(given);
  data.set(rest, given.length);
  const samples = samplesOfBytes(rest, format);
  const { name, version } = compressor;
  const pace = createPace();
  const head = { compressor: name, version, reading, samples: samples.length };
  if (!compressor.startSamples || reading !== 'decode') {
    const options = { reading, from: given.length, clock: () => performance.now() };
    const { bits, codeLengthBits, bytes, msPerByte } = await score(compressor, data, options);
    return { ...head, bits, codeLengthBits, ms: msPerByte * bytes };
  }
  const model = compressor.startSamples();
  model.push(samplesOfBytes(given, format));
  const start = performance.now();
  let bits = 0;
  for (let i = 0; i < samples.length; i++) {
    bits += model.surprisal(samples[i]!);
    model.push(samples.subarray(i, i + 1));
    const pause = pace.step(i, samples.length);
    if (pause) await pause;
  }
  pace.clear();
  const ms = performance.now() - start;
  const own = (await compressor.codeLength(data)) - (await compressor.codeLength(given));
  return { ...head, bits, codeLengthBits: own, ms };
}

export interface SoundNextFlags extends SoundScoreFlags {
  readonly top: number;
}

/** Shows the likeliest samples behind the given part, by default behind the whole sound. */
export async function runNextSound(path: string, flags: SoundNextFlags): Promise<void> {
  const { format, given, rest } =
    flags.given === undefined ? await readWholeAsGiven(path) : await readGiven(path, flags);
  const compressor = await openCompressor(flags.compressor, { format });
  const reading = checkReading(compressor, flags.reading);
  if (!compressor.startSamples || reading !== 'decode' || format.bitsPerSample === 24) {
    throw new UsageError(`next of a sound needs a compressor of samples of 8 or 16 bits, flac say`);
  }
  const model = compressor.startSamples();
  model.push(samplesOfBytes(given, format));
  const limit = 2 ** (format.bitsPerSample - 1);
  const bits = Float64Array.from({ length: 2 * limit }, (_, i) => model.surprisal(i - limit));
  const order = Array.from(bits.keys()).sort((a, b) => bits[a]! - bits[b]! || a - b);
  const truth = rest.length > 0 ? samplesOfBytes(rest, format)[0]! : undefined;
  const best = order.slice(0, flags.top).map((i) => ({ sample: i - limit, bits: bits[i]! }));
  const range = [0.05, 0.5, 0.95].map((share) => quantile(bits, share) - limit);
  const seen = { compressor: compressor.name, reading, quantiles: range, truth, likeliest: best };
  if (flags.json) return writeStdout(`${JSON.stringify(seen)}\n`);
  const rows = best.map(
    ({ sample, bits: b }) =>
      `${String(sample).padStart(8)} ${(100 * 2 ** -b).toFixed(3).padStart(8)} % ${b.toFixed(2).padStart(7)} bits${sample === truth ? '  ← what comes' : ''}\n`,
  );
  const span = `nine in ten from ${range[0]} to ${range[2]}, the middle ${range[1]}`;
  const comes =
    truth === undefined ? '' : `; ${truth} comes, at ${bits[truth + limit]!.toFixed(2)} bits`;
  await writeStdout(`${compressor.name}, ${reading}: ${span}${comes}\n${rows.join('')}`);
}

async function readWholeAsGiven(path: string): Promise<GivenSound> {
  const { format, given, rest } = await readGiven(path, { given: 0 });
  return { format, given: rest, rest: given };
}

function quantile(bits: Float64Array, share: number): number {
  let mass = 0;
  for (let i = 0; i < bits.length; i++) {
    mass += 2 ** -bits[i]!;
    if (mass >= share) return i;
  }
  return bits.length - 1;
}
