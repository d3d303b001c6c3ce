// A compressor's own rate: the bits that its encoder spends on the held-out part, as opposed to the
// surprisal under one of its readings.

import { type Leg, legsOf, type Passage } from './passage.js';
import { sampleBytes } from './units.js';
import { type Expectation, type Subject, sampleFormat, type Watch } from './walk.js';

/** Limit on the bytes to compress, beyond which the rows of a picture are sampled. */
const MOST_BYTES = 2 ** 22;
/** Minimum number of rows to measure, evenly spread. */
const LEAST_LEGS = 16;

/**
 * The compressor's own bits for the held-out part: Σ L(all up to its end) − L(all up to its start),
 * each measured from the start of its context. For a predictor, which writes no files, these are
 * the bits of its `decode` reading. If a picture is too large to measure at every row, a sample of
 * rows is scaled up in proportion to the reading's surprisal.
 *
 * @param expected the surprisal under the reading for the same passage; undefined if there is none.
 */
export async function ownBits(
  subject: Pick<Subject, 'compressor'> & { readonly reading?: Subject['reading'] | undefined },
  passage: Passage,
  expected?: Expectation,
  { onProgress, signal }: Watch = {},
): Promise<number> {
  const { compressor, reading } = subject;
  const isPredictor = compressor.compress === undefined && compressor.codeLengthIn === undefined;
  if (expected && reading === 'decode' && isPredictor) return expected.bits;
  const length = async ({ contextStart }: Leg, end: number): Promise<number> =>
    compressor.codeLength(passage.bytes.subarray(contextStart, end));
  const legs = joinAdjacent(legsOf(passage));
  const chosen = passage.fresh === undefined ? chooseLegs(legs) : legs;
  const total = chosen.reduce((sum, { heldOut: [start, end] }) => sum + end - start, 0);
  let [bits, done] = [0, 0];
  for (const leg of chosen) {
    const [start, end] = leg.heldOut;
    bits += (await length(leg, end)) - (await length(leg, start));
    signal?.throwIfAborted();
    const pause = onProgress?.((done += end - start), total);
    if (pause instanceof Promise) await pause;
  }
  if (chosen.length === legs.length) return bits;
  if (!expected) return (bits * legs.length) / chosen.length;
  const step = sampleBytes(reading && sampleFormat({ compressor, reading }, passage));
  let at = 0;
  let expectedBits = 0;
  for (const leg of legs) {
    const end = at + (leg.heldOut[1] - leg.heldOut[0]) / step;
    if (chosen.includes(leg)) {
      for (let i = at; i < end; i++) expectedBits += expected.surprisals[i]!;
    }
    at = end;
  }
  return expectedBits === 0 ? bits : (bits * expected.bits) / expectedBits;
}

/** Joins held-out spans that have no given bytes between them. */
function joinAdjacent(legs: readonly Leg[]): Leg[] {
  const joined: Leg[] = [];
  for (const leg of legs) {
    const before = joined.at(-1);
    const touches = before?.contextStart === leg.contextStart && leg.given[0] === leg.given[1];
    if (!before || !touches) joined.push(leg);
    else joined[joined.length - 1] = { ...before, heldOut: [before.heldOut[0], leg.heldOut[1]] };
  }
  return joined;
}

function chooseLegs(legs: readonly Leg[]): readonly Leg[] {
  const all = legs.reduce((sum, { heldOut: [start, end] }) => sum + start + end, 0);
  const count = Math.max(LEAST_LEGS, Math.floor((legs.length * MOST_BYTES) / Math.max(1, all)));
  if (count >= legs.length) return legs;
  return Array.from(
    { length: count },
    (_, i) => legs[Math.floor(((i + 0.5) * legs.length) / count)]!,
  );
}
