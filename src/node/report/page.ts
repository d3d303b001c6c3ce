// A comparison as one HTML page that needs nothing else: no script, no request, every figure from the
// rows. The same rows give the same page, byte for byte.

import { createHash } from 'node:crypto';
import { isControl } from '../../measure/compare-row.js';
import type { CompareSummary } from '../../measure/compare-summary.js';
import { crossMatrix } from '../../measure/cross.js';
import { compareRankings } from '../../measure/ranking.js';
import { figure } from '../../report/data-table.js';
import { escapeHtml } from '../../report/escape-html.js';
import { FRAGMENT_STYLE } from '../../report/style.js';
import { figuresOf, qualityOf } from './figures.js';
import { PAGE_STYLE } from './page-style.js';
import { type ResultsSource, reproduction } from './reproduce.js';
import { samplesOf } from './samples.js';
import { modelName, type Section, sectionsOf } from './sections.js';
import { crossTable, drawingTable, expectationTable, glossary, interval } from './tables.js';

export interface ReportOptions {
  readonly title?: string | undefined;
}

/**
 * @param sources rows of one version of zipdream.
 * @throws UsageError if there is no measured cell, or cells contradict each other.
 */
export function renderReport(
  sources: readonly ResultsSource[],
  { title = 'Which compressor imagines best?' }: ReportOptions = {},
): string {
  const sections = sectionsOf(sources.flatMap(({ rows }) => rows));
  const links = sections.map(
    (section, i) => `<li><a href="#input-${i + 1}">${escapeHtml(section.input)}</a></li>`,
  );
  const nav =
    sections.length > 1 ? `<nav aria-label="Inputs"><ul>${links.join('')}</ul></nav>` : '';
  const style = `${FRAGMENT_STYLE}${PAGE_STYLE}`;
  const styleHash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'`;
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
${sections.map((section) => `<p class="lead">${verdict(section)}</p>`).join('\n')}
${nav}
</header>
${sections.map(renderSection).join('\n')}
<h2 id="columns">What the figures are</h2>
<p>x is what is given, y what follows it, drawn or held out; L is a code length in bits; |y| is in bytes. Intervals are 95 %, by a bootstrap over messages. Dull text flatters a judge: the controls show how much, a true continuation and predictors sharpened to P<sup>1.5</sup> without any compressor.</p>
${glossary(sections.flatMap(({ summaries }) => summaries))}
<h2 id="reproduce">How to reproduce this page</h2>
${reproduction(sources, sections)}
</main>
</body>
</html>
`;
}

function renderSection(section: Section, index: number): string {
  const { input, rows, summaries } = section;
  const matrix = rows.some(({ cross }) => cross) ? crossMatrix(rows) : [];
  const drawing = drawingTable(summaries, 'What each draws in place of the held-out part.');
  const samples = samplesOf(section);
  return [
    `<section aria-labelledby="input-${index + 1}"><h2 id="input-${index + 1}">${escapeHtml(input)}</h2>`,
    `<p class="faint">${escapeHtml(conditions(section))}</p>`,
    '<h3>Ranking</h3>',
    expectationTable(summaries, 'How well each expects the held-out part, the best first.'),
    failures(summaries),
    figuresOf(section),
    ...(drawing ? ['<h3>What they draw</h3>', drawing, qualityFigure(section)] : []),
    ...(matrix.length > 0
      ? [crossTable(matrix, 'Bits per byte of what one draws (rows) under another (columns).')]
      : []),
    ...(samples ? ['<h3>Samples</h3>', samples] : []),
    '</section>',
  ].join('\n');
}

/** The result in a sentence, no more certain than the intervals. */
function verdict({ input, summaries }: Section): string {
  const read = summaries.filter(({ spec, bpb }) => !isControl(spec) && bpb !== undefined);
  const name = `<em>${escapeHtml(input)}</em>`;
  const [first, second] = read;
  if (!first) return `${name}: own code lengths alone.`;
  const rate = `${figure(first.bpb!, 3)} bits per byte`;
  const range = interval(first.bpbInterval);
  const best = `<strong>${escapeHtml(modelName(first))}</strong>`;
  const lead = `${best} expects ${name} best: ${rate}${range ? `, 95 % ${range}` : ''}`;
  if (!second) return `${lead}.`;
  const next = `${escapeHtml(modelName(second))} needs ${figure(second.bpb!, 3)}`;
  const overlap = range !== undefined && first.bpbInterval![1] >= second.bpbInterval![0];
  return `${lead}; ${next}${overlap ? ', and their intervals overlap' : ''}.`;
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

function qualityFigure(section: Section): string {
  const plot = qualityOf(section);
  return plot === '' ? '' : `<div class="figures">${plot}<p>${rankings(section)}</p></div>`;
}

/** Whether held-out bits and the judge's rank the models alike, where both are certain. */
function rankings({ summaries }: Section): string {
  const [ranking] = compareRankings(summaries);
  const { pairs, agreeing, disagreeing } = ranking!;
  if (pairs === 0) {
    return 'No two models differ by more than their intervals both in held-out bits and in the judge’s.';
  }
  const head = `Of the pairs of models that differ by more than their intervals in both, held-out bits and the judge’s bits order ${agreeing} of ${pairs} alike.`;
  const others = disagreeing.map(({ better, worse }) => {
    const [a, b] = [modelName(better), modelName(worse)];
    return `${a} expects better than ${b}, but the judge prefers what ${b} draws`;
  });
  return escapeHtml(others.length === 0 ? head : `${head} Not so: ${others.join('; ')}.`);
}
