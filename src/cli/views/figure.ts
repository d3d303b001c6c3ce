// A figure of the paper as text, Markdown, JSON and files. The same measurements give the same
// files.

import { basename, join } from 'node:path';
import { writeAudio } from '../../modality/audio.js';
import type { PaperSet } from '../../node/paper/data.js';
import type { FigureName, PaperFigure, Table, Value } from '../../node/paper/figure.js';
import { VERSION } from '../../version.js';
import type { Io } from '../io.js';
import { refuseExisting, writeWhole } from '../output.js';
import type { Palette } from './colour.js';
import { count } from './numbers.js';
import { drawPictureSheet } from './picture-sheet.js';
import { drawSheet } from './sound-sheet.js';

/** How a figure was made: its name, limit and data. */
export interface Provenance {
  readonly figure: FigureName;
  readonly limit: number | undefined;
  /** The file given by `--input`, instead of a set of the folder. */
  readonly input: string | undefined;
  readonly sets: readonly PaperSet[];
}

/** The table for a terminal, with its notes below. */
export function figureText({ title, table, notes }: PaperFigure, palette: Palette): string {
  const { bold, dim, reset } = palette;
  const { columns, rows } = shown(table);
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.map((row) => row[i]!.length)),
  );
  const isNumber = columns.map((_, i) => rows.every((row) => /^[-+−∞\d.,\s]*$/.test(row[i]!)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  const body = rows.map((row) => `${line(row)}\n`).join('');
  const below = notes.map((note) => `${dim}${note}${reset}\n`).join('');
  return `${bold}${title}${reset}\n${dim}${line(columns)}${reset}\n${body}${below}`;
}

export function figureMarkdown({ title, table, notes }: PaperFigure, from: Provenance): string {
  const { columns, rows } = shown(table);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  const head = line(columns) + line(columns.map(() => '---'));
  const data = from.sets.map(
    ({ name, file, data, sha256 }) =>
      `- ${name}: ${file}, ${count(data.length)} bytes, SHA-256 ${sha256.slice(0, 16)}…\n`,
  );
  return [
    `# ${title}\n\n`,
    head,
    ...rows.map(line),
    '\n',
    ...notes.map((note) => `- ${note}\n`),
    ...data,
    `\nMade by zipdream ${VERSION}: \`${commandOf(from)}\`\n`,
  ].join('');
}

export function figureJson({ title, notes, records }: PaperFigure, from: Provenance): string {
  const { figure, limit } = from;
  const data = from.sets.map(({ data, ...set }) => ({ ...set, bytes: data.length }));
  const head = { figure, title, zipdream: VERSION, command: commandOf(from), limit };
  return `${JSON.stringify({ ...head, data, notes, records }, null, 1)}\n`;
}

/** The command that reproduces the figure, without the paths of this machine. */
function commandOf({ figure, limit, input }: Provenance): string {
  const what = input === undefined ? '--data DATA' : `--input ${basename(input)}`;
  return `zipdream paper ${figure} ${what}${limit === undefined ? '' : ` --limit ${limit}`}`;
}

function shown({ columns, rows }: Table): { columns: string[]; rows: string[][] } {
  const text = (value: Value): string => (typeof value === 'number' ? count(value) : (value ?? ''));
  return { columns: [...columns], rows: rows.map((row) => row.map(text)) };
}

interface FigureFiles {
  readonly stem: string;
  readonly force: boolean;
}

/** The output paths of a figure. @throws FileError if one exists, unless `force` is set. */
export async function figureFiles(
  folder: string,
  figure: FigureName,
  force: boolean,
): Promise<FigureFiles> {
  const stem = join(folder, figure);
  for (const ending of ['json', 'md', 'svg']) await refuseExisting(`${stem}.${ending}`, force);
  return { stem, force };
}

/** Writes the figure as JSON and Markdown, and its plot, pictures or sounds. */
export async function writeFigure(
  io: Io,
  { stem, force }: FigureFiles,
  figure: PaperFigure,
  from: Provenance,
): Promise<void> {
  const write = (path: string, content: string | Uint8Array): Promise<void> =>
    writeWhole(io, path, content, force);
  await write(`${stem}.json`, figureJson(figure, from));
  await write(`${stem}.md`, figureMarkdown(figure, from));
  const { svg, pictures, sound } = figure;
  if (svg !== undefined) await write(`${stem}.svg`, svg);
  if (pictures) {
    const sheet = pictures.map(({ content, ...caption }) => ({ picture: content, ...caption }));
    await write(`${stem}.svg`, drawPictureSheet(sheet));
  }
  if (!sound) return;
  const { format, given, continuations } = sound;
  const rows = continuations.map(({ title, content }) => ({ title, data: content }));
  await write(`${stem}.svg`, drawSheet(given, rows, format));
  for (const [i, { content }] of continuations.entries()) {
    const data = new Uint8Array(Buffer.concat([given, content]));
    await write(`${stem}-${i}.wav`, writeAudio({ format, data }, 'wav'));
  }
}
