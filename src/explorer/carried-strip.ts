// A strip that shows the share of each member of a blend along the text.

import {
  type CarriedStretch,
  carriedBars,
  carriedLength,
  memberColour,
  STRIP_HEIGHT,
} from '../report/carried.js';
import { h, svg } from './dom.js';

export class CarriedStrip {
  readonly element = h('div', { className: 'carried', hidden: true });

  /** Shows nothing if no byte has been measured. */
  set(members: readonly string[], stretches: readonly CarriedStretch[]): void {
    this.element.hidden = stretches.length === 0;
    const strip = svg('svg', {
      viewBox: `0 0 ${carriedLength(stretches)} ${STRIP_HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `parts of ${members.join(', ')}`,
    });
    for (const { member, ...place } of carriedBars(stretches)) {
      strip.append(svg('rect', { ...place, fill: memberColour(member) }));
    }
    const names = members.map((name, i) => {
      const mark = h('span', { style: `color: ${memberColour(i)}`, textContent: '■' });
      mark.ariaHidden = 'true';
      return h('span', {}, mark, ` ${name}`);
    });
    this.element.replaceChildren(
      h('h2', { textContent: 'Carried by' }),
      strip,
      h('p', { className: 'hint' }, ...names),
    );
  }

  clear(): void {
    this.set([], []);
  }
}
