// Options and checks common to all ways to draw a continuation: length, random numbers, constraints
// and stops.

import { UsageError } from '../errors.js';
import { expectBytes, expectInteger } from '../expect.js';
import type { CodeLengthModel, Random } from '../types.js';
import type { ConstraintOptions, Constraints } from './constraints.js';

export interface ContinuationOptions extends ConstraintOptions {
  /** Bytes to draw at most. */
  readonly length: number;
  /** Source of random numbers in [0, 1). */
  readonly random: Random;
  /** Ends after one of these was drawn; the bytes of the context do not count. */
  readonly stop?: readonly Uint8Array[] | undefined;
}

/** @throws TypeError or RangeError for an option out of range. */
export function checkContinuation({ length, random, context, stop }: ContinuationOptions): void {
  expectInteger('length', length, { min: 0 });
  if (typeof random !== 'function') {
    throw new TypeError(`"random" expected function, got ${typeof random}`);
  }
  if (context !== undefined) expectBytes('context', context);
  for (const bytes of stop ?? []) {
    expectBytes('stop', bytes);
    if (bytes.length === 0) throw new RangeError('"stop" expected at least one byte, got none');
  }
}

/** Pushes drawn bytes, from which a model may learn differently than from given ones. */
export function pushDrawn(model: CodeLengthModel, bytes: Uint8Array, temperature: number): void {
  if (model.pushDrawn) model.pushDrawn(bytes, temperature);
  else model.push(bytes);
}

/** A function of the drawn bytes, one per call; true once the last of them equal one of `stop`. */
export function stopDetector(stop: readonly Uint8Array[] = []): (byte: number) => boolean {
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

/** @throws UsageError if `length` cannot finish the character that the context begins. */
export function checkRoom(constraints: Constraints, length: number): void {
  const { needs } = constraints;
  if (length === 0 || needs <= length) return;
  throw new UsageError(
    `the context ends inside a UTF-8 character: "length" expected integer >= ${needs}, got ${length}`,
  );
}

/** The error for a position where every byte is excluded. */
export function nothingLeft(index: number, constraints: Constraints): UsageError {
  return new UsageError(
    `no byte is left to draw at byte ${index}: all 256 are excluded by ${constraints.describe()}`,
  );
}
