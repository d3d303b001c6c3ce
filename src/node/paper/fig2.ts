// Fig. 2: adjusted rates against model size, for several data sizes: each has an optimal model
// size.

import { Plot } from '../plot.js';
import type { PaperSet } from './data.js';
import { type PaperFigure, percent, type Value } from './figure.js';
import { languageModels, readings } from './instruments.js';
import type { Lab } from './lab.js';
import { legendMarks, plotSvg } from './plot.js';
import { measureRates, type Rate } from './rates.js';

/** Data sizes in bytes; the last three are those of enwik7, enwik8 and enwik9. */
const DATA_BYTES = [1e6, 1e7, 1e8, 1e9];
/** Baselines without parameters. */
const BASELINES = ['ppm', 'mix'];

export async function fig2(lab: Lab, sets: readonly PaperSet[]): Promise<PaperFigure> {
  const instruments = [...(await languageModels(lab)), ...(await readings(lab, BASELINES))];
  const rates = await measureRates(lab, sets, instruments);
  const adjusted = (rate: Rate, dataBytes: number): number =>
    rate.rawRate + rate.modelBytes / dataBytes;
  const records = rates.flatMap((rate) =>
    DATA_BYTES.map((dataBytes) => ({
      ...{ name: rate.name, spec: rate.spec, modelBytes: rate.modelBytes, rawRate: rate.rawRate },
      ...{ dataBytes, adjustedRate: adjusted(rate, dataBytes) },
    })),
  );
  return {
    title: 'Fig. 2: adjusted rates of text in %, by the size of the model and of the data',
    table: {
      columns: [
        'model',
        'model bytes',
        'raw',
        ...DATA_BYTES.map((size) => `${powerOf(size)} bytes`),
      ],
      rows: rates.map((rate): Value[] => [
        ...[rate.name, rate.modelBytes, percent(rate.rawRate)],
        ...DATA_BYTES.map((size) => percent(adjusted(rate, size))),
      ]),
    },
    records,
    notes: [
      'The raw rate is that of the text named below and is used for data of all sizes; the paper measured enwik7, 8 and 9.',
      `${BASELINES.join(' and ')} have no parameters; their rates are the dashed lines. Dotted: models of Wikipedia alone.`,
    ],
    svg: drawChart(records),
  };
}

type Point = { name: string; modelBytes: number; dataBytes: number; adjustedRate: number };

function drawChart(points: readonly Point[]): string {
  const models = points.filter(({ modelBytes }) => modelBytes > 0);
  const baselines = points.filter(
    ({ modelBytes, dataBytes }) => modelBytes === 0 && dataBytes === 1e9,
  );
  const channels = {
    ...{ x: 'modelBytes', z: 'dataBytes' },
    y: (point: Point) => 100 * point.adjustedRate,
    stroke: (point: Point) => `${powerOf(point.dataBytes)} bytes`,
  };
  return plotSvg({
    x: { type: 'log', label: 'bytes of the model', tickFormat: 's', grid: true, nice: true },
    y: { type: 'log', label: 'adjusted rate, %', tickFormat: '~s', grid: true, domain: [10, 3000] },
    color: { legend: false, type: 'categorical' },
    marks: [
      Plot.ruleY(baselines, { y: channels.y, strokeDasharray: '4 3', stroke: '#888' }),
      ...baselines.map((line, i) =>
        Plot.text([line], {
          ...{ y: channels.y, text: 'name', frameAnchor: 'left', textAnchor: 'start' },
          ...{ dx: 6, lineAnchor: i === 0 ? 'bottom' : 'top', dy: i === 0 ? -3 : 3, fill: '#555' },
        }),
      ),
      Plot.line(models.filter(isOfMedia), { ...channels, sort: 'modelBytes' }),
      Plot.line(
        models.filter((point) => !isOfMedia(point)),
        { ...channels, sort: 'modelBytes', strokeDasharray: '1 4' },
      ),
      Plot.dot(models, { ...channels, fill: channels.stroke, r: 4 }),
      ...legendMarks(DATA_BYTES.map((size) => `${powerOf(size)} bytes`)),
    ],
  });
}

/** Whether a model has learnt pictures and speech as well as text. */
const isOfMedia = ({ name }: Point): boolean => name.includes('media');

function powerOf(size: number): string {
  return `10${[...String(Math.round(Math.log10(size)))].map((d) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(d)]).join('')}`;
}
