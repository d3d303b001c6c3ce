// A comparison as one HTML page that makes no requests; all its figures are computed from the rows.
// The same rows give the same page, byte for byte. The only script sorts tables and saves figures;
// the page can be read without it.

import { createHash } from 'node:crypto';
import { isControl } from '../../measure/compare-row.js';
import { type CompareSummary, isDistinguished } from '../../measure/compare-summary.js';
import { crossMatrix } from '../../measure/cross.js';
import { compareRankings } from '../../measure/ranking.js';
import { figure } from '../../report/data-table.js';
import { escapeHtml } from '../../report/escape-html.js';
import { FRAGMENT_STYLE } from '../../report/style.js';
import { figuresOf } from './figures.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import { type ResultsSource, reproduction } from './reproduce.js';
import { samplesOf } from './samples.js';
import { modelName, type Section, sectionsOf } from './sections.js';
import {
  crossTable,
  drawingTable,
  expectationTable,
  intervalText,
  overviewTable,
} from './tables.js';

interface ReportOptions {
  readonly title?: string | undefined;
}

/**
 * Renders the page.
 *
 * @param sources rows of one version of zipdream.
 * @throws UsageError if there is no measured cell, or if cells contradict each other.
 */
export function renderReport(
  sources: readonly ResultsSource[],
  { title = 'Which compressor imagines best?' }: ReportOptions = {},
): string {
  const sections = sectionsOf(sources.flatMap(({ rows }) => rows));
  const names = namesOf(sections);
  const links = names.map(
    (name, i) => `<li><a href="#input-${i + 1}">${escapeHtml(name)}</a></li>`,
  );
  const style = `${FRAGMENT_STYLE}${PAGE_STYLE}`;
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(PAGE_SCRIPT)}'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
${sections.map((section, i) => `<p class="lead">${verdict(section, names[i]!)}</p>`).join('\n')}
</header>
${sections.length > 1 ? `<nav aria-label="Inputs"><ul>${links.join('')}</ul></nav>${overviewTable(sections, names)}` : ''}
${sections.map((section, i) => renderSection(section, names[i]!, i)).join('\n')}
<h2 id="reproduce">How to reproduce this page</h2>
${reproduction(sources, sections)}
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Names of sections; an input with several sections is named with its number of given bytes. */
function namesOf(sections: readonly Section[]): string[] {
  return sections.map(({ input, from, chunkBytes }) => {
    const isOne = sections.filter((other) => other.input === input).length === 1;
    return isOne ? input : `${input}, ${from} of ${chunkBytes} bytes given`;
  });
}

function renderSection(section: Section, name: string, index: number): string {
  const { rows, summaries } = section;
  const matrix = rows.some(({ cross }) => cross) ? crossMatrix(rows) : [];
  const drawing = drawingTable(
    section,
    'What each draws in place of the held-out part. Dull text flatters a judge: the controls are a true continuation, and predictors sharpened to P^1.5 without any compressor.',
  );
  const samples = samplesOf(section);
  return [
    `<section aria-labelledby="input-${index + 1}"><h2 id="input-${index + 1}">${escapeHtml(name)}</h2>`,
    `<p class="faint conditions">${escapeHtml(conditions(section))}</p>`,
    '<h3>Ranking</h3>',
    expectationTable(
      summaries,
      'How well each expects the held-out part, the best first; to best: paired differences over the same messages, ≈ where their interval includes zero.',
    ),
    failures(summaries),
    figuresOf(section),
    ...(drawing ? ['<h3>What they draw</h3>', drawing, `<p>${rankings(section)}</p>`] : []),
    ...(matrix.length > 0
      ? [
          '<details><summary>Who expects whose samples</summary>',
          crossTable(matrix, 'Bits per byte of what one draws (rows) under another (columns).'),
          '</details>',
        ]
      : []),
    ...(samples ? ['<h3>Samples</h3>', samples] : []),
    '</section>',
  ].join('\n');
}

/** Two sentences on the best model, no more certain than the intervals of paired differences. */
function verdict({ summaries }: Section, input: string): string {
  const [best, ...others] = summaries.filter(({ spec, bpb, ownBpb }) => {
    return !isControl(spec) && (bpb ?? ownBpb) !== undefined;
  });
  const name = `<em>${escapeHtml(input)}</em>`;
  if (!best) return `${name}: nothing was measured.`;
  const { bpb, ownBpb, bpbInterval } = best;
  const range = bpb === undefined ? undefined : intervalText(bpbInterval);
  const does = bpb === undefined ? 'codes' : 'expects';
  const lead = `<strong>${escapeHtml(modelName(best))}</strong> ${does} ${name} best: ${figure(bpb ?? ownBpb!, 3)} bits per byte${range ? `, 95 % ${range}` : ''}.`;
  const [next] = others;
  if (!next) return lead;
  const close = others.filter((one) => !isDistinguished(one));
  const difference = `${figure(next.bpbDifference ?? 0, 3)} more`;
  const interval = intervalText(next.bpbDifferenceInterval);
  const paired = `${escapeHtml(modelName(next))} needs ${difference} on the same messages${interval ? `, 95 % ${interval}` : ''}`;
  if (close.length === 0) {
    return `${lead} ${paired}: zero is excluded${others.length > 1 ? ', as for all others' : ''}.`;
  }
  const list = close.map((one) => escapeHtml(modelName(one))).join(', ');
  return `${lead} ${paired}. Zero is not excluded, so these cannot be distinguished from the best: ${list}.`;
}

function conditions({ judge, seed, from, chunkBytes, messages, rows }: Section): string {
  const { format } = rows[0]!;
  const number = (value: number): string => value.toLocaleString('en-US');
  const what =
    format?.kind === 'image'
      ? `${number(messages)} ${messages === 1 ? 'picture' : 'pictures'}, a part of each given`
      : `${number(messages)} ${messages === 1 ? 'message' : 'messages'} of ${number(chunkBytes)} bytes, of which ${number(from)} are given`;
  const drawn = seed === undefined ? '' : `; drawn with seed ${seed}`;
  return `${what}${drawn}${judge === undefined ? '' : ` and judged by ${judge}`}. Each message is a fresh context.`;
}

function failures(summaries: readonly CompareSummary[]): string {
  const lines = summaries
    .filter(({ failed }) => failed > 0)
    .map((summary) => {
      const { failed, cells, error } = summary;
      return `<li>${escapeHtml(`${modelName(summary)}: ${failed} of ${cells} cells failed: ${error}`)}</li>`;
    });
  return lines.length === 0 ? '' : `<ul class="failures">${lines.join('')}</ul>`;
}

/** A sentence on whether held-out bits and the judge's bits order the models in the same way. */
function rankings({ summaries }: Section): string {
  const [ranking] = compareRankings(summaries);
  const { pairs, agreeing, disagreeing } = ranking!;
  if (pairs === 0) {
    return 'No two models differ by more than their intervals both in held-out bits and in the judge’s.';
  }
  const head = `Of the pairs of models that differ by more than their intervals in both, held-out bits and the judge’s bits agree on the order of ${agreeing} of ${pairs}.`;
  const others = disagreeing.map(({ better, worse }) => {
    const [a, b] = [modelName(better), modelName(worse)];
    return `${a} expects better than ${b}, but the judge prefers what ${b} draws`;
  });
  return escapeHtml(others.length === 0 ? head : `${head} The exceptions: ${others.join('; ')}.`);
}
