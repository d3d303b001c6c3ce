// How zlib cuts a message into literals and matches, one decision at a time (deflate.c). The parse
// is incremental: it commits decisions that no later byte can change, and on demand parses from
// there to the end of the message and undoes that again. lazy-parse.ts and greedy-parse.ts make the
// decisions; this file has their shared code.
//
// Sums and conditions of the parse are written so that all their parts are evaluated from the first
// bytes on: V8 discards compiled code when it meets a branch for the first time, such as the sliding
// of the window after 64 KB. So the loop of decisions also leaves closing a full block to its caller.

import { Block, type BlockPricer, NOT_STORABLE } from './block.js';
import { MIN_MATCH, type SearchEffort, searchEfforts } from './tables.js';
import type { Tail } from './tail.js';
import { MIN_LOOKAHEAD, Window } from './window.js';

export interface ParseOptions {
  readonly level: number;
  readonly windowBits: number;
  readonly memLevel: number;
}

/** Called for every finished block, with bytes `[block.start, end)` and start position `bits`. */
export type BlockSink = (block: Block, bits: number, end: number, last: boolean) => void;

export abstract class Parse {
  readonly window: Window;
  readonly effort: SearchEffort;
  /** The block in progress, up to the last decision. */
  readonly block = new Block();
  /** The previous block: the statistics available to the codec when the current one started. */
  readonly before = new Block();
  /** Bits of the finished blocks. */
  bits = 0;
  /** The next position to decide. */
  position = 0;
  /** A block is finished when it has this many symbols. */
  readonly maxSymbols: number;
  sink: BlockSink | undefined;
  protected readonly pricer: BlockPricer;
  readonly #saved = new Block();
  readonly #savedBefore = new Block();

  constructor(options: ParseOptions, pricer: BlockPricer) {
    this.window = new Window(options.windowBits, options.memLevel);
    this.effort = searchEfforts[options.level]!;
    this.maxSymbols = (1 << (options.memLevel + 6)) - 1;
    this.pricer = pricer;
  }

  /**
   * Makes decisions up to the end of the known bytes (`final`: of the message), as far as they are
   * certain. Stops when the block is full and returns where that ends; otherwise returns 0.
   */
  protected abstract advance(final: boolean): number;

  /** Writes what is pending at the end of the message. */
  protected abstract endPending(): void;

  /** Computes the rest of the parse for each possible next byte. */
  abstract walkTail(tail: Tail): void;

  /** Hashes strings as their bytes arrive, if hashing does not depend on the parse. */
  protected abstract hashNew(from: number): void;

  /** The pending decisions, saved and restored around trial parses. */
  protected abstract readonly pending: Int32Array;

  copyFrom(other: Parse): void {
    this.window.copyFrom(other.window);
    this.block.copyFrom(other.block);
    this.before.copyFrom(other.before);
    this.bits = other.bits;
    this.position = other.position;
    this.pending.set(other.pending);
  }

  push(data: Uint8Array): void {
    const { window } = this;
    for (let at = 0; at < data.length; ) {
      // The encoder may lag behind only so far that hashing the newest string does not overwrite
      // the end of a chain that is still to be searched.
      const room = MIN_LOOKAHEAD + MIN_MATCH - 1 - (window.end - this.position);
      const piece = data.subarray(at, at + room);
      this.#moveDown(window.reserve(piece.length));
      const from = window.end;
      window.bytes.set(piece, from);
      window.end += piece.length;
      this.hashNew(from);
      this.#decide(false);
      at += piece.length;
    }
  }

  #moveDown(shift: number): void {
    this.position -= shift;
    this.block.start -= shift;
    this.movePending(shift);
  }

  protected abstract movePending(shift: number): void;

  /** Makes the remaining decisions as if the message ended here. */
  decideAll(): void {
    this.#decide(true);
    this.endPending();
  }

  #decide(final: boolean): void {
    for (let end = this.advance(final); end > 0; end = this.advance(final)) {
      this.closeBlock(end, false);
    }
  }

  /** Ends the message: makes the remaining decisions and closes the last block. */
  finish(): void {
    this.decideAll();
    this.closeBlock(this.window.end, true);
  }

  /** Bits of the message if it ended here. */
  codeLength(): number {
    return this.tryOut(() => {
      this.finish();
      return this.bits;
    });
  }

  /** Runs `attempt`, which may push and finish, and restores everything that it changed. */
  tryOut<T>(attempt: () => T): T {
    const { window, bits, position } = this;
    const { end, base } = window;
    const pending = this.pending.slice();
    this.#saved.copyFrom(this.block);
    this.#savedBefore.copyFrom(this.before);
    window.mark();
    const result = attempt();
    window.rollback(end);
    window.base = base;
    this.block.copyFrom(this.#saved);
    this.before.copyFrom(this.#savedBefore);
    this.bits = bits;
    this.position = position;
    this.pending.set(pending);
    return result;
  }

  /** Slides the window if zlib would before deciding `position` of a message of `length` bytes. */
  protected baseAt(position: number, base: number, length: number): number {
    const { size } = this.window;
    // The window slides when fewer than MIN_LOOKAHEAD bytes are left in it. A message that ends
    // inside it runs out of bytes one position sooner than one that fills it.
    const slideAt = 2 * size - MIN_LOOKAHEAD + (length - base < 2 * size ? 0 : 1);
    return base + (position - base >= slideAt ? size : 0);
  }

  /** True while the message length decides whether the window slides here. */
  protected slideUndecided(): boolean {
    const { size, base, end } = this.window;
    return end - base < 2 * size && this.position - base === 2 * size - MIN_LOOKAHEAD;
  }

  protected closeBlock(end: number, last: boolean): void {
    const { block, bits } = this;
    this.bits = this.pricer.endOfBlock(bits, block, this.storedBytes(end, this.window.base));
    this.sink?.(block, bits, end, last);
    if (last) return;
    this.before.copyFrom(block);
    block.reset(end);
  }

  /** Length of the block in progress if stored, or `NOT_STORABLE` if it started before `base`. */
  storedBytes(end: number, base: number): number {
    return this.block.start >= base ? end - this.block.start : NOT_STORABLE;
  }
}
