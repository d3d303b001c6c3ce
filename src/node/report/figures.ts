// The figures of one section: rates, conversion loss, rate against quality, calibration, learning
// curves, each with a caption that says how to read it.

import { isControl } from '../../measure/compare-row.js';
import type { CompareSummary } from '../../measure/compare-summary.js';
import { escapeHtml } from '../../report/escape-html.js';
import { type Line, lossPlot, qualityPlot, ratesPlot, smallMultiples } from './plots.js';
import { modelName, type Section } from './sections.js';

export function figuresOf(section: Section): string {
  const { summaries } = section;
  const models = summaries.filter(({ spec }) => !isControl(spec));
  const wide = [rates(models), losses(models)].filter((one) => one !== '');
  return [
    `<div class="figures">${wide.join('\n')}</div>`,
    calibration(models),
    learning(models, section),
  ].join('\n');
}

function rates(models: readonly CompareSummary[]): string {
  const shown = models
    .filter(({ bpb, ownBpb }) => bpb !== undefined || ownBpb !== undefined)
    .map((one) => {
      return { name: modelName(one), bits: one.bpb, interval: one.bpbInterval, own: one.ownBpb };
    });
  if (shown.length === 0) return '';
  return wideFigure(
    'Bits of what is held out',
    ratesPlot(shown),
    'Filled: under the reading, with the 95 % interval; open: what the compressor itself writes. Left is better.',
  );
}

function losses(models: readonly CompareSummary[]): string {
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
  return wideFigure(
    'Conversion loss',
    lossPlot(shown),
    'What predicting byte by byte loses against the compressor’s own code length, with 95 % intervals; to the left of zero it gains. Predictors lose nothing by definition.',
  );
}

/** Empty where nothing was judged. */
export function qualityOf({ summaries }: Section): string {
  const points = summaries.flatMap((one) => {
    const { spec, bpb, bpbInterval, judgeBpb, judgeInterval } = one;
    if (isControl(spec) || !bpbInterval || !judgeInterval) return [];
    const at = { x: bpb!, y: judgeBpb!, xInterval: bpbInterval, yInterval: judgeInterval };
    return { name: modelName(one), ...at };
  });
  if (points.length === 0) return '';
  const controls = summaries.flatMap(({ spec, judgeBpb }) =>
    isControl(spec) && judgeBpb !== undefined
      ? { name: spec === 'held-out' ? 'the truth' : spec, value: judgeBpb }
      : [],
  );
  return wideFigure(
    'Rate and quality',
    qualityPlot(points, controls),
    'Held-out bits against the judge’s bits of what was drawn; dashed, the controls. Below the truth means dull rather than good.',
  );
}

const LEAST_EXPECTED = 5;

function calibration(models: readonly CompareSummary[]): string {
  const lines: Line[] = models.flatMap((one) => {
    const points = (one.calibration ?? []).flatMap(({ expected, came }, k) =>
      expected >= LEAST_EXPECTED && came > 0
        ? [[k + 0.5, Math.log2(came / expected)] as const]
        : [],
    );
    return points.length < 2 ? [] : { name: modelName(one), points };
  });
  const ratios = lines.flatMap(({ points }) => points.map(([, y]) => Math.abs(y)));
  const most = Math.max(1, Math.ceil(Math.max(...ratios)));
  return multiples(
    'Calibration',
    'How often a byte came for each time that it was expected, by the bits it was given: 1 is calibrated, below it the model is too sure. Bins with fewer than five expected bytes are left out.',
    lines,
    smallMultiples(lines, {
      ...{ xLabel: '−log₂ P', yLabel: 'came ÷ expected', rule: 0 },
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
    `Bits per byte along the held-out part, a sixteenth at a time${isPicture ? '' : '; what came before is context'}.`,
    lines,
    smallMultiples(lines, {
      xLabel: isPicture ? '% of the held-out part' : 'bytes before',
      yLabel: 'bits/byte',
      xTickFormat: (x) => (x < 10_000 ? x.toLocaleString('en-US') : `${x / 1000}k`),
    }),
  );
}

function wideFigure(title: string, svg: string, caption: string): string {
  return `<figure><h4>${escapeHtml(title)}</h4>${svg}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

function multiples(
  title: string,
  caption: string,
  lines: readonly Line[],
  svgs: readonly string[],
): string {
  if (lines.length === 0) return '';
  const plots = lines.map(({ name }, i) => `<div><h4>${escapeHtml(name)}</h4>${svgs[i]}</div>`);
  return `<figure><h3>${escapeHtml(title)}</h3><figcaption>${escapeHtml(caption)}</figcaption><div class="small">${plots.join('\n')}</div></figure>`;
}
