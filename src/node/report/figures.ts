// The figures of one section of a report: rates, speed against rate, rate against quality,
// conversion loss, calibration and learning curves, each with a caption that explains it.

import { isControl } from '../../measure/compare-row.js';
import type { CompareSummary } from '../../measure/compare-summary.js';
import { escapeHtml } from '../../report/escape-html.js';
import { type Line, lossPlot, ratesPlot, smallMultiples } from './plots.js';
import { scatterPlot } from './scatter.js';
import { modelName, type Section } from './sections.js';
import { known } from './tables.js';

/** The main figures side by side; the others are in a collapsed block. */
export function figuresOf(section: Section): string {
  const { summaries } = section;
  const models = summaries.filter(({ spec }) => !isControl(spec));
  const quality = qualityFigure(section);
  const first = [ratesFigure(models), speedFigure(models), quality || lossFigure(models)];
  const more = [
    ...(quality === '' ? [] : [row([lossFigure(models)])]),
    calibration(models),
    learning(models, section),
  ].join('');
  const rest =
    more === ''
      ? ''
      : `<details><summary>Conversion loss, calibration, learning curves</summary>${more}</details>`;
  return row(first) + rest;
}

function row(figures: readonly string[]): string {
  const shown = figures.filter((one) => one !== '');
  return shown.length === 0 ? '' : `<div class="figures">${shown.join('\n')}</div>`;
}

function ratesFigure(models: readonly CompareSummary[]): string {
  const shown = models
    .filter(({ bpb, ownBpb }) => bpb !== undefined || ownBpb !== undefined)
    .map((one) => {
      return { name: modelName(one), bits: one.bpb, interval: one.bpbInterval, own: one.ownBpb };
    });
  if (shown.length === 0) return '';
  return plot(
    'Bits per held-out byte',
    ratesPlot(shown),
    'Filled: under the reading, with the 95 % interval; open: what the compressor itself writes. Left is better.',
  );
}

function speedFigure(models: readonly CompareSummary[]): string {
  const points = models.flatMap((one) => {
    const { bpb, msPerByte, bpbInterval } = one;
    if (bpb === undefined || !msPerByte) return [];
    return { name: modelName(one), x: msPerByte, y: bpb, yInterval: known(bpbInterval) };
  });
  if (points.length === 0) return '';
  const title = 'Speed and rate';
  return plot(
    title,
    scatterPlot(points, {
      ...{ title, xLabel: 'ms per byte', yLabel: 'bits per held-out byte', isLogX: true },
    }),
    'Time to predict a byte, on a logarithmic scale, against bits. Lower left is better; times depend on the machine and its load.',
  );
}

function lossFigure(models: readonly CompareSummary[]): string {
  const shown = models.flatMap((one) =>
    one.conversionLoss === undefined
      ? []
      : {
          name: modelName(one),
          value: Math.abs(one.conversionLoss) < 1e-9 ? 0 : one.conversionLoss,
          interval: one.conversionLossInterval,
        },
  );
  if (shown.length === 0) return '';
  return plot(
    'Conversion loss',
    lossPlot(shown),
    'What predicting byte by byte loses against the compressor’s own code length, with 95 % intervals; to the left of zero it gains. Predictors lose nothing by definition.',
  );
}

/** Rate against the judge's bits; empty if no sample was judged. */
function qualityFigure({ summaries }: Section): string {
  const points = summaries.flatMap((one) => {
    const { spec, bpb, bpbInterval, judgeBpb, judgeInterval } = one;
    if (isControl(spec) || bpb === undefined || judgeBpb === undefined) return [];
    const intervals = { xInterval: known(bpbInterval), yInterval: known(judgeInterval) };
    return { name: modelName(one), x: bpb, y: judgeBpb, ...intervals };
  });
  if (points.length === 0) return '';
  const levels = summaries.flatMap(({ spec, judgeBpb }) =>
    isControl(spec) && judgeBpb !== undefined
      ? { name: spec === 'held-out' ? 'the truth' : spec, value: judgeBpb }
      : [],
  );
  const title = 'Rate and quality';
  return plot(
    title,
    scatterPlot(points, {
      ...{ title, xLabel: 'bits per held-out byte', yLabel: 'judge’s bits per drawn byte', levels },
    }),
    'Held-out bits against the judge’s bits of what was drawn; dashed, the controls. Below the truth means dull rather than good.',
  );
}

const LEAST_EXPECTED = 5;

function calibration(models: readonly CompareSummary[]): string {
  const lines: Line[] = models.flatMap((one) => {
    const points = (one.calibration ?? []).flatMap(({ expected, observed }, k) =>
      expected >= LEAST_EXPECTED && observed > 0
        ? [[k + 0.5, Math.log2(observed / expected)] as const]
        : [],
    );
    return points.length < 2 ? [] : { name: modelName(one), points };
  });
  const ratios = lines.flatMap(({ points }) => points.map(([, y]) => Math.abs(y)));
  const most = Math.max(1, Math.ceil(Math.max(...ratios)));
  return multiples(
    'Calibration',
    'Observed over expected occurrences of bytes, by their predicted bits: 1 is calibrated; below 1 the model is overconfident. Bins with fewer than five expected occurrences are left out.',
    lines,
    smallMultiples(lines, {
      ...{ xLabel: '−log₂ P', yLabel: 'observed ÷ expected', rule: 0 },
      ...{ yDomain: [-most, most], yTicks: [-most, 0, most] },
      yTickFormat: (y) => (y < 0 ? `1/${2 ** -y}` : String(2 ** y)),
    }),
  );
}

function learning(models: readonly CompareSummary[], section: Section): string {
  const { from, chunkBytes, rows } = section;
  const isPicture = rows[0]!.format?.kind === 'image';
  const lines: Line[] = models.flatMap((one) => {
    const { curve } = one;
    if (!curve) return [];
    const points = curve.map((bits, i) => {
      const share = (i + 0.5) / curve.length;
      return [isPicture ? 100 * share : from + share * (chunkBytes - from), bits] as const;
    });
    return { name: modelName(one), points };
  });
  return multiples(
    'Learning',
    `Bits per byte along the held-out part, a sixteenth at a time${isPicture ? '' : '; the bytes before it are context'}.`,
    lines,
    smallMultiples(lines, {
      xLabel: isPicture ? '% of the held-out part' : 'context bytes',
      yLabel: 'bits/byte',
      xTickFormat: (x) => (x < 10_000 ? x.toLocaleString('en-US') : `${x / 1000}k`),
    }),
  );
}

function plot(title: string, svg: string, caption: string): string {
  return `<figure><h4>${escapeHtml(title)}</h4>${svg}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

function multiples(
  title: string,
  caption: string,
  lines: readonly Line[],
  svgs: readonly string[],
): string {
  if (lines.length === 0) return '';
  const plots = lines.map(
    ({ name }, i) => `<figure><h4>${escapeHtml(name)}</h4>${svgs[i]}</figure>`,
  );
  return `<h3>${escapeHtml(title)}</h3><p class="faint">${escapeHtml(caption)}</p><div class="small">${plots.join('\n')}</div>`;
}
