// Who speaks in a blend: how much each member weighed and carried, over a text.

import type { Carried } from '../types.js';
import { escapeHtml } from './escape-html.js';

/** What is kept of a stretch of scored bytes, each a mean over it. */
export interface CarriedStretch {
  /** The first byte, its place in the data. */
  readonly start: number;
  /** The place behind the last. */
  readonly end: number;
  /** Of each member, its weight. */
  readonly weights: readonly number[];
  /** Of each member, its part in what the bytes were given, 0 to 1. */
  readonly shares: readonly number[];
}

/** Means over `count` stretches at most, of about as many bytes each. */
export class CarriedCourse {
  readonly #members: number;
  readonly #size: number;
  readonly #stretches: { start: number; end: number; sums: Float64Array; bytes: number }[] = [];
  /** Of each byte of the data the member that carried most of it; −1 for none. */
  readonly carriers: Int8Array;

  constructor(members: number, length: number, count = 64) {
    this.#members = members;
    this.#size = Math.max(1, Math.ceil(length / count));
    this.carriers = new Int8Array(length).fill(-1);
  }

  /** Adds some bytes, the first of them at `start`. */
  add(start: number, { bits, weights, shares }: Carried): void {
    for (let i = 0; i < bits.length; i++) {
      const [at, end] = [this.#members * i, this.#members * (i + 1)];
      this.#note(start + i, weights.subarray(at, end), shares.subarray(at, end));
    }
  }

  #note(index: number, weights: Float64Array, shares: Float64Array): void {
    const place = Math.floor(index / this.#size);
    const at = (this.#stretches[place] ??= {
      start: index,
      end: index,
      sums: new Float64Array(2 * this.#members),
      bytes: 0,
    });
    at.end = index + 1;
    at.bytes++;
    let most = 0;
    for (let i = 0; i < this.#members; i++) {
      at.sums[i]! += weights[i]!;
      at.sums[this.#members + i]! += shares[i]!;
      if (shares[i]! > shares[most]!) most = i;
    }
    this.carriers[index] = most;
  }

  /** What was carried so far. */
  get stretches(): CarriedStretch[] {
    return this.#stretches.filter(Boolean).map(({ start, end, sums, bytes }) => {
      const means = Array.from(sums, (sum) => sum / bytes);
      const [weights, shares] = [means.slice(0, this.#members), means.slice(this.#members)];
      return { start, end, weights, shares };
    });
  }
}

/** One colour a member, told apart without colour vision too (Okabe & Ito 2008). */
export const MEMBER_COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#999999',
] as const;

export function memberColour(member: number): string {
  return MEMBER_COLOURS[member % MEMBER_COLOURS.length]!;
}

/** Height of a strip, in units of its own; along it a unit is a byte. */
export const STRIP_HEIGHT = 20;

/** A part of a strip: how much of a stretch one member carried. */
export interface CarriedBar {
  readonly member: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Bytes that a strip is long, 1 at least. */
export function carriedLength(stretches: readonly CarriedStretch[]): number {
  return (stretches.at(-1)?.end ?? 1) - (stretches[0]?.start ?? 0);
}

/** Along the text, the parts of the members, one above the other. */
export function carriedBars(stretches: readonly CarriedStretch[]): CarriedBar[] {
  const first = stretches[0]?.start ?? 0;
  return stretches.flatMap(({ start, end, shares }) => {
    let from = 0;
    return shares.map((share, member) => {
      const y = STRIP_HEIGHT * from;
      from += share;
      return { member, x: start - first, y, width: end - start, height: STRIP_HEIGHT * share };
    });
  });
}

/** A strip as HTML. */
export function carriedStrip(
  members: readonly string[],
  stretches: readonly CarriedStretch[],
): string {
  const bars = carriedBars(stretches).map(
    ({ member, x, y, width, height }) =>
      `<rect x="${x}" y="${y.toFixed(2)}" width="${width}" height="${height.toFixed(2)}" fill="${memberColour(member)}"/>`,
  );
  const names = members.map(
    (name, i) => `<span style="color:${memberColour(i)}">■</span> ${escapeHtml(name)}`,
  );
  return (
    `<figure class="zd-carried"><svg viewBox="0 0 ${carriedLength(stretches)} ${STRIP_HEIGHT}" preserveAspectRatio="none" ` +
    `width="100%" height="40" role="img" aria-label="${escapeHtml(`parts of ${members.join(', ')}`)}">${bars.join('')}</svg>` +
    `<figcaption>${names.join(' · ')}</figcaption></figure>`
  );
}
