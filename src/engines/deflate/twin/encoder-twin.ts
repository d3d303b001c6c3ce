// The incremental twin of zlib's encoder: the exact length, in bits, of the DEFLATE stream that
// zlib would write for the bytes so far, for those plus any one byte, and plus longer candidates,
// at a cost that does not grow with their number. Raw streams, default strategy, one Z_FINISH.

import { type Block, BlockPricer } from '../codec/block.js';
import { GreedyParse } from '../codec/greedy-parse.js';
import { LazyParse } from '../codec/lazy-parse.js';
import type { Parse, ParseOptions } from '../codec/parse.js';
import { END_OF_BLOCK } from '../codec/tables.js';
import { NextBytePricer } from './next-byte.js';

/** Creates a parse with zlib's strategy for `level` 1–9. */
export function createParse(options: ParseOptions, pricer: BlockPricer): Parse {
  return options.level < 4 ? new GreedyParse(options, pricer) : new LazyParse(options, pricer);
}

/** Shared by the forks of a twin: memory for building trees, and cached sizes. */
class Scratch {
  readonly blocks = new BlockPricer();
  #nextBytes: NextBytePricer | undefined;

  get nextBytes(): NextBytePricer {
    return (this.#nextBytes ??= new NextBytePricer(this.blocks));
  }
}

/** The encoder twin of levels 1–9. */
export class EncoderTwin {
  readonly #options: ParseOptions;
  readonly #scratch: Scratch;
  readonly #parse: Parse;

  constructor(options: ParseOptions, scratch = new Scratch()) {
    this.#options = options;
    this.#scratch = scratch;
    this.#parse = createParse(options, scratch.blocks);
  }

  push(bytes: Uint8Array): void {
    this.#parse.push(bytes);
  }

  fork(): EncoderTwin {
    const twin = new EncoderTwin(this.#options, this.#scratch);
    twin.#parse.copyFrom(this.#parse);
    return twin;
  }

  /** Bits of the stream if the message ended here, before padding to a byte. */
  codeLength(): number {
    return this.#parse.codeLength();
  }

  /** `out[b]` = bits of the stream if the message ended after one more byte, b. */
  nextCodeLengths(out: Float64Array): void {
    this.#scratch.nextBytes.price(this.#parse, out);
  }

  /** Bits of the stream if the message ended after each of the candidates. */
  candidateCodeLengths(candidates: readonly Uint8Array[]): Float64Array {
    const parse = this.#parse;
    return Float64Array.from(candidates, (candidate) =>
      parse.tryOut(() => {
        parse.push(candidate);
        parse.finish();
        return parse.bits;
      }),
    );
  }

  /**
   * Adds the symbol counts of the recent tokens: of the block in progress, as zlib would write it
   * if the message ended here, and of the finished block before it.
   */
  addTokenCounts(literals: Int32Array, distances: Int32Array): void {
    const parse = this.#parse;
    parse.tryOut(() => {
      parse.decideAll();
      for (const block of [parse.before, parse.block]) addCounts(block, literals, distances);
    });
  }
}

function addCounts(block: Block, literals: Int32Array, distances: Int32Array): void {
  for (let s = 0; s < literals.length; s++) {
    if (s !== END_OF_BLOCK) literals[s]! += block.literals[s]!;
  }
  for (let s = 0; s < distances.length; s++) distances[s]! += block.distances[s]!;
}

/** Level 0: the message in stored blocks of up to 65,535 bytes, as zlib writes it in one call. */
export class StoredTwin {
  #length = 0;

  push(bytes: Uint8Array): void {
    this.#length += bytes.length;
  }

  fork(): StoredTwin {
    const twin = new StoredTwin();
    twin.#length = this.#length;
    return twin;
  }

  codeLength(): number {
    return storedCodeLength(this.#length);
  }

  nextCodeLengths(out: Float64Array): void {
    out.fill(storedCodeLength(this.#length + 1));
  }

  candidateCodeLengths(candidates: readonly Uint8Array[]): Float64Array {
    return Float64Array.from(candidates, (c) => storedCodeLength(this.#length + c.length));
  }
}

export const MAX_STORED_BYTES = 65535;

function storedCodeLength(bytes: number): number {
  return 8 * bytes + 40 * Math.max(1, Math.ceil(bytes / MAX_STORED_BYTES));
}
