// Draws held to copies, shown as what they are made of: each piece is the longest that one source
// says, the bytes it covers before included.

import type { CodeLengthModel } from '../types.js';
import { type GenerateOptions, generate } from './generate.js';
import type { TokenStep } from './tokens.js';

/**
 * Draws what `generate` draws with an `overlap`, but yields it in pieces: a `match` of the nearest
 * source that goes on so far, or a `literal` where none was gone on with. A piece is yielded when
 * the next one has begun, so it may be cut at the end. Bits are those of its bytes together.
 *
 * @throws as `generate` does.
 */
export async function* generatePieces(
  model: CodeLengthModel,
  options: GenerateOptions,
): AsyncGenerator<TokenStep, void, void> {
  let piece: Piece | undefined;
  for await (const { index, byte, bits, sources = [] } of generate(model, options)) {
    if (piece && !piece.goesOn(byte, bits, sources)) {
      yield piece.step();
      piece = undefined;
    }
    piece ??= new Piece(index, byte, bits, sources);
  }
  if (piece) yield piece.step();
}

/** Bytes that have a source in common. */
class Piece {
  readonly #index: number;
  readonly #bytes: number[];
  #bits: number;
  /** Distances of all that say these bytes, nearest first. */
  #sources: readonly number[];

  constructor(index: number, byte: number, bits: number, sources: readonly number[]) {
    this.#index = index;
    this.#bytes = [byte];
    this.#bits = bits;
    this.#sources = sources;
  }

  /** Takes a byte in, if one source says it too. */
  goesOn(byte: number, bits: number, sources: readonly number[]): boolean {
    const says = new Set(sources);
    const common = this.#sources.filter((distance) => says.has(distance));
    if (common.length === 0) return false;
    this.#sources = common;
    this.#bytes.push(byte);
    this.#bits += bits;
    return true;
  }

  step(): TokenStep {
    const distance = this.#sources[0];
    const drawn = { bytes: Uint8Array.from(this.#bytes), bits: this.#bits };
    const token: TokenStep['token'] =
      distance === undefined
        ? { kind: 'literal', ...drawn }
        : { kind: 'match', ...drawn, distance };
    return { index: this.#index, token };
  }
}
