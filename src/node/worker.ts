// The code of a worker thread of workers.ts: measures a few candidates of one step with a
// compressor that it opens itself. Nothing but the opened compressor is kept between tasks.

import type { Compressor } from '../types.js';
import { openCompressor } from './open.js';

export interface Task {
  readonly spec: string;
  readonly context: Uint8Array;
  readonly candidates: readonly Uint8Array[];
}

let opened: { readonly spec: string; readonly compressor: Promise<Compressor> } | undefined;

/** Δ bits of the candidates, in the order given. */
export async function measure(task: Task): Promise<Float64Array> {
  const { spec, context, candidates } = task;
  if (opened?.spec !== spec) opened = { spec, compressor: openCompressor(spec) };
  const model = (await opened.compressor).start('recompress');
  model.push(context);
  return model.score(candidates);
}
