// The incremental twin of the encoder with the fast parse (fast-parse.ts): −log2 of the probability
// of all decisions that code the message so far, the message plus any one byte, or longer
// candidates. It equals the narrowing of the range in encode.ts, except for rounding.
//
// Tokens that no later byte can change are committed, and the models have learnt them. The tail
// after them, usually a few bytes and at most 273, is parsed for each measurement as if the message
// ended there, and undone with a journal. Nearly all next bytes end the same tail as a literal, so
// they share it; those that extend a match are parsed individually.

import { NextBytes } from '../codec/chain-search.js';
import { type FastOptions, FastParse } from '../codec/fast-parse.js';
import type { History } from '../codec/history.js';
import {
  BITS_OF,
  createModels,
  FIRST_MATCH_STATE,
  IS_MATCH,
  literalModels,
  PROBABILITY_ONE,
  perPosition,
} from '../codec/models.js';
import type { Speller } from '../codec/speller.js';
import { Branch } from './branch.js';
import { Ledger } from './ledger.js';

/** Bits of the stream alone: without header, end marker and flush. */
export class EncoderTwin {
  readonly #options: FastOptions;
  readonly #ledger: Ledger;
  readonly #parse: FastParse;
  readonly #branch: Branch;
  readonly #next = new NextBytes();

  constructor(options: FastOptions, branch = Branch.create()) {
    this.#options = options;
    this.#branch = branch;
    this.#ledger = new Ledger(createModels(options));
    this.#parse = new FastParse(options, this.#ledger.models, this.#ledger);
  }

  push(bytes: Uint8Array): void {
    const history = this.#branch.take();
    history.append(bytes);
    this.#parse.advance(history);
  }

  /** Copies the models, about 16 KB; the history is shared. */
  fork(): EncoderTwin {
    const twin = new EncoderTwin(this.#options, this.#branch.fork());
    twin.#ledger.copyFrom(this.#ledger);
    twin.#parse.copyFrom(this.#parse);
    return twin;
  }

  codeLength(): number {
    return this.#tryOut(this.#branch.take(), NOTHING);
  }

  nextCodeLengths(out: Float64Array): void {
    const history = this.#branch.take();
    const next = this.#next;
    next.clear();
    this.#priceLiterals(history, out);
    const candidate = new Uint8Array(1);
    for (let i = 0; i < next.count; i++) {
      candidate[0] = next.list[i]!;
      out[candidate[0]] = this.#tryOut(history, candidate);
    }
  }

  candidateCodeLengths(candidates: readonly Uint8Array[]): Float64Array {
    const history = this.#branch.take();
    return Float64Array.from(candidates, (candidate) => this.#tryOut(history, candidate));
  }

  /** Bits if the message ended after the candidate. */
  #tryOut(history: History, candidate: Uint8Array): number {
    const { end } = history;
    const ledger = this.#ledger;
    ledger.mark();
    this.#parse.mark();
    history.append(candidate);
    this.#parse.finish(history);
    const { bits } = ledger;
    history.truncate(end);
    this.#parse.rollback();
    ledger.rollback();
    return bits;
  }

  /**
   * Prices all next bytes as literals after the tail; `#next` receives those for which that may be
   * wrong.
   */
  #priceLiterals(history: History, out: Float64Array): void {
    const ledger = this.#ledger;
    const parse = this.#parse;
    ledger.mark();
    parse.mark();
    parse.finishOpen(history, this.#next);
    literalBits(ledger, parse.speller, history, out);
    parse.rollback();
    ledger.rollback();
  }
}

const NOTHING = new Uint8Array();

/** Bits of the message followed by each literal, computed by walking the shared bit tree. */
function literalBits(
  { models, bits }: Ledger,
  speller: Speller,
  { bytes, end }: History,
  out: Float64Array,
): void {
  const { state } = speller;
  const first = literalModels(speller.properties, end, speller.previous(bytes, end));
  const beside = state >= FIRST_MATCH_STATE;
  const matchByte = beside ? bytes[end - speller.reps[0]!]! : 0;
  const kind = IS_MATCH + perPosition(state, speller.positionState(end));
  // The bits of each node, in tree order; the nodes of depth 8 are the bytes.
  const nodes = new Float64Array(512);
  nodes[1] = bits + BITS_OF[models[kind]!]!;
  for (let depth = 0; depth < 8; depth++) {
    const expected = beside ? (0x100 | matchByte) >> (8 - depth) : 0;
    const side = 0x100 * (1 + ((matchByte >> (7 - depth)) & 1));
    for (let node = 1 << depth; node < 2 << depth; node++) {
      const probability = models[first + node + (node === expected ? side : 0)]!;
      nodes[2 * node] = nodes[node]! + BITS_OF[probability]!;
      nodes[2 * node + 1] = nodes[node]! + BITS_OF[PROBABILITY_ONE - probability]!;
    }
  }
  out.set(nodes.subarray(256));
}
