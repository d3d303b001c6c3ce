// The contribution of each member to a blend along a text: weights and shares averaged over
// stretches of bytes, and drawn as a strip of stacked bars.

import type { MemberShares } from '../types.js';
import { escapeHtml } from './escape-html.js';

/** Means over a stretch of scored bytes. */
export interface ShareStretch {
  /** Position of the first byte in the data. */
  readonly start: number;
  /** Position after the last byte. */
  readonly end: number;
  /** Mean weight of each member. */
  readonly weights: readonly number[];
  /** Mean share of each member in the probability of the bytes, 0 to 1. */
  readonly shares: readonly number[];
}

/** Collects weights and shares in at most `count` stretches of about equal length. */
export class ShareCourse {
  readonly #members: number;
  readonly #size: number;
  readonly #stretches: { start: number; end: number; sums: Float64Array; bytes: number }[] = [];

  constructor(members: number, length: number, count = 64) {
    this.#members = members;
    this.#size = Math.max(1, Math.ceil(length / count));
  }

  /** Adds consecutive bytes, the first of them at position `start`. */
  add(start: number, { bits, weights, shares }: MemberShares): void {
    for (let i = 0; i < bits.length; i++) {
      const [at, end] = [this.#members * i, this.#members * (i + 1)];
      this.#add(start + i, weights.subarray(at, end), shares.subarray(at, end));
    }
  }

  #add(index: number, weights: Float64Array, shares: Float64Array): void {
    const place = Math.floor(index / this.#size);
    const at = (this.#stretches[place] ??= {
      start: index,
      end: index,
      sums: new Float64Array(2 * this.#members),
      bytes: 0,
    });
    at.end = index + 1;
    at.bytes++;
    for (let i = 0; i < this.#members; i++) {
      at.sums[i]! += weights[i]!;
      at.sums[this.#members + i]! += shares[i]!;
    }
  }

  /** The stretches that have scored bytes, in order. */
  get stretches(): ShareStretch[] {
    return this.#stretches.filter(Boolean).map(({ start, end, sums, bytes }) => {
      const means = Array.from(sums, (sum) => sum / bytes);
      const [weights, shares] = [means.slice(0, this.#members), means.slice(this.#members)];
      return { start, end, weights, shares };
    });
  }
}

/** One colour per member, distinguishable without colour vision too (Okabe & Ito 2008). */
const MEMBER_COLOURS = [
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

/** Height of a strip in its own units; horizontally, one unit is one byte. */
export const STRIP_HEIGHT = 20;

/** One bar of a strip: the share of one member in one stretch. */
interface ShareBar {
  readonly member: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Length of a strip in bytes, at least 1. */
export function stripLength(stretches: readonly ShareStretch[]): number {
  return (stretches.at(-1)?.end ?? 1) - (stretches[0]?.start ?? 0);
}

/** The bars of all stretches; the shares of the members are stacked. */
export function shareBars(stretches: readonly ShareStretch[]): ShareBar[] {
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

/** A strip with the names of the members, as HTML. */
export function shareStrip(members: readonly string[], stretches: readonly ShareStretch[]): string {
  const bars = shareBars(stretches).map(
    ({ member, x, y, width, height }) =>
      `<rect x="${x}" y="${y.toFixed(2)}" width="${width}" height="${height.toFixed(2)}" fill="${memberColour(member)}"/>`,
  );
  const names = members.map(
    (name, i) => `<span style="color:${memberColour(i)}">■</span> ${escapeHtml(name)}`,
  );
  return (
    `<figure class="zd-shares"><svg viewBox="0 0 ${stripLength(stretches)} ${STRIP_HEIGHT}" preserveAspectRatio="none" ` +
    `width="100%" height="40" role="img" aria-label="${escapeHtml(`parts of ${members.join(', ')}`)}">${bars.join('')}</svg>` +
    `<figcaption>${names.join(' · ')}</figcaption></figure>`
  );
}
