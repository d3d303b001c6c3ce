// Opens a language model as a compressor: of bytes, or of tokens whose bytes are summed over.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { UsageError } from '../../errors.js';
import { chooseReading } from '../../readings/choose.js';
import { decodeReading } from '../../readings/decode.js';
import type { Compressor } from '../../types.js';
import { VERSION } from '../../version.js';
import { FileError, reason } from '../files.js';
import { ByteMarginalModel } from './byte-marginal.js';
import { ByteLanguageModel } from './byte-predictor.js';
import { findModel, type ModelFiles } from './folder.js';
import { type LanguageGraph, openGraph } from './graph.js';
import { LanguageTokens } from './token-source.js';
import { type TokenModel, tokenBits } from './tokens.js';

export interface ModelOptions {
  /** A graph, or a folder as Hugging Face lays it out. */
  readonly path: string;
  /** Tokens that the graph may see at once; what config.json says up to 2048, if left out. */
  readonly context: number | undefined;
  /** The token that stands before the first; what config.json says or 0, if left out. */
  readonly start: number | undefined;
  readonly threads: number;
  /** Ways to cut the bytes into tokens that are followed. */
  readonly beam: number;
}

const MOST_CONTEXT = 2048;
/** Symbols that a model of bytes may have beside the 256. */
const MOST_SPECIAL = 256;

/**
 * @param name of the row, for messages.
 * @throws FileError, UsageError or CompressorUnavailableError, each with a message of one line.
 */
export async function openLanguageModel(name: string, options: ModelOptions): Promise<Compressor> {
  const files = await findModel(options.path);
  const graph = await openGraph(files.graph, options);
  const { config } = files;
  const most = config.context ?? Infinity;
  const { context = Math.min(most, MOST_CONTEXT), start = config.start ?? 0, threads } = options;
  if (context > most) {
    throw new UsageError(`"${name}:context" expected at most ${most}, got ${context}`);
  }
  checkVocabulary(files, graph);
  if (start >= graph.vocabulary) {
    throw new UsageError(`"${name}:start" expected less than ${graph.vocabulary}, got ${start}`);
  }
  const { size, sha256 } = await digest(files.parts);
  const common = {
    name,
    version: `zipdream ${VERSION}, ${graph.version}, ${threads} threads`,
    modelBytes: size,
    modelSha256: sha256,
  };
  const { vocabulary } = files;
  if (!vocabulary) {
    const create = (): ByteLanguageModel => new ByteLanguageModel(graph, { context, start });
    return {
      ...common,
      ...chooseReading(name, { decode: () => decodeReading(create()) }),
      codeLength: async (data) => (await create().surprisals(data)).reduce((sum, b) => sum + b, 0),
    };
  }
  const model: TokenModel = { graph, vocabulary, context, start };
  const create = (): ByteMarginalModel => ByteMarginalModel.start(model, options.beam);
  return {
    ...common,
    ...chooseReading(name, { decode: () => decodeReading(create()) }),
    startTokens: () => new LanguageTokens(model),
    codeLengthIn: 'tokens',
    codeLength: (data) => tokenBits(model, data),
  };
}

function checkVocabulary({ config, vocabulary }: ModelFiles, graph: LanguageGraph): void {
  const { path, vocabulary: width } = graph;
  if (config.vocabulary !== undefined && config.vocabulary !== width) {
    throw new UsageError(
      `"${path}" has ${width} symbols, and its config.json says ${config.vocabulary}`,
    );
  }
  if (!vocabulary) {
    if (width >= 256 && width <= 256 + MOST_SPECIAL) return;
    throw new UsageError(
      `"${path}" has ${width} symbols; a model of bytes has 256, and one of tokens a tokenizer.json`,
    );
  }
  const last = vocabulary.ids.reduce((a, b) => Math.max(a, b));
  if (last >= width || vocabulary.size < LEAST_COVER * width) {
    throw new UsageError(
      `"${path}" has ${width} symbols, and its tokenizer.json is for ${last + 1}: they do not match`,
    );
  }
}

/** Models are padded to a round number of symbols, but not by more than this. */
const LEAST_COVER = 0.9;

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
