// Draws the pictures of the guide from the samples beside this folder and from the tables of the guide
// itself. `node samples/guide/make.mjs` writes them beside this file, or into the folder that is named;
// needs `npm run build` before.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { blend, readings, temperature } from './chances.mjs';
import { calibration, conversionLoss, speed } from './measures.mjs';
import { codeLength, overlap, records } from './texts.mjs';

const target = resolve(process.argv[2] ?? import.meta.dirname);
const pictures = {
  readings,
  'conversion-loss': conversionLoss,
  temperature,
  overlap,
  'code-length': codeLength,
  records,
  blend,
  calibration,
  speed,
};
for (const [name, draw] of Object.entries(pictures)) {
  writeFileSync(join(target, `${name}.svg`), await draw());
}
