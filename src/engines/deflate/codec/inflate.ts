// Decodes DEFLATE (RFC 1951), accepting exactly the streams that zlib's inflate accepts. Containers
// are in containers.ts; the Huffman tables and the rules for valid code lengths are in
// inflate-table.ts.

import { LimitedBuffer } from '../../../bits/limited-buffer.js';
import { CorruptDataError } from '../../../errors.js';
import type { Bytes } from '../../../types.js';
import {
  buildDecodeTable,
  CODE_LENGTH_ENTRIES,
  CODE_LENGTH_ROOT,
  codeLengthSymbols,
  DISTANCE_ENTRIES,
  DISTANCE_ROOT,
  distanceSymbols,
  END,
  fixedDistanceTable,
  fixedLiteralTable,
  INVALID,
  LITERAL,
  LITERAL_ENTRIES,
  LITERAL_ROOT,
  literalSymbols,
  SECOND,
} from './inflate-table.js';
import {
  CODE_LENGTH_CODES,
  codeLengthOrder,
  DISTANCE_CODES,
  END_OF_BLOCK,
  LITERAL_LENGTH_CODES,
} from './tables.js';

export type BlockKind = 'stored' | 'fixed' | 'dynamic';

/**
 * Receives the contents of a stream during decoding. Data from a stream that later fails may be
 * wrong.
 */
export interface InflateVisitor {
  /** A block starts; `startBit` is the position of its BFINAL bit from the stream's first bit. */
  block?(kind: BlockKind, startBit: number): void;
  /** A literal byte. The bytes of stored blocks are not tokens and are not reported. */
  literal?(byte: number): void;
  /** A copy of `length` bytes (3–258) from `distance` bytes back (1–32768). */
  match?(length: number, distance: number): void;
}

export interface InflateOptions {
  /** Refuse to write more bytes than this (default 1 GiB). */
  readonly maxBytes?: number;
  /** The first byte of the stream in the data (default 0). */
  readonly offset?: number;
  readonly visit?: InflateVisitor;
}

export interface Inflated {
  readonly bytes: Bytes;
  /** Bits of the stream: the position just after the final block, from the stream's first bit. */
  readonly endBit: number;
}

/**
 * Decodes one raw DEFLATE stream; data after its final block is ignored.
 *
 * @throws CorruptDataError if the stream is invalid or ends too soon; its offset, in `data`, is the
 * byte where the bad field or code word starts, the byte where the block starts for a bad set of
 * code lengths, and the end of the data if it is truncated.
 * @throws UsageError if the output would exceed `maxBytes`.
 */
export function inflateRaw(data: Uint8Array, options: InflateOptions = {}): Inflated {
  const { maxBytes, offset = 0, visit } = options;
  const output = new LimitedBuffer(maxBytes, 4 * data.length);
  const endBit = inflateInto(output, data, offset, visit);
  return { bytes: output.finish(), endBit };
}

/**
 * As {@link inflateRaw}, appending to `output`; matches do not reach its earlier contents. Returns
 * the length of the stream in bits.
 */
export function inflateInto(
  output: LimitedBuffer,
  data: Uint8Array,
  offset: number,
  visit?: InflateVisitor,
): number {
  if (!(Number.isInteger(offset) && offset >= 0 && offset <= data.length)) {
    throw new RangeError(`"offset" expected integer 0–${data.length}, got ${offset}`);
  }
  return new Inflater(output, data, offset, visit).run();
}

/**
 * Bits are held in `#hold`, the next one lowest; `#bits` is their number and `#at` the next byte to
 * load. Zeros follow the end of the data; using one is detected at the next load or at the end of
 * the block.
 */
class Inflater {
  readonly #data: Uint8Array;
  readonly #view: DataView;
  readonly #output: LimitedBuffer;
  readonly #visit: InflateVisitor | undefined;
  /** The first bit of the stream in the data, and its first byte in the output. */
  readonly #startBit: number;
  readonly #startLength: number;
  #at: number;
  #hold = 0;
  #bits = 0;
  #blockBit = 0;
  #literalTable: Int32Array | undefined;
  #distanceTable: Int32Array | undefined;

  constructor(
    output: LimitedBuffer,
    data: Uint8Array,
    offset: number,
    visit: InflateVisitor | undefined,
  ) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.#output = output;
    this.#visit = visit;
    this.#startBit = offset * 8;
    this.#startLength = output.length;
    this.#at = offset;
  }

  run(): number {
    let final = 0;
    while (final === 0) {
      this.#blockBit = this.#bit();
      final = this.#take(1);
      const kind = this.#take(2);
      if (kind === 3) this.#fail('block type 3 does not exist', this.#blockBit);
      const name = kind === 0 ? 'stored' : kind === 1 ? 'fixed' : 'dynamic';
      this.#visit?.block?.(name, this.#blockBit - this.#startBit);
      if (kind === 0) this.#stored();
      else if (kind === 1) this.#tokens(fixedLiteralTable, fixedDistanceTable);
      else {
        this.#readCodes();
        this.#tokens(this.#literalTable!, this.#distanceTable!);
      }
    }
    return this.#bit() - this.#startBit;
  }

  /** Position of the next unused bit of the data. */
  #bit(): number {
    return this.#at * 8 - this.#bits;
  }

  #fail(message: string, bit: number): never {
    this.#checkEnd();
    throw new CorruptDataError(message, Math.floor(bit / 8));
  }

  /** @throws CorruptDataError if bits after the end of the data were used. */
  #checkEnd(): void {
    if (this.#bit() > this.#data.length * 8) this.#failAtEnd();
  }

  #failAtEnd(): never {
    throw new CorruptDataError('deflate stream ends too soon', this.#data.length);
  }

  /** The next 32 bits to load, near the end of the data. `at` and `bits` are as in the fields. */
  #lastWord(at: number, bits: number): number {
    const data = this.#data;
    if (at * 8 - bits > data.length * 8) this.#failAtEnd();
    let word = 0;
    for (let i = 0; at + i < data.length; i++) word |= data[at + i]! << (8 * i);
    return word;
  }

  /** Reads `count` bits, at most 16. */
  #take(count: number): number {
    this.#load();
    const value = this.#hold & ((1 << count) - 1);
    this.#drop(count);
    this.#checkEnd();
    return value;
  }

  #drop(count: number): void {
    this.#hold >>>= count;
    this.#bits -= count;
  }

  /** Ensures that at least 24 bits are held. Bits above those counted may already be present. */
  #load(): void {
    const at = this.#at;
    const fits = at + 4 <= this.#data.length;
    const word = fits ? this.#view.getInt32(at, true) : this.#lastWord(at, this.#bits);
    this.#hold |= word << this.#bits;
    this.#at += (31 - this.#bits) >> 3;
    this.#bits |= 24;
  }

  /** Decodes a stored block after its first three bits (RFC 1951 §3.2.4). */
  #stored(): void {
    const data = this.#data;
    const at = Math.ceil(this.#bit() / 8);
    if (at + 4 > data.length) this.#failAtEnd();
    const length = this.#view.getUint16(at, true);
    if (length !== (~this.#view.getUint16(at + 2, true) & 0xffff)) {
      this.#fail('stored block lengths disagree', at * 8);
    }
    this.#at = at + 4 + length;
    this.#hold = 0;
    this.#bits = 0;
    this.#checkEnd();
    this.#output.append(data.subarray(at + 4, at + 4 + length));
  }

  /** Reads the codes of a dynamic block (RFC 1951 §3.2.7), with zlib's rules for validity. */
  #readCodes(): void {
    const block = this.#blockBit;
    const literals = this.#take(5) + 257;
    if (literals > LITERAL_LENGTH_CODES) this.#fail('too many literal/length symbols', block);
    const distances = this.#take(5) + 1;
    if (distances > DISTANCE_CODES) this.#fail('too many distance symbols', block);
    const lengths = this.#readCodeLengths(literals + distances);

    if (lengths[END_OF_BLOCK] === 0) this.#fail('end-of-block code is missing', block);
    this.#literalTable ??= new Int32Array(LITERAL_ENTRIES);
    this.#distanceTable ??= new Int32Array(DISTANCE_ENTRIES);
    this.#build('literal/length', this.#literalTable, LITERAL_ROOT, lengths.subarray(0, literals));
    this.#build('distance', this.#distanceTable, DISTANCE_ROOT, lengths.subarray(literals));
  }

  #build(
    name: 'literal/length' | 'distance',
    table: Int32Array,
    rootBits: number,
    lengths: Uint8Array,
  ): void {
    const symbols = name === 'distance' ? distanceSymbols : literalSymbols;
    const set = buildDecodeTable(table, rootBits, lengths, symbols);
    if (set === 'incomplete' || set === 'over-subscribed') {
      this.#fail(`${name} code is ${set}`, this.#blockBit);
    }
  }

  /** Reads the code lengths of both codes; repeats may cross from one to the other. */
  #readCodeLengths(total: number): Uint8Array {
    const count = this.#take(4) + 4;
    const own = new Uint8Array(CODE_LENGTH_CODES);
    for (let i = 0; i < count; i++) own[codeLengthOrder[i]!] = this.#take(3);
    const table = new Int32Array(CODE_LENGTH_ENTRIES);
    const set = buildDecodeTable(table, CODE_LENGTH_ROOT, own, codeLengthSymbols);
    if (set !== 'complete') {
      const fault = set === 'over-subscribed' ? set : 'incomplete';
      this.#fail(`code length code is ${fault}`, this.#blockBit);
    }

    const lengths = new Uint8Array(total);
    for (let i = 0; i < total; ) {
      const bit = this.#bit();
      this.#load();
      const entry = table[this.#hold & (CODE_LENGTH_ENTRIES - 1)]!;
      this.#drop(entry & 15);
      const symbol = entry >>> 16;
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) this.#fail('no code length to repeat', bit);
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const repeat =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (i + repeat > total) this.#fail('too many code lengths repeated', bit);
      lengths.fill(value, i, i + repeat);
      i += repeat;
    }
    this.#checkEnd();
    return lengths;
  }

  /** Decodes literals and matches up to the end of the block (RFC 1951 §3.2.3). */
  #tokens(literalTable: Int32Array, distanceTable: Int32Array): void {
    const view = this.#view;
    const lastWhole = view.byteLength - 4;
    const output = this.#output;
    const start = this.#startLength;
    const visitLiteral = this.#visit?.literal?.bind(this.#visit);
    const visitMatch = this.#visit?.match?.bind(this.#visit);
    let { bytes, length: to } = output;
    let at = this.#at;
    let hold = this.#hold;
    let bits = this.#bits;

    for (;;) {
      hold |= (at <= lastWhole ? view.getInt32(at, true) : this.#lastWord(at, bits)) << bits;
      at += (31 - bits) >> 3;
      bits |= 24;
      let entry = literalTable[hold & ((1 << LITERAL_ROOT) - 1)]!;
      if (entry & SECOND) {
        entry = literalTable[(entry >>> 16) + ((hold >>> LITERAL_ROOT) & ~(-1 << (entry & 15)))]!;
      }
      hold >>>= entry & 15;
      bits -= entry & 15;
      if (entry & LITERAL) {
        if (to === bytes.length) {
          output.length = to;
          output.reserve(1);
          bytes = output.bytes;
        }
        bytes[to++] = entry >>> 16;
        if (visitLiteral !== undefined) visitLiteral(entry >>> 16);
        continue;
      }
      if (entry & (END | INVALID)) {
        this.#at = at;
        this.#hold = hold;
        this.#bits = bits;
        output.length = to;
        if (entry & END) break;
        this.#fail('literal/length code word is invalid', this.#bit() - (entry & 15));
      }
      const lengthBits = (entry >>> 8) & 15; // with its code at most 20 bits of the 24
      const length = (entry >>> 16) + (hold & ~(-1 << lengthBits));
      hold >>>= lengthBits;
      bits -= lengthBits;

      hold |= (at <= lastWhole ? view.getInt32(at, true) : this.#lastWord(at, bits)) << bits;
      at += (31 - bits) >> 3;
      bits |= 24;
      entry = distanceTable[hold & ((1 << DISTANCE_ROOT) - 1)]!;
      if (entry & SECOND) {
        entry = distanceTable[(entry >>> 16) + ((hold >>> DISTANCE_ROOT) & ~(-1 << (entry & 15)))]!;
      }
      hold >>>= entry & 15;
      bits -= entry & 15;
      const distanceBits = (entry >>> 8) & 15; // with its code up to 28 bits
      if (bits < distanceBits) {
        hold |= (at <= lastWhole ? view.getInt32(at, true) : this.#lastWord(at, bits)) << bits;
        at += (31 - bits) >> 3;
        bits |= 24;
      }
      const distance = (entry >>> 16) + (hold & ~(-1 << distanceBits));
      hold >>>= distanceBits;
      bits -= distanceBits;

      if (entry & INVALID || distance > to - start) {
        this.#at = at;
        this.#bits = bits;
        const fault = entry & INVALID ? 'code word is invalid' : 'reaches before the first byte';
        this.#fail(`distance ${fault}`, this.#bit() - distanceBits - (entry & 15));
      }
      if (to + length > bytes.length) {
        output.length = to;
        output.reserve(length);
        bytes = output.bytes;
      }
      const end = to + length;
      if (distance === 1) {
        bytes.fill(bytes[to - 1]!, to, end);
        to = end;
      } else {
        for (let from = to - distance; to < end; ) bytes[to++] = bytes[from++]!;
      }
      if (visitMatch !== undefined) visitMatch(length, distance);
    }
    this.#checkEnd();
  }
}
