// Loads graphs into onnxruntime-node.

import type { InferenceSession } from 'onnxruntime-node';
import { type GraphSizes, LanguageGraph, lineOf } from '../../engines/lm/graph.js';
import type { Session } from '../../engines/lm/runtime.js';
import { CompressorUnavailableError, UsageError } from '../../errors.js';

/**
 * Loads a graph.
 *
 * @param threads of one pass; the last digits of the logits may depend on their number.
 * @returns the graph, and the runtime with its version.
 * @throws CompressorUnavailableError if onnxruntime-node is not installed.
 * @throws UsageError if it is not an ONNX graph, or not one of a language model.
 */
export async function openGraph(
  path: string,
  threads: number,
  sizes: GraphSizes = {},
): Promise<{ graph: LanguageGraph; version: string }> {
  const runtime = await loadRuntime();
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    const message = `"${path}" is not an ONNX model that can be run: ${lineOf(error)}`;
    throw new UsageError(message, { cause: error });
  }
  const { versions } = runtime.env;
  return {
    graph: new LanguageGraph(path, runtime, session as unknown as Session, sizes),
    version: `onnxruntime ${versions.node ?? versions.common}, cpu`,
  };
}

async function loadRuntime(): Promise<typeof import('onnxruntime-node')> {
  try {
    const module = await import('onnxruntime-node');
    return module.default ?? module;
  } catch (error) {
    throw new CompressorUnavailableError(
      'language models need the package onnxruntime-node',
      'npm install onnxruntime-node --onnxruntime-node-install=skip',
      { cause: error },
    );
  }
}
