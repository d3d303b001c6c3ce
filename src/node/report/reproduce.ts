// How to get the same results: commands, versions, and hashes of what was measured.

import { type CompareRow, isControl, METRICS } from '../../measure/compare-row.js';
import { dataTable } from '../../report/data-table.js';
import { escapeHtml } from '../../report/escape-html.js';
import { VERSION } from '../../version.js';
import { groupBy, type Section } from './sections.js';

export interface ResultsSource {
  /** Of a file of results, or of whatever the rows are from. */
  readonly name: string;
  /** In hex. */
  readonly sha256?: string | undefined;
  readonly rows: readonly CompareRow[];
}

export function reproduction(
  sources: readonly ResultsSource[],
  sections: readonly Section[],
): string {
  const commands = [...new Set(sections.flatMap(commandsOf)), reportCommand(sources)];
  const rows = sections.flatMap((section) => section.rows);
  return [
    '<p>Every figure on this page comes of these commands. Cells have an identity by all that decides their result, so that the same command with the same file of results measures nothing twice.</p>',
    `<pre class="command">${commands.map(escapeHtml).join('\n')}</pre>`,
    dataTable(
      [
        { title: 'model', value: ({ spec }: CompareRow) => spec },
        { title: 'version', value: ({ version }: CompareRow) => version },
      ],
      groupBy(
        rows.filter((row) => !isControl(row.spec) && row.version !== ''),
        ({ spec, version }) => JSON.stringify([spec, version]),
      ).map((group) => group[0]!),
      { caption: `Versions, all measured by zipdream ${VERSION}.` },
    ),
    dataTable(
      [
        { title: 'results', value: ({ name }: ResultsSource) => name },
        { title: 'cells', value: (source: ResultsSource) => source.rows.length, digits: 0 },
        { title: 'SHA-256', value: ({ sha256 }: ResultsSource) => sha256 },
      ],
      sources,
      { caption: 'Files of results that this page is made of.' },
    ),
    `<details><summary>SHA-256 of every message</summary>${messageTable(rows)}</details>`,
  ].join('\n');
}

function messageTable(rows: readonly CompareRow[]): string {
  const messages = groupBy(
    rows.filter(({ cross }) => !cross),
    ({ input, part, start, sha256 }) => JSON.stringify([input, part, start, sha256]),
  ).map((group) => group[0]!);
  return dataTable(
    [
      { title: 'input', value: ({ input }: CompareRow) => input },
      { title: 'part', value: ({ part }: CompareRow) => part },
      { title: 'from byte', value: ({ start }: CompareRow) => start, digits: 0 },
      { title: 'SHA-256', value: ({ sha256 }: CompareRow) => sha256 },
    ],
    messages,
    { caption: 'The bytes that were compressed, given part and all.' },
  );
}

/** One for each set of readings: compressors that have the same go together. */
function commandsOf({ input, rows, judge, seed, from, chunkBytes, messages }: Section): string[] {
  const models = rows.filter(({ spec, cross, scope }) => !isControl(spec) && !cross && !scope);
  const { format } = rows[0]!;
  const metrics = METRICS.filter(
    (metric) =>
      rows.some((row) => row.metrics.includes(metric)) ||
      (metric === 'cross' && rows.some(({ cross }) => cross)),
  );
  const moment = format?.kind === 'audio' ? (format.channels * format.bitsPerSample) / 8 : 1;
  const sizes =
    format?.kind === 'image'
      ? []
      : ['--chunk', String(chunkBytes / moment), '--from', String(from / moment)];
  const readingsOf = groupBy(models, ({ spec }) => spec).map((group) => ({
    spec: group[0]!.spec,
    readings: [...new Set(group.map(({ reading = 'best' }) => reading))].sort().join(','),
  }));
  return groupBy(readingsOf, ({ readings }) => readings).map((group) => {
    const flags = [
      ...['-c', group.map(({ spec }) => spec).join(','), '--readings', group[0]!.readings],
      ...['--metrics', metrics.join(','), ...sizes, '--limit', String(messages)],
      ...(judge === undefined ? [] : ['--judge', judge]),
      ...(seed === undefined ? [] : ['--seed', seed]),
      ...['-o', 'results.jsonl'],
    ];
    return ['zipdream compare', quote(input), ...flags.map(quote)].join(' ');
  });
}

function reportCommand(sources: readonly ResultsSource[]): string {
  const names = sources.map(({ name }) => quote(name));
  return ['zipdream report', ...names, '-o report.html'].join(' ');
}

/** A word for a shell. */
function quote(word: string): string {
  return /^[\w.,:=^/+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
