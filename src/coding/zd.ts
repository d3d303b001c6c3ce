// Reads and writes .zd files. A reading of a compressor codes each chunk from an empty context, and
// the header names the compressor and the reading, so that the decoder can open the same ones.
// Every byte of the file is covered by a CRC-32. Both directions work chunk by chunk, so no more
// than a chunk is held in memory.

import { crc32 } from '../bits/checksums.js';
import { DEFAULT_MAX_BYTES } from '../bits/limited-buffer.js';
import { CompressorUnavailableError, CorruptDataError, UsageError } from '../errors.js';
import { expectBytes, expectInteger } from '../expect.js';
import { splitSpec } from '../options.js';
import { openFromOutside, type Registry } from '../registry.js';
import type { Bytes, Compressor, ImageFormat, MaybePromise, Reading } from '../types.js';
import { chunkCoder } from './chunks.js';
import {
  chunkRange,
  countChunks,
  MOST_CHUNK_BYTES,
  readChunkHeader,
  readHeader,
  writeChunkHeader,
  writeHeader,
  ZD_CHUNK_HEADER_BYTES,
  type ZdChunkHeader,
  type ZdHeader,
} from './zd-format.js';

/** Default chunk size: 4 MiB. */
const DEFAULT_CHUNK_BYTES = 2 ** 22;
/**
 * Smallest size of chunks that are coded in lockstep. Each chunk starts with an empty model, so
 * shorter ones compress badly.
 */
const LEAST_TOGETHER_BYTES = 2 ** 12;
const MOST_TOGETHER_BYTES = 2 ** 16;

/** Default chunk size in bytes for a file of `length` bytes. */
export function defaultChunkBytes({ lockstep }: Compressor, length: number): number {
  if (!lockstep) return DEFAULT_CHUNK_BYTES;
  const even = Math.ceil(length / lockstep.rows);
  return Math.min(Math.max(even, LEAST_TOGETHER_BYTES), MOST_TOGETHER_BYTES);
}

/** Called with the bytes of the contents done so far and their total; awaited. */
export type ZdProgress = (done: number, total: number) => MaybePromise<void>;

/** How a .zd file is written: the compressor, its reading and the chunk size. */
export interface ZdEncodeOptions {
  /** Spec of the compressor; the decoder's registry must contain it. */
  readonly spec: string;
  /** Default: the compressor's best reading. */
  readonly reading?: Reading | undefined;
  /** The format the compressor was opened with, if it is not bytes. */
  readonly image?: ImageFormat | undefined;
  /** Bytes of the contents per chunk (default `defaultChunkBytes`). */
  readonly chunkBytes?: number | undefined;
  /** Called with the progress made. */
  readonly onProgress?: ZdProgress | undefined;
}

/**
 * The parts of a .zd file in order: the header, then each chunk.
 *
 * @throws RangeError for a reading that the compressor does not have or a chunk size out of range.
 */
export async function* encodeZd(
  compressor: Compressor,
  data: Uint8Array,
  options: ZdEncodeOptions,
): AsyncGenerator<Bytes, void, void> {
  expectBytes('data', data);
  const { spec, reading = compressor.readings[0]!, image, onProgress } = options;
  const { length } = data;
  const chunkBytes = options.chunkBytes ?? defaultChunkBytes(compressor, length);
  expectInteger('chunkBytes', chunkBytes, { min: 1, max: MOST_CHUNK_BYTES });
  const { version, modelSha256 } = compressor;
  if (modelSha256 && modelSha256.length !== 32) {
    throw new RangeError(`"modelSha256" expected 32 bytes, got ${modelSha256.length}`);
  }
  const crc = crc32(data);
  const header = { spec, reading, version, modelSha256, image, length, chunkBytes, crc };
  const coder = chunkCoder(compressor, reading, countChunks(header));
  yield writeHeader(header);
  for (const group of groupsOf(header, coder.size)) {
    const contents = group.map(({ start, end }) => data.subarray(start, end));
    const before = group[0]!.start;
    const payloads = await coder.encode(
      contents,
      onProgress && ((done) => onProgress(before + done, length)),
    );
    for (const [i, { index }] of group.entries()) {
      yield writeChunk(index, contents[i]!, payloads[i]!);
    }
  }
}

interface ChunkPlace {
  readonly index: number;
  /** The byte range [start, end) of the contents in this chunk. */
  readonly start: number;
  readonly end: number;
}

/** The chunks of a file in groups of `size`; the last group may be smaller. */
function* groupsOf(header: ZdHeader, size: number): Generator<ChunkPlace[], void, void> {
  const chunks = countChunks(header);
  for (let from = 0; from < chunks; from += size) {
    const count = Math.min(size, chunks - from);
    yield Array.from({ length: count }, (_, i) => ({
      index: from + i,
      ...chunkRange(header, from + i),
    }));
  }
}

function writeChunk(index: number, contents: Uint8Array, payload: Uint8Array): Bytes {
  const header = writeChunkHeader({
    index,
    contentBytes: contents.length,
    payloadBytes: payload.length,
    contentCrc: crc32(contents),
    payloadCrc: crc32(payload),
  });
  const part = new Uint8Array(ZD_CHUNK_HEADER_BYTES + payload.length);
  part.set(header);
  part.set(payload, ZD_CHUNK_HEADER_BYTES);
  return part;
}

/** How a .zd file is read: the registry, the limits, and what to do about damage. */
export interface ZdDecodeOptions {
  /** Registry in which the compressor named in the file is looked up. */
  readonly registry: Registry;
  /**
   * The spec that the file is expected to name. Files may come from untrusted sources: without it,
   * files whose compressor starts programs or opens files are rejected.
   */
  readonly confirmed?: string | undefined;
  /** Refuse contents of more bytes than this (default 1 GiB). */
  readonly maxBytes?: number | undefined;
  /** Replace lost chunks by zeros instead of throwing. */
  readonly salvage?: boolean | undefined;
  /** Called with the progress made. */
  readonly onProgress?: ZdProgress | undefined;
}

/** A chunk: bytes [start, end) of the contents. */
export interface ZdPart {
  /** Index of its first byte in the contents, from 0. */
  readonly start: number;
  /** Index after its last byte. */
  readonly end: number;
  /** The bytes; all zero if the chunk is lost. */
  readonly bytes: Bytes;
  /** Why the chunk is lost; only with `salvage`. */
  readonly lost?: Error;
}

/**
 * The contents of a .zd file, chunk by chunk, each verified before it is yielded.
 *
 * @throws CorruptDataError if the file is damaged; the message names the chunk and its byte range.
 * @throws CompressorUnavailableError if its compressor is not available in the same version with
 * the same model.
 * @throws UsageError if the contents would exceed `maxBytes`, if the file names another spec than
 * `confirmed`, and for a compressor that must be confirmed.
 */
export async function* decodeZd(
  data: Uint8Array,
  options: ZdDecodeOptions,
): AsyncGenerator<ZdPart, void, void> {
  expectBytes('data', data);
  const { maxBytes = DEFAULT_MAX_BYTES, salvage = false, onProgress } = options;
  const { header, end: firstChunk } = readHeader(data);
  const chunks = countChunks(header);
  if (header.length > maxBytes) {
    throw new UsageError(
      `contents of ${header.length} bytes exceed ${maxBytes} bytes; a higher maxBytes (--max-bytes) allows more`,
    );
  }
  if (!salvage && chunks * ZD_CHUNK_HEADER_BYTES > data.length - firstChunk) {
    throw new CorruptDataError('.zd file ends too soon', data.length);
  }
  const compressor = await openFor(header, options);
  const places = salvage ? findChunks(data, firstChunk, header) : undefined;
  const coder = chunkCoder(compressor, header.reading, chunks);
  let crc = 0;
  let at = firstChunk;
  for (const group of groupsOf(header, coder.size)) {
    const found = group.map(({ index }) => {
      try {
        const chunk = readChunk(data, places ? places.get(index) : at, header, index);
        at = chunk.end;
        return chunk;
      } catch (error) {
        return lostIf(salvage, error);
      }
    });
    const contents = group.map(
      ({ start, end }, i) => new Uint8Array(found[i] instanceof Error ? 0 : end - start),
    );
    const payloads = found.map((chunk) =>
      chunk instanceof Error ? new Uint8Array() : data.subarray(chunk.payload, chunk.end),
    );
    const before = group[0]!.start;
    await coder.decode(
      payloads,
      contents,
      onProgress && ((done) => onProgress(before + done, header.length)),
    );
    for (const [i, { index, start, end }] of group.entries()) {
      const chunk = found[i]!;
      const bytes = contents[i]!;
      if (chunk instanceof Error) {
        yield { start, end, bytes: new Uint8Array(end - start), lost: chunk };
      } else if (crc32(bytes) !== chunk.header.contentCrc) {
        const title = `${describe(header, index)} is intact, but ${compressor.name} decodes it to other data`;
        const lost = lostIf(salvage, new CorruptDataError(title, chunk.start));
        yield { start, end, bytes: new Uint8Array(end - start), lost };
      } else {
        crc = crc32(bytes, crc);
        yield { start, end, bytes };
      }
    }
  }
  if (salvage) return;
  if (at < data.length) throw new CorruptDataError('.zd file is followed by other data', at);
  if (crc !== header.crc) throw new CorruptDataError('CRC-32 of the contents does not match', at);
}

/** @throws the error, unless it is damage that `salvage` tolerates. */
function lostIf(salvage: boolean, error: unknown): CorruptDataError {
  if (salvage && error instanceof CorruptDataError) return error;
  throw error;
}

/** Opens the compressor of a file, in the version and with the model that wrote it. */
async function openFor(header: ZdHeader, { registry, confirmed }: ZdDecodeOptions) {
  const { spec, version, reading, modelSha256, image: format } = header;
  const { name } = splitSpec(spec);
  if (!Object.hasOwn(registry, name)) {
    const title = `the compressor of this file, ${JSON.stringify(spec)}, is not available`;
    throw new CompressorUnavailableError(title, 'decompress the file where it is installed');
  }
  if (confirmed !== undefined && confirmed !== spec) {
    throw new UsageError(`the file was written by "${spec}", not by "${confirmed}"`);
  }
  const advice = 'the same spec after -c (in the library: "confirmed") allows it';
  const allowed = confirmed !== undefined;
  const compressor = await openFromOutside(spec, registry, { format, allowed, advice });
  if (!sameModel(compressor.modelSha256, modelSha256)) {
    throw new CompressorUnavailableError(
      `this file was written by ${name} with a different model from the one installed`,
      'decompress it with the same model file',
    );
  }
  if (compressor.version !== version) {
    throw new CompressorUnavailableError(
      `this file was written by ${name} version ${JSON.stringify(version)}, but the one installed is ${JSON.stringify(compressor.version)}`,
      'decompress it with the same version',
    );
  }
  if (!compressor.readings.includes(reading)) {
    throw new CorruptDataError(`${name} has no reading "${reading}", which the file names`, 6);
  }
  return compressor;
}

/** Two missing models count as the same. */
function sameModel(here: Uint8Array | undefined, there: Uint8Array | undefined): boolean {
  return here?.length === there?.length && (here?.every((byte, i) => byte === there![i]) ?? true);
}

interface FoundChunk {
  readonly header: ZdChunkHeader;
  readonly start: number;
  /** The byte range of its payload. */
  readonly payload: number;
  readonly end: number;
}

/** Reads chunk `index`, whose header is expected at `start`. */
function readChunk(
  data: Uint8Array,
  start: number | undefined,
  file: ZdHeader,
  index: number,
): FoundChunk {
  const where = start ?? data.length;
  if (where + ZD_CHUNK_HEADER_BYTES > data.length) {
    throw new CorruptDataError(`${describe(file, index)} is missing`, data.length);
  }
  const header = readChunkHeader(data, where, file);
  if (header?.index !== index) {
    throw new CorruptDataError(`${describe(file, index)} has a damaged header`, where);
  }
  const payload = where + ZD_CHUNK_HEADER_BYTES;
  const end = payload + header.payloadBytes;
  if (end > data.length) {
    throw new CorruptDataError(`${describe(file, index)} is cut short`, data.length);
  }
  if (crc32(data.subarray(payload, end)) !== header.payloadCrc) {
    const title = `${describe(file, index)} is damaged: CRC-32 does not match`;
    throw new CorruptDataError(title, where);
  }
  return { header, start: where, payload, end };
}

/** Positions of the chunk headers that survive in a damaged file, found by searching the data. */
function findChunks(data: Uint8Array, from: number, file: ZdHeader): Map<number, number> {
  const places = new Map<number, number>();
  for (let at = from; at + ZD_CHUNK_HEADER_BYTES <= data.length; at++) {
    const header = readChunkHeader(data, at, file);
    if (header && !places.has(header.index)) places.set(header.index, at);
  }
  return places;
}

function describe(file: ZdHeader, index: number): string {
  const { start, end } = chunkRange(file, index);
  return `chunk ${index} of ${countChunks(file)} (bytes ${start} to ${end})`;
}
