// The longest copy in the samples of a run, as a line for the terminal and as a record for
// `--json`. The search itself is in measure/longest-copy.ts.

import { safeText } from '../../bits/glyphs.js';
import { type Copy, longestCopy } from '../../measure/longest-copy.js';
import type { Context } from '../context.js';
import { count, plural } from './numbers.js';

/** Limit on the bytes searched for copies, over all samples, as the search takes memory. */
const MAX_BYTES = 2 ** 20;

/** Stores the drawn bytes of all samples, for the search at the end. */
export class DrawnBytes {
  readonly #samples: Uint8Array[] = [];
  #current = new Uint8Array(1024);
  #length = 0;
  #room = MAX_BYTES;

  add(bytes: Uint8Array): void {
    const taken = bytes.subarray(0, this.#room);
    this.#room -= taken.length;
    const length = this.#length + taken.length;
    if (length > this.#current.length) {
      const wider = new Uint8Array(2 * length);
      wider.set(this.#current);
      this.#current = wider;
    }
    this.#current.set(taken, this.#length);
    this.#length = length;
  }

  /** Ends a sample; the next bytes belong to another one. */
  endSample(): void {
    this.#samples.push(this.#current.slice(0, this.#length));
    this.#length = 0;
  }

  /** All samples, including an incomplete last one. */
  samples(): readonly Uint8Array[] {
    if (this.#length > 0) this.endSample();
    return this.#samples;
  }
}

/** A copy and its source, as in the last line of `--json`. */
export interface CopyRecord {
  readonly bytes: number;
  readonly text?: string;
  readonly sample?: number;
  /** Position of the copy in the sample. */
  readonly index?: number;
  readonly source?: 'corpus' | 'prompt' | 'sample';
  readonly file?: string;
  /** Position in the source; the copy may extend into the next source. */
  readonly offset?: number;
}

/** The longest copy of given bytes, or of earlier bytes of the same sample. */
export function findCopy(
  { corpus, prompt }: Context,
  files: readonly string[],
  samples: readonly Uint8Array[],
): CopyRecord {
  const copy = longestCopy([...corpus, prompt], samples);
  if (copy.length === 0) return { bytes: 0 };
  const text = samples[copy.sample]!.subarray(copy.to, copy.to + copy.length);
  return {
    bytes: copy.length,
    text: new TextDecoder().decode(text),
    ...(samples.length > 1 && { sample: copy.sample }),
    index: copy.to,
    ...locate(copy, corpus, prompt, files),
  };
}

function locate(
  { from }: Copy,
  corpus: readonly Uint8Array[],
  prompt: Uint8Array,
  files: readonly string[],
) {
  let offset = from;
  for (const [i, { length }] of corpus.entries()) {
    if (offset < length) return { source: 'corpus', file: files[i]!, offset } as const;
    offset -= length;
  }
  if (offset < prompt.length) return { source: 'prompt', offset } as const;
  return { source: 'sample', offset: offset - prompt.length } as const;
}

const SHOWN_CHARACTERS = 60;

/** The copy as one line of text. */
export function copyNotice({ bytes, text = '', source, file, offset = 0 }: CopyRecord): string {
  if (bytes === 0) return 'longest copy: none';
  const [start, end] = [text.slice(0, SHOWN_CHARACTERS), text.length > SHOWN_CHARACTERS ? '…' : ''];
  const shown = safeText(new TextEncoder().encode(start)).replaceAll('\n', '␊');
  const place = source === 'sample' ? 'the sample itself' : (file ?? 'the prompt');
  return `longest copy: ${plural(bytes, 'byte')} of ${place}, from byte ${count(offset)}: "${shown}${end}"`;
}
