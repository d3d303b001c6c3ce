// Arrows over a text, from each copy to its source.

import { freshId, svg } from './dom.js';

export interface Arrow {
  /** The characters of the copy, and those of its source. */
  readonly to: readonly HTMLElement[];
  readonly from: readonly HTMLElement[];
}

export class Arrows {
  isOn = false;
  readonly #text: HTMLElement;
  readonly #layer = svg('svg', { class: 'arrows', 'aria-hidden': 'true' });
  readonly #headId = freshId('head');

  /** @param text the positioned element that the arrows are drawn over. */
  constructor(text: HTMLElement) {
    this.#text = text;
    this.#layer.setAttribute('height', '0');
    text.append(this.#layer);
  }

  /** Draws some arrows faintly and one strongly, and marks the source of that one. */
  draw(faint: readonly Arrow[], strong: Arrow | undefined): void {
    for (const element of this.#text.querySelectorAll('.source'))
      element.classList.remove('source');
    this.#layer.replaceChildren();
    this.#layer.setAttribute('width', '0');
    this.#layer.setAttribute('height', '0');
    if (!this.isOn || (faint.length === 0 && !strong)) return;
    const { width, left, top } = this.#text.getBoundingClientRect();
    const { scrollTop, scrollHeight, clientLeft, clientTop } = this.#text;
    this.#layer.setAttribute('width', String(width - 2 * clientLeft));
    this.#layer.setAttribute('height', String(scrollHeight));
    this.#layer.append(this.#head());
    const corner = { x: left + clientLeft, y: top + clientTop - scrollTop };
    for (const arrow of faint) this.#layer.append(this.#path(arrow, corner, 'faint'));
    if (!strong) return;
    for (const element of strong.from) element.classList.add('source');
    this.#layer.append(this.#path(strong, corner, 'strong'));
  }

  #head(): SVGElement {
    const box = { viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 6, markerHeight: 6 };
    const marker = svg('marker', { id: this.#headId, ...box, orient: 'auto-start-reverse' });
    marker.append(svg('path', { d: 'M0 0 8 4 0 8z', class: 'head' }));
    return marker;
  }

  /** A curve from the top of the copy over the lines between to the top of its source. */
  #path({ to, from }: Arrow, corner: { x: number; y: number }, name: string): SVGElement {
    const [x1, y1] = topOf(to, corner);
    const [x2, y2] = topOf(from, corner);
    const rise = Math.min(14 + Math.abs(x1 - x2) / 8, 34);
    const peak = Math.max(Math.min(y1, y2) - rise, 1);
    const d = `M${x1} ${y1}C${x1} ${peak} ${x2} ${peak} ${x2} ${y2}`;
    return svg('path', { d, class: name, 'marker-end': `url(#${this.#headId})` });
  }
}

/** The middle of the upper edge of some characters, of those in the first line of them. */
function topOf(
  elements: readonly HTMLElement[],
  corner: { x: number; y: number },
): [number, number] {
  const first = elements[0]!.getBoundingClientRect();
  let right = first.right;
  for (const element of elements) {
    const box = element.getBoundingClientRect();
    if (box.top === first.top) right = Math.max(right, box.right);
  }
  const round = (value: number): number => Math.round(10 * value) / 10;
  return [round((first.left + right) / 2 - corner.x), round(first.top - corner.y)];
}
