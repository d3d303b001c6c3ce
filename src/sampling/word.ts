// Finds the start of the word at the end of a text. Letters are those of Unicode, read backwards
// from UTF-8.

const LETTER = /^[\p{L}\p{M}'’]$/u;

/** Bytes of the word at the end of a text and of the character before it. */
export function bytesOfLastWord(text: ArrayLike<number>): number {
  let end = text.length;
  for (let inWord = true; inWord && end > 0; ) {
    const { size, isLetter } = characterBefore(text, end);
    end -= size;
    inWord = isLetter;
  }
  return text.length - end;
}

/** Bytes of the last `count` characters, or of all there are. */
export function bytesOfLastCharacters(text: ArrayLike<number>, count: number): number {
  let end = text.length;
  for (let i = 0; i < count && end > 0; i++) end -= characterBefore(text, end).size;
  return text.length - end;
}

interface Character {
  /** In bytes. */
  readonly size: number;
  readonly isLetter: boolean;
}

/** An incomplete character at the end of the text counts as a letter. */
function characterBefore(text: ArrayLike<number>, end: number): Character {
  let value = 0;
  for (let size = 1; size <= 4 && size <= end; size++) {
    const byte = text[end - size]!;
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
    if (size < whole) return { size, isLetter: end === text.length };
    value |= (byte & (0x7f >> whole)) << (6 * (size - 1));
    return { size, isLetter: value <= 0x10ffff && isLetter(value) };
  }
  return { size: 1, isLetter: false };
}

function isLetter(codePoint: number): boolean {
  if (codePoint < 0x80)
    return ((codePoint | 0x20) >= 0x61 && (codePoint | 0x20) <= 0x7a) || codePoint === 0x27;
  return LETTER.test(String.fromCodePoint(codePoint));
}
