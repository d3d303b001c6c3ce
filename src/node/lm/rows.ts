// Rows `onnx` and `lm`: language models of bytes, run by onnxruntime. `lm` is our own, trained by
// training/train.py; its weights lie in models/ beside the program.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { crc32 } from '../../bits/checksums.js';
import { UsageError } from '../../errors.js';
import { chooseReading } from '../../readings/choose.js';
import { decodeReading } from '../../readings/decode.js';
import type { CompressorEntry } from '../../registry.js';
import type { Compressor } from '../../types.js';
import { VERSION } from '../../version.js';
import { ByteLanguageModel, ByteLockstep } from './byte-predictor.js';
import { type LanguageGraph, MOST_RECENT, openGraph } from './graph.js';
import { Window, type WindowOptions } from './window.js';

const threads = {
  type: 'integer',
  min: 1,
  max: 64,
  default: 1,
  summary: 'threads of a pass; a file is read back with as many as wrote it',
} as const;

const batch = {
  type: 'integer',
  min: 1,
  max: 64,
  default: 64,
  summary: 'chunks of a file that are coded together, 2 to 8 MB of memory each',
} as const;

const context = {
  type: 'integer',
  min: 8,
  max: 65536,
  default: 2048,
  summary: 'tokens the model sees at once; when they are full it keeps the later half',
} as const;

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
    batch,
  },
  open: (_format, options) =>
    openLanguageModel('onnx', {
      path: String(options.model),
      context: Number(options.context),
      start: Number(options.start),
      threads: Number(options.threads),
      batch: Number(options.batch),
    }),
};

/** Tokens of the longest sequences that a model of ours was trained on. */
const LM_CONTEXT: Readonly<Record<string, number>> = { '200k': 768, '800k': 2048 };

export const lm: CompressorEntry = {
  summary: 'our own byte transformer, trained on Wikipedia text',
  accepts: ['bytes'],
  options: {
    size: {
      type: 'choice',
      choices: Object.keys(LM_CONTEXT),
      default: '200k',
      summary: 'parameters',
    },
    threads,
    batch,
  },
  open: (_format, options) =>
    openLanguageModel('lm', {
      path: fileURLToPath(new URL(`../../../models/lm-${options.size}.onnx`, import.meta.url)),
      context: LM_CONTEXT[String(options.size)]!,
      start: 0,
      threads: Number(options.threads),
      batch: Number(options.batch),
    }),
};

interface ModelOptions extends WindowOptions {
  readonly path: string;
  readonly threads: number;
  readonly batch: number;
}

async function openLanguageModel(name: string, options: ModelOptions): Promise<Compressor> {
  const { threads, batch } = options;
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
  const create = (): ByteLanguageModel => new ByteLanguageModel(new Window(graph, options, 1));
  const how = `${threads} threads, batch ${batch}, digits ${await digitsOf(graph, options)}`;
  return {
    name,
    version: `zipdream ${VERSION}, ${graph.version}, ${how}`,
    ...chooseReading(name, { decode: () => decodeReading(create()) }),
    lockstep: {
      rows: graph.hasBatch ? batch : 1,
      start: (rows) => new ByteLockstep(graph, options, rows),
    },
    codeLength: async (data) => (await create().surprisals(data)).reduce((sum, b) => sum + b, 0),
    modelBytes: graph.bytes.length,
    modelSha256: createHash('sha256').update(graph.bytes).digest(),
  };
}

/**
 * A CRC-32 of what the model says of some text here, alone and in a batch. Processors of other
 * kinds add up in another order: what was coded with other last digits cannot be decoded.
 */
async function digitsOf(graph: LanguageGraph, options: WindowOptions): Promise<string> {
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
