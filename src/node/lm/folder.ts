// A language model as Hugging Face lays it out: config.json, tokenizer.json and model.onnx in a
// folder, the graph perhaps in onnx/ below it. A graph by itself is a model of bytes.

import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CompressorUnavailableError, UsageError } from '../../errors.js';
import { FileError, reason } from '../files.js';
import { Vocabulary } from './vocabulary.js';

/** What is known of a model before its graph is run. */
export interface ModelFiles {
  /** The .onnx file. */
  readonly graph: string;
  /** All that the model is made of. */
  readonly parts: readonly string[];
  readonly config: ModelConfig;
  /** Undefined for a model of bytes. */
  readonly vocabulary: Vocabulary | undefined;
}

/** What config.json says; undefined for what it does not. */
export interface ModelConfig {
  /** The most tokens that the model can see at once. */
  readonly context?: number;
  /** The token that stands before a text. */
  readonly start?: number;
  /** Symbols of the graph. */
  readonly vocabulary?: number;
}

/**
 * Finds the parts of a model by its folder or its graph, and reads those that are JSON.
 *
 * @throws FileError if one is not there or cannot be read.
 * @throws UsageError if one is not what it should be.
 * @throws CompressorUnavailableError if there is a tokenizer and the package to read it is missing.
 */
export async function findModel(path: string): Promise<ModelFiles> {
  const isFolder = await stat(path).then(
    (it) => it.isDirectory(),
    (error) => {
      throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
    },
  );
  const graph = isFolder ? await findGraph(path) : path;
  const beside = dirname(graph);
  const folder = isFolder ? path : basename(beside) === 'onnx' ? dirname(beside) : beside;
  const data = (await exists(`${graph}_data`)) ? [`${graph}_data`] : [];
  const tokenizer = join(folder, 'tokenizer.json');
  const hasTokens = await exists(tokenizer);
  const configPath = join(folder, 'config.json');
  const hasConfig = hasTokens || (isFolder && (await exists(configPath)));
  return {
    graph,
    parts: [graph, ...data, ...(hasTokens ? [tokenizer] : [])],
    config: hasConfig ? readConfig(configPath, await readJson(configPath)) : {},
    vocabulary: hasTokens ? await openVocabulary(tokenizer) : undefined,
  };
}

const GRAPH_NAMES = ['model', 'model_quantized', 'model_fp16'];

/** The first of the names that is there, whole numbers before rounded ones. */
async function findGraph(folder: string): Promise<string> {
  for (const name of GRAPH_NAMES) {
    for (const place of ['.', 'onnx']) {
      const path = join(folder, place, `${name}.onnx`);
      if (await exists(path)) return path;
    }
  }
  throw new FileError(`"${folder}" has no model.onnx, nor onnx/model.onnx`);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (it) => it.isFile(),
    () => false,
  );
}

type Json = Readonly<Record<string, unknown>>;

async function readJson(path: string): Promise<Json> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {}
  throw new UsageError(`"${path}" is not a JSON object`);
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readConfig(path: string, json: Json): ModelConfig {
  const integer = (...names: readonly string[]): number | undefined => {
    const name = names.find((key) => json[key] !== undefined && json[key] !== null);
    if (name === undefined) return undefined;
    const value = json[name];
    if (Number.isInteger(value) && Number(value) >= 0) return Number(value);
    throw new UsageError(`"${path}" has a "${name}" that is no whole number`);
  };
  const context = integer('max_position_embeddings', 'n_positions', 'n_ctx');
  const start = integer('bos_token_id', 'eos_token_id');
  const vocabulary = integer('vocab_size');
  return {
    ...(context !== undefined && { context }),
    ...(start !== undefined && { start }),
    ...(vocabulary !== undefined && { vocabulary }),
  };
}

async function openVocabulary(path: string): Promise<Vocabulary> {
  const json = await readJson(path);
  const { Tokenizer } = await loadTokenizers();
  const alphabet = alphabetOf(json);
  if (!alphabet) {
    throw new UsageError(`"${path}" is neither byte-level nor with ▁ for a space: cannot be bytes`);
  }
  const added = (Array.isArray(json.added_tokens) ? json.added_tokens : []).filter(isRecord);
  let vocabulary: Vocabulary;
  try {
    const tokenizer = new Tokenizer(losslessly(json, alphabet), {});
    const ids = (tokens: readonly Json[]): Set<number> =>
      new Set(tokens.map(({ id }) => Number(id)));
    vocabulary = new Vocabulary({
      tokens: tokenizer.get_vocab(),
      alphabet,
      special: ids(added.filter(({ special }) => special)),
      added: ids(added),
      encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    });
  } catch (error) {
    throw new UsageError(`"${path}" is not a tokenizer that can be read`, { cause: error });
  }
  const missing = vocabulary.missingByte();
  if (missing !== undefined) {
    throw new UsageError(`"${path}" has no token for byte ${missing}: it cannot write every file`);
  }
  return vocabulary;
}

async function loadTokenizers(): Promise<typeof import('@huggingface/tokenizers')> {
  try {
    return await import('@huggingface/tokenizers');
  } catch (error) {
    throw new CompressorUnavailableError(
      'language models of tokens need the package @huggingface/tokenizers',
      'npm install @huggingface/tokenizers',
      { cause: error },
    );
  }
}

/** How tokens are written, read off the parts that turn them into text and back. */
function alphabetOf(json: Json): 'byte-level' | 'sentencepiece' | undefined {
  const parts = JSON.stringify([json.normalizer, json.pre_tokenizer, json.decoder]);
  if (parts.includes('"ByteLevel"')) return 'byte-level';
  return parts.includes('▁') || parts.includes('"Metaspace"') ? 'sentencepiece' : undefined;
}

/** The tokenizer without what changes the text or finds special tokens in it. */
function losslessly(json: Json, alphabet: 'byte-level' | 'sentencepiece'): Json {
  const added = Array.isArray(json.added_tokens) ? json.added_tokens : [];
  const plain = {
    ...json,
    added_tokens: added.filter(({ special }) => !special),
    post_processor: null,
  };
  if (alphabet === 'sentencepiece') {
    const normalizer = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
    return { ...plain, normalizer, pre_tokenizer: null };
  }
  const unprefixed = JSON.stringify(json.pre_tokenizer ?? null, (key, value) =>
    key === 'add_prefix_space' ? false : value,
  );
  return { ...plain, normalizer: null, pre_tokenizer: JSON.parse(unprefixed) };
}
