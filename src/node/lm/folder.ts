// A language model as Hugging Face lays it out: config.json, tokenizer.json and model.onnx in a
// folder, the graph perhaps in onnx/ below it and perhaps under one of the names that
// transformers.js knows; or as onnxruntime-genai does, with a genai_config.json. A graph by itself
// is a model of bytes.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileError, reason } from '../files.js';
import { genaiGraph, type ModelConfig, readConfig, readGenaiConfig } from './config.js';
import { type Json, readJson } from './json.js';
import { openVocabulary } from './tokenizer.js';
import type { Vocabulary } from './vocabulary.js';

/** The files of a model and their contents, before its graph is run. */
export interface ModelFiles {
  /** The .onnx file. */
  readonly graph: string;
  /** All files of the model. */
  readonly parts: readonly string[];
  readonly config: ModelConfig;
  /** Undefined for a model of bytes. */
  readonly vocabulary: Vocabulary | undefined;
  /** Of a model of bytes, the symbol of byte 0; the others follow it. */
  readonly firstByte: number;
}

/** How a graph's weights are rounded, and the end of its file's name. */
const SUFFIXES = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;

export type Dtype = keyof typeof SUFFIXES;

/** In order of preference: unrounded weights first. */
export const DTYPES = Object.keys(SUFFIXES) as readonly Dtype[];

const STEMS = ['model', 'decoder_model_merged', 'decoder_with_past_model', 'decoder_model'];

/** ByT5 has no tokenizer.json: byte b is symbol b + 3, after those for padding, end and unknown. */
const BYT5_FIRST = 3;

/**
 * Finds the parts of a model by its folder or its graph, and reads those that are JSON.
 *
 * @param dtype of the graph in a folder; the first of `DTYPES` that is there, if left out.
 * @throws FileError if a file is missing or cannot be read.
 * @throws UsageError if a file is not of the expected kind.
 * @throws CompressorUnavailableError if there is a tokenizer and the package to read it is missing.
 */
export async function findModel(path: string, dtype?: Dtype): Promise<ModelFiles> {
  const isFolder = await stat(path).then(
    (it) => it.isDirectory(),
    (error) => {
      throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
    },
  );
  const beside = dirname(path);
  const folder = isFolder ? path : basename(beside) === 'onnx' ? dirname(beside) : beside;
  const inFolder = async (name: string, isNeeded = false): Promise<Json | undefined> =>
    isNeeded || (await exists(join(folder, name))) ? readJson(join(folder, name)) : undefined;
  const genai = await inFolder('genai_config.json');
  const graph = isFolder ? await findGraph(path, dtype, genai && genaiGraph(genai)) : path;
  const tokenizer = join(folder, 'tokenizer.json');
  const hasTokens = await exists(tokenizer);
  const isByT5 =
    !hasTokens && (await inFolder('tokenizer_config.json'))?.tokenizer_class === 'ByT5Tokenizer';
  // Tokens need to be told what stands before a text, by one of the two files.
  const config =
    isFolder || hasTokens || isByT5
      ? await inFolder('config.json', hasTokens && !genai)
      : undefined;
  return {
    graph,
    parts: [graph, ...(await dataBeside(graph)), ...(hasTokens ? [tokenizer] : [])],
    config: {
      ...(genai && readGenaiConfig(join(folder, 'genai_config.json'), genai)),
      ...(config && readConfig(join(folder, 'config.json'), config)),
    },
    vocabulary: hasTokens ? await openVocabulary(tokenizer) : undefined,
    firstByte: isByT5 ? BYT5_FIRST : 0,
  };
}

async function findGraph(folder: string, dtype?: Dtype, named?: string): Promise<string> {
  const names = (dtype ? [dtype] : DTYPES).flatMap((it) =>
    STEMS.map((stem) => `${stem}${SUFFIXES[it]}.onnx`),
  );
  if (named && !dtype) names.unshift(named);
  for (const name of names) {
    for (const place of ['.', 'onnx']) {
      const path = join(folder, place, name);
      if (await exists(path)) return path;
    }
  }
  const there = [
    ...(await graphsIn(folder)),
    ...(await graphsIn(join(folder, 'onnx'))).map((name) => `onnx/${name}`),
  ];
  const found = there.length > 0 ? `; it has ${there.join(', ')}` : '';
  const wanted = dtype ? `graph of dtype ${dtype}` : 'model.onnx, nor onnx/model.onnx';
  throw new FileError(`"${folder}" has no ${wanted}${found}`);
}

async function graphsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.onnx')).sort();
}

/** Weights outside of the graph: model.onnx_data (and _data_1 …), or model.onnx.data. */
async function dataBeside(graph: string): Promise<string[]> {
  const name = basename(graph);
  const names = await readdir(dirname(graph)).catch(() => []);
  const isData = (it: string): boolean =>
    it.startsWith(name) && /^(?:[_.]data(?:_\d+)?)$/.test(it.slice(name.length));
  return names
    .filter(isData)
    .sort()
    .map((it) => join(dirname(graph), it));
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (it) => it.isFile(),
    () => false,
  );
}
