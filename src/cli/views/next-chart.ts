// What is expected next, as a person reads it.

import { byteName, shown } from '../../bits/glyphs.js';
import type { GivenPart } from '../../modality/image-given.js';
import type { Overlap } from '../../sampling/overlap.js';
import type { Format, Reading } from '../../types.js';
import type { Palette } from './colour.js';
import { count, plural } from './numbers.js';

/** The one object of `next --json`. */
export interface NextRecord {
  readonly zipdream: string;
  readonly medium: string;
  readonly format: Format | undefined;
  readonly spec: string;
  readonly compressor: string;
  readonly version: string;
  readonly reading: Reading;
  readonly given: number | GivenPart;
  readonly contextBytes: number;
  /** Code length of the context. */
  readonly contextBits?: number;
  /** As the compressor says of its `codeLength`. */
  readonly contextBitsIn?: 'tokens';
  /** What the copies that go on here cover at least, and how many bytes they do. */
  readonly overlap?: Overlap;
  readonly covered?: number;
  /** What truly comes. */
  readonly truth?: number;
  /** At 5, 50 and 95 % of the distribution of samples. */
  readonly quantiles?: readonly number[];
  readonly likeliest: readonly { readonly value: number; readonly bits: number }[];
  /** Of all 256 bytes. */
  readonly bits?: Float64Array;
  readonly probabilities?: Float64Array;
  /** Of a blend, what each member says by itself. */
  readonly members?: readonly MemberRecord[];
}

export interface MemberRecord {
  readonly spec: string;
  readonly weight: number;
  /** −log2 P of all 256 bytes. */
  readonly bits: readonly number[];
}

export function nextChart(seen: NextRecord, top: number, palette: Palette): string {
  return seen.medium === 'text' ? textChart(seen, top, palette) : valueList(seen, top);
}

const BAR_CELLS = 40;

function textChart(seen: NextRecord, top: number, { dim, bold, bar, reset }: Palette): string {
  const { bits, probabilities, likeliest, members = [] } = seen;
  const most = probabilities![likeliest[0]!.value]!;
  const rows = likeliest.slice(0, top).map(({ value: byte, bits: delta }) => {
    const probability = probabilities![byte]!;
    const percent = `${(100 * probability).toFixed(2)} %`.padStart(8);
    const name = byteName(byte).padStart(4);
    const filled = drawBar(most === 0 ? 0 : (BAR_CELLS * probability) / most);
    const number = delta.toFixed(2).padStart(9);
    const each = members.map((member) => {
      const chance = `${(100 * 2 ** -member.bits[byte]!).toFixed(2)} %`;
      return `${dim}${chance.padStart(widthOf(member))}${reset}  `;
    });
    return `${bold}${name}${reset} ${percent} ${number}  ${each.join('')}${bar}${filled}${reset}\n`;
  });
  const { compressor, reading, contextBytes, contextBits, contextBitsIn, covered } = seen;
  const copies =
    covered === undefined ? '' : ` and the last ${plural(covered, 'byte')} of them in a copy`;
  const unit = contextBitsIn ? 'bits of its own tokens' : 'bits';
  const head = `${shown(compressor)}, ${reading}: after ${count(contextBytes)} bytes in ${count(contextBits!)} ${unit}${copies}`;
  const titles = members.map((member) => `  ${titleOf(member).padStart(widthOf(member))}`).join('');
  const lengths = plural(new Set(bits).size, 'code length');
  const cut = likeliest[top - 1]?.bits;
  const alike = likeliest.slice(top).filter(({ bits: delta }) => delta === cut).length;
  const ties =
    alike === 0 ? '' : `${dim}${plural(alike, 'more byte')} as likely as the last${reset}\n`;
  const foot = reading === 'decode' ? '' : `${dim}${lengths} over the 256 bytes${reset}\n`;
  return `${dim}${head}\nbyte  chance    Δ bits${titles}${reset}\n${rows.join('')}${ties}${foot}`;
}

/** Values of a pixel or samples, with the place where they stand and what truly comes. */
function valueList(seen: NextRecord, top: number): string {
  const { compressor, reading, likeliest, truth } = seen;
  const rows = likeliest.slice(0, top).map(({ value, bits }) => {
    const percent = (100 * 2 ** -bits).toFixed(3).padStart(8);
    const mark = value === truth ? '  ← what comes' : '';
    return `${String(value).padStart(8)} ${percent} % ${bits.toFixed(2).padStart(7)} bits${mark}\n`;
  });
  const found = likeliest.find(({ value }) => value === truth);
  const comes = found ? `; ${truth} comes, at ${found.bits.toFixed(2)} bits` : '';
  return `${shown(compressor)}, ${reading}: ${placeOf(seen)}${comes}\n${rows.join('')}`;
}

function placeOf({ format, given, quantiles, contextBytes }: NextRecord): string {
  if (quantiles) {
    const [low, median, high] = quantiles;
    return `90 % between ${low} and ${high}, median ${median}`;
  }
  if (format?.kind !== 'image' || typeof given === 'number')
    return `after ${count(contextBytes)} bytes`;
  const what = format.channels === 1 ? 'grey' : 'red';
  return `${what} of the pixel in column ${given.columns}, row ${given.rows}`;
}

const titleOf = ({ spec, weight }: MemberRecord): string => `${spec} ×${weight.toFixed(2)}`;
const widthOf = (member: MemberRecord): number => Math.max(8, titleOf(member).length);

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of so many cells, to an eighth of a cell. */
function drawBar(cells: number): string {
  const eighths = Math.round(8 * cells);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}
