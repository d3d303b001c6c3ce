// The 256 one-byte messages in order, shared by many steps. They must not be modified.

export const BYTES: readonly Uint8Array[] = Array.from({ length: 256 }, (_, b) => Uint8Array.of(b));
