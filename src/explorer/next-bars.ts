// Bars of the next byte from 0 to 100 %: the probability of drawing it, and as a line its probability
// before temperature and overlap. Each bar is a button that takes its byte.

import { byteName } from '../bits/glyphs.js';
import { toProbabilities } from '../bits/units.js';
import { warp } from '../sampling/warps.js';
import { percent } from './byte-strip.js';
import { h } from './dom.js';
import type { DrawSettings } from './messages.js';

const ROWS = 10;

interface Row {
  readonly item: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly name: HTMLElement;
  readonly fill: HTMLElement;
  readonly own: HTMLElement;
  readonly chance: HTMLElement;
  byte: number;
  share: number;
  /** Before temperature and overlap. */
  ownShare: number;
}

export class NextBars {
  readonly element: HTMLElement;
  readonly #rows: Row[];
  readonly #others: HTMLElement;
  #bits: Float64Array | undefined;
  #held: Float64Array | undefined;

  constructor(label: string, onTake: (byte: number) => void) {
    this.#rows = Array.from({ length: ROWS }, () => createRow(onTake));
    this.#others = h('p', { className: 'others' });
    const list = h('ol', { className: 'bars', 'aria-label': label });
    list.append(...this.#rows.map(({ item }) => item));
    const scale = h('p', { className: 'scale' }, h('span', { textContent: '0' }), '100 %');
    scale.ariaHidden = 'true';
    this.element = h('div', {}, list, scale, this.#others);
    this.element.classList.add('waits');
  }

  /** Δ bits of each next byte. */
  get bits(): Float64Array | undefined {
    return this.#bits;
  }

  /** The bars as they are shown; `share` is the probability. */
  get shown(): readonly { name: string; share: number; ownShare: number; chance: string }[] {
    return this.#rows.map(({ name, chance, share, ownShare }) => ({
      name: name.textContent ?? '',
      share,
      ownShare,
      chance: chance.textContent ?? '',
    }));
  }

  /** @param held the same held to an overlap or to some bytes; undefined where it is not. */
  set(
    bits: Float64Array | undefined,
    held: Float64Array | undefined,
    settings: DrawSettings,
  ): void {
    this.#bits = bits;
    this.#held = held;
    this.element.classList.toggle('waits', bits === undefined);
    if (bits) this.#show(bits, settings);
  }

  warp(settings: DrawSettings): void {
    if (this.#bits) this.#show(this.#bits, settings);
  }

  #show(bits: Float64Array, { temperature, topK }: DrawSettings): void {
    const own = new Float64Array(256);
    const drawn = (this.#held ?? bits).slice();
    warp(drawn, { temperature, topK });
    toProbabilities(bits, own);
    toProbabilities(drawn, drawn);
    const order = Array.from(bits.keys()).sort(
      (a, b) => drawn[b]! - drawn[a]! || bits[a]! - bits[b]! || a - b,
    );
    let shown = 0;
    this.#rows.forEach((row, i) => {
      const byte = order[i]!;
      const chance = drawn[byte]!;
      shown += chance;
      row.byte = byte;
      row.name.textContent = byteName(byte);
      row.share = chance;
      row.ownShare = own[byte]!;
      row.fill.style.transform = `scaleX(${row.share})`;
      row.own.style.transform = `translateX(${100 * row.ownShare}%)`;
      row.chance.textContent = percent(chance);
      row.button.classList.toggle('excluded', chance === 0);
      row.button.disabled = false;
    });
    this.#others.textContent = `${256 - ROWS} others ${percent(Math.max(0, 1 - shown))}`;
  }
}

function createRow(onTake: (byte: number) => void): Row {
  const name = h('span', { className: 'byte', textContent: '·' });
  const fill = h('span', { className: 'fill' });
  const own = h('span', { className: 'own' });
  const chance = h('span', { className: 'chance' });
  const track = h('span', { className: 'track' }, fill, own);
  const properties = { type: 'button', className: 'bar', disabled: true, title: 'take this byte' };
  const button = h('button', properties, name, track, chance);
  const row: Row = {
    item: h('li', {}, button),
    button,
    name,
    fill,
    own,
    chance,
    byte: -1,
    share: 0,
    ownShare: 0,
  };
  button.addEventListener('click', () => {
    if (row.byte >= 0) onTake(row.byte);
  });
  return row;
}
