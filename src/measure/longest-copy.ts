// The longest run of bytes that a continuation shares with the bytes before it: its length and
// where it was copied from.

import { SuffixAutomaton, SuffixCursor } from '../sampling/suffix-automaton.js';

/** A run of bytes that a continuation copied, and its source. */
export interface Copy {
  /** Length in bytes; 0 if nothing was copied. */
  readonly length: number;
  /** Index of the continuation that copies. */
  readonly sample: number;
  /** Position of the copy in that continuation. */
  readonly to: number;
  /** Position of its source in the given bytes followed by the continuation. */
  readonly from: number;
}

/** Separates two continuations; equal to no byte. */
const SEPARATOR = 256;

/**
 * The longest copy in several continuations of the same text. Its source may be in the given bytes,
 * earlier in the same continuation, or in both; it may overlap the copy. Time is linear; memory is
 * linear in the continuations, as the given bytes are only streamed.
 */
export function longestCopy(
  given: readonly Uint8Array[],
  continuations: readonly Uint8Array[],
): Copy {
  let best = copyOfGiven(given, continuations);
  continuations.forEach((continuation, sample) => {
    const own = copyOfTail(given, continuation, sample);
    if (own.length > best.length) best = own;
  });
  return best;
}

/** Matches the given bytes against the automaton of the continuations. */
function copyOfGiven(given: readonly Uint8Array[], continuations: readonly Uint8Array[]): Copy {
  const automaton = new SuffixAutomaton();
  const starts = continuations.map((continuation) => {
    automaton.append(SEPARATOR);
    const start = automaton.size;
    for (let i = 0; i < continuation.length; i++) automaton.append(continuation[i]!);
    return start;
  });
  const cursor = new SuffixCursor(automaton);
  let length = 0;
  let from = 0;
  let to = 0;
  let at = 0;
  const longest = Math.max(0, ...continuations.map((continuation) => continuation.length));
  for (const part of given) {
    for (let i = 0; i < part.length && length < longest; i++, at++) {
      cursor.advance(part[i]!);
      if (cursor.length <= length) continue;
      length = cursor.length;
      from = at - length + 1;
      to = automaton.firstEnd(cursor.state) - length + 1;
    }
  }
  const sample = Math.max(
    0,
    starts.findLastIndex((start) => start <= to),
  );
  return { length, sample, to: length === 0 ? 0 : to - starts[sample]!, from };
}

/** Matches the continuation against the growing automaton of the bytes just before it. */
function copyOfTail(given: readonly Uint8Array[], continuation: Uint8Array, sample: number): Copy {
  const tail = tailOf(given, continuation.length);
  const before = given.reduce((sum, part) => sum + part.length, 0);
  const automaton = new SuffixAutomaton([tail]);
  const cursor = new SuffixCursor(automaton);
  let best: Copy = { length: 0, sample, to: 0, from: 0 };
  for (let i = 0; i < continuation.length; i++) {
    cursor.advance(continuation[i]!);
    const { length, state } = cursor;
    if (length > best.length) {
      const from = before - tail.length + automaton.firstEnd(state) - length + 1;
      best = { length, sample, to: i - length + 1, from };
    }
    automaton.append(continuation[i]!);
    cursor.settle();
  }
  return best;
}

/** The last `length` bytes of the concatenated parts, or all of them. */
function tailOf(parts: readonly Uint8Array[], length: number): Uint8Array {
  const tail = new Uint8Array(
    Math.min(
      length,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
  );
  let end = tail.length;
  for (let i = parts.length - 1; end > 0; i--) {
    const part = parts[i]!.subarray(Math.max(0, parts[i]!.length - end));
    end -= part.length;
    tail.set(part, end);
  }
  return tail;
}
