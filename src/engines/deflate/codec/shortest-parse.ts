// Searches for the parse with the fewest bits by iteration: a shortest path through all matches
// given the cost of each symbol, then new costs from the symbol counts of that path (the idea of
// zopfli, Alakuijala & Vandevenne 2013; own code). A block ends where two codes are cheaper than
// one.

import { Block, BlockPricer, NOT_STORABLE } from './block.js';
import type { Matches } from './matches.js';
import {
  DISTANCE_CODES,
  distanceCode,
  distanceExtraBits,
  END_OF_BLOCK,
  LITERAL_LENGTH_CODES,
  lengthCode,
  lengthExtraBits,
  MAX_MATCH,
  MIN_MATCH,
} from './tables.js';

/**
 * Blocks end only after a multiple of this many symbols, and contain at most this many such units.
 */
const UNIT = 2048;
const MOST_UNITS = 24;
/** Assumed cost of a symbol that was never used, in bits. */
const UNUSED_BITS = 14;

/** Initial cost of a length and of a distance. */
const FIRST_LENGTH_BITS = 5;
const FIRST_DISTANCE_BITS = 3;

/** Costs of symbols in bits, with their extra bits. */
export interface Costs {
  readonly literals: Float64Array;
  readonly lengths: Float64Array;
  readonly distances: Float64Array;
}

/** A token: a literal as its byte, or distance · 2^9 + length. */
type Tokens = Uint32Array;

/**
 * The blocks of a stretch of a message, each with its tokens.
 *
 * @param rounds number of shortest paths; each uses the costs from the previous one.
 */
export function shortestBlocks(
  data: Uint8Array,
  from: number,
  to: number,
  matches: Matches,
  rounds: number,
): Block[] {
  const pricer = new BlockPricer();
  const choices = new Uint32Array(to - from + 1);
  let best: Block[] = [];
  let least = Infinity;
  let ends: readonly number[] = [to];
  let costs: readonly Costs[] = [firstCosts(data.subarray(from, to))];
  for (let round = 0; round < rounds; round++) {
    chooseTokens(data, from, matches, ends, costs, choices);
    const blocks = splitIntoBlocks(tokensOf(choices), from, pricer);
    const bits = blocks.reduce((sum, block) => sum + pricer.endOfBlock(0, block, NOT_STORABLE), 0);
    if (bits < least) {
      least = bits;
      best = blocks;
    }
    ends = [...blocks.slice(1).map(({ start }) => start), to];
    costs = blocks.map(costsOf);
  }
  return best;
}

/**
 * The bits of the shortest path. `choices[i]` = the token with which it arrives at position i of
 * the stretch.
 *
 * @param ends the end of each block; `costs` follow in the same order.
 */
export function chooseTokens(
  data: Uint8Array,
  from: number,
  { starts, lengths, distances }: Matches,
  ends: readonly number[],
  costs: readonly Costs[],
  choices: Tokens,
): number {
  const places = choices.length - 1;
  const bits = new Float64Array(places + 1).fill(Infinity);
  bits[0] = 0;
  for (let i = 0, block = 0; i < places; i++) {
    while (from + i >= ends[block]!) block++;
    const cost = costs[block]!;
    const here = bits[i]!;
    const literal = here + cost.literals[data[from + i]!]!;
    if (literal < bits[i + 1]!) {
      bits[i + 1] = literal;
      choices[i + 1] = data[from + i]!;
    }
    let length = MIN_MATCH;
    for (let m = starts[i]!; m < starts[i + 1]!; m++) {
      const distance = distances[m]! + 1;
      const start = here + cost.distances[distanceCode[distance]!]!;
      const token = distance * 512;
      for (; length <= lengths[m]!; length++) {
        const total = start + cost.lengths[length]!;
        if (total >= bits[i + length]!) continue;
        bits[i + length] = total;
        choices[i + length] = token + length;
      }
    }
  }
  return bits[places]!;
}

/** The tokens of the path, traced backwards and reversed. */
function tokensOf(choices: Tokens): Tokens {
  const tokens = new Uint32Array(choices.length - 1);
  let first = tokens.length;
  for (let i = choices.length - 1; i > 0; i -= lengthOf(choices[i]!)) tokens[--first] = choices[i]!;
  return tokens.subarray(first);
}

function lengthOf(token: number): number {
  return token < 512 ? 1 : token & 511;
}

function splitIntoBlocks(tokens: Tokens, from: number, pricer: BlockPricer): Block[] {
  const units = Math.max(1, Math.ceil(tokens.length / UNIT));
  const places = new Uint32Array(units + 1);
  places[0] = from;
  for (let u = 0; u < units; u++) {
    places[u + 1] = places[u]!;
    for (const token of tokens.subarray(u * UNIT, (u + 1) * UNIT))
      places[u + 1]! += lengthOf(token);
  }
  const bits = new Float64Array(units + 1).fill(Infinity);
  const begins = new Uint32Array(units + 1);
  bits[0] = 0;
  const block = new Block();
  for (let end = 1; end <= units; end++) {
    block.reset(0);
    for (let begin = end - 1; begin >= Math.max(0, end - MOST_UNITS); begin--) {
      addTokens(block, tokens.subarray(begin * UNIT, (begin + 1) * UNIT));
      const total = bits[begin]! + 3 + Math.min(pricer.dynamicBits(block), block.fixedBits);
      if (total >= bits[end]!) continue;
      bits[end] = total;
      begins[end] = begin;
    }
  }
  const blocks: Block[] = [];
  for (let end = units; end > 0; end = begins[end]!) {
    const begin = begins[end]!;
    const part = new Block();
    part.reset(places[begin]!);
    part.tokens = new Uint32Array(Math.min(tokens.length, end * UNIT) - begin * UNIT);
    addTokens(part, tokens.subarray(begin * UNIT, end * UNIT));
    blocks.unshift(part);
  }
  return blocks;
}

function addTokens(block: Block, tokens: Tokens): void {
  for (const token of tokens) {
    if (token < 512) block.addLiteral(token);
    else block.addMatch(token & 511, token >>> 9);
  }
}

/**
 * Initial costs, before any parse: literal counts without matches, scaled as many will be matched.
 */
function firstCosts(bytes: Uint8Array): Costs {
  const counts = new Int32Array(LITERAL_LENGTH_CODES);
  for (const byte of bytes) counts[byte]!++;
  const literals = entropies(counts).fill(FIRST_LENGTH_BITS, END_OF_BLOCK);
  return costsFrom(literals, new Float64Array(DISTANCE_CODES).fill(FIRST_DISTANCE_BITS));
}

/** −log2 of the share of each symbol in a block: its code length, except for rounding. */
export function costsOf(block: Block): Costs {
  return costsFrom(entropies(block.literals), entropies(block.distances));
}

function entropies(counts: Int32Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(counts, (count) => (count ? Math.log2(total / count) : UNUSED_BITS));
}

function costsFrom(literals: Float64Array, distances: Float64Array): Costs {
  const lengths = new Float64Array(MAX_MATCH + 1);
  for (let length = MIN_MATCH; length <= MAX_MATCH; length++) {
    const code = lengthCode[length]!;
    lengths[length] = literals[END_OF_BLOCK + 1 + code]! + lengthExtraBits[code]!;
  }
  return {
    literals,
    lengths,
    distances: distances.map((bits, code) => bits + distanceExtraBits[code]!),
  };
}
