// Whether a file holds a picture or a sound, by its first bytes: that decides how `sample`, `next`,
// `score` and `compress` take it.

import { open } from 'node:fs/promises';
import { skipId3 } from '../engines/flac/metadata.js';

export type Medium = 'image' | 'audio';

const SIGNATURES: readonly (readonly [Medium, string, number])[] = [
  ['image', '\x89PNG\r\n\x1a\n', 0],
  ['image', '\xff\xd8\xff', 0],
  ['audio', 'fLaC', 0],
  ['audio', 'WAVE', 8],
];

/** The medium of some data, undefined for text and all else. */
export function mediumOf(data: Uint8Array): Medium | undefined {
  const tags = skipId3(data);
  const start = String.fromCharCode(...data.subarray(tags, tags + 12));
  return SIGNATURES.find(([, text, at]) => start.startsWith(text, at))?.[0];
}

/** The medium of a file, undefined if there is no such file or it holds neither. */
export async function mediumOfFile(path: string): Promise<Medium | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    let at = 0;
    for (;;) {
      const { buffer, bytesRead } = await file.read(new Uint8Array(12), 0, 12, at);
      const start = buffer.subarray(0, bytesRead);
      const tags = skipId3(start);
      if (tags === 0) return mediumOf(start);
      at += tags;
    }
  } catch {
    return undefined; // a folder, say
  } finally {
    await file.close();
  }
}
