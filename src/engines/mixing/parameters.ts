// What the mixing model learns, in one table of lines: adaptive probabilities, the weights of the
// mixers, and the knots of the APMs. This file says where each lies and what it is at first.

import { stretch } from '../../bits/logistic.js';
import type { BitHistories } from './bit-history.js';
import { CONTEXT_COUNT } from './contexts.js';

/** Cells of a line: the inputs of a mixer, eight adaptive probabilities, or the knots of an APM. */
export const WIDTH = 44;
/** Knots of an APM. */
export const KNOTS = 32;
export const MATCH_INPUT = 2 * CONTEXT_COUNT;
/** Inputs of a mixer; the rest of its line is 0 and stays so. */
const INPUTS = MATCH_INPUT + 3;
export const SETS = 6;

/** Lines of one set: as many values as its selector takes. */
export const SET_LINES = 512;

/** First lines of the parts of the parameters. */
export const MAP = 0;
export const MATCH_MAP = MAP + CONTEXT_COUNT * 32;
export const SET = MATCH_MAP + 8;
export const FINAL = SET + SETS * SET_LINES;
export const APM1 = FINAL + 256;
export const APM2 = APM1 + 256;
export const APM2_LOG = 13;
const LINES = APM2 + 2 ** APM2_LOG;

/** First cell of an adaptive probability, eight of which share a line. */
function mapEntry(firstLine: number, entry: number): number {
  return (firstLine + (entry >> 3)) * WIDTH + 4 * (entry & 7);
}

/** The parameters of an untrained model, {@link WIDTH} to a line. */
export function createParameters({ zeros, ones, total }: BitHistories): Float32Array<ArrayBuffer> {
  const parameters = new Float32Array(LINES * WIDTH);
  for (let i = 0; i < CONTEXT_COUNT; i++) {
    for (let s = 0; s < total.length; s++) {
      const p = (ones[s]! + 0.4) / (zeros[s]! + ones[s]! + 0.8);
      const at = mapEntry(MAP + i * 32, s);
      parameters[at] = p;
      parameters[at + 1] = stretch(p);
    }
  }
  for (let s = 0; s < 64; s++) {
    const p = 1 - 1 / (3 + (s >> 1));
    const at = mapEntry(MATCH_MAP, s);
    parameters[at] = p;
    parameters[at + 1] = stretch(p);
  }
  for (let row = SET; row < FINAL; row++) {
    for (let j = 0; j < INPUTS; j++) parameters[row * WIDTH + j] = j % 2 === 0 ? 0.15 : 0;
  }
  for (let row = FINAL; row < APM1; row++) {
    for (let k = 0; k < SETS; k++) parameters[row * WIDTH + k] = 1 / SETS;
  }
  return parameters;
}
