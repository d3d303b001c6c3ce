// Values that a notebook displays as the result of a cell. Jupyter kernels for JavaScript (such as
// Deno's) call the method `Symbol.for('Jupyter.display')` of a value; it returns the contents by
// MIME type. Front ends that cannot show HTML show the text.

import { toBase64 } from '../bits/base64.js';
import { byteName, safeText } from '../bits/glyphs.js';
import { toProbabilities } from '../bits/units.js';
import type { Picture } from '../engines/png/picture.js';
import { writePng } from '../engines/png/write.js';
import { bytesPerFrame } from '../modality/audio-bytes.js';
import { type Sound, writeWav } from '../modality/wav.js';
import type { Token } from '../types.js';
import { cellText, type DataTableOptions, dataTable, type TableColumn } from './data-table.js';
import { type DistributionBarsOptions, distributionBars } from './distribution-bars.js';
import { escapeHtml } from './escape-html.js';
import { pictureFigure, soundPlayer } from './media.js';
import { withInlineStyle } from './style.js';
import { type SurprisalMapOptions, surprisalMap } from './surprisal-map.js';
import { type TokensViewOptions, tokensView } from './tokens-view.js';
import { waveform } from './waveform.js';

const JUPYTER_DISPLAY: unique symbol = Symbol.for('Jupyter.display');

/** A value that a notebook displays; `String(display)` is its plain text. */
export interface Display {
  /** A fragment of HTML without its style sheet; see `FRAGMENT_STYLE`. */
  readonly html: string;
  /** The text shown by front ends without HTML. */
  toString(): string;
  /** Contents by MIME type: self-contained `text/html`, `text/plain`, and an image for media. */
  [JUPYTER_DISPLAY](): Record<string, string>;
}

function display(html: string, text: string, image: Record<string, string> = {}): Display {
  return {
    html,
    toString: () => text,
    [JUPYTER_DISPLAY]: () => {
      return { 'text/html': withInlineStyle(html), ...image, 'text/plain': text };
    },
  };
}

/**
 * Shows the most probable next bytes with their probabilities as bars.
 *
 * @param bits −log2 P of each of the 256 bytes up to a constant, as `CodeLengthModel.next` gives.
 */
export function showDistribution(
  bits: Float64Array,
  options: DistributionBarsOptions = {},
): Display {
  const chances = new Float64Array(bits.length);
  toProbabilities(bits, chances);
  const order = Array.from(bits.keys()).sort((a, b) => bits[a]! - bits[b]! || a - b);
  const lines = order
    .slice(0, options.top ?? 10)
    .map((b) => `${byteName(b).padStart(4)}  ${(100 * chances[b]!).toFixed(2)} %`);
  return display(distributionBars(bits, options), captioned(options, lines.join('\n')));
}

/**
 * Shows text with the background of each character coloured by its surprisal.
 *
 * @param bits −log2 P of each byte, as `surprisal` gives.
 * @throws RangeError unless there are as many bits as bytes.
 */
export function showSurprisal(
  bytes: Uint8Array,
  bits: ArrayLike<number>,
  options: SurprisalMapOptions = {},
): Display {
  let sum = 0;
  for (let i = 0; i < bits.length; i++) sum += bits[i]!;
  const rate = bytes.length === 0 ? 0 : sum / bytes.length;
  const text = `${safeText(bytes)}\n${rate.toFixed(3)} bits per byte`;
  return display(surprisalMap(bytes, bits, options), captioned(options, text));
}

/** Shows the tokens of a codec: literals, and matches with their distances. */
export function showTokens(tokens: Iterable<Token>, options: TokensViewOptions = {}): Display {
  const all = [...tokens];
  const text = all
    .map(({ kind, bytes }) => (kind === 'match' ? `[${safeText(bytes)}]` : safeText(bytes)))
    .join('');
  return display(tokensView(all, options), captioned(options, text));
}

/** Options of `showTable`. */
export interface ShowTableOptions<Row> extends DataTableOptions<Row> {
  /** The columns (default: one for each key of the first row, fractions with three decimals). */
  readonly columns?: readonly TableColumn<Row>[];
}

/** Shows rows, such as the results of a comparison, as a table; the first column names the rows. */
export function showTable<Row extends object>(
  rows: readonly Row[],
  options: ShowTableOptions<Row> = {},
): Display {
  const { columns = columnsOf(rows) } = options;
  const cells = rows.map((row) =>
    columns.map((column) => {
      const cell = column.value(row);
      return cell === undefined ? '' : cellText(cell, column);
    }),
  );
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const text = lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
  return display(dataTable(columns, rows, options), captioned(options, text));
}

function columnsOf<Row extends object>(rows: readonly Row[]): TableColumn<Row>[] {
  return Object.keys(rows[0] ?? {}).map((title) => ({
    title,
    digits: rows.some((row) => isFraction(row[title as keyof Row])) ? 3 : 0,
    value: (row) => {
      const cell: unknown = row[title as keyof Row];
      return typeof cell === 'number' || cell === undefined ? cell : String(cell);
    },
  }));
}

function isFraction(cell: unknown): boolean {
  return typeof cell === 'number' && !Number.isInteger(cell);
}

/** Options for showing a picture or a sound. */
export interface ShowMediaOptions {
  /** Text below the picture or sound, also used as its text alternative. */
  readonly caption?: string;
  /** For pictures: CSS pixels per pixel (default: 1). */
  readonly scale?: number;
}

/**
 * Shows a picture, encoded as PNG.
 *
 * @throws RangeError if its dimensions do not match its pixels.
 */
export function showPicture(
  picture: Picture,
  { caption, scale = 1 }: ShowMediaOptions = {},
): Display {
  const { width, height } = picture;
  const size = `picture of ${width} × ${height} pixels`;
  const named = caption === undefined ? {} : { caption };
  const options = { alt: caption ?? size, width: width * scale, ...named };
  const png = writePng(picture);
  const image = { 'image/png': toBase64(png) };
  return display(pictureFigure(png, options), captioned(named, size), image);
}

/** Shows a sound as a waveform with a player for it, encoded as WAV. */
export function showSound(sound: Sound, { caption }: ShowMediaOptions = {}): Display {
  const seconds = sound.data.length / bytesPerFrame(sound.format) / sound.format.sampleRate;
  const length = `sound of ${seconds.toFixed(2)} s`;
  const named = caption === undefined ? {} : { caption };
  const options = { label: caption ?? length, ...named };
  const svg = waveform(sound.data, 0, sound.format);
  const url = `data:image/svg+xml;base64,${toBase64(Uint8Array.from(svg, (c) => c.charCodeAt(0)))}`;
  const wave = `<img src="${url}" alt="${escapeHtml(`wave of ${options.label}`)}" width="360" height="64">`;
  const player = soundPlayer(writeWav(sound), options).replace('<audio', `${wave}<audio`);
  return display(player, captioned(named, length), { 'image/svg+xml': svg });
}

/** Shows displays side by side, as many per row as fit. */
export function showBeside(...displays: readonly Display[]): Display {
  const html = displays.map((each) => each.html).join('\n');
  return display(`<div class="zd-beside">${html}</div>`, displays.map(String).join('\n\n'));
}

function captioned({ caption }: { readonly caption?: string }, text: string): string {
  return caption === undefined ? text : `${caption}\n${text}`;
}
