// How to reproduce the results of a report: commands, versions, and hashes of what was measured.
// Flags are reconstructed from the rows, as result files do not contain the command.

import { type CompareRow, isControl, METRICS } from '../../measure/compare-row.js';
import { bytesPerFrame } from '../../modality/audio-bytes.js';
import { splitSpec } from '../../options.js';
import { dataTable } from '../../report/data-table.js';
import { escapeHtml } from '../../report/escape-html.js';
import { VERSION } from '../../version.js';
import { groupBy, type Section } from './sections.js';

export interface ResultsSource {
  /** Name of the result file, or of another source of the rows. */
  readonly name: string;
  /** SHA-256 of the file, in hex. */
  readonly sha256?: string | undefined;
  readonly rows: readonly CompareRow[];
}

export function reproduction(
  sources: readonly ResultsSource[],
  sections: readonly Section[],
): string {
  const commands = [...commandsOf(sections), `zipdream report ${RESULTS}.jsonl -o ${RESULTS}.html`];
  const rows = sections.flatMap((section) => section.rows);
  const corpora = [...new Set(rows.flatMap(({ corpus }) => corpus ?? []))];
  const machines = [...new Set(rows.flatMap(({ machine }) => machine ?? []))];
  return [
    '<p>These commands measure every figure on this page again, in the folder of the inputs. Only times differ from run to run.</p>',
    ...corpora.map(
      (sha256) => `<p>CORPUS is the file with SHA-256 <span class="hash">${sha256}</span>.</p>`,
    ),
    `<pre class="command" tabindex="0">${commands.map(escapeHtml).join('\n')}</pre>`,
    ...machines.map((machine) => `<p class="faint">Measured on ${escapeHtml(machine)}.</p>`),
    '<details><summary>Versions, files of results, SHA-256 of every message</summary>',
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
    messageTable(rows),
    '</details>',
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

/** The commands that measure all sections; inputs with the same flags share a command. */
function commandsOf(sections: readonly Section[]): string[] {
  return groupBy(sections, (section) => flagsOf(section).join('\n')).map((group) => {
    const inputs = [...new Set(group.map(({ input }) => quote(pathOf(input))))];
    return [`zipdream compare ${inputs.join(' ')}`, ...flagsOf(group[0]!)].join(' \\\n  ');
  });
}

/** The path of an input; a folder with several kinds of files gives one input per kind. */
function pathOf(input: string): string {
  return input.replace(/\/ (pictures|sounds|other files)$/, '/');
}

/** The flags of `zipdream compare` for a section, one line each. */
function flagsOf({ rows, judge, seed, messages, ...sizes }: Section): string[] {
  const models = rows.filter(({ spec, cross, scope }) => !isControl(spec) && !cross && !scope);
  const specs = [...new Set(models.map(({ spec }) => spec))];
  const metrics = METRICS.filter((metric) => rows.some((row) => row.metrics.includes(metric)));
  const drawing = [
    ...(judge === undefined ? [] : ['--judge', quote(judge)]),
    ...(seed === undefined ? [] : ['--seed', quote(seed)]),
    ...(rows.some(({ corpus }) => corpus !== undefined) ? ['--corpus', 'CORPUS'] : []),
  ];
  return [
    `-c ${quote(specs.join(','))}`,
    `--readings ${readingsOf(models)} --metrics ${metrics.join(',')}`,
    [...sizesOf(rows, sizes), '--limit', messages, ...drawing].join(' '),
    ...(rows.some(({ scope }) => scope === 'whole') ? ['--whole'] : []),
    `-o ${RESULTS}.jsonl`,
  ];
}

/** The value of `--readings`: one choice for all compressors, or one for each by its name. */
function readingsOf(models: readonly CompareRow[]): string {
  const names = groupBy(models, ({ spec }) => splitSpec(spec).name).map((group) => ({
    name: splitSpec(group[0]!.spec).name,
    readings: [...new Set(group.flatMap(({ reading }) => reading ?? []))].sort(),
  }));
  const read = names.filter(({ readings }) => readings.length > 0);
  const sets = new Set(names.map(({ readings }) => readings.join()));
  if (sets.size === 1) return [...sets][0] || 'best';
  return read.map(({ name, readings }) => `${name}=${readings.join('+')}`).join(',');
}

function sizesOf(
  rows: readonly CompareRow[],
  { from, chunkBytes }: Pick<Section, 'from' | 'chunkBytes'>,
): (string | number)[] {
  const { format } = rows[0]!;
  if (format?.kind === 'image') return pictureFlags(rows);
  const frameBytes = format?.kind === 'audio' ? bytesPerFrame(format) : 1;
  return ['--chunk', chunkBytes / frameBytes, '--from', from / frameBytes];
}

/** Flags of pictures; as pictures are never enlarged, the largest one determines `--max-size`. */
function pictureFlags(rows: readonly CompareRow[]): (string | number)[] {
  const pictures = rows.flatMap(({ format, given, measure }) => {
    if (format?.kind !== 'image' || !given || !measure) return [];
    const { width, channels } = format;
    return { ...given, width, height: measure.messageBytes / width / channels, channels };
  });
  const isLeftHalf = pictures.every(
    ({ rows, columns, width }) => rows === 0 && columns === width >> 1,
  );
  const { rows: top, columns } = pictures[0]!;
  return [
    ...['--max-size', Math.max(...pictures.map(({ width, height }) => Math.max(width, height)))],
    ...(pictures.every(({ channels }) => channels === 1) ? ['--grey'] : []),
    ...(isLeftHalf ? [] : ['--given', top > 0 ? `top:${top}` : `left:${columns}`]),
  ];
}

/** Name of the output files, unlikely to exist where the commands are run. */
const RESULTS = 'reproduced';

/** Quotes a word for a POSIX shell if necessary. */
function quote(word: string): string {
  return /^[\w.,:=^/+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
