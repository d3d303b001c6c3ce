// The counts of the root's symbols by symbol. The root has all 256, in another order, and changes
// rarely, so the counts are copied from its states only when they may have changed.

import { at, selections } from './pages';
import { COUNT_SHIFT, STATE_BYTES, STATES, SYMBOL_MASK, SYMBOL_SHIFT } from './trie';

const NEVER: u32 = u32.MAX_VALUE;

export const rootCounts = memory.data(256, 16);
/** The selection of a model during which they were copied. */
let copiedIn: u32 = NEVER;

/** Copies the counts of the root, which is at `c`. */
export function copyRootCounts(c: usize): void {
  if (copiedIn === selections) return;
  copiedIn = selections;
  const first = at(load<u32>(c, STATES));
  for (let s = first; s < first + STATE_BYTES * 256; s += STATE_BYTES) {
    const word = load<u32>(s);
    store<u8>(rootCounts + ((word & SYMBOL_MASK) >> SYMBOL_SHIFT), word >> COUNT_SHIFT);
  }
}

/** Must be called when counts of the root change. */
// @ts-ignore: decorator
@inline
export function forgetRootCounts(): void {
  copiedIn = NEVER;
}
