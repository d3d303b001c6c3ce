// Rows `onnx` and `lm`: language models of bytes or tokens, run by onnxruntime. `lm` are our own,
// trained by training/train.py; their weights lie in models/ beside the program.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CompressorUnavailableError } from '../../errors.js';
import type { OptionValue } from '../../options.js';
import type { CompressorEntry } from '../../registry.js';
import { DTYPES, type Dtype } from './folder.js';
import { LEAST_CONTEXT, openLanguageModel } from './open.js';

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
  summary: 'chunks of a file that are coded together; in lm each takes up to 16 MB',
} as const;

const beam = {
  type: 'integer',
  min: 1,
  max: 4096,
  default: 8,
  summary: "ways to cut bytes into tokens that are followed beside the tokenizer's own",
} as const;

const optional = (value: OptionValue | undefined): number | undefined =>
  value === undefined ? undefined : Number(value);

/** Row `onnx`: a language model of bytes in a file, decode. */
export const onnx: CompressorEntry = {
  summary: 'a language model in ONNX, of bytes or of tokens, as Hugging Face exports them',
  accepts: ['bytes'],
  readings: ['decode'],
  reach: ({ model }) => ({ file: String(model) }),
  options: {
    model: { type: 'text', summary: 'an .onnx file, or a folder with a tokenizer.json' },
    dtype: {
      type: 'choice',
      choices: ['any', ...DTYPES],
      default: 'any',
      summary: "which of a folder's graphs; any is the first that is there, in this order",
    },
    context: {
      type: 'integer',
      min: LEAST_CONTEXT,
      max: 65536,
      summary: 'tokens the model sees at once; when they are full it keeps the later half',
    },
    start: {
      type: 'integer',
      min: 0,
      max: 2 ** 20,
      summary: 'token that stands before the first',
    },
    beam,
    threads,
    batch,
  },
  open: (_format, options) =>
    openLanguageModel('onnx', {
      path: String(options.model),
      dtype: options.dtype === 'any' ? undefined : (options.dtype as Dtype),
      context: optional(options.context),
      start: optional(options.start),
      beam: Number(options.beam),
      threads: Number(options.threads),
      batch: Number(options.batch),
    }),
};

const MODELS = new URL('../../../models/', import.meta.url);

/** Of our models of bytes, the symbols of the longest sequences that they were trained on. */
const LM_CONTEXT: Readonly<Record<string, number>> = {
  media: 2048,
  'media-200k': 2048,
  'media-3m': 2048,
  '200k': 768,
  '800k': 2048,
};

/** Row `lm`: the transformers of this package, decode. */
export const lm: CompressorEntry = {
  summary:
    'our own transformers: of bytes of text, pictures and speech, or of Wikipedia text alone',
  accepts: ['bytes'],
  reach: 'nothing',
  options: {
    size: {
      type: 'choice',
      choices: [...Object.keys(LM_CONTEXT), 'bpe2k'],
      default: 'media',
      summary:
        'media (853K parameters), media-200k and media-3m have learnt text, pictures and speech; the others Wikipedia, bpe2k by tokens',
    },
    beam,
    threads,
    batch,
  },
  open: (_format, options) => {
    const size = String(options.size);
    const file = size === 'bpe2k' ? 'bpe-2k' : `lm-${size}.onnx`;
    const path = fileURLToPath(new URL(file, MODELS));
    if (!existsSync(path)) {
      throw new CompressorUnavailableError(
        `"lm:size=${size}" comes with a clone of the repository only`,
        `put models/${file} of the repository into the folder models of the package`,
      );
    }
    return openLanguageModel('lm', {
      path,
      context: LM_CONTEXT[size],
      start: undefined,
      beam: Number(options.beam),
      threads: Number(options.threads),
      batch: Number(options.batch),
    });
  },
};
