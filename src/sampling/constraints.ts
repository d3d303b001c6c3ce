// Restricts the next byte independently of the model: to an alphabet, to well-formed UTF-8, to bytes
// that complete no long copy, or to any combination of these.

import { nearestName, UsageError } from '../errors.js';
import { expectInteger } from '../expect.js';
import type { Compressor, Reading } from '../types.js';
import type { CopyGuard } from './copy-guard.js';
import { Utf8Guard } from './utf8-guard.js';

/** Printable ASCII, including the space: 0x20 to 0x7E. */
const PRINTABLE: readonly number[] = Array.from({ length: 0x7f - 0x20 }, (_, i) => 0x20 + i);

/** Alphabets that have a name, as bytes in order. */
export const ALPHABETS: Readonly<Record<string, readonly number[]>> = {
  printable: PRINTABLE,
  /** With tab, newline, and every byte from 0x80 up: text in UTF-8, best with the UTF-8 guard. */
  text: [0x09, 0x0a, ...PRINTABLE, ...Array.from({ length: 128 }, (_, i) => 0x80 + i)],
};

/** The bytes of a named alphabet. @throws UsageError for an unknown name. */
export function namedAlphabet(name: string): readonly number[] {
  if (Object.hasOwn(ALPHABETS, name)) return ALPHABETS[name]!;
  const nearest = nearestName(name, Object.keys(ALPHABETS));
  const advice = nearest
    ? `did you mean "${nearest}"?`
    : `there are ${Object.keys(ALPHABETS).join(', ')}`;
  throw new UsageError(`unknown alphabet "${name}"; ${advice}`);
}

/** The distinct bytes of some data, in order: an alphabet by example. */
export function alphabetOf(...data: readonly Uint8Array[]): readonly number[] {
  const bytes = new Set(data.flatMap((part) => [...new Set(part)]));
  return [...bytes].sort((a, b) => a - b);
}

/** Amount of context, in bytes, after which the bytes in use are assumed to be known. */
const MANY_BYTES = 1000;

/**
 * Whether bytes are drawn by default only from those that were given. LZMA and language models give
 * much probability to bytes that a text never uses; with enough context, its own bytes are known.
 */
export function keepsToGiven(
  { name, modelBytes }: Pick<Compressor, 'name' | 'modelBytes'>,
  reading: Reading | undefined,
  given: readonly Uint8Array[],
): boolean {
  const isForeign = name === 'lzma' || name === 'lm' || modelBytes !== undefined;
  const count = given.reduce((sum, { length }) => sum + length, 0);
  return isForeign && reading === 'decode' && count >= MANY_BYTES;
}

export interface ConstraintOptions {
  /** The bytes allowed; all, if left out. */
  readonly alphabet?: Iterable<number> | undefined;
  /** Allow only what keeps the continuation well-formed UTF-8 that ends between characters. */
  readonly utf8?: boolean | undefined;
  /** The last bytes of the context, in which a character may have begun. */
  readonly context?: Uint8Array | undefined;
  /** Allow no long copies. Takes ownership of the guard, which follows the continuation. */
  readonly copyGuard?: CopyGuard | undefined;
}

/** The constraints on one continuation, updated byte by byte. */
export class Constraints {
  /** 256 flags. */
  readonly #allowed: Uint8Array | undefined;
  readonly #utf8: Utf8Guard | undefined;
  readonly #copies: CopyGuard | undefined;

  private constructor(allowed?: Uint8Array, utf8?: Utf8Guard, copies?: CopyGuard) {
    this.#allowed = allowed;
    this.#utf8 = utf8;
    this.#copies = copies;
  }

  /** @throws TypeError or RangeError for an alphabet that is empty or holds anything but bytes. */
  static of({ alphabet, utf8 = false, context, copyGuard }: ConstraintOptions): Constraints {
    const allowed = alphabet === undefined ? undefined : flagsOf(alphabet);
    return new Constraints(allowed, utf8 ? new Utf8Guard(context, allowed) : undefined, copyGuard);
  }

  /** A copy for trying out bytes; valid until a byte is pushed to the original. */
  trial(): Constraints {
    return new Constraints(this.#allowed, this.#utf8?.fork(), this.#copies?.trial());
  }

  /** True if any constraint is set. */
  get any(): boolean {
    return (this.#allowed ?? this.#utf8 ?? this.#copies) !== undefined;
  }

  /** Number of bytes missing from the unfinished character, 0 if there is none. */
  get needs(): number {
    return this.#utf8?.needs ?? 0;
  }

  /** Sets the bits of every excluded byte to +Infinity; `room` ≥ 1 bytes are left to draw. */
  restrict(bits: Float64Array, room: number): void {
    const allowed = this.#allowed;
    const utf8 = this.#utf8;
    for (let b = 0; (allowed || utf8) && b < 256; b++) {
      if (allowed && !allowed[b]) bits[b] = Infinity;
      else if (utf8 && !utf8.allows(b, room)) bits[b] = Infinity;
    }
    this.#copies?.restrict(bits);
  }

  /** Whether all of `bytes` may come next, with `room` bytes left to draw. */
  allow(bytes: Uint8Array, room: number): boolean {
    if (!this.any) return true;
    const trial = this.trial();
    const bits = new Float64Array(256);
    for (let i = 0; i < bytes.length; i++) {
      trial.restrict(bits.fill(0), Math.max(room, bytes.length) - i);
      if (bits[bytes[i]!] === Infinity) return false;
      trial.push(bytes[i]!);
    }
    return true;
  }

  /** True if the current copy is long enough to be left. */
  get wantsHop(): boolean {
    return this.#copies?.wantsHop ?? false;
  }

  /** Keeps only bytes that end a long copy, if there are any; see `CopyGuard.hop`. */
  hop(bits: Float64Array, least: number): boolean {
    return this.#copies?.hop(bits, least) ?? false;
  }

  push(byte: number): void {
    this.#utf8?.push(byte);
    this.#copies?.push(byte);
  }

  /** Names what excludes bytes, for an error message. */
  describe(): string {
    const parts = ['the model'];
    if (this.#allowed) parts.push('the alphabet');
    if (this.#utf8) parts.push('UTF-8');
    if (this.#copies) parts.push(`the limit of ${this.#copies.maxBytes} bytes on copies`);
    return parts.join(', ').replace(/, ([^,]*)$/, ' and $1');
  }
}

function flagsOf(alphabet: Iterable<number>): Uint8Array {
  const flags = new Uint8Array(256);
  let size = 0;
  for (const byte of alphabet) {
    expectInteger('alphabet', byte, { min: 0, max: 255 });
    flags[byte] = 1;
    size++;
  }
  if (size === 0) throw new RangeError('"alphabet" expected at least one byte, got none');
  return flags;
}
