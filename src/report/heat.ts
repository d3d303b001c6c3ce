// The colours of surprisal in terminals, reports, notebooks and the explorer: 0 to 8 bits on the
// colour map "magma" (van der Walt & Smith 2015), whose lightness changes evenly, so that it can be
// read without colour vision. Expected text has the background of the page; surprising text is
// darker on a light page, and brighter on a dark page and in terminals.

type Colour = readonly number[];

/** Upper end of the colour scale, in bits: the surprisal of a byte under a uniform distribution. */
const MAX_BITS = 8;

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

/** Red, green and blue (0–255) for a surprisal in bits: dark at 0, bright from 8 up. */
export function heatColour(bits: number): number[] {
  return magma(Math.min(Math.max(bits, 0) / MAX_BITS, 1));
}

/** The surprisal in half bits, clamped to 0–16: the number of the classes `zd-h0` to `zd-h16`. */
export function heatStep(bits: number): number {
  return Math.round(2 * Math.min(Math.max(bits, 0), MAX_BITS));
}

const STEPS = 2 * MAX_BITS;

/** Background and text colour of a step as `#rrggbb`; their contrast is at least 4.5. */
export function heatPair(step: number, scheme: 'light' | 'dark'): { ground: string; text: string } {
  const t = step / STEPS;
  const shown = scheme === 'light' ? magma(1 - LIGHT_SPAN * t) : magma(t);
  const ground = blend(shown, GROUNDS[scheme], Math.max(0, 1 - t / FADE));
  return { ground: hex(ground), text: luminance(ground) > EQUAL_CONTRAST ? '#000000' : '#ffffff' };
}

/** The part of the colour map used on light pages; its dark end is as black as the text. */
const LIGHT_SPAN = 0.78;
/** The part of the scale, starting at 0 bits, that is blended into the page background. */
const FADE = 0.3;
const GROUNDS = { light: [255, 255, 255], dark: [20, 19, 26] } as const;
/** The luminance for which black and white text have the same contrast, 4.58. */
const EQUAL_CONTRAST = Math.sqrt(1.05 * 0.05) - 0.05;

/**
 * The CSS rules of all steps.
 *
 * @param selector returns the selector of a step (default: its class, `.zd-h0` …).
 */
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

/** Relative luminance of an sRGB colour (WCAG 2.2). */
function luminance(colour: Colour): number {
  const [r, g, b] = colour.map((part) => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
