// Draws whole tokens from a codec's distribution, over which a `decode` reading sums.

import { UsageError } from '../errors.js';
import type { Bytes, Random, Token, TokenSource } from '../types.js';
import { Constraints } from './constraints.js';
import { checkContinuation } from './continuation.js';
import type { CopyGuard } from './copy-guard.js';
import { checkWarps } from './warps.js';

/** A token that was drawn. */
export interface TokenStep {
  /** Place of the token's first byte in the continuation, from 0. */
  readonly index: number;
  /** The token and the bytes it stands for. */
  readonly token: Token & {
    /** They belong to the caller. */
    readonly bytes: Bytes;
  };
}

/** How much to draw in tokens, and with which random numbers. */
export interface GenerateTokensOptions {
  /** Bytes to draw at least: the last token is whole and may go past it. */
  readonly length: number;
  /** Source of random numbers in [0, 1). */
  readonly random: Random;
  /** As in `GenerateOptions`, but over tokens: only at 1 the bytes are distributed the same. */
  readonly temperature?: number | undefined;
  /** Redraws tokens that would make a copy too long. Takes ownership of the guard. */
  readonly copyGuard?: CopyGuard | undefined;
}

/** After this many refused draws in a row, all draws are assumed to be refused. */
const MAX_DRAWS = 256;

/**
 * Draws whole tokens until `length` bytes are reached; the source appends each to its own context.
 * With a copy guard the source itself stays as it is, and forks of it are drawn from.
 *
 * @throws TypeError or RangeError at once for an option out of range; UsageError where the copy
 *   guard refuses 256 draws in a row.
 */
export function generateTokens(
  source: TokenSource,
  options: GenerateTokensOptions,
): AsyncGenerator<TokenStep, void, void> {
  checkContinuation(options);
  checkWarps(options);
  return tokenSteps(source, options);
}

async function* tokenSteps(
  source: TokenSource,
  options: GenerateTokensOptions,
): AsyncGenerator<TokenStep, void, void> {
  const { length, random, temperature = 1, copyGuard } = options;
  const constraints = Constraints.of({ copyGuard });
  let state = source;
  for (let index = 0; index < length; ) {
    let token: Token;
    if (!constraints.any) {
      token = await state.draw(random, temperature);
    } else {
      let drawn = state;
      let draws = 0;
      do {
        if (draws++ === MAX_DRAWS) throw tooManyCopies(index, constraints);
        drawn = state.fork();
        token = await drawn.draw(random, temperature);
      } while (!constraints.allow(token.bytes, length - index));
      state = drawn;
      for (const byte of token.bytes) constraints.push(byte);
    }
    yield { index, token: { ...token, bytes: token.bytes.slice() } };
    index += token.bytes.length;
  }
}

function tooManyCopies(index: number, constraints: Constraints): UsageError {
  return new UsageError(
    `no token is left to draw at byte ${index}: ${MAX_DRAWS} draws in a row were excluded by ${constraints.describe()}`,
  );
}
