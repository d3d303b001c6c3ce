// Collects what a file reader finds and discards, described in plain words.

/** Limit on the kinds listed by name; an untrusted file may contain any number. */
const MOST_NAMED = 12;

/** A list of kinds, such as "cue points", without duplicates and in the order found. */
export class NotKept {
  readonly #kinds = new Set<string>();
  #more = false;

  add(kind: string): void {
    if (this.#kinds.size < MOST_NAMED) this.#kinds.add(kind);
    else if (!this.#kinds.has(kind)) this.#more = true;
  }

  get kinds(): string[] {
    return this.#more ? [...this.#kinds, 'and more'] : [...this.#kinds];
  }
}

/** The name of a four-byte chunk: as text if printable, otherwise in hexadecimal. */
export function chunkName(name: Uint8Array): string {
  const text = String.fromCharCode(...name);
  if (/^[!-~][ -~]*$/.test(text)) return `chunk "${text.trimEnd()}"`;
  return `chunk 0x${Array.from(name, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** What a reader reports about a file besides its contents. */
export interface ReadingNotes {
  /** Kinds of things in the file that were discarded; empty if none. */
  readonly notKept: readonly string[];
  /** Defects of the file and how they were handled; empty if none. */
  readonly assumed: readonly string[];
}

/** The notes as lines of text. */
export function linesOfNotes({ notKept, assumed }: ReadingNotes): string[] {
  return notKept.length === 0 ? [...assumed] : [...assumed, `not kept: ${notKept.join(', ')}`];
}
