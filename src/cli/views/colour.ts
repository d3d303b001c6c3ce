// Terminal colours. They respect NO_COLOR (no-color.org), FORCE_COLOR and TERM=dumb, and are not
// used for streams other than terminals.

import { heatPair, heatStep } from '../../report/heat.js';

/** Number of colours that a stream can show. */
type ColourDepth = 'none' | '256' | 'truecolour';

export function colourDepth(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): ColourDepth {
  if (env.NO_COLOR) return 'none';
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  if (env.FORCE_COLOR === '0') return 'none';
  if (!forced && (!stream.isTTY || env.TERM === 'dumb')) return 'none';
  return /^(truecolor|24bit)$/.test(env.COLORTERM ?? '') || env.FORCE_COLOR === '3'
    ? 'truecolour'
    : '256';
}

/** SGR sequences (ECMA-48 §8.3.117); empty strings without colour. */
export interface Palette {
  readonly depth: ColourDepth;
  readonly reset: string;
  readonly bold: string;
  readonly dim: string;
  readonly warning: string;
  /** Two styles for alternate matches, so that adjacent ones can be distinguished. */
  readonly matches: readonly [string, string];
  readonly bar: string;
  /** Foreground and background for a surprisal: dark at 0 bits, bright from 8 on. */
  heat(bits: number): string;
}

export function createPalette(depth: ColourDepth): Palette {
  const sgr = (codes: string): string => (depth === 'none' ? '' : `\x1b[${codes}m`);
  const heatOf = depth === 'truecolour' ? trueHeat : heat256;
  return {
    depth,
    reset: sgr('0'),
    bold: sgr('1'),
    dim: sgr('2'),
    warning: sgr('33'),
    matches: [sgr('4;38;5;32'), sgr('4;38;5;133')],
    bar: sgr('38;5;133'),
    heat: (bits) => sgr(heatOf(bits)),
  };
}

/** The colours of a dark page. */
function trueHeat(bits: number): string {
  const { ground, text } = heatPair(heatStep(bits), 'dark');
  return `38;2;${decimals(text)};48;2;${decimals(ground)}`;
}

/** `#0a10ff` as `10;16;255`. */
function decimals(colour: string): string {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(';');
}

/** For each whole number of bits, the nearest of xterm's 256 colours, and a text colour for it. */
const BACKGROUNDS_256 = [233, 235, 53, 90, 126, 167, 209, 222, 229];
const TEXTS_256 = [231, 231, 231, 231, 231, 16, 16, 16, 16];

function heat256(bits: number): string {
  const at = Math.round(heatStep(bits) / 2);
  return `38;5;${TEXTS_256[at]};48;5;${BACKGROUNDS_256[at]}`;
}

/** A line that explains the heat colours. */
export function heatLegend(palette: Palette): string {
  const cells = Array.from({ length: 9 }, (_, bits) => `${palette.heat(bits)} ${bits} `).join('');
  return `${palette.dim}surprisal ${palette.reset}${cells}${palette.reset}${palette.dim} bits or more${palette.reset}`;
}
