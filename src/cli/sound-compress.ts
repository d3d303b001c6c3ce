// What `zipdream compress` and `decompress` do with sounds: a compressor of samples writes its own
// format from a WAV, and a FLAC file comes back as a WAV.

import { UsageError } from '../errors.js';
import { readAudio } from '../modality/audio.js';
import { writeWav } from '../modality/wav.js';
import { openCompressor } from '../node/open.js';
import { nodeRegistry } from '../node/registry.js';
import { splitSpec } from '../options.js';
import type { Reading } from '../types.js';
import {
  endingOnInterrupt,
  openPlace,
  readWhole,
  refuseExisting,
  refuseTerminal,
  sizes,
} from './compress-output.js';
import { notify, notifyOfReading } from './notify.js';
import { readSound } from './sound-input.js';

/** Whether a compressor takes samples of sound and not bytes. */
export function takesSound(spec: string): boolean {
  const { name } = splitSpec(spec);
  const accepts = Object.hasOwn(nodeRegistry, name) ? nodeRegistry[name]!.accepts : [];
  return accepts.includes('audio') && !accepts.includes('bytes');
}

export interface SoundCompressFlags {
  readonly compressor: string;
  readonly reading?: Reading;
  readonly output?: string;
  readonly chunk?: number;
  readonly verify?: boolean;
  readonly force?: boolean;
}

export async function runCompressSound(file: string, flags: SoundCompressFlags): Promise<void> {
  const { reading, chunk, verify = false, force = false } = flags;
  if (reading !== undefined || chunk !== undefined) {
    throw new UsageError('--reading and --chunk write .zd files, which hold bytes; not sounds');
  }
  const output = flags.output ?? renamed(file, '.flac');
  refuseTerminal(output, force);
  await refuseExisting(output, force);
  const { format, data } = await readSound(file);
  const compressor = await openCompressor(flags.compressor, { format });
  if (!compressor.compress) throw new UsageError(`${compressor.name} writes no files`);
  const bytes = await compressor.compress(data);
  if (verify) {
    const back = await compressor.decompress!(bytes, { maxBytes: data.length });
    if (Buffer.compare(back, data) !== 0) {
      throw new Error(`${compressor.name} did not give the original back: nothing was written`);
    }
  }
  await write(output, bytes, force);
  notify(`${compressor.name}: ${sizes(data.length, bytes.length)}${verify ? ', verified' : ''}`);
}

export interface SoundDecompressFlags {
  readonly output?: string;
  readonly maxBytes?: number;
  readonly force?: boolean;
}

export async function runDecompressSound(file: string, flags: SoundDecompressFlags): Promise<void> {
  const { maxBytes, force = false } = flags;
  const output = flags.output ?? renamed(file, '.wav');
  refuseTerminal(output, force);
  await refuseExisting(output, force);
  const packed = await readWhole(file);
  const sound = readAudio(packed, { maxBytes });
  notifyOfReading(file, sound);
  await write(output, writeWav(sound), force);
  notify(`"${file}": ${sizes(sound.data.length, packed.length)}`);
}

function renamed(file: string, ending: string): string {
  return file.replace(/\.[^./\\]*$/, '') + ending;
}

function write(output: string, bytes: Uint8Array, force: boolean): Promise<void> {
  return endingOnInterrupt(async () => {
    const sink = await openPlace(output, force);
    sink.write(bytes);
    await sink.finish();
  });
}
