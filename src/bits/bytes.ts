// The 256 messages of one byte, which many steps ask about: in order, and never to be changed.

export const BYTES: readonly Uint8Array[] = Array.from({ length: 256 }, (_, b) => Uint8Array.of(b));
