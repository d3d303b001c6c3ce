// What `zipdream compress` does: a compressor's own format, or a .zd from a reading of it.

import { decodeZd, defaultChunkBytes, encodeZd } from '../coding/zd.js';
import type { PngEffort } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import { openCompressor } from '../node/open.js';
import { nodeRegistry } from '../node/registry.js';
import { splitSpec } from '../options.js';
import type { Compressor, Reading } from '../types.js';
import {
  createPace,
  endingOnInterrupt,
  openPlace,
  type Pace,
  readWhole,
  refuseExisting,
  refuseTerminal,
  STANDARD,
  sizes,
} from './compress-output.js';
import { checkReading } from './flags.js';
import { notify } from './notify.js';
import { runCompressPicture, takesPicture } from './picture-compress.js';
import { runCompressSound, takesSound } from './sound-compress.js';

export interface CompressFlags {
  readonly compressor: string;
  readonly reading?: Reading;
  readonly output?: string;
  readonly chunk?: number;
  readonly effort?: PngEffort;
  readonly verify?: boolean;
  readonly force?: boolean;
}

/** What a compressor's own format is called at the end of a file name. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  gzip: '.gz',
  zlib: '.zz',
  deflate: '.deflate',
  pako: '.deflate',
  fflate: '.deflate',
  'node-zlib': '.deflate',
  lzma: '.lzma',
};

export async function runCompress(file = STANDARD, flags: CompressFlags): Promise<void> {
  const { compressor: spec, chunk, verify = false, force = false } = flags;
  if (await takesPicture(spec, file)) return runCompressPicture(file, flags);
  if (flags.effort) throw new UsageError('--effort is for pictures that -c png compresses');
  if (takesSound(spec)) return runCompressSound(file, flags);
  const compressor = await openCompressor(spec);
  const own = flags.reading === undefined && compressor.compress !== undefined;
  const reading = own ? undefined : checkReading(compressor, flags.reading);
  if (own && chunk !== undefined) {
    throw new UsageError(`--chunk is for .zd files; ${compressor.name} writes its own format`);
  }
  if (own && verify && !compressor.decompress) {
    throw new UsageError(`--verify: ${compressor.name} cannot decompress here`);
  }
  const output = flags.output ?? nameOutput(file, spec, own);
  refuseTerminal(output, force);
  await refuseExisting(output, force);
  const data = await readWhole(file);

  const pace = createPace();
  const parts = reading
    ? encodeZd(compressor, data, { spec, reading, chunkBytes: chunk, onProgress: pace.step })
    : ownFormat(compressor, data);
  const kept: Uint8Array[] = [];
  let bytes = 0;
  // The first part of a real format is all of it: until it is there, Ctrl-C needs no tidying.
  const first = await parts.next();
  await endingOnInterrupt(async () => {
    const sink = await openPlace(output, force);
    for (let part = first; !part.done; part = await parts.next()) {
      bytes += part.value.length;
      if (verify) kept.push(part.value);
      else {
        sink.write(part.value);
        await sink.flush();
      }
    }
    if (verify) {
      await checkReturn(compressor, data, Buffer.concat(kept), { spec, own, pace });
      for (const part of kept) sink.write(part);
    }
    await sink.finish();
  });
  pace.clear();
  const how = reading ? `${compressor.name}, ${reading}` : compressor.name;
  notify(`${how}: ${sizes(data.length, bytes)}${verify ? ', verified' : ''}`);
  const chunkBytes = chunk ?? defaultChunkBytes(compressor, data.length);
  if (reading && data.length > chunkBytes) {
    const chunks = Math.ceil(data.length / chunkBytes);
    notify(`${chunks} chunks, each learning from nothing; a larger --chunk is smaller`);
  }
}

async function* ownFormat(compressor: Compressor, data: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await compressor.compress!(data);
}

function nameOutput(file: string, spec: string, own: boolean): string {
  if (file === STANDARD) return STANDARD;
  if (!own) return `${file}.zd`;
  const { name } = splitSpec(spec);
  const extension = EXTENSIONS[name];
  if (extension) return file + extension;
  throw new UsageError(`what ${name} writes has no usual name; say where with -o FILE`);
}

/** @throws Error if the compressed data does not give the original back. */
async function checkReturn(
  compressor: Compressor,
  data: Uint8Array,
  compressed: Uint8Array,
  { spec, own, pace }: { spec: string; own: boolean; pace: Pace },
): Promise<void> {
  const same = (part: Uint8Array, start: number): void => {
    const expected = data.subarray(start, start + part.length);
    if (Buffer.compare(part, expected) === 0 && part.length === expected.length) return;
    throw new Error(`${compressor.name} did not give the original back: nothing was written`);
  };
  const maxBytes = data.length;
  if (own) {
    const back = await compressor.decompress!(compressed, { maxBytes });
    if (back.length !== data.length) same(back, -1);
    return same(back, 0);
  }
  const { name } = splitSpec(spec);
  const registry = { [name]: nodeRegistry[name]! };
  const options = { registry, maxBytes, onProgress: pace.step };
  for await (const { bytes, start } of decodeZd(compressed, options)) same(bytes, start);
}
