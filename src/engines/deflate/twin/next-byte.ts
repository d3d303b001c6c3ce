// The length of the whole stream for each of the 256 possible next bytes. Their parses differ only
// in the tail, so their last blocks differ by one literal or one match: first the few bytes that
// extend a match are priced, then all others as literals.

import { Block, type BlockPricer, endOfBlock, NOT_STORABLE } from '../codec/block.js';
import type { Parse } from '../codec/parse.js';
import { DISTANCE_CODES, distanceCode, fixedLiteralLengths } from '../codec/tables.js';
import { type Extension, Tail } from '../codec/tail.js';
import { createLiteralPricer, type LiteralPricer } from './literals.js';

const LONGEST_FIXED_LITERAL = Math.max(...fixedLiteralLengths.subarray(0, 256));

export class NextBytePricer {
  readonly #blocks: BlockPricer;
  readonly #literals: LiteralPricer;
  readonly #tail = new Tail();
  readonly #block = new Block();
  /** Dynamic length of the last block with each byte as one more literal. */
  readonly #dynamic = new Float64Array(256);
  /** The stream's length by the distance code of the match that ends it. */
  readonly #prices = new Float64Array(DISTANCE_CODES);

  constructor(blocks: BlockPricer) {
    this.#blocks = blocks;
    this.#literals = createLiteralPricer(blocks);
  }

  /** `out[b]` = bits of the stream if the message ended after one more byte, b. */
  price(parse: Parse, out: Float64Array): void {
    const tail = this.#tail;
    parse.walkTail(tail);
    if (parse.block.symbols + tail.count + 2 >= parse.maxSymbols) {
      priceEach(parse, out);
      return;
    }
    const end = parse.window.end + 1;
    const storedBytes = parse.storedBytes(end, tail.base);
    const block = this.#block;
    block.copyFrom(parse.block);
    this.#priceExtended(parse.bits, block, storedBytes, out);

    const dynamic = this.#dynamic;
    const enough = leastLosingBits(block.fixedBits + LONGEST_FIXED_LITERAL, storedBytes);
    this.#literals.price(block, tail, enough, dynamic);
    for (let byte = 0; byte < 256; byte++) {
      if (tail.extension(byte)) continue;
      const fixedBits = block.fixedBits + fixedLiteralLengths[byte]!;
      out[byte] = endOfBlock(parse.bits, dynamic[byte]!, fixedBits, storedBytes);
    }
  }

  /** Prices bytes that extend a match; leaves all tokens of the default path in `block`. */
  #priceExtended(bits: number, block: Block, storedBytes: number, out: Float64Array): void {
    const tail = this.#tail;
    const prices = this.#prices;
    let token = 0;
    let last: Extension | undefined;
    for (let i = 0; i < tail.extendedCount; i++) {
      const byte = tail.extendedBytes[i]!;
      const extension = tail.extension(byte)!;
      const { after, literal, length, distance } = extension;
      while (token < after) addToken(block, tail, token++);
      // If the matches start at the same position, only the distance differs.
      if (last?.after !== after || last.literal !== literal || last.length !== length) {
        prices.fill(0);
        last = extension;
      }
      const code = distanceCode[distance]!;
      if (prices[code] === 0) {
        if (literal >= 0) block.addLiteral(literal);
        block.addMatch(length, distance);
        prices[code] = this.#blocks.endOfBlock(bits, block, storedBytes);
        block.removeMatch(length, distance);
        if (literal >= 0) block.removeLiteral(literal);
      }
      out[byte] = prices[code]!;
    }
    while (token < tail.count) addToken(block, tail, token++);
  }
}

/**
 * Bits of the dynamic form from which zlib chooses another form, as `chooseKind` does, if the fixed
 * one takes at most `fixedBits`.
 */
function leastLosingBits(fixedBits: number, storedBytes: number): number {
  const fixedBytes = (fixedBits + 10) >>> 3;
  const bytes = storedBytes === NOT_STORABLE ? fixedBytes : Math.min(fixedBytes, storedBytes + 4);
  return 8 * bytes - 10;
}

function addToken(block: Block, tail: Tail, token: number): void {
  const distance = tail.distances[token]!;
  if (distance === 0) block.addLiteral(tail.values[token]!);
  else block.addMatch(tail.values[token]!, distance);
}

/**
 * Tries every byte separately, as a block may end within the tail. Happens a few times per block.
 */
function priceEach(parse: Parse, out: Float64Array): void {
  const candidate = new Uint8Array(1);
  for (let byte = 0; byte < 256; byte++) {
    candidate[0] = byte;
    out[byte] = parse.tryOut(() => {
      parse.push(candidate);
      parse.finish();
      return parse.bits;
    });
  }
}
