// Finds typed arrays equal byte by byte, for which `toEqual` alone takes longer than most of what is
// tested. Arrays that differ are left to it: it tells 0 from −0 and shows where they differ.

import { expect } from 'vitest';

expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    ArrayBuffer.isView(a) &&
    ArrayBuffer.isView(b) &&
    Object.getPrototypeOf(a) === Object.getPrototypeOf(b) &&
    bytesOf(a).equals(bytesOf(b))
      ? true
      : undefined,
]);

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
