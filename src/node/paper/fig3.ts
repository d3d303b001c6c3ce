// Fig. 3: the right half of a grey picture drawn from its left half: by gzip as in the paper, with
// each row alone and lengths in whole bytes, and by `decode` readings that use the rows above.

import type { Picture } from '../../engines/png/picture.js';
import type { CompareRow } from '../../measure/compare-row.js';
import { readSample } from '../../measure/stored-sample.js';
import type { Format } from '../../types.js';
import type { Captioned, PaperFigure, Value } from './figure.js';
import type { Lab } from './lab.js';

/** Rows per cell if each row is alone. */
const BLOCK = 8;
const SEED = 'fig3';

export async function fig3(lab: Lab, picture: Picture, input: string): Promise<PaperFigure> {
  const { width, height, pixels } = picture;
  const given = width >> 1;
  const length = width - given;
  const image: Format = { kind: 'image', width, channels: 1 };
  const lines = [
    { title: 'gzip, the paper’s method', spec: 'gzip', alone: true, reading: 'recompress' },
    { title: 'gzip decode, each row alone', spec: 'gzip', alone: true, reading: 'decode' },
    { title: 'png decode', spec: 'png', alone: false, reading: 'decode' },
    { title: 'mix of pictures', spec: 'mix', alone: false, reading: 'decode' },
  ] as const;
  const plans = [];
  for (const { title, spec, alone, reading } of lines) {
    const instrument = await lab.open(spec, image, reading);
    if (!instrument) continue;
    const rows = alone ? BLOCK : height;
    const tasks = Array.from({ length: Math.ceil(height / rows) }, (_, i) => {
      const start = i * rows * width;
      const bytes = pixels.slice(start, start + rows * width);
      const part = { rows: 0, columns: given };
      const passage = { bytes, from: 0, given: part, fresh: alone ? width : undefined };
      return lab.cell(instrument, { input, start, passage }, { seed: `${SEED}:${i}` });
    });
    plans.push({ title, spec, alone, tasks });
  }
  const done = await lab.run(plans.flatMap(({ tasks }) => tasks));
  let at = 0;
  const drawn = plans.map(({ tasks, ...plan }) => {
    const cells = done.slice(at, (at += tasks.length));
    return { ...plan, ...joined(cells) };
  });
  const records = drawn.map(({ title, spec, bytes, bits }) => ({
    ...{ title, spec, width, height, given },
    ...{ drawnBitsPerPixel: bits / bytes.length, error: meanError(bytes) },
  }));
  return {
    title: `Fig. 3: the right half of ${input}, ${width} × ${height}, drawn from its left half`,
    table: {
      columns: ['compressor', 'drawn bits per pixel', 'mean error'],
      rows: records.map((r): Value[] => [
        ...[r.title, r.drawnBitsPerPixel.toFixed(2)],
        r.error.toFixed(1),
      ]),
    },
    records,
    notes: [
      'Mean error: |drawn − true|, of pixels from 0 to 255. Noise can have a smaller error than a good picture.',
      'png and mix use the rows above, including what was drawn there; gzip reads each row alone.',
    ],
    pictures: [
      { title: 'original', note: 'the true right half', content: picture },
      ...drawn.map(
        ({ title, alone, bytes, bits }): Captioned<Picture> => ({
          title,
          note: `${alone ? 'each row alone' : 'with the rows above'}, ${(bits / bytes.length).toFixed(2)} bits per pixel`,
          content: { ...picture, pixels: withRight(bytes) },
        }),
      ),
    ],
  };

  function withRight(right: Uint8Array): Uint8Array {
    const whole = pixels.slice();
    for (let y = 0; y < height; y++) {
      whole.set(right.subarray(y * length, (y + 1) * length), y * width + given);
    }
    return whole;
  }

  function meanError(right: Uint8Array): number {
    const truth = halves(picture, given, width);
    return right.reduce((sum, pixel, i) => sum + Math.abs(pixel - truth[i]!), 0) / right.length;
  }
}

/** Columns [from, to) of all rows. */
function halves({ width, height, pixels }: Picture, from: number, to: number): Uint8Array {
  const out = new Uint8Array((to - from) * height);
  for (let y = 0; y < height; y++) {
    out.set(pixels.subarray(y * width + from, y * width + to), y * (to - from));
  }
  return out;
}

/** @throws Error for a failed cell: a picture cannot have gaps. */
function joined(cells: readonly CompareRow[]): { bytes: Uint8Array; bits: number } {
  const failed = cells.find(({ error }) => error !== undefined);
  if (failed) throw new Error(`${failed.spec} failed: ${failed.error}`);
  const bytes = Buffer.concat(cells.map(({ drawn }) => readSample(drawn!.sample!).bytes));
  const bits = cells.reduce((sum, { drawn }) => sum + drawn!.bits, 0);
  return { bytes: new Uint8Array(bytes), bits };
}
