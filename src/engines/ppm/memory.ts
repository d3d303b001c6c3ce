// The linear memory of PPM models. Forks share one, in which nothing is ever freed. When it has
// grown far beyond what its models need, each of them moves to another one before it grows further,
// and the old one is garbage-collected together with the models that no caller refers to.

import { type Copyable, wasmCreator } from '../../bits/wasm.js';
import { modelCode } from './model-code.js';

interface Exports extends Copyable {
  /** Where bytes, probabilities and logits are exchanged: see native/ppm/model.ts. */
  readonly stage: { readonly value: number };
  /** Where `level` writes: see native/ppm/levels.ts. */
  readonly levelStage: { readonly value: number };
  allocate(bytes: number): number;
  create(order: number, pageCount: number): number;
  fork(root: number): number;
  tryOut(root: number): number;
  share(root: number): void;
  rootBytes(root: number): number;
  directoryBytes(root: number): number;
  pagesOf(root: number): number;
  chanceOf(root: number, symbol: number): number;
  update(root: number, symbol: number): number;
  push(root: number, count: number): void;
  pushBits(root: number, count: number): void;
  pathOf(root: number, symbol: number): void;
  treeOf(root: number): void;
  sumTree(root: number): void;
  logitAt(node: number): number;
  begin(root: number): void;
  level(): number;
}

const create = wasmCreator<Exports>(modelCode);

/** Bytes of a page, and of a table of pages. */
const PAGE_BYTES = 2048;
const TABLE_BYTES = 1024;
/** Capacity of the stage in bytes of the message. */
export const STAGED = 1024;
/** Bytes that a memory may waste, apart from twice what its models need. */
const WASTE_BYTES = 2 ** 27;
/** No more models move to a memory when that many bytes were moved to it. */
const MAX_MOVED_BYTES = 2 ** 29;

export class Memory {
  readonly run = create();
  readonly #identity = {};
  /** Bytes that models brought with them. */
  #movedBytes = 0;
  /** The memory from which models moved here last, and the new addresses of what was copied. */
  #source: object | undefined;
  readonly #addresses = new Map<number, number>();
  #words = new Uint32Array(this.run.memory.buffer);
  #level = new DataView(this.run.memory.buffer, this.run.levelStage.value);

  /** The whole memory; valid until it grows. */
  get words(): Uint32Array {
    if (this.#words.length === 0) this.#words = new Uint32Array(this.run.memory.buffer);
    return this.#words;
  }

  /** The present level; valid until linear memory grows. */
  get level(): DataView {
    if (this.#level.buffer !== this.run.memory.buffer) {
      this.#level = new DataView(this.run.memory.buffer, this.run.levelStage.value);
    }
    return this.#level;
  }

  /** Has a model learn at most STAGED bytes; returns the probabilities that they had. */
  push(root: number, bytes: Uint8Array): Float64Array {
    this.#put(bytes);
    this.run.push(root, bytes.length);
    return new Float64Array(this.run.memory.buffer, this.#results, bytes.length);
  }

  /** Has a model learn at most 256 bytes; returns the logits of the eight bits of each. */
  pushBits(root: number, bytes: Uint8Array): Float32Array {
    this.#put(bytes);
    this.run.pushBits(root, bytes.length);
    return this.logits(8 * bytes.length);
  }

  /** The first logits on the stage; valid until the next call. */
  logits(count: number): Float32Array {
    return new Float32Array(this.run.memory.buffer, this.#results, count);
  }

  get #results(): number {
    return this.run.stage.value + STAGED;
  }

  #put(bytes: Uint8Array): void {
    new Uint8Array(this.run.memory.buffer, this.run.stage.value, bytes.length).set(bytes);
  }

  /** True if so much is wasted that a model with that root should leave. */
  isCrowded(root: number): boolean {
    const spare = this.run.used() - WASTE_BYTES;
    if (spare < 2 * this.#movedBytes) return false;
    return spare > 2 * PAGE_BYTES * this.run.pagesOf(root);
  }

  /** True if models may move here. */
  get isOpen(): boolean {
    return this.#movedBytes < MAX_MOVED_BYTES;
  }

  /** Copies a model from another memory. What models share there, they share here. */
  moveFrom(source: Memory, root: number): number {
    if (this.#source !== source.#identity) this.#addresses.clear();
    this.#source = source.#identity;
    const bytes = source.run.rootBytes(root);
    const page = (at: number): number => this.#copy(source, at, PAGE_BYTES);
    const table = (at: number): number => this.#copy(source, at, TABLE_BYTES, 0, page);
    const moved = this.#copy(source, root, bytes, bytes - source.run.directoryBytes(root), table);
    this.run.share(moved);
    return moved;
  }

  /**
   * Copies what has not been copied from `source` before. The words from the offset `pointers` on
   * are addresses, for which `copyTarget` copies what they point to.
   */
  #copy(
    source: Memory,
    at: number,
    bytes: number,
    pointers = bytes,
    copyTarget?: (at: number) => number,
  ): number {
    const known = this.#addresses.get(at);
    if (known !== undefined) return known;
    const to = this.run.allocate(bytes);
    this.#addresses.set(at, to);
    this.#movedBytes += bytes;
    const content = source.words.subarray(at / 4, (at + bytes) / 4);
    this.words.set(content, to / 4);
    for (let i = pointers / 4; i < bytes / 4; i++) {
      const target = content[i]!;
      if (target === 0) continue;
      const moved = copyTarget!(target);
      this.words[to / 4 + i] = moved;
    }
    return to;
  }
}
