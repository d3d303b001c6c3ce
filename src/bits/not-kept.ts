// What a reader of files finds and does not keep, in words that people know.

/** Kinds that are named one by one; a file of strangers may have any number. */
const MOST_NAMED = 12;

/** Kinds of things, "cue points" say, each once and in the order in which they were found. */
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

/** The name of a chunk of four bytes, as it is if it can be printed, else in hexadecimal. */
export function chunkName(name: Uint8Array): string {
  const text = String.fromCharCode(...name);
  if (/^[!-~][ -~]*$/.test(text)) return `chunk "${text.trimEnd()}"`;
  return `chunk 0x${Array.from(name, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** What a reader says of a file beside its contents. */
export interface ReadingNotes {
  /** Kinds of things in the file that are not kept; empty if nothing. */
  readonly notKept: readonly string[];
  /** What is wrong with the file, and how it was read all the same; empty if nothing. */
  readonly assumed: readonly string[];
}

/** The same for a person, a line each. */
export function linesOfNotes({ notKept, assumed }: ReadingNotes): string[] {
  return notKept.length === 0 ? [...assumed] : [...assumed, `not kept: ${notKept.join(', ')}`];
}
