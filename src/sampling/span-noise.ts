// Measures whether a compressor's code lengths of spans are informative. Those of bzip2 change by
// hundreds of bits with any change of the message, so weights computed from them are random.

import type { CodeLengthModel, Predictor, Random } from '../types.js';
import { Constraints } from './constraints.js';
import { drawCandidates } from './proposals.js';

/** Variation of code lengths of spans, compared with the proposal's on the same spans. */
export interface SpanNoise {
  /** Standard deviation of ΔL over candidates for the same place, in bits. */
  readonly deltaSd: number;
  /** The same of −log2 q. */
  readonly proposalSd: number;
  /** ΔL varies more than twice as much as −log2 q does, and by more than two bytes. */
  readonly isNoise: boolean;
}

const PLACES = 4;
const CANDIDATES = 16;
const MOST_RATIO = 2;
/** What a black box may vary by whatever the proposal does, in bits: its lengths are whole bytes. */
const BYTE_BITS = 8;

/**
 * Compares how ΔL and −log2 q vary over 64 candidates: 16 at each of four places in a row, along a
 * continuation drawn from the proposal. Neither `model` nor `proposal` is moved.
 */
export async function measureSpanNoise(
  model: CodeLengthModel,
  { proposal, span, random }: { proposal: Predictor; span: number; random: Random },
): Promise<SpanNoise> {
  const constraints = Constraints.of({});
  const along = proposal.fork();
  const fork = model.fork();
  let deltaVariance = 0;
  let proposalVariance = 0;
  for (let place = 0; place < PLACES; place++) {
    const settings = { candidates: CANDIDATES, length: span, room: span, constraints, random };
    const { candidates, bits } = await drawCandidates(along, settings);
    deltaVariance += variance(await fork.score(candidates)) / PLACES;
    proposalVariance += variance(bits) / PLACES;
    fork.push(candidates[0]!);
    for (const byte of candidates[0]!) along.update(byte);
  }
  const deltaSd = Math.sqrt(deltaVariance);
  const proposalSd = Math.sqrt(proposalVariance);
  return { deltaSd, proposalSd, isNoise: deltaSd > MOST_RATIO * Math.max(proposalSd, BYTE_BITS) };
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
