// Writes DEFLATE streams (RFC 1951; trees.c: compress_block, send_all_trees). One encoder writes
// exactly the stream of zlib: it uses the same parse as the encoder twin and writes its blocks as
// they are finished. The other one searches for the shortest stream.

import { BitWriter } from '../../../bits/bit-writer.js';
import type { Bytes } from '../../../types.js';
import { createParse, MAX_STORED_BYTES } from '../twin/encoder-twin.js';
import { type Block, BlockPricer, chooseKind, NOT_STORABLE } from './block.js';
import {
  countCodeLengths,
  forEachCodeLength,
  REPEAT_PREVIOUS,
  REPEAT_ZERO,
  sentCodeLengths,
} from './header.js';
import { codeWords, HuffmanBuilder } from './huffman.js';
import { MatchFinder } from './matches.js';
import type { ParseOptions } from './parse.js';
import { shortestBlocks } from './shortest-parse.js';
import {
  CODE_LENGTH_CODES,
  codeLengthOrder,
  DISTANCE_CODES,
  distanceBase,
  distanceCode,
  distanceExtraBits,
  END_OF_BLOCK,
  FIXED_DISTANCE_BITS,
  fixedLiteralLengths,
  lengthBase,
  lengthCode,
  lengthExtraBits,
  MAX_CODE_LENGTH_BITS,
} from './tables.js';

/** The best parse is searched over this many bytes at once; matches may reach back beyond them. */
const STRETCH_BYTES = 1 << 20;

const STORED = 0;
const FIXED = 1;
const DYNAMIC = 2;

/** The raw DEFLATE stream of `data`, byte for byte that of stock zlib in one call. */
export function encodeDeflate(data: Uint8Array, options: ParseOptions): Bytes {
  const out = new BitWriter(data.length >> 1);
  if (options.level === 0) {
    writeStoredMessage(out, data);
    return out.finish();
  }
  const pricer = new BlockPricer();
  const parse = createParse(options, pricer);
  parse.block.tokens = new Uint32Array(parse.maxSymbols + 1);
  parse.sink = (block, _bits, end, last) => {
    const storable = parse.storedBytes(end, parse.window.base) !== NOT_STORABLE;
    const bytes = storable ? parse.window.bytes.subarray(block.start, end) : undefined;
    writeBlock(out, pricer, block, bytes, last);
  };
  parse.push(data);
  parse.finish();
  return out.finish();
}

export interface SearchOptions {
  /** Earlier positions of the same three bytes that are tried for matches. */
  readonly chain: number;
  /** Number of shortest-path searches, each using the costs learnt from the previous one. */
  readonly rounds: number;
}

/** The raw DEFLATE stream of `data`, as short as the search for the best parse finds. */
export function encodeDeflateShort(data: Uint8Array, options: SearchOptions): Bytes {
  const out = new BitWriter(data.length >> 1);
  const pricer = new BlockPricer();
  for (const { block, end } of searchBlocks(data, options)) {
    const storable = end - block.start <= MAX_STORED_BYTES;
    const bytes = storable ? data.subarray(block.start, end) : undefined;
    writeBlock(out, pricer, block, bytes, end === data.length);
  }
  return out.finish();
}

/** The blocks found by the search for the best parse, in order, with the end of each. */
export function* searchBlocks(
  data: Uint8Array,
  { chain, rounds }: SearchOptions,
): Generator<{ readonly block: Block; readonly end: number }, void, undefined> {
  const finder = new MatchFinder(data, chain);
  let from = 0;
  do {
    const to = Math.min(data.length, from + STRETCH_BYTES);
    const blocks = shortestBlocks(data, from, to, finder.find(from, to), rounds);
    for (const [i, block] of blocks.entries()) yield { block, end: blocks[i + 1]?.start ?? to };
    from = to;
  } while (from < data.length);
}

function writeStoredMessage(out: BitWriter, data: Uint8Array): void {
  let at = 0;
  do {
    const piece = data.subarray(at, at + MAX_STORED_BYTES);
    at += piece.length;
    writeStored(out, piece, at === data.length);
  } while (at < data.length);
}

function writeStored(out: BitWriter, bytes: Uint8Array, last: boolean): void {
  out.writeBits((STORED << 1) | (last ? 1 : 0), 3);
  out.alignToByte();
  out.writeBits(bytes.length, 16);
  out.writeBits(bytes.length ^ 0xffff, 16);
  out.writeBytes(bytes);
}

/** @param bytes of the block, if it may be stored. */
function writeBlock(
  out: BitWriter,
  pricer: BlockPricer,
  block: Block,
  bytes: Uint8Array | undefined,
  last: boolean,
): void {
  const storedBytes = bytes?.length ?? NOT_STORABLE;
  const kind = chooseKind(pricer.dynamicBits(block), block.fixedBits, storedBytes);
  if (bytes && kind === 'stored') {
    writeStored(out, bytes, last);
  } else if (kind === 'fixed') {
    out.writeBits((FIXED << 1) | (last ? 1 : 0), 3);
    writeTokens(out, block, FIXED_LITERALS, FIXED_DISTANCES);
  } else {
    out.writeBits((DYNAMIC << 1) | (last ? 1 : 0), 3);
    const { literalTree, distanceTree } = pricer;
    writeHeader(out, literalTree, distanceTree);
    writeTokens(out, block, literalTree, distanceTree);
  }
}

/** A code given by its lengths, as in `HuffmanBuilder`. */
type Code = Pick<HuffmanBuilder, 'lengths' | 'maxCode'>;

const FIXED_LITERALS: Code = { lengths: fixedLiteralLengths, maxCode: 287 };
const FIXED_DISTANCES: Code = {
  lengths: new Uint8Array(DISTANCE_CODES).fill(FIXED_DISTANCE_BITS),
  maxCode: DISTANCE_CODES - 1,
};

/** The two codes of a dynamic block, as code lengths (RFC 1951 §3.2.7). */
function writeHeader(out: BitWriter, literals: Code, distances: Code): void {
  const counts = new Int32Array(CODE_LENGTH_CODES);
  countCodeLengths(counts, literals.lengths, literals.maxCode);
  countCodeLengths(counts, distances.lengths, distances.maxCode);
  const tree = new HuffmanBuilder();
  tree.build(counts, CODE_LENGTH_CODES, MAX_CODE_LENGTH_BITS);
  const words = codeWords(tree.lengths, tree.maxCode + 1);
  const sent = sentCodeLengths(tree);
  out.writeBits(literals.maxCode + 1 - 257, 5);
  out.writeBits(distances.maxCode, 5);
  out.writeBits(sent - 4, 4);
  for (let i = 0; i < sent; i++) {
    const symbol = codeLengthOrder[i]!;
    out.writeBits(symbol <= tree.maxCode ? tree.lengths[symbol]! : 0, 3);
  }
  for (const { lengths, maxCode } of [literals, distances]) {
    forEachCodeLength(lengths, maxCode, (symbol, repeat) => {
      out.writeBits(words[symbol]!, tree.lengths[symbol]!);
      if (symbol === REPEAT_PREVIOUS) out.writeBits(repeat - 3, 2);
      else if (symbol === REPEAT_ZERO) out.writeBits(repeat - 3, 3);
      else if (symbol > REPEAT_ZERO) out.writeBits(repeat - 11, 7);
    });
  }
}

function writeTokens(out: BitWriter, block: Block, literals: Code, distances: Code): void {
  const literalLengths = literals.lengths;
  const distanceLengths = distances.lengths;
  const literalWords = codeWords(literalLengths, literals.maxCode + 1);
  const distanceWords = codeWords(distanceLengths, distances.maxCode + 1);
  const tokens = block.tokens!;
  for (let i = 0; i < block.symbols; i++) {
    const distance = tokens[i]! >>> 9;
    const value = tokens[i]! & 511;
    if (distance === 0) {
      out.writeBits(literalWords[value]!, literalLengths[value]!);
      continue;
    }
    const length = lengthCode[value]!;
    out.writeBits(literalWords[257 + length]!, literalLengths[257 + length]!);
    out.writeBits(value - lengthBase[length]!, lengthExtraBits[length]!);
    const code = distanceCode[distance]!;
    out.writeBits(distanceWords[code]!, distanceLengths[code]!);
    out.writeBits(distance - distanceBase[code]!, distanceExtraBits[code]!);
  }
  out.writeBits(literalWords[END_OF_BLOCK]!, literalLengths[END_OF_BLOCK]!);
}
