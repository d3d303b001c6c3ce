// The colours of surprisal, the same in terminals, reports, notebooks and the page of `explore`: bits
// from 0 to 8 on the map "magma" (van der Walt & Smith 2015), whose lightness changes evenly, so that
// it reads without colour vision too. What is expected has the ground of the page, and what is
// surprising stands out from it: darker on a light page, brighter on a dark one and in terminals.

type Colour = readonly number[];

/** From here on all is as surprising as can be shown: a byte under a uniform law. */
export const HOTTEST_BITS = 8;

const MAGMA: readonly Colour[] = [
  [16, 12, 40],
  [41, 17, 90],
  [81, 18, 124],
  [130, 37, 129],
  [183, 55, 121],
  [230, 81, 100],
  [252, 137, 97],
  [254, 200, 140],
  [252, 253, 191],
];

/** Red, green and blue for a surprisal: dark at 0 bits, glowing from 8 on. */
export function heatColour(bits: number): number[] {
  return magma(Math.min(Math.max(bits, 0) / HOTTEST_BITS, 1));
}

/** Steps of half a bit, 0 to 16: the classes `zd-h0` to `zd-h16` of a page. */
export function heatStep(bits: number): number {
  return Math.round(2 * Math.min(Math.max(bits, 0), HOTTEST_BITS));
}

const STEPS = 2 * HOTTEST_BITS;

/** Ground and text of one step on a light or a dark page, `#rrggbb`; contrast is at least 4.5. */
export function heatPair(step: number, scheme: 'light' | 'dark'): { ground: string; text: string } {
  const t = step / STEPS;
  const shown = scheme === 'light' ? magma(1 - LIGHT_SPAN * t) : magma(t);
  const ground = blend(shown, GROUNDS[scheme], Math.max(0, 1 - t / FADE));
  return { ground: hex(ground), text: luminance(ground) > MIDDLE ? '#000000' : '#ffffff' };
}

/** The part of the map that a light page uses: its end would be as black as the text. */
const LIGHT_SPAN = 0.78;
/** The part of the scale, from 0 bits, that fades into the page. */
const FADE = 0.3;
const GROUNDS = { light: [255, 255, 255], dark: [20, 19, 26] } as const;
/** Of this luminance black and white text have the same contrast, 4.58. */
const MIDDLE = Math.sqrt(1.05 * 0.05) - 0.05;

/** The CSS rules of all steps. @param selector of a step's elements (default: its class `zd-h0` …). */
export function heatStyle(selector = (step: number): string => `.zd-h${step}`): string {
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const [light, dark] = [heatPair(step, 'light'), heatPair(step, 'dark')];
    const ground = `light-dark(${light.ground},${dark.ground})`;
    return `${selector(step)}{background-color:${ground};color:light-dark(${light.text},${dark.text})}`;
  }).join('\n');
}

function magma(t: number): number[] {
  const at = t * (MAGMA.length - 1);
  return blend(MAGMA[Math.floor(at)]!, MAGMA[Math.ceil(at)]!, at % 1);
}

function blend(from: Colour, to: Colour, t: number): number[] {
  return from.map((part, i) => Math.round(part + (to[i]! - part) * t));
}

function hex(colour: Colour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: Colour): number {
  const [r, g, b] = colour.map((part) => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
