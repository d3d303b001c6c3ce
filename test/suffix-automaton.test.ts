import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { NONE, ROOT, SuffixAutomaton, SuffixCursor } from '../src/sampling/suffix-automaton.js';
import { cases } from './deep.js';

/** Texts over few letters, so that substrings repeat. */
const text = (maxLength: number) =>
  fc.array(fc.integer({ min: 97, max: 99 }), { maxLength }).map((bytes) => Uint8Array.from(bytes));

const letters = (bytes: Uint8Array) => String.fromCharCode(...bytes);

function stateOf(automaton: SuffixAutomaton, word: string): number {
  let state = ROOT;
  for (let i = 0; i < word.length && state !== NONE; i++) {
    state = automaton.next(state, word.charCodeAt(i));
  }
  return state;
}

function occurrencesOf(text: string, word: string): number[] {
  const places = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) places.push(at);
  return places;
}

describe('the suffix automaton', () => {
  test('accepts exactly the substrings of its text, with their positions and counts', () => {
    fc.assert(
      fc.property(text(40), text(6), (bytes, other) => {
        const whole = letters(bytes);
        const automaton = new SuffixAutomaton([bytes]);
        const counts = automaton.occurrences();
        const words = new Set([letters(other)]);
        for (let i = 0; i < whole.length; i++) {
          for (let j = i + 1; j <= whole.length; j++) words.add(whole.slice(i, j));
        }
        for (const word of words) {
          if (word === '') continue;
          const places = occurrencesOf(whole, word);
          const state = stateOf(automaton, word);
          expect(state !== NONE, word).toBe(places.length > 0);
          if (state === NONE) continue;
          expect(counts[state], word).toBe(places.length);
          expect(automaton.firstEnd(state), word).toBe(places[0]! + word.length - 1);
          const next = new Set<number>();
          automaton.forEachNext(state, (byte) => next.add(byte));
          const expected = places.map((at) => whole.charCodeAt(at + word.length));
          expect(next).toEqual(new Set(expected.filter((byte) => !Number.isNaN(byte))));
        }
      }),
    );
  });

  test('links each string to its longest suffix that ends elsewhere, as it grows', () => {
    // A step that clones a state may be the one that makes the arrays longer.
    const random = createRandom('growth');
    for (let run = 0; run < cases(6, 24); run++) {
      const letters = 2 + (run % 5);
      const bytes = Uint8Array.from({ length: 700 + 13 * run }, () => 97 + letters * random());
      const automaton = new SuffixAutomaton([bytes]);
      const whole = String.fromCharCode(...bytes);
      const wrong = [];
      for (let end = 1; end <= whole.length; end++) {
        const word = whole.slice(Math.max(0, end - 30), end);
        const link = automaton.link(stateOf(automaton, word));
        const places = occurrencesOf(whole, word).length;
        let suffix = word;
        while (suffix && occurrencesOf(whole, suffix).length === places) suffix = suffix.slice(1);
        if (link !== stateOf(automaton, suffix)) wrong.push(end);
      }
      expect(wrong, `run ${run}`).toEqual([]);
    }
  });

  test('has at most two states per byte, for noise and for adversarial text', () => {
    const random = createRandom('states');
    const noise = Uint8Array.from({ length: 30_000 }, () => random() * 256);
    const fibonacci = [Uint8Array.of(97), Uint8Array.of(97, 98)];
    while (fibonacci.at(-1)!.length < 20_000) {
      fibonacci.push(Uint8Array.of(...fibonacci.at(-1)!, ...fibonacci.at(-2)!));
    }
    const abbb = new Uint8Array(20_000).fill(98);
    abbb[0] = 97;
    for (const bytes of [noise, fibonacci.at(-1)!, abbb, new Uint8Array(20_000)]) {
      const automaton = new SuffixAutomaton([bytes]);
      expect(automaton.states).toBeGreaterThan(bytes.length);
      expect(automaton.states).toBeLessThanOrEqual(2 * bytes.length);
      expect(automaton.occurrences()[ROOT]).toBe(bytes.length);
    }
  });

  test('is not matched across a symbol above the byte range', () => {
    const automaton = new SuffixAutomaton([Uint8Array.of(7)]);
    automaton.append(256);
    automaton.append(7);
    expect(stateOf(automaton, '\x07\x00')).toBe(NONE);
    expect(automaton.next(automaton.next(ROOT, 7), 256)).not.toBe(NONE);
  });
});

describe('a cursor', () => {
  test('stays at the longest suffix found in the text, also while the text grows', () => {
    fc.assert(
      fc.property(text(30), text(30), fc.integer({ min: 1, max: 40 }), (bytes, read, most) => {
        const automaton = new SuffixAutomaton([bytes]);
        const cursor = new SuffixCursor(automaton);
        let known = letters(bytes);
        let seen = '';
        for (const byte of read) {
          seen += String.fromCharCode(byte);
          cursor.advance(byte);
          cursor.shorten(most);
          let longest = Math.min(most, seen.length);
          while (!known.includes(seen.slice(seen.length - longest))) longest--;
          expect(cursor.length).toBe(longest);
          known += String.fromCharCode(byte);
          automaton.append(byte);
          cursor.settle();
          expect(cursor.state).toBe(stateOf(automaton, seen.slice(seen.length - longest)));
        }
      }),
    );
  });
});
