// Proposals: predictors that candidates of several bytes are drawn from, all at once, with the
// bits that each of them had there.

import { totalBits } from '../bits/units.js';
import type { CodeLengthModel, MaybePromise, Predictor, Random } from '../types.js';
import type { Constraints } from './constraints.js';
import { pushDrawn } from './continuation.js';

/** A code-length model as a predictor: its bits, normalised. Takes the model over. */
export function modelPredictor(model: CodeLengthModel): Predictor {
  return {
    alphabetSize: 256,
    predict(out) {
      const pending = model.next(out);
      return pending ? pending.then(() => normalise(out)) : normalise(out);
    },
    update: (byte) => model.push(Uint8Array.of(byte)),
    updateDrawn: (byte, temperature) => pushDrawn(model, Uint8Array.of(byte), temperature),
    fork: () => modelPredictor(model.fork()),
  };
}

/** Tells a proposal what was drawn. */
export function updateDrawn(proposal: Predictor, byte: number): void {
  if (proposal.updateDrawn) proposal.updateDrawn(byte, 1);
  else proposal.update(byte);
}

function normalise(bits: Float64Array): void {
  const total = totalBits(bits);
  for (let b = 0; b < bits.length; b++) bits[b]! -= total;
}

/** The share of the uniform distribution in every draw, so that no proposal excludes a byte. */
const UNIFORM_SHARE = 2 ** -10;

/** Candidates of one draw; the same bytes may come more than once. */
export interface Drawn {
  readonly candidates: readonly Uint8Array[];
  /** −log2 of the probability with which each was drawn. */
  readonly bits: Float64Array;
}

export interface DrawOptions {
  readonly candidates: number;
  /** Bytes of each candidate. */
  readonly length: number;
  /** Bytes left to draw, at least `length`. */
  readonly room: number;
  readonly constraints: Constraints;
  readonly random: Random;
  /** The share of the uniform distribution, 2^−10 if left out. */
  readonly uniformShare?: number | undefined;
}

/** Candidates that begin alike: a node of their trie. */
interface Node {
  readonly predictor: Predictor;
  readonly constraints: Constraints;
  readonly members: readonly number[];
}

/**
 * Draws candidates byte by byte from a predictor, mixed with a little of the uniform distribution,
 * under the constraints; none of them is moved. The predictor is asked once for each prefix that
 * candidates share. No candidates at all where the constraints leave nothing.
 */
export async function drawCandidates(predictor: Predictor, options: DrawOptions): Promise<Drawn> {
  const { length, room, random, uniformShare = UNIFORM_SHARE } = options;
  const members = Array.from({ length: options.candidates }, (_, i) => i);
  const candidates = members.map(() => new Uint8Array(length));
  const bits = new Float64Array(members.length);
  const chances = new Float64Array(256);
  let nodes: Node[] = [{ predictor, constraints: options.constraints, members }];
  for (let at = 0; at < length; at++) {
    const below: Node[] = [];
    for (const node of nodes) {
      const total = await fillChances(chances, node, room - at, uniformShare);
      if (total === 0) return { candidates: [], bits: new Float64Array() };
      const byByte = new Map<number, number[]>();
      for (const member of node.members) {
        const byte = drawByte(chances, random() * total);
        candidates[member]![at] = byte;
        bits[member]! -= Math.log2(chances[byte]! / total);
        const alike = byByte.get(byte);
        if (alike) alike.push(member);
        else byByte.set(byte, [member]);
      }
      if (at < length - 1) below.push(...split(node, byByte));
    }
    nodes = below;
  }
  return { candidates, bits };
}

/** The probabilities of the bytes after a node, up to the factor that is returned: their sum. */
async function fillChances(
  chances: Float64Array,
  node: Node,
  room: number,
  uniformShare: number,
): Promise<number> {
  const pending: MaybePromise<void> = node.predictor.predict(chances);
  if (pending) await pending;
  // Linear from here on: powers and logarithms are most of what a draw costs.
  for (let b = 0; b < 256; b++) {
    chances[b] = (1 - uniformShare) * Math.exp(-Math.LN2 * chances[b]!) + uniformShare / 256;
  }
  if (node.constraints.any) {
    const excluded = new Float64Array(256);
    node.constraints.restrict(excluded, room);
    for (let b = 0; b < 256; b++) if (excluded[b] === Infinity) chances[b] = 0;
  }
  let total = 0;
  for (let b = 0; b < 256; b++) total += chances[b]!;
  return total;
}

/** The byte at which the running sum of the chances passes `rest`. */
function drawByte(chances: Float64Array, rest: number): number {
  let last = 0;
  for (let b = 0; b < 256; b++) {
    if (chances[b] === 0) continue;
    if (rest < chances[b]!) return b;
    rest -= chances[b]!;
    last = b;
  }
  return last; // rounding used up the sum
}

function split(node: Node, byByte: ReadonlyMap<number, readonly number[]>): Node[] {
  return Array.from(byByte, ([byte, members]) => {
    const predictor = node.predictor.fork();
    updateDrawn(predictor, byte);
    const constraints = node.constraints.trial();
    constraints.push(byte);
    return { predictor, constraints, members };
  });
}
