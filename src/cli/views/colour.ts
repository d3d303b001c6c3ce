// Colours of the terminal. NO_COLOR (no-color.org), FORCE_COLOR and TERM=dumb are honoured, and a
// stream that is no terminal gets none.

import { HOTTEST_BITS, heatColour, MAGMA_STEPS } from '../../report/heat.js';

/** How many colours a stream can show. */
export type ColourDepth = 'none' | '256' | 'truecolour';

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

/** SGR sequences (ECMA-48 §8.3.117), or nothing where there is no colour. */
export interface Palette {
  readonly depth: ColourDepth;
  readonly reset: string;
  readonly bold: string;
  readonly dim: string;
  readonly warning: string;
  /** The two styles that matches take in turn, so that neighbours can be told apart. */
  readonly matches: readonly [string, string];
  readonly bar: string;
  /** Foreground and background for a surprisal: dark and quiet at 0 bits, glowing from 8 on. */
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
    heat: (bits) => sgr(heatOf(Math.min(Math.round(Math.max(bits, 0) * 4) / 4 / HOTTEST_BITS, 1))),
  };
}

/** The last place on the map on which light text is the one that reads. */
const LAST_DARK = 4;

function trueHeat(t: number): string {
  const at = t * MAGMA_STEPS;
  const mix = heatColour(t * HOTTEST_BITS);
  const light = Math.round(150 + 105 * Math.min(1, at / 2));
  const text = at > LAST_DARK + 0.5 ? '0;0;0' : `${light};${light};${light}`;
  return `38;2;${text};48;2;${mix.join(';')}`;
}

/** The nearest of the 256 colours of xterm to each of `MAGMA`, and the text on it. */
const BACKGROUNDS_256 = [16, 17, 54, 90, 126, 167, 209, 216, 229];
const TEXTS_256 = [246, 250, 255, 231, 231, 16, 16, 16, 16];

function heat256(t: number): string {
  const at = Math.round(t * (BACKGROUNDS_256.length - 1));
  return `38;5;${TEXTS_256[at]};48;5;${BACKGROUNDS_256[at]}`;
}

/** One line that explains the heat colours. */
export function heatLegend(palette: Palette): string {
  const cells = Array.from({ length: 9 }, (_, bits) => `${palette.heat(bits)} ${bits} `).join('');
  return `${palette.dim}surprisal ${palette.reset}${cells}${palette.reset}${palette.dim} bits or more${palette.reset}`;
}
