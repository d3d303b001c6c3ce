// A strip that shows the share of each member of a blend along the text.

import {
  memberColour,
  type ShareStretch,
  STRIP_HEIGHT,
  shareBars,
  stripLength,
} from '../report/shares.js';
import { h, svg } from './dom.js';

export class ShareStrip {
  readonly element = h('div', { className: 'shares', hidden: true });

  /** Shows nothing if no byte has been measured. */
  set(members: readonly string[], stretches: readonly ShareStretch[]): void {
    this.element.hidden = stretches.length === 0;
    const strip = svg('svg', {
      viewBox: `0 0 ${stripLength(stretches)} ${STRIP_HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `parts of ${members.join(', ')}`,
    });
    for (const { member, ...place } of shareBars(stretches)) {
      strip.append(svg('rect', { ...place, fill: memberColour(member) }));
    }
    const names = members.map((name, i) => {
      const mark = h('span', { style: `color: ${memberColour(i)}`, textContent: '■' });
      mark.ariaHidden = 'true';
      return h('span', {}, mark, ` ${name}`);
    });
    this.element.replaceChildren(
      h('h2', { textContent: 'Share of each member' }),
      strip,
      h('p', { className: 'hint' }, ...names),
    );
  }

  clear(): void {
    this.set([], []);
  }
}
