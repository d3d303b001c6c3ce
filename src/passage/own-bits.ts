// A compressor's own rate: what it spends itself on what is held out, beside what one of its
// readings expects.

import { type Leg, legsOf, type Passage } from './passage.js';
import { sampleBytes } from './units.js';
import { type Expectation, type Subject, sampleFormat, type Watch } from './walk.js';

/** Bytes to compress for it at most, beyond which a picture's rows are sampled. */
const MOST_BYTES = 2 ** 22;
/** Rows that are measured at least, evenly spread. */
const LEAST_LEGS = 16;

/**
 * The compressor's own bits for what is held out: Σ L(all up to its end) − L(all up to its start),
 * each from where the passage starts afresh. A predictor, which writes no files, spends what its
 * `decode` reading says. Of a picture too large to measure at every row, some rows stand for all,
 * in proportion to what the reading expected of them.
 *
 * @param expected what the reading said of the same passage; undefined where there is none.
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

/** Held-out spans with nothing given between them are one. */
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
