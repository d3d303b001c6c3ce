// Draws whole tokens from the distribution that the forward pass sums over. First it draws the
// position of the parse: at a boundary, or inside a match at some distance; then the token, or the
// rest of that match. Temperature turns P into P^(1/T) for the symbols of the format: literal or
// length symbol, distance code. Extra bits remain uniform. Tempering each (length, distance) as one
// choice suppresses matches: at T = 0.7, text cost 5.7 bits per byte instead of 2.9 and consisted
// of letters.

import { bitsOf, drawIndex, sum } from '../../../bits/weights.js';
import type { Random } from '../../../types.js';
import {
  DISTANCE_CODES,
  distanceBase,
  distanceCode,
  lengthBase,
  MAX_MATCH,
} from '../codec/tables.js';
import type { ForwardPass } from './pass.js';
import type { TokenModel } from './token-model.js';
import type { DecodeWindow } from './window.js';

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

/** The state to draw from and how to draw. */
export interface TokenDraw {
  readonly window: DecodeWindow;
  readonly pass: ForwardPass;
  readonly model: TokenModel;
  readonly random: Random;
  readonly temperature: number;
}

const LENGTH_CODES = lengthBase.length;

/** Possible positions of the parse; masses, not normalised. */
interface Places {
  /** Inside a match at each distance; 0 if it did not predict the last byte. */
  readonly distances: Float64Array;
  /** At a boundary, then inside a match of each distance code. */
  readonly groups: Float64Array;
}

/** Draws the next token, or the rest of one that may have begun. Changes no state. */
export function drawToken(draw: TokenDraw): DrawnToken {
  const { pass, model, random, temperature } = draw;
  const runMasses = pass.massesOfRuns(model);
  if (runMasses[pass.longestRun] === 0) return drawWholeToken(draw, 0);
  const { distances, groups } = weighPlaces(draw, runMasses);
  const group = drawIndex(groups, random, temperature);
  if (group === 0) return drawWholeToken(draw, bitsOf(groups, 0));
  const base = distanceBase[group - 1]!;
  const distance = base + drawIndex(distances.subarray(base, endOfCode(group - 1)), random, 1);
  const placeBits = Math.log2(sum(groups) / distances[distance]!);
  const run = runAt(pass, distance);
  const rests = new Float64Array(MAX_MATCH);
  for (let rest = 1; rest < MAX_MATCH; rest++) rests[rest] = pass.massOfRest(model, run, rest);
  const length = drawIndex(rests, random, temperature);
  return { distance, length, literal: 0, bits: placeBits + bitsOf(rests, length) };
}

function weighPlaces({ window, pass, model }: TokenDraw, runMasses: Float64Array): Places {
  const { bytes, mask, length } = window;
  const furthest = Math.min(length - 1, window.maxDistance);
  const last = window.byteAt(1);
  const distances = new Float64Array(furthest + 1);
  const groups = new Float64Array(1 + DISTANCE_CODES);
  groups[0] = pass.boundary;
  for (let d = 1, i = 0; d <= furthest; d++) {
    const listed = i < pass.count && pass.distanceOf(i) === d;
    const run = listed ? pass.runOf(i++) : bytes[(length - 1 - d) & mask] === last ? 1 : 0;
    if (run === 0) continue;
    const code = distanceCode[d]!;
    distances[d] = model.distance[code]! * runMasses[run]!;
    groups[1 + code]! += distances[d]!;
  }
  return { distances, groups };
}

/** The run of a distance that predicted the last byte. */
function runAt(pass: ForwardPass, distance: number): number {
  for (let i = 0; i < pass.count; i++) if (pass.distanceOf(i) === distance) return pass.runOf(i);
  return 1;
}

/** Draws a token at a boundary; `placeBits` is the cost of being there. */
function drawWholeToken(draw: TokenDraw, placeBits: number): DrawnToken {
  const { window, model, random, temperature } = draw;
  const furthest = Math.min(window.length, window.maxDistance);
  const symbols = new Float64Array(256 + LENGTH_CODES);
  symbols.set(model.literal);
  for (let code = 0; code < LENGTH_CODES; code++) {
    const weight = model.atLeast[lengthBase[code]!]! - model.atLeast[endOfLengths(code)]!;
    symbols[256 + code] = furthest > 0 ? weight : 0;
  }
  const symbol = drawIndex(symbols, random, temperature);
  const symbolBits = placeBits + bitsOf(symbols, symbol);
  if (symbol < 256) return { distance: 0, length: 1, literal: symbol, bits: symbolBits };

  const shortest = lengthBase[symbol - 256]!;
  const lengths = endOfLengths(symbol - 256) - shortest;
  const length = shortest + Math.floor(random() * lengths);

  const distanceCodes = new Float64Array(DISTANCE_CODES);
  for (let code = 0; code < DISTANCE_CODES; code++) {
    const many = Math.min(endOfCode(code), furthest + 1) - distanceBase[code]!;
    distanceCodes[code] = many > 0 ? many * model.distance[code]! : 0;
  }
  const code = drawIndex(distanceCodes, random, temperature);
  const nearest = distanceBase[code]!;
  const distances = Math.min(endOfCode(code), furthest + 1) - nearest;
  const distance = nearest + Math.floor(random() * distances);
  const bits = symbolBits + bitsOf(distanceCodes, code) + Math.log2(lengths * distances);
  return { distance, length, literal: 0, bits };
}

/** One more than the longest length drawn with this code; 258 is never drawn with 284. */
function endOfLengths(code: number): number {
  return code + 1 < LENGTH_CODES ? lengthBase[code + 1]! : MAX_MATCH + 1;
}

/** One more than the longest distance of a code. */
function endOfCode(code: number): number {
  return code + 1 < DISTANCE_CODES ? distanceBase[code + 1]! : 32768 + 1;
}
