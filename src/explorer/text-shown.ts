// What page and worker agree on: how much of a text is shown, and what two texts have in common.

/** Bytes at the end of the context that are shown and measured. */
export const SHOWN_BYTES = 2048;

/** How many bytes they begin with in common. */
export function commonLength(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
