// Rows `onnx` and `lm`: language models of bytes, run by onnxruntime. `lm` is our own, trained by
// training/train.py; its weights lie in models/ beside the program.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../errors.js';
import { chooseReading } from '../../readings/choose.js';
import { decodeReading } from '../../readings/decode.js';
import type { CompressorEntry } from '../../registry.js';
import type { Compressor } from '../../types.js';
import { VERSION } from '../../version.js';
import { ByteLanguageModel } from './byte-predictor.js';
import { openGraph } from './graph.js';

const threads = {
  type: 'integer',
  min: 1,
  max: 64,
  default: 1,
  summary: 'threads of a pass; a file is read back with as many as wrote it',
} as const;

const context = {
  type: 'integer',
  min: 8,
  max: 65536,
  default: 2048,
  summary: 'tokens the model sees at once; when they are full it keeps the later half',
} as const;

/** Row `onnx`: a language model of bytes in a file, decode. */
export const onnx: CompressorEntry = {
  summary: 'a language model of bytes in ONNX, as Hugging Face exports them',
  accepts: ['bytes'],
  options: {
    model: { type: 'text', summary: 'an .onnx file' },
    context,
    start: {
      type: 'integer',
      min: 0,
      max: 2 ** 20,
      default: 0,
      summary: 'token that stands before the first byte',
    },
    threads,
  },
  open: (_format, options) =>
    openLanguageModel('onnx', {
      path: String(options.model),
      context: Number(options.context),
      start: Number(options.start),
      threads: Number(options.threads),
    }),
};

/** Tokens of the longest sequences that our model was trained on. */
const LM_CONTEXT = 768;

/** Row `lm`: the byte transformer of this package, decode. */
export const lm: CompressorEntry = {
  summary: 'our own byte transformer, trained on Wikipedia text',
  accepts: ['bytes'],
  options: {
    size: { type: 'choice', choices: ['200k'], default: '200k', summary: 'parameters' },
    threads,
  },
  open: (_format, options) =>
    openLanguageModel('lm', {
      path: fileURLToPath(new URL(`../../../models/lm-${options.size}.onnx`, import.meta.url)),
      context: LM_CONTEXT,
      start: 0,
      threads: Number(options.threads),
    }),
};

interface ModelOptions {
  readonly path: string;
  readonly context: number;
  readonly start: number;
  readonly threads: number;
}

async function openLanguageModel(name: string, options: ModelOptions): Promise<Compressor> {
  const graph = await openGraph(options.path, options);
  if (graph.vocabulary < 256) {
    throw new UsageError(
      `"${options.path}" has ${graph.vocabulary} symbols; a model of bytes has 256`,
    );
  }
  if (options.start >= graph.vocabulary) {
    throw new UsageError(
      `"${name}:start" expected less than ${graph.vocabulary}, got ${options.start}`,
    );
  }
  const hash = createHash('sha256').update(graph.bytes).digest('hex');
  const create = (): ByteLanguageModel => new ByteLanguageModel(graph, options);
  return {
    name,
    version: `zipdream ${VERSION}, ${graph.version}, ${options.threads} threads, model ${hash.slice(0, 12)}`,
    ...chooseReading(name, { decode: () => decodeReading(create()) }),
    codeLength: async (data) => (await create().surprisals(data)).reduce((sum, b) => sum + b, 0),
    modelBytes: graph.bytes.length,
  };
}
