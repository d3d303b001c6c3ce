// How far a copy has to reach back to hold a word together: over the letters since the start of the
// word and the character before it. Letters are Unicode's, read backwards from UTF-8.

/** A copy covers so many characters at least, or short words would tie nothing together … */
const LEAST_CHARACTERS = 4;
/** … and no more bytes are asked for, or long words could only be recited. */
const MOST_BYTES = 10;

const LETTER = /^[\p{L}\p{M}'’]$/u;

/**
 * Bytes back to before the start of the word that the text ends with: 4 characters at least, 10
 * bytes at most. A character that is not whole yet counts as a letter, ill-formed bytes do not.
 *
 * @param byteBack the last byte for 1, the one before it for 2, and so on up to `length`.
 */
export function overlapOfWord(byteBack: (back: number) => number, length: number): number {
  let bytes = 0;
  let inWord = true;
  for (let characters = 0; characters < LEAST_CHARACTERS || inWord; characters++) {
    if (bytes >= Math.min(length, MOST_BYTES)) break;
    const { size, isLetter } = characterBefore(byteBack, bytes, length);
    bytes += size;
    inWord &&= isLetter;
  }
  return Math.min(bytes, MOST_BYTES);
}

interface Character {
  /** In bytes. */
  readonly size: number;
  readonly isLetter: boolean;
}

/** The character that ends `skipped` bytes before the end. */
function characterBefore(
  byteBack: (back: number) => number,
  skipped: number,
  length: number,
): Character {
  let value = 0;
  for (let size = 1; size <= 4 && skipped + size <= length; size++) {
    const byte = byteBack(skipped + size);
    if (byte < 0x80) {
      if (size > 1) break;
      return { size, isLetter: isLetter(byte) };
    }
    if (byte < 0xc0) {
      value |= (byte & 0x3f) << (6 * (size - 1));
      continue;
    }
    const whole = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (size > whole || byte > 0xf7) break;
    if (size < whole) return { size, isLetter: skipped === 0 };
    value |= (byte & (0x7f >> whole)) << (6 * (size - 1));
    return { size, isLetter: value <= 0x10ffff && isLetter(value) };
  }
  return { size: 1, isLetter: false };
}

function isLetter(codePoint: number): boolean {
  return LETTER.test(String.fromCodePoint(codePoint));
}
