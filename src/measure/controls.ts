// Controls to compare drawn samples with. The truth is one. The others exploit the judge: a
// sharpened predictor, without any compressor, whose samples are dull but which a judge finds more
// likely than the truth. A claim about samples must beat them.

import { ppm } from '../compressors/ppm.js';
import { parseOptions } from '../options.js';
import { byteDrawer } from '../passage/drawers.js';
import { givenBytes, type Passage } from '../passage/passage.js';
import { decodeReading } from '../readings/decode.js';
import { NgramCounts, ngramPredictor } from '../sampling/ngram.js';
import type { CodeLengthModel, Random } from '../types.js';
import { type DrawnPassage, drawWhole } from './draw.js';

const ORDER = 3;
/** P^power corresponds to a temperature of 1/power. */
const POWER = 1.5;

/**
 * Draws the held-out part from a predictor of the given bytes, with each byte's probability raised
 * to the power of 1.5 and normalised.
 *
 * @param name `order3^1.5`, which counts n-grams of the given bytes only, or `ppm^1.5`, which keeps
 * learning.
 */
export async function drawSharpened(
  name: string,
  truth: Passage,
  random: Random,
): Promise<DrawnPassage> {
  const model = name.startsWith('ppm') ? await startPpm() : startNgrams(truth);
  return drawWhole(() => byteDrawer(model, { temperature: 1 / POWER }), truth, random);
}

async function startPpm(): Promise<CodeLengthModel> {
  const options = parseOptions('ppm', ppm.options, '');
  return (await ppm.open({ kind: 'bytes' }, options)).start();
}

function startNgrams(truth: Passage): CodeLengthModel {
  return decodeReading(ngramPredictor(new NgramCounts([givenBytes(truth)]), ORDER));
}
