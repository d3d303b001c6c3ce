// The controls that stand beside what compressors draw. The truth is one; the others flatter the
// judge: a predictor sharpened without a compressor, whose samples a judge finds likelier than the
// truth though they are dull. A claim must beat them.

import { ppm } from '../compressors/ppm.js';
import { parseOptions } from '../options.js';
import { byteDrawer } from '../passage/drawers.js';
import { givenBytes, type Passage } from '../passage/passage.js';
import { decodeReading } from '../readings/decode.js';
import { NgramCounts, ngramPredictor } from '../sampling/ngram.js';
import type { CodeLengthModel, Random } from '../types.js';
import { type DrawnPassage, drawWhole } from './draw.js';

const ORDER = 3;
/** P^power is what a temperature of 1/power gives. */
const POWER = 1.5;

/**
 * Draws what is held out from a predictor of what is given, each byte with its probability to the
 * power of 1.5 and normalised.
 *
 * @param name `order3^1.5`, n-grams of the given bytes alone, or `ppm^1.5`, which goes on learning.
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
