// The levels of a prediction: the contexts from the longest to the root, each without the symbols
// of those before it.

import { model, at, select } from './pages';
import { binaryOf, estimate, seeOf } from './tables';
import { COUNT_SHIFT, NUMBER_MASK, STATES, STATE_BYTES, SUFFIX, SUM_SHIFT, SYMBOL_MASK, SYMBOL_SHIFT } from './trie';

/** A level, for the host too: see {@link level}. There is room for a block after it. */
export const levelStage = memory.data(8 + 2 * 256 + 16, 8);
/** By symbol: 1 if it is excluded. */
export const masks = memory.data(256, 8);
/** The context of the next level, and the number of symbols excluded. */
let nextContext: u32 = 0;
let levelMasked: u32 = 0;

/** Moves to the first level of the prediction: the longest context. */
export function begin(root: usize): void {
  select(root);
  nextContext = model.context;
  levelMasked = 0;
  memory.fill(masks, 0, 256);
}

/**
 * Stages a level and moves to the next: u32 sum of the unmasked counts, u32 escape count, 0 at the
 * root, then u16 count << 8 | symbol of each state that is not masked. Returns the number of these.
 * Returns 0 if the context has one symbol: then the sum is its probability in units of 2^−14.
 */
export function level(): u32 {
  const c = levelContext();
  const head = load<u32>(c);
  const number = head & NUMBER_MASK;
  let count = 0;
  if (number === 1) {
    store<u32>(levelStage, load<u32>(at(binaryOf(c))));
    put(head, 0);
  } else {
    const first = at(load<u32>(c, STATES));
    const end = first + STATE_BYTES * number;
    let sum: u32 = 0;
    for (let s = first; s < end; s += STATE_BYTES) {
      const word = load<u32>(s);
      const isNew = <u32>load<u8>(masks + ((word & SYMBOL_MASK) >> SYMBOL_SHIFT)) ^ 1;
      put(word, count);
      sum += (word >> COUNT_SHIFT) & -isNew;
      count += isNew;
    }
    store<u32>(levelStage, sum);
    store<u32>(levelStage, escapesOf(c, levelMasked, sum), 4);
  }
  levelMasked = number;
  nextContext = load<u32>(c, SUFFIX);
  return count;
}

/** Where the context of the next level is: the longest left with a symbol that is not masked. */
export function levelContext(): usize {
  let c = at(nextContext);
  while ((load<u32>(c) & NUMBER_MASK) === levelMasked) c = at(load<u32>(c, SUFFIX));
  return c;
}

/** Whether the root is the context of the next level. */
export function isAtRoot(): bool {
  return load<u32>(levelContext(), SUFFIX) === 0;
}

/** Stages a state and masks its symbol. */
// @ts-ignore: decorator
@inline
function put(word: u32, index: u32): void {
  const symbol = (word & SYMBOL_MASK) >> SYMBOL_SHIFT;
  store<u8>(masks + symbol, 1);
  store<u16>(levelStage + 8 + 2 * index, ((word >> COUNT_SHIFT) << 8) | symbol);
}

/** The escape count of the context at `c` whose unmasked counts have the sum `sum`. */
export function escapesOf(c: usize, masked: u32, sum: u32): u32 {
  const head = load<u32>(c);
  if ((head & NUMBER_MASK) === 256) return 0;
  return masked === 0 ? (head >> SUM_SHIFT) - sum : estimate(at(seeOf(c, masked)));
}
