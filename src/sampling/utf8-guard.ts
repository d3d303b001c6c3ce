// Well-formed UTF-8, a byte at a time: the sequences of the Unicode Standard, table 3-7, as an
// automaton. Tells which bytes may follow; decodes nothing.

/** A state inside a character: the bytes that may come next and the state after them. */
interface Inside {
  readonly low: number;
  readonly high: number;
  readonly next: number;
  /** Bytes that the character still needs. */
  readonly needs: number;
}

/** Between characters. */
const START = 0;

/** State s is `INSIDE[s − 1]`; a state leads only to those before it. */
const INSIDE: readonly Inside[] = [
  { low: 0x80, high: 0xbf, next: START, needs: 1 }, // 1: after C2..DF, and any last byte
  { low: 0x80, high: 0xbf, next: 1, needs: 2 }, // 2: after E1..EC, EE, EF
  { low: 0xa0, high: 0xbf, next: 1, needs: 2 }, // 3: after E0, no overlong forms
  { low: 0x80, high: 0x9f, next: 1, needs: 2 }, // 4: after ED, no surrogates
  { low: 0x80, high: 0xbf, next: 2, needs: 3 }, // 5: after F1..F3
  { low: 0x90, high: 0xbf, next: 2, needs: 3 }, // 6: after F0, no overlong forms
  { low: 0x80, high: 0x8f, next: 2, needs: 3 }, // 7: after F4, nothing above U+10FFFF
];

/** The state after a byte, or −1 if it may not stand there. */
function step(state: number, byte: number): number {
  if (state !== START) {
    const inside = INSIDE[state - 1]!;
    return byte >= inside.low && byte <= inside.high ? inside.next : -1;
  }
  if (byte < 0x80) return START;
  if (byte < 0xc2 || byte > 0xf4) return -1;
  if (byte < 0xe0) return 1;
  if (byte < 0xf0) return byte === 0xe0 ? 3 : byte === 0xed ? 4 : 2;
  return byte === 0xf0 ? 6 : byte === 0xf4 ? 7 : 5;
}

/** True if the bytes are UTF-8; the last character may be incomplete. */
export function isUtf8(bytes: Uint8Array): boolean {
  let state = START;
  for (let i = 0; i < bytes.length && state >= 0; i++) state = step(state, bytes[i]!);
  return state >= 0;
}

/** Keeps a continuation well-formed and ends it between two characters. */
export class Utf8Guard {
  #state: number;
  /** Whether a character in each state can be finished with the bytes of the alphabet. */
  #finishable: readonly boolean[];

  /**
   * @param context what came before; its last bytes may be the beginning of a character, which the
   *   continuation then finishes. Anything ill-formed in it is passed over.
   * @param allowed 256 flags: the bytes that will be used at all (all, if left out). A byte that
   *   begins what they cannot finish is not allowed either.
   */
  constructor(context: Uint8Array = new Uint8Array(), allowed?: Uint8Array) {
    this.#state = stateAfter(context);
    const finishable = [true];
    for (const { low, high, next } of INSIDE) {
      let some = false;
      for (let b = low; b <= high; b++) if (!allowed || allowed[b]) some = true;
      finishable.push(some && finishable[next]!);
    }
    this.#finishable = finishable;
  }

  /** An independent copy. */
  fork(): Utf8Guard {
    const copy = new Utf8Guard();
    copy.#state = this.#state;
    copy.#finishable = this.#finishable;
    return copy;
  }

  /** Number of bytes missing from the unfinished character: 0 between characters. */
  get needs(): number {
    return this.#state === START ? 0 : INSIDE[this.#state - 1]!.needs;
  }

  /** True if `byte` may follow with `room` ≥ 1 bytes left, including this one. */
  allows(byte: number, room: number): boolean {
    const state = step(this.#state, byte);
    if (state < 0 || !this.#finishable[state]) return false;
    return state === START || INSIDE[state - 1]!.needs < room;
  }

  /** Moves past a byte; one that was not allowed ends the character. */
  push(byte: number): void {
    this.#state = Math.max(step(this.#state, byte), START);
  }
}

/** The state at the end of any bytes: inside the last character if it is well begun. */
function stateAfter(context: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= context.length; back++) {
    const from = context.length - back;
    if (context[from]! >= 0x80 && context[from]! < 0xc0) continue;
    let state = START;
    for (let i = from; i < context.length; i++) {
      state = step(state, context[i]!);
      if (state <= START) return START;
    }
    return state;
  }
  return START;
}
