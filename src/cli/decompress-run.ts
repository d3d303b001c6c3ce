// What `zipdream decompress` does: tells the format by the contents, and brings them back.

import { decodeZd } from '../coding/zd.js';
import { readHeader, ZD_MAGIC } from '../coding/zd-format.js';
import { looksLikeAlone } from '../engines/lzma/codec/alone.js';
import { UsageError } from '../errors.js';
import { FileError } from '../node/files.js';
import { openCompressor } from '../node/open.js';
import { nodeRegistry } from '../node/registry.js';
import { splitSpec } from '../options.js';
import type { Registry } from '../registry.js';
import { membersOf } from '../specs.js';
import {
  createPace,
  endingOnInterrupt,
  openPlace,
  readWhole,
  refuseExisting,
  refuseTerminal,
  STANDARD,
  sizes,
} from './compress-output.js';
import { notify } from './notify.js';
import { count } from './numbers.js';
import { withPictureAsPng } from './picture-compress.js';

export interface DecompressFlags {
  readonly compressor?: string;
  readonly output?: string;
  readonly salvage?: boolean;
  readonly maxBytes?: number;
  readonly force?: boolean;
}

type FileFormat = 'zd' | 'gzip' | 'zlib' | 'lzma';

export async function runDecompress(file = STANDARD, flags: DecompressFlags): Promise<void> {
  const { salvage = false, maxBytes, force = false } = flags;
  const output = flags.output ?? nameOutput(file);
  await refuseExisting(output, force);
  const data = await readWhole(file);
  const title = file === STANDARD ? 'standard input' : `"${file}"`;
  const format = detectFormat(data);
  if (format !== 'zd' && salvage) throw new UsageError('--salvage is for .zd files');

  const pace = createPace();
  const lost: Lost[] = [];
  let bytes = 0;
  const registry = format === 'zd' ? allowedCompressors(data, flags.compressor) : {};
  const parts =
    format === 'zd'
      ? withPictureAsPng(
          data,
          decodeZd(data, { registry, maxBytes, salvage, onProgress: pace.step }),
        )
      : ownFormat(data, flags.compressor ?? format ?? refuseUnknown(title), maxBytes);
  const first = await parts.next();
  await endingOnInterrupt(async () => {
    const sink = await openPlace(output, force);
    for (let part = first; !part.done; part = await parts.next()) {
      if (part.value.lost) noteLost(lost, part.value.start, part.value.end, part.value.lost);
      if (isBinary(part.value.bytes)) refuseTerminal(output, force);
      bytes += part.value.end - part.value.start;
      sink.write(part.value.bytes);
      await sink.flush();
    }
    await sink.finish();
  });
  pace.clear();
  for (const { start, end, problem } of lost) {
    notify(`lost bytes ${count(start)} to ${count(end - 1)}, now zeros: ${problem}`);
  }
  notify(`${title}: ${sizes(bytes, data.length)}`);
  if (lost.length > 0) {
    process.exitCode = 1;
    const missing = lost.reduce((sum, { start, end }) => sum + end - start, 0);
    notify(`${count(bytes - missing)} of ${count(bytes)} bytes saved`);
  }
}

/** What the first bytes say: .zd even with one of the four bytes of its magic damaged. */
export function detectFormat(data: Uint8Array): FileFormat | undefined {
  if (ZD_MAGIC.filter((byte, i) => data[i] === byte).length >= 3) return 'zd';
  const [first = 0, second = 0] = data;
  if (first === 0x1f && second === 0x8b) return 'gzip';
  const isZlib = (first & 15) === 8 && first >> 4 < 8 && (first * 256 + second) % 31 === 0;
  if (isZlib && data.length >= 2) return 'zlib';
  return looksLikeAlone(data) ? 'lzma' : undefined;
}

function refuseUnknown(title: string): never {
  const message = `${title} is not .zd, .gz, zlib or .lzma; if it is a raw deflate stream, say -c deflate`;
  throw new FileError(message);
}

async function* ownFormat(data: Uint8Array, spec: string, maxBytes: number | undefined) {
  const compressor = await openCompressor(spec);
  if (!compressor.decompress) throw new UsageError(`${compressor.name} cannot decompress here`);
  const bytes = await compressor.decompress(data, maxBytes === undefined ? {} : { maxBytes });
  yield { start: 0, end: bytes.length, bytes, lost: undefined };
}

/**
 * The compressors that a .zd may name. Those that run programs only if -c says the same: the file
 * may come from a stranger.
 */
function allowedCompressors(data: Uint8Array, confirmed: string | undefined): Registry {
  const { spec } = readHeader(data).header;
  if (confirmed !== undefined && confirmed !== spec) {
    throw new UsageError(`the file was written by ${shown(spec)}, not by ${shown(confirmed)}`);
  }
  if (runsPrograms(spec) && confirmed === undefined) {
    throw new UsageError(`the file asks to run ${shown(spec)}; the same after -c allows it`);
  }
  return nodeRegistry;
}

/** Whether it, or a member of it, names a row whose options are a command. */
function runsPrograms(spec: string): boolean {
  const { name } = splitSpec(spec);
  const entry = Object.hasOwn(nodeRegistry, name) ? nodeRegistry[name] : undefined;
  const takesCommand = Object.values(entry?.options ?? {}).some(({ type }) => type === 'rest');
  return takesCommand || membersOf(spec).some(runsPrograms);
}

const shown = (spec: string): string => JSON.stringify(spec);

const STRIPPED = ['.zd', '.gz', '.zz', '.zlib', '.deflate', '.lzma'];

function nameOutput(file: string): string {
  if (file === STANDARD) return STANDARD;
  if (file.endsWith('.tgz')) return file.replace(/tgz$/, 'tar');
  const extension = STRIPPED.find(
    (end) => file.endsWith(end) && !/(^|[/\\])$/.test(file.slice(0, -end.length)),
  );
  if (extension) return file.slice(0, -extension.length);
  throw new UsageError(`"${file}" has no ending to take off; say where to write with -o FILE`);
}

interface Lost {
  readonly start: number;
  end: number;
  readonly problem: string;
}

/** One line for neighbouring chunks, with the first one's problem. */
function noteLost(lost: Lost[], start: number, end: number, { message }: Error): void {
  const before = lost.at(-1);
  if (before?.end === start) before.end = end;
  else lost.push({ start, end, problem: message });
}

/** Whether there are control characters that no text has. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13);
}
