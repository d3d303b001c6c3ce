// Opens a language model as a compressor: of bytes, or of tokens whose bytes are summed over.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { crc32 } from '../../bits/checksums.js';
import { ByteLanguageModel, ByteLockstep } from '../../engines/lm/byte-predictor.js';
import { type LanguageGraph, MOST_RECENT } from '../../engines/lm/graph.js';
import { Window, type WindowOptions } from '../../engines/lm/window.js';
import { UsageError } from '../../errors.js';
import { chooseReading } from '../../readings/choose.js';
import { decodeReading } from '../../readings/decode.js';
import type { Compressor } from '../../types.js';
import { VERSION } from '../../version.js';
import { FileError, reason } from '../files.js';
import { ByteMarginalModel } from './byte-marginal.js';
import { type Dtype, findModel, type ModelFiles } from './folder.js';
import { openGraph } from './runtime.js';
import { LanguageTokens } from './token-source.js';
import { TokenContext, type TokenModel, tokenBits } from './tokens.js';

export interface ModelOptions {
  /** A graph, or a folder as Hugging Face lays it out. */
  readonly path: string;
  /** Of the graph in a folder; the first that is there, if left out. */
  readonly dtype?: Dtype | undefined;
  /** Tokens that the graph may see at once; what config.json says up to 2048, if left out. */
  readonly context: number | undefined;
  /** The token that stands before the first; what config.json says or 0, if left out. */
  readonly start: number | undefined;
  readonly threads: number;
  /** Chunks of a file that a model of bytes codes together. */
  readonly batch: number;
  /** Ways to cut the bytes into tokens that are followed. */
  readonly beam: number;
}

export const LEAST_CONTEXT = 8;
const MOST_CONTEXT = 2048;
/** Symbols that a model of bytes may have beside the 256. */
const MOST_SPECIAL = 256;

/**
 * @param name of the row, for messages.
 * @throws FileError, UsageError or CompressorUnavailableError, each with a message of one line.
 */
export async function openLanguageModel(name: string, options: ModelOptions): Promise<Compressor> {
  const files = await findModel(options.path, options.dtype);
  const { config } = files;
  const most = config.context ?? Infinity;
  const { context = Math.min(most, MOST_CONTEXT), start = config.start ?? 0 } = options;
  const { graph, version } = await openGraph(files.graph, options.threads, {
    ...config,
    // A window counts tokens, and padding would be counted too.
    canPad: (config.slidingWindow ?? Infinity) >= context,
  });
  if (context > most) {
    throw new UsageError(`"${name}:context" expected at most ${most}, got ${context}`);
  }
  if (context < LEAST_CONTEXT) {
    throw new UsageError(
      `"${options.path}" sees ${most} tokens at once; ${LEAST_CONTEXT} are needed`,
    );
  }
  checkVocabulary(files, graph);
  if (start >= graph.vocabulary) {
    throw new UsageError(`"${name}:start" expected less than ${graph.vocabulary}, got ${start}`);
  }
  const { size, sha256 } = await digest(files.parts);
  const common = { name, modelBytes: size, modelSha256: sha256 };
  const { threads, batch, beam } = options;
  const engine = `zipdream ${VERSION}, ${version}, ${threads} threads`;
  const { vocabulary } = files;
  if (vocabulary) {
    const model: TokenModel = { graph, vocabulary, context, start };
    const create = (): ByteMarginalModel => ByteMarginalModel.start(model, beam);
    return {
      ...common,
      version: `${engine}, digits ${await tokenDigits(model)}`,
      ...chooseReading(name, { decode: () => decodeReading(create()) }),
      startTokens: () => new LanguageTokens(model),
      codeLengthIn: 'tokens',
      codeLength: (data) => tokenBits(model, data),
    };
  }
  const window: WindowOptions = { context, start, firstByte: files.firstByte };
  const create = (): ByteLanguageModel => new ByteLanguageModel(new Window(graph, window, 1));
  return {
    ...common,
    version: `${engine}, batch ${batch}, digits ${await byteDigits(graph, window)}`,
    ...chooseReading(name, { decode: () => decodeReading(create()) }),
    lockstep: {
      rows: graph.hasBatch ? batch : 1,
      start: (rows) => new ByteLockstep(graph, window, rows),
    },
    codeLength: async (data) => (await create().surprisals(data)).reduce((sum, b) => sum + b, 0),
  };
}

function checkVocabulary(
  { config, vocabulary, firstByte }: ModelFiles,
  graph: LanguageGraph,
): void {
  const { path, vocabulary: width } = graph;
  if (config.vocabulary !== undefined && config.vocabulary !== width) {
    throw new UsageError(
      `"${path}" has ${width} symbols, and its config.json says ${config.vocabulary}`,
    );
  }
  if (!vocabulary) {
    if (width >= 256 + firstByte && width <= 256 + MOST_SPECIAL) return;
    throw new UsageError(
      `"${path}" has ${width} symbols; a model of bytes has 256, and one of tokens a tokenizer.json`,
    );
  }
  const last = vocabulary.ids.reduce((a, b) => Math.max(a, b));
  if (last >= width || vocabulary.known < LEAST_COVER * width) {
    throw new UsageError(
      `"${path}" has ${width} symbols, and its tokenizer.json is for ${last + 1}: they do not match`,
    );
  }
}

/** Models are padded to a round number of symbols, but not by more than this. */
const LEAST_COVER = 0.5;

/** Bytes of some files, one after the other, and their SHA-256. */
async function digest(paths: readonly string[]): Promise<{ size: number; sha256: Uint8Array }> {
  const hash = createHash('sha256');
  let size = 0;
  for (const path of paths) {
    try {
      for await (const part of createReadStream(path)) {
        hash.update(part);
        size += part.length;
      }
    } catch (error) {
      throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
    }
  }
  return { size, sha256: new Uint8Array(hash.digest()) };
}

/**
 * A CRC-32 of what the model says of some text here, alone and in a batch. Processors of other
 * kinds add up in another order: what was coded with other last digits cannot be decoded.
 */
async function byteDigits(graph: LanguageGraph, options: WindowOptions): Promise<string> {
  let crc = 0;
  for (const rows of graph.hasBatch ? [1, 3] : [1]) {
    const model = new ByteLockstep(graph, options, rows);
    for (let i = 0; i <= MOST_RECENT; i++) {
      model.update(Uint8Array.from({ length: rows }, (_, row) => i * (7 * row + 31)));
    }
    const bits = new Float64Array(256 * rows);
    await model.predict(bits);
    crc = crc32(new Uint8Array(bits.buffer), crc);
  }
  return crc.toString(16).padStart(8, '0');
}

/** The same of a model of tokens, which are always passed alone. */
async function tokenDigits(model: TokenModel): Promise<string> {
  let context = TokenContext.start(model);
  let crc = 0;
  for (let i = 0; i < TOKENS_PROBED; i++) {
    const bits = (await context.distribution()).bits();
    crc = crc32(new Uint8Array(bits.buffer), crc);
    context = context.after((31 * i) % model.vocabulary.size);
  }
  return crc.toString(16).padStart(8, '0');
}

const TOKENS_PROBED = 4;
