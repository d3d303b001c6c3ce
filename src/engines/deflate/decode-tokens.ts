// Drawing whole tokens from the distribution that the forward pass sums over.
// First where the parse stands, at a boundary or inside a match at some distance; then the token,
// or the rest of that match. Temperature turns each of the two choices into P^(1/T) over its
// alternatives, where every literal, every (length, distance) and every rest is one alternative.

import type { Random } from '../../types.js';
import type { ForwardPass } from './decode-pass.js';
import type { DecodeWindow } from './decode-window.js';
import { DISTANCE_CODES, distanceBase, distanceCode, MAX_MATCH } from './tables.js';
import type { TokenModel } from './token-model.js';

/** A literal byte, or `length` bytes copied from `distance` back. */
export interface DrawnToken {
  /** 0 for a literal. */
  readonly distance: number;
  readonly length: number;
  /** The byte of a literal. */
  readonly literal: number;
  /** −log2 of the probability at temperature 1. */
  readonly bits: number;
}

/** What the draws look at and how. */
export interface TokenDraw {
  readonly window: DecodeWindow;
  readonly pass: ForwardPass;
  readonly model: TokenModel;
  readonly random: Random;
  readonly temperature: number;
}

const places = new Float64Array(32768 + 1);
const rests = new Float64Array(MAX_MATCH);

/** Draws the next token, or the rest of one that may have begun. Changes nothing. */
export function drawToken(draw: TokenDraw): DrawnToken {
  const { pass, model } = draw;
  const runMasses = pass.massesOfRuns(model);
  if (runMasses[pass.longestRun] === 0) return drawWholeToken(draw, 0);
  const count = fillPlaces(draw, runMasses);
  const distance = drawIndex(places, count, draw);
  const bits = bitsOf(places, count, distance);
  if (distance === 0) return drawWholeToken(draw, bits);
  const run = runAt(pass, distance);
  for (let rest = 1; rest < MAX_MATCH; rest++) rests[rest] = pass.massOfRest(model, run, rest);
  const length = drawIndex(rests, MAX_MATCH, draw);
  return { distance, length, literal: 0, bits: bits + bitsOf(rests, MAX_MATCH, length) };
}

/** Mass of each place where the parse may stand: 0 a boundary, else inside a match at a distance. */
function fillPlaces({ window, pass, model }: TokenDraw, runMasses: Float64Array): number {
  const { bytes, mask, length } = window;
  const furthest = Math.min(length - 1, window.maxDistance);
  const last = bytes[(length - 1) & mask]!;
  places[0] = pass.boundary;
  for (let d = 1, i = 0; d <= furthest; d++) {
    const listed = i < pass.count && pass.distances[i] === d;
    const run = listed ? pass.runs[i++]! : bytes[(length - 1 - d) & mask] === last ? 1 : 0;
    places[d] = run > 0 ? model.distance[distanceCode[d]!]! * runMasses[run]! : 0;
  }
  return furthest + 1;
}

/** How many of the last bytes a distance that foretold the last one foretold, as listed. */
function runAt(pass: ForwardPass, distance: number): number {
  for (let i = 0; i < pass.count; i++) if (pass.distances[i] === distance) return pass.runs[i]!;
  return 1;
}

/** Draws a token at a boundary; `placeBits` is what it cost to be there. */
function drawWholeToken(draw: TokenDraw, placeBits: number): DrawnToken {
  const { window, model, random, temperature } = draw;
  const { literal, length: lengths, distance: weights } = model;
  const topLength = greatest(lengths, lengths.length);
  const topDistance = greatest(weights, codesInReach(window));
  const topMatch = window.reach > 0 ? (topLength * topDistance) / window.reach : 0;
  const top = Math.max(greatest(literal, 256), topMatch);
  const literalShare = tempered(literal, 256, top, temperature);
  const matchShare =
    temper(topMatch / top, temperature) *
    tempered(lengths, lengths.length, topLength, temperature) *
    distanceShare(draw, topDistance);
  if (random() * (literalShare + matchShare) < literalShare) {
    const byte = drawIndex(literal, 256, draw);
    const bits = window.reach > 0 ? -Math.log2(literal[byte]!) : bitsOf(literal, 256, byte);
    return { distance: 0, length: 1, literal: byte, bits: placeBits + bits };
  }
  const length = drawIndex(lengths, lengths.length, draw);
  const distance = drawDistance(draw, topDistance);
  const weight = weights[distanceCode[distance]!]! / window.reach;
  return { distance, length, literal: 0, bits: placeBits - Math.log2(lengths[length]! * weight) };
}

/** Draws one of the distances in reach. */
function drawDistance(draw: TokenDraw, top: number): number {
  const { window, model, random, temperature } = draw;
  const codes = codesInReach(window);
  let left = random() * distanceShare(draw, top);
  let last = 0;
  for (let code = 0; code < codes; code++) {
    const each = temper(model.distance[code]! / top, temperature);
    if (each === 0) continue;
    const many = distancesInReach(window, code);
    last = distanceBase[code]! + Math.min(many - 1, Math.floor(left / each));
    if (left < each * many) break;
    left -= each * many;
  }
  return last;
}

/** Σ P^(1/T) over the distances in reach, relative to the greatest. */
function distanceShare({ window, model, temperature }: TokenDraw, top: number): number {
  let sum = 0;
  for (let code = 0; code < codesInReach(window); code++) {
    sum += distancesInReach(window, code) * temper(model.distance[code]! / top, temperature);
  }
  return sum;
}

function codesInReach({ length, maxDistance }: DecodeWindow): number {
  const furthest = Math.min(length, maxDistance);
  return furthest > 0 ? distanceCode[furthest]! + 1 : 0;
}

function distancesInReach({ length, maxDistance }: DecodeWindow, code: number): number {
  const end = code + 1 < DISTANCE_CODES ? distanceBase[code + 1]! : 32769;
  return Math.min(end, Math.min(length, maxDistance) + 1) - distanceBase[code]!;
}

/** Draws an index with probability ∝ weight^(1/T), never one of weight 0. */
function drawIndex(weights: Float64Array, count: number, { random, temperature }: TokenDraw) {
  const top = greatest(weights, count);
  let left = random() * tempered(weights, count, top, temperature);
  let last = 0;
  for (let i = 0; i < count; i++) {
    const share = temper(weights[i]! / top, temperature);
    if (share === 0) continue;
    if (left < share) return i;
    left -= share;
    last = i;
  }
  return last;
}

function bitsOf(weights: Float64Array, count: number, index: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += weights[i]!;
  return Math.log2(sum / weights[index]!);
}

function greatest(weights: Float64Array, count: number): number {
  let top = 0;
  for (let i = 0; i < count; i++) if (weights[i]! > top) top = weights[i]!;
  return top;
}

/** Σ (weight / top)^(1/T). */
function tempered(weights: Float64Array, count: number, top: number, temperature: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += temper(weights[i]! / top, temperature);
  return sum;
}

/** ratio^(1/T) of a ratio in 0–1: at temperature 0, all or nothing. */
function temper(ratio: number, temperature: number): number {
  if (temperature === 1 || ratio === 0) return ratio;
  if (temperature === 0) return ratio === 1 ? 1 : 0;
  return ratio ** (1 / temperature);
}
