// Row `lm` of the page: our byte transformer, run by onnxruntime-web if the server of the page has
// both. It reads the same window as the row of the command line; the last digits may differ.

import { ByteLanguageModel } from '../engines/lm/byte-predictor.js';
import { LanguageGraph } from '../engines/lm/graph.js';
import type { Session } from '../engines/lm/runtime.js';
import { Window } from '../engines/lm/window.js';
import { CompressorUnavailableError } from '../errors.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import type { CompressorEntry } from '../registry.js';

type Runtime = typeof import('onnxruntime-common');

/** The context is that of the longest sequences that it was trained on. */
const WINDOW = { context: 2048, start: 0, firstByte: 0 };

export const lm: CompressorEntry = {
  summary: 'our own byte transformer, trained on text, pictures and speech',
  accepts: ['bytes'],
  reach: 'nothing',
  options: {},
  async open() {
    const { graph, version } = await openGraph();
    const start = (): ByteLanguageModel => new ByteLanguageModel(new Window(graph, WINDOW, 1));
    return {
      name: 'lm',
      version,
      ...chooseReading('lm', { decode: () => decodeReading(start()) }),
      codeLength: async (data) => (await start().surprisals(data)).reduce((sum, b) => sum + b, 0),
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

async function openGraph(): Promise<{ graph: LanguageGraph; version: string }> {
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
  const { versions } = runtime.env;
  return {
    graph: new LanguageGraph('model.onnx', runtime, session as unknown as Session),
    version: `onnxruntime-web ${versions.web ?? versions.common}`,
  };
}
