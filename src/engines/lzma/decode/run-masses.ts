// The mass of the matches in progress at one distance. It depends on the distance's run, the number
// of last bytes it predicted, and on its slot. All of these are sums over the positions where a
// match may have started, and few of them are used at one position, so they are computed on demand.

import { LENGTH_CLASSES, SLOTS } from '../codec/models.js';
import type { TokenOdds } from './odds.js';

const NO_SLOTS = new Float64Array();

/** The part of the forward pass that is used here. */
interface OpenMatches {
  readonly odds: TokenOdds;
  goingOn(m: number, out: Float64Array, from: number): void;
}

export class RunMasses {
  /** By 4 · run + class: the mass of each class that continues. */
  #classes = new Float64Array(LENGTH_CLASSES * 64);
  #slotOdds = NO_SLOTS;
  /** By run: the slot last asked for, and its mass. */
  #slots = new Int8Array(64);
  #masses = new Float64Array(64);

  /** For runs up to `longest`, and matches that started at least `since` bytes ago. */
  fill(pass: OpenMatches, longest: number, since = 2): void {
    if (longest >= this.#slots.length) {
      this.#classes = new Float64Array(2 * LENGTH_CLASSES * longest);
      this.#slots = new Int8Array(2 * longest);
      this.#masses = new Float64Array(2 * longest);
    }
    this.#slotOdds = pass.odds.slot;
    this.#slots.fill(-1, 0, longest + 1);
    const classes = this.#classes;
    classes.fill(0, 0, LENGTH_CLASSES * (since + 1));
    for (let run = since; run <= longest; run++) {
      const at = LENGTH_CLASSES * run;
      pass.goingOn(run, classes, at);
      if (run === longest) break;
      for (let i = at; i < at + LENGTH_CLASSES; i++) classes[i + LENGTH_CLASSES] = classes[i]!;
    }
  }

  /** The mass, within its slot, of a distance. Fastest if asked in the order of the slots. */
  of(run: number, slot: number): number {
    if (this.#slots[run] === slot) return this.#masses[run]!;
    let mass = 0;
    for (let c = 0; c < LENGTH_CLASSES; c++) {
      mass += this.#classes[LENGTH_CLASSES * run + c]! * this.#slotOdds[c * SLOTS + slot]!;
    }
    this.#slots[run] = slot;
    this.#masses[run] = mass;
    return mass;
  }
}
