// Lookahead: the value of a next byte includes the bytes after it. Forks of the model grow a tree of
// the likeliest continuations; the value of a byte is −log2 Σ 2^−L over the continuations below it,
// so a byte that starts a match is preferred before the match itself saves bits.

import { foldHash } from '../bits/hash.js';
import { totalBits } from '../bits/units.js';
import { expectInteger } from '../expect.js';
import type { CodeLengthModel, Predictor } from '../types.js';

/** Width and depth of the search. */
export interface LookaheadOptions {
  /** Beams: how many continuations are followed from each length to the next. */
  readonly beam: number;
  /** Bytes that are looked ahead, the next one counted; 1 is the model itself. */
  readonly horizon: number;
  /**
   * How many bytes are taken before the search begins again: one (default), or the `span` that was
   * looked ahead, as far as beams cover it.
   */
  readonly commit?: 'byte' | 'span' | undefined;
}

/**
 * A predictor of the next byte by beam search. Takes the model over. Continuations that no beam
 * followed count as they stand, grown by what the followed ones of their length have grown on
 * average; so the distribution is the model's own wherever that is proper, whatever the beam, and
 * tends to the one over whole spans of `horizon` bytes as the beam grows.
 *
 * @throws TypeError or RangeError for an option out of range.
 */
export function lookaheadPredictor(model: CodeLengthModel, options: LookaheadOptions): Predictor {
  expectInteger('beam', options.beam, { min: 1 });
  expectInteger('horizon', options.horizon, { min: 1 });
  return new LookaheadPredictor(model, options);
}

/** A continuation that was followed, and all next bytes behind it. */
interface Node {
  /** Δ bits of the continuation followed by each byte. */
  readonly bits: Float64Array;
  /** The continuations one byte longer that were followed. */
  readonly children: Map<number, Node>;
}

/** A node at the edge of the tree, with the model that stands there. */
interface Edge {
  readonly node: Node;
  readonly model: CodeLengthModel;
}

class LookaheadPredictor implements Predictor {
  readonly alphabetSize = 256;
  readonly #model: CodeLengthModel;
  readonly #options: LookaheadOptions;
  /** Where the bytes taken since the search lie in its tree, and values from there on. */
  #node: Node | undefined;

  constructor(model: CodeLengthModel, options: LookaheadOptions, node?: Node) {
    this.#model = model;
    this.#options = options;
    this.#node = node;
  }

  async predict(out: Float64Array): Promise<void> {
    this.#node ??= await search(this.#model, this.#options);
    out.set(this.#node.bits);
    const total = totalBits(out);
    for (let b = 0; b < 256; b++) out[b]! -= total;
  }

  update(byte: number): void {
    this.#model.push(Uint8Array.of(byte));
    this.#node = this.#options.commit === 'span' ? this.#node?.children.get(byte) : undefined;
  }

  fork(): Predictor {
    return new LookaheadPredictor(this.#model.fork(), this.#options, this.#node);
  }
}

/** The tree of continuations, its bits raised to the values of the bytes. */
async function search(model: CodeLengthModel, { beam, horizon }: LookaheadOptions): Promise<Node> {
  const root: Edge = { node: await open(model, 0), model };
  const levels: Edge[][] = [[root]];
  for (let depth = 1; depth < horizon; depth++) {
    const below: Edge[] = [];
    for (const { edge, byte, bits } of likeliest(levels.at(-1)!, beam)) {
      const longer = edge.model.fork();
      longer.push(Uint8Array.of(byte));
      const node = await open(longer, bits);
      edge.node.children.set(byte, node);
      below.push({ node, model: longer });
    }
    levels.push(below);
  }
  settleValues(levels.map((edges) => edges.map(({ node }) => node)));
  return root.node;
}

/** The model's bits of each next byte, plus the `bits` of the continuation before it. */
async function open(model: CodeLengthModel, bits: number): Promise<Node> {
  const next = new Float64Array(256);
  await model.next(next);
  for (let b = 0; b < 256; b++) next[b]! += bits;
  return { bits: next, children: new Map() };
}

interface Step {
  readonly edge: Edge;
  readonly byte: number;
  readonly bits: number;
  /** Breaks ties deterministically, independently of the byte values. */
  readonly tie: number;
}

/** The `beam` likeliest continuations that are one byte longer than the given ones. */
function likeliest(edges: readonly Edge[], beam: number): Step[] {
  const steps: Step[] = [];
  edges.forEach((edge, i) => {
    for (let byte = 0; byte < 256; byte++) {
      const bits = edge.node.bits[byte]!;
      if (bits < Infinity) steps.push({ edge, byte, bits, tie: foldHash(i, byte) });
    }
  });
  return steps.sort((a, b) => a.bits - b.bits || a.tie - b.tie).slice(0, beam);
}

/** Replaces bits by values, from the longest continuations up. */
function settleValues(levels: readonly Node[][]): void {
  for (let depth = levels.length - 2; depth >= 0; depth--) {
    const before: number[] = [];
    const after: number[] = [];
    for (const { bits, children } of levels[depth]!) {
      for (const [byte, child] of children) {
        before.push(bits[byte]!);
        after.push(totalBits(child.bits));
      }
    }
    const growth = totalBits(Float64Array.from(after)) - totalBits(Float64Array.from(before));
    for (const { bits, children } of levels[depth]!) {
      for (let b = 0; b < 256; b++) {
        const child = children.get(b);
        bits[b] = child ? totalBits(child.bits) : bits[b]! + growth;
      }
    }
  }
}
