// Row `lm` of the page: our byte transformer, run by onnxruntime-web, where the server of the page
// has both. Its window is that of the command line's row; the last digits may be others.

import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { CompressorUnavailableError } from '../errors.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import type { CompressorEntry } from '../registry.js';
import type { Predictor } from '../types.js';

type Runtime = typeof import('onnxruntime-common');

/** Tokens of the longest sequences that it was trained on, the start symbol among them. */
const CONTEXT = 2048;
const START = 0;

export const lm: CompressorEntry = {
  summary: 'our own byte transformer, trained on text, pictures and speech',
  accepts: ['bytes'],
  reach: 'nothing',
  options: {},
  async open() {
    const graph = await openGraph();
    const start = (): ByteModel => new ByteModel(graph, [START], undefined);
    return {
      name: 'lm',
      version: `onnxruntime-web ${graph.version}`,
      ...chooseReading('lm', { decode: () => decodeReading(start()) }),
      async codeLength(data) {
        const model = start();
        const bits = new Float64Array(256);
        let sum = 0;
        for (const byte of data) {
          await model.predict(bits);
          sum += bits[byte]!;
          model.update(byte);
        }
        return sum;
      },
    };
  },
};

/** Whether the server has it: `lm.json` lies beside the page. */
export async function hasLanguageModel(page: string): Promise<boolean> {
  try {
    const { available } = await (await fetch(new URL('lm.json', page))).json();
    return available === true;
  } catch {
    return false;
  }
}

interface Graph {
  readonly version: string;
  readonly session: InferenceSession;
  readonly runtime: Runtime;
}

/** Keys and values of every layer for the first `length` tokens. */
interface Cache {
  readonly length: number;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

async function openGraph(): Promise<Graph> {
  // The worker lies in a folder beside that of the model.
  const page = new URL('..', self.location.href).href;
  if (!(await hasLanguageModel(page))) {
    const hint = '"zipdream explore" serves it where onnxruntime-web is installed';
    throw new CompressorUnavailableError(`the language model is not served here; ${hint}`, hint);
  }
  const at = (name: string): string => new URL(`lm/${name}`, page).href;
  const runtime = (await import(/* @vite-ignore */ at('ort.mjs'))) as Runtime;
  const { wasm } = runtime.env;
  wasm.numThreads = 1;
  wasm.wasmPaths = { wasm: at('ort.wasm') };
  const model = await (await fetch(at('model.onnx'))).arrayBuffer();
  const session = await runtime.InferenceSession.create(model, { executionProviders: ['wasm'] });
  return { session, runtime, version: runtime.env.versions.web ?? runtime.env.versions.common };
}

class ByteModel implements Predictor {
  readonly alphabetSize = 256;
  readonly #graph: Graph;
  #tokens: readonly number[];
  #cache: Cache | undefined;
  /** What comes after the last token, once it has been passed. */
  #last: Float32Array | undefined;

  constructor(graph: Graph, tokens: readonly number[], cache: Cache | undefined) {
    this.#graph = graph;
    this.#tokens = tokens;
    this.#cache = cache;
  }

  fork(): ByteModel {
    const fork = new ByteModel(this.#graph, this.#tokens, this.#cache);
    fork.#last = this.#last;
    return fork;
  }

  /** When the window is full, all but its later half is forgotten. */
  update(symbol: number): void {
    this.#last = undefined;
    if (this.#tokens.length === CONTEXT) {
      this.#tokens = [START, ...this.#tokens.slice(CONTEXT - (CONTEXT >> 1) + 1)];
      this.#cache = undefined;
    }
    this.#tokens = [...this.#tokens, symbol];
  }

  async predict(out: Float64Array): Promise<void> {
    this.#last ??= await this.#pass();
    let most = -Infinity;
    for (let b = 0; b < 256; b++) most = Math.max(most, this.#last[b]!);
    let sum = 0;
    for (let b = 0; b < 256; b++) sum += Math.exp(this.#last[b]! - most);
    const all = most + Math.log(sum);
    for (let b = 0; b < 256; b++) out[b] = (all - this.#last[b]!) / Math.LN2;
  }

  /** Passes the tokens that have not been; the logits after the last. */
  async #pass(): Promise<Float32Array> {
    const { session, runtime } = this.#graph;
    const from = this.#cache?.length ?? 0;
    const tokens = this.#tokens.slice(from);
    const integers = (values: readonly number[]): Tensor =>
      new runtime.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const feeds: Record<string, Tensor> = {
      ...this.#empty(),
      ...this.#cache?.tensors,
      input_ids: integers(tokens),
    };
    const { inputNames, outputNames } = session;
    if (inputNames.includes('position_ids')) {
      feeds.position_ids = integers(tokens.map((_, i) => from + i));
    }
    const outputs = await session.run(feeds);
    // Where a graph keeps its cache in two parts, all of it stays in the recent one.
    const part = inputNames.some((name) => name.startsWith('recent_')) ? 'recent' : 'past';
    const grown = outputNames.filter((name) => name.startsWith('present.'));
    const tensors = grown.map((name) => [
      name.replace('present', `${part}_key_values`),
      outputs[name]!,
    ]);
    this.#cache = { length: this.#tokens.length, tensors: Object.fromEntries(tensors) };
    const logits = outputs.logits!.data as Float32Array;
    return logits.slice(logits.length - 256);
  }

  /** Keys and values of no tokens. */
  #empty(): Record<string, Tensor> {
    const { session, runtime } = this.#graph;
    const caches = session.inputMetadata.filter(({ name }) => name.includes('_key_values.'));
    return Object.fromEntries(
      caches.map((input) => {
        const [, heads, , width] = input.isTensor ? input.shape : [];
        const shape = [1, Number(heads), 0, Number(width)];
        return [input.name, new runtime.Tensor('float32', new Float32Array(0), shape)];
      }),
    );
  }
}
