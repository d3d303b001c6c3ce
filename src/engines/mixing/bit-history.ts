// Bit histories: what a context remembers of the bits seen in it, in one byte. Up to four bits are
// kept in order; after that two bounded counts and the last bit. A bit against many of the other
// kind forgets most of those (Mahoney 2005, "Adaptive Weighing of Context Models", §4).

/** Histories by number, 0 the empty one. */
export interface BitHistories {
  /** `next[2·s + bit]` is the history after one more bit. */
  readonly next: Uint8Array;
  /** Zeros and ones remembered, and their sum. */
  readonly zeros: Uint8Array;
  readonly ones: Uint8Array;
  readonly total: Uint8Array;
}

/** Largest count of one bit beside 0, 1, 2 … of the other. */
const MOST_BESIDE = [42, 26, 10, 6, 5, 5];
/** Histories of at most this many bits are kept bit by bit. */
const EXACT_BITS = 4;

interface History {
  zeros: number;
  ones: number;
  /** The bits in order while there are few; only the last of them later. */
  tail: string;
}

/** Builds the automaton: every history that can be reached, at most 256 of them. */
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
    while (MOST_BESIDE[other] === undefined) other--;
    same = Math.min(same, MOST_BESIDE[other]!);
  }
  const zeros = bit ? other : same;
  const ones = bit ? same : other;
  const tail = zeros + ones > EXACT_BITS ? `${bit}` : history.tail + bit;
  return { zeros, ones, tail };
}
