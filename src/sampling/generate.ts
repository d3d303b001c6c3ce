// The generate loop: ask the model for code lengths, constrain, warp, draw, push what was drawn.
// The push is the only arrow back to the model. Tokens come the same way from a token source.

import { totalBits } from '../bits/units.js';
import { UsageError } from '../errors.js';
import { expectBytes, expectInteger, expectNumber } from '../expect.js';
import type { CodeLengthModel, Random, Token, TokenSource } from '../types.js';
import { Constraints } from './constraints.js';
import { drawIndex } from './draw.js';
import { warp } from './warps.js';

export interface GenerateOptions {
  /** Bytes to draw at most. */
  readonly length: number;
  readonly random: Random;
  /** Divides bits: 0 greedy (ties drawn uniformly), 1 the model's own (default), Infinity uniform. */
  readonly temperature?: number | undefined;
  /** Keep the k likeliest bytes, and those that tie with the last of them. */
  readonly topK?: number | undefined;
  /** Keep the fewest likeliest bytes with this much probability, in (0, 1], and ties. */
  readonly topP?: number | undefined;
  /** Drop bytes less likely than this fraction of the likeliest, in [0, 1]. */
  readonly minP?: number | undefined;
  /** The bytes allowed; all, if left out. */
  readonly alphabet?: Iterable<number> | undefined;
  /** Keep the continuation well-formed UTF-8, ending between characters. */
  readonly utf8?: boolean | undefined;
  /** The last bytes pushed before, for `utf8` only: a character begun there is finished. */
  readonly context?: Uint8Array | undefined;
  /** Ends after one of these was drawn; the bytes of the context do not count. */
  readonly stop?: readonly Uint8Array[] | undefined;
}

export interface Step {
  /** Place in the continuation, from 0. */
  readonly index: number;
  readonly byte: number;
  /** −log2 P under the model itself: over all 256 bytes, before constraints and warps. */
  readonly bits: number;
  /** With which it was drawn, after constraints and warps. */
  readonly probability: number;
}

/**
 * Draws a continuation byte by byte and pushes it to `model`, each byte before it is yielded.
 * Constraints come first, then temperature, top-k, top-p, min-p. One random number a byte.
 *
 * @throws TypeError or RangeError at once for an option out of range, UsageError when the next
 *   byte is left with no possibility.
 */
export function generate(model: CodeLengthModel, options: GenerateOptions): AsyncGenerator<Step> {
  checkOptions(options);
  return steps(model, options, new Constraints(options), stopDetector(options.stop ?? []));
}

async function* steps(
  model: CodeLengthModel,
  options: GenerateOptions,
  constraints: Constraints,
  stops: (byte: number) => boolean,
): AsyncGenerator<Step> {
  const { length, random } = options;
  const bits = new Float64Array(256);
  const warped = new Float64Array(256);
  if (length > 0 && constraints.needs > length) throw tooShort(constraints.needs, length);
  for (let index = 0; index < length; index++) {
    await model.next(bits);
    warped.set(bits);
    constraints.restrict(warped, length - index);
    if (totalBits(warped) === Infinity) throw nothingLeft(index, constraints);
    warp(warped, options);
    const byte = drawIndex(warped, random);
    model.push(Uint8Array.of(byte));
    constraints.push(byte);
    const probability = 2 ** (totalBits(warped) - warped[byte]!);
    yield { index, byte, bits: bits[byte]! - totalBits(bits), probability };
    if (stops(byte)) return;
  }
}

export interface TokenStep {
  /** Place of the token's first byte in the continuation, from 0. */
  readonly index: number;
  readonly token: Token;
}

export interface GenerateTokensOptions {
  /** Bytes to draw at least: the last token is whole and may go past it. */
  readonly length: number;
  readonly random: Random;
  /** As in `GenerateOptions`, but over tokens: only at 1 the bytes are distributed the same. */
  readonly temperature?: number | undefined;
}

/**
 * Draws whole tokens until `length` bytes are reached; the source appends each to its own context.
 *
 * @throws TypeError or RangeError at once for an option out of range.
 */
export function generateTokens(
  source: TokenSource,
  options: GenerateTokensOptions,
): Generator<TokenStep> {
  checkOptions(options);
  return tokenSteps(source, options);
}

function* tokenSteps(source: TokenSource, options: GenerateTokensOptions): Generator<TokenStep> {
  const { length, random, temperature = 1 } = options;
  for (let index = 0; index < length; ) {
    const token = source.draw(random, temperature);
    yield { index, token };
    index += token.bytes.length;
  }
}

function checkOptions(options: GenerateOptions): void {
  const { length, random, temperature, topK, topP, minP, context, stop } = options;
  expectInteger('length', length, { min: 0 });
  if (typeof random !== 'function') {
    throw new TypeError(`"random" expected function, got ${typeof random}`);
  }
  if (temperature !== undefined) expectNumber('temperature', temperature, { min: 0 });
  if (topK !== undefined) expectInteger('topK', topK, { min: 1 });
  if (topP !== undefined) {
    expectNumber('topP', topP, { min: 0, max: 1 });
    if (topP === 0) throw new RangeError('"topP" expected number > 0, got 0');
  }
  if (minP !== undefined) expectNumber('minP', minP, { min: 0, max: 1 });
  if (context !== undefined) expectBytes('context', context);
  for (const bytes of stop ?? []) {
    expectBytes('stop', bytes);
    if (bytes.length === 0) throw new RangeError('"stop" expected at least one byte, got none');
  }
}

/** Takes the bytes drawn, one a call, and says when the last of them are one of `stop`. */
function stopDetector(stop: readonly Uint8Array[]): (byte: number) => boolean {
  const longest = stop.reduce((most, bytes) => Math.max(most, bytes.length), 0);
  const tail: number[] = [];
  return (byte) => {
    tail.push(byte);
    if (tail.length > longest) tail.shift();
    return stop.some((bytes) => {
      const from = tail.length - bytes.length;
      return from >= 0 && bytes.every((b, i) => b === tail[from + i]);
    });
  };
}

function tooShort(needs: number, length: number): UsageError {
  return new UsageError(
    `the context ends inside a UTF-8 character: "length" expected integer >= ${needs}, got ${length}`,
  );
}

function nothingLeft(index: number, constraints: Constraints): UsageError {
  return new UsageError(
    `no byte is left to draw at byte ${index}: all 256 are excluded by ${constraints.describe()}`,
  );
}
