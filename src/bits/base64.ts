// Base64 with padding (RFC 4648 §4), for code that runs in both Node and browsers.

import type { Bytes } from '../types.js';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit, value]));

export function toBase64(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => DIGITS[(group >> shift) & 63]!).join('');
    const count = Math.min(3, bytes.length - i) + 1;
    groups.push(digits.slice(0, count).padEnd(4, '='));
  }
  return groups.join('');
}

/** @throws RangeError for a text that `toBase64` cannot produce. */
export function fromBase64(text: string): Bytes {
  const digits = text.replace(/={1,2}$/, '');
  if (text.length % 4 !== 0) throw new RangeError('"text" expected whole groups of base64');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let group = 0;
  for (let i = 0; i < digits.length; i++) {
    const value = VALUES.get(digits[i]!);
    if (value === undefined) throw new RangeError(`"text" expected base64, got "${digits[i]}"`);
    group = ((group << 6) | value) & 0xffffff;
    const at = Math.floor((i * 3) / 4);
    if (i % 4 !== 0) bytes[at] = (group >> (6 - 2 * (i % 4))) & 255;
  }
  return bytes;
}
