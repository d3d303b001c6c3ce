// Bit histories: one byte per context that summarises the bits seen in it. Up to four bits are
// stored in order; longer histories are two bounded counts and the last bit. A bit that differs from
// many earlier ones discards most of their count (Mahoney 2005, "Adaptive Weighing of Context
// Models", §4). This file builds the state machine; native/mixing/ runs it.

/** The states of the machine by number; state 0 is the empty history. */
export interface BitHistories {
  /** `next[2·s + bit]` is the state after one more bit. */
  readonly next: Uint8Array;
  /** Counts of zeros and of ones in each state, and their sums. */
  readonly zeros: Uint8Array;
  readonly ones: Uint8Array;
  readonly total: Uint8Array;
}

/** Limit on the count of one bit value when the other has count 0, 1, 2 …. */
const COUNT_LIMITS = [42, 26, 10, 6, 5, 5];
/** Histories of at most this many bits are stored in order. */
const EXACT_BITS = 4;

interface History {
  zeros: number;
  ones: number;
  /** All bits in order if there are at most EXACT_BITS, otherwise only the last one. */
  tail: string;
}

/** Builds the state machine: all reachable histories, of which there are at most 256. */
export function createBitHistories(): BitHistories {
  const numbers = new Map<string, number>();
  const all: History[] = [];
  const numberOf = (history: History): number => {
    const key = `${history.zeros},${history.ones},${history.tail}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = all.length;
      numbers.set(key, number);
      all.push(history);
    }
    return number;
  };
  numberOf({ zeros: 0, ones: 0, tail: '' });
  const next = [];
  for (let s = 0; s < all.length; s++) {
    next.push(numberOf(after(all[s]!, 0)), numberOf(after(all[s]!, 1)));
  }
  return {
    next: Uint8Array.from(next),
    zeros: Uint8Array.from(all, (history) => history.zeros),
    ones: Uint8Array.from(all, (history) => history.ones),
    total: Uint8Array.from(all, (history) => history.zeros + history.ones),
  };
}

function after(history: History, bit: 0 | 1): History {
  let same = (bit ? history.ones : history.zeros) + 1;
  let other = bit ? history.zeros : history.ones;
  if (same + other > EXACT_BITS) {
    if (other > 3) other = Math.min(other, Math.ceil(Math.log2(other)) + 1);
    while (COUNT_LIMITS[other] === undefined) other--;
    same = Math.min(same, COUNT_LIMITS[other]!);
  }
  const zeros = bit ? other : same;
  const ones = bit ? same : other;
  const tail = zeros + ones > EXACT_BITS ? `${bit}` : history.tail + bit;
  return { zeros, ones, tail };
}
