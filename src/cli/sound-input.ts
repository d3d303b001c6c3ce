// A sound named on the command line, cut where it is to be continued.

import { UsageError } from '../errors.js';
import { readAudio } from '../modality/audio.js';
import { bytesPerMoment, samplesOfBytes } from '../modality/audio-bytes.js';
import type { Sound } from '../modality/wav.js';
import { FileError, readInput } from '../node/files.js';
import type { AudioFormat } from '../types.js';
import { isSide, type MediaFlags, refusePictureFlags } from './media-flags.js';
import { notifyOfReading } from './notify.js';
import { samplesIn } from './sound-flags.js';

/** Samples that the paper gives, and draws (Delétang et al. 2023 §3.4). */
export const PAPER_SAMPLES = 1024;

export interface GivenSound {
  readonly format: AudioFormat;
  readonly given: Uint8Array;
  /** What truly comes after it. */
  readonly rest: Uint8Array;
}

/** @throws FileError if it cannot be read or is damaged, UsageError if less is there than given. */
export async function readGiven(path: string, flags: MediaFlags): Promise<GivenSound> {
  if (isSide(flags.given)) throw new UsageError('--given left, top or none needs a picture');
  refusePictureFlags(flags);
  const whole = await readSound(path);
  const { format, data } = flags.protocol === 'paper' ? toPaper(whole) : whole;
  const moment = bytesPerMoment(format);
  const moments = data.length / moment;
  const wanted =
    flags.protocol === 'paper' && flags.given === undefined ? PAPER_SAMPLES : undefined;
  const given =
    wanted ??
    (flags.given === undefined ? Math.floor(moments / 2) : samplesIn(flags.given, format));
  if (given > moments) {
    const seconds = (moments / format.sampleRate).toFixed(2);
    throw new UsageError(
      `--given asks for ${given} samples, and "${path}" has ${moments} (${seconds} s)`,
    );
  }
  return { format, given: data.subarray(0, given * moment), rest: data.subarray(given * moment) };
}

export async function readSound(path: string): Promise<Sound> {
  const file = await readInput(path);
  try {
    const sound = readAudio(file);
    notifyOfReading(path, sound);
    return sound;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new FileError(`cannot read "${path}": ${(error as Error).message}`, { cause: error });
  }
}

/** 8 bits, of two channels the first: the paper's form of LibriSpeech. */
function toPaper({ format, data }: Sound): Sound {
  const { channels, bitsPerSample, sampleRate } = format;
  const samples = samplesOfBytes(data, format);
  const bytes = Uint8Array.from(
    { length: samples.length / channels },
    (_, i) => (samples[i * channels]! >> (bitsPerSample - 8)) + 128,
  );
  return { format: { kind: 'audio', sampleRate, channels: 1, bitsPerSample: 8 }, data: bytes };
}
