// What `zipdream compress` does: a compressor's own format, or a .zd from a reading of it.

import { defaultChunkBytes, encodeZd } from '../coding/zd.js';
import type { PngEffort } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import { openCompressor } from '../node/open.js';
import { splitSpec } from '../options.js';
import type { Compressor, Reading } from '../types.js';
import {
  createPace,
  readWhole,
  refuseExisting,
  refuseTerminal,
  STANDARD,
  sizes,
} from './compress-output.js';
import { writeCompressed } from './compress-write.js';
import { checkReading } from './flags.js';
import { notify } from './notify.js';
import { EFFORT_NEEDS, runCompressPicture, takesPicture } from './picture-compress.js';
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
  if (flags.effort) throw new UsageError(EFFORT_NEEDS);
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
  const write = { compressor, spec, own, output, force, verify, pace };
  const bytes = await writeCompressed(data, parts, write);
  const how = reading ? `${compressor.name}, ${reading}` : compressor.name;
  notify(`${how}: ${sizes(data.length, bytes)}${verify ? ', verified' : ''}`);
  const chunkBytes = chunk ?? defaultChunkBytes(compressor, data.length);
  if (reading && data.length > chunkBytes) {
    const chunks = Math.ceil(data.length / chunkBytes);
    notify(`${chunks} chunks, each learning from nothing; a larger --chunk is smaller`);
  }
}

async function* ownFormat(compressor: Compressor, data: Uint8Array) {
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
