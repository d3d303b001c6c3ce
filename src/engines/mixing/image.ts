// The linear memory of a mixing model. Its image holds the trained state. The image is written
// directly while it belongs to one model; when forks share it, it is read-only, and what they change
// is kept in stores after it (versions.ts).

import { Spare } from '../../bits/spare.js';
import { compileWasm, instantiateWasm, type WasmModule } from '../../bits/wasm.js';
import { createConstants } from './constants.js';
import { modelCode } from './model-code.js';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  addressOf(what: number): number;
  create(memoryLog: number): void;
  imageEnd(): number;
  stateBytes(): number;
  sizeAs(end: number): void;
  reserve(end: number): void;
  resume(): void;
  isFull(): number;
  grow(): void;
  useStore(at: number, isLogged: number): void;
  startStore(at: number): void;
  copyStore(to: number, from: number): void;
  storeEnd(at: number): number;
  indexStore(at: number, size: number): void;
  isStoreFull(): number;
  applyStore(at: number): void;
  saveState(): void;
  placeLog(at: number, end: number): void;
  openLog(): void;
  takeLog(): number;
  isLogFull(): number;
  writeLog(at: number, length: number, isExchanged: number): void;
  chanceOf(symbol: number): number;
  update(symbol: number): void;
  push(count: number): number;
  predict(): void;
  begin(): void;
  chanceOfOne(guestLogit: number): number;
  take(bit: number): void;
}

// Arguments of `addressOf` after those of the constants.
const STAGE = 6;
const STATE = 7;
const GUEST_LOGITS = 8;
const CHANCES = 9;
/** Capacity of the stage, the buffer for exchange with the model, in bytes of the message. */
export const STAGED = 256;
/** Offset of their probabilities in the stage, in bytes. */
const STAGED_PROBABILITIES = 512;

/** The compiled model and its constants, shared by all instances. */
export interface MixCode {
  readonly module: WasmModule;
  readonly constants: readonly Uint8Array[];
  readonly memoryLog: number;
  readonly spare: Spare<Image>;
}

/**
 * Compiles the model.
 *
 * @param memoryLog log2 of the bytes for bit histories, 16 to 28.
 */
export function compileMix(memoryLog: number): MixCode {
  return {
    module: compileWasm(modelCode),
    constants: createConstants(),
    memoryLog,
    spare: new Spare(),
  };
}

/** An instance of the compiled model with its linear memory. */
export class Image {
  readonly run: Exports;
  readonly #code: MixCode;
  readonly #stateAt: number;
  readonly #stateBytes: number;
  readonly #stageAt: number;
  readonly #guestLogitsAt: number;
  readonly #chancesAt: number;

  constructor(code: MixCode) {
    this.#code = code;
    this.run = instantiateWasm(code.module) as Exports;
    code.constants.forEach((bytes, i) => {
      this.#bytes(this.run.addressOf(i), bytes.length).set(bytes);
    });
    this.#stageAt = this.run.addressOf(STAGE);
    this.#guestLogitsAt = this.run.addressOf(GUEST_LOGITS);
    this.#chancesAt = this.run.addressOf(CHANCES);
    this.#stateAt = this.run.addressOf(STATE);
    this.#stateBytes = this.run.stateBytes();
    this.run.create(code.memoryLog);
  }

  /** Returns the image of an untrained model, a spare one if there is any. */
  static of(code: MixCode): Image {
    const spare = code.spare.take();
    spare?.run.create(code.memoryLog);
    return spare ?? new Image(code);
  }

  /** Leaves the image to the next model. It must have had no stores. */
  release(): void {
    this.#code.spare.leave(this, this.size);
  }

  /** Returns an unshared copy of the image with a store, if any, written into it. */
  flatten(state: Uint8Array, store: Uint8Array | undefined): Image {
    const flat = new Image(this.#code);
    const start = this.run.addressOf(-1);
    const end = this.run.imageEnd();
    flat.run.sizeAs(end);
    flat.write(start, this.#bytes(start, end - start));
    if (store) {
      flat.run.reserve(end + store.length);
      flat.write(end, store);
      flat.run.applyStore(end);
    }
    flat.resume(state);
    return flat;
  }

  /** Bytes of the image that are in use. */
  get size(): number {
    return this.run.imageEnd();
  }

  /** Returns a copy of the model state that lies outside the image. */
  state(): Uint8Array {
    return this.#bytes(this.#stateAt, this.#stateBytes).slice();
  }

  /** Restores a state that `state` returned. */
  resume(state: Uint8Array): void {
    this.#bytes(this.#stateAt, this.#stateBytes).set(state);
    this.run.resume();
  }

  /** Writes bytes to the stage. */
  stage(bytes: Uint8Array): void {
    this.#bytes(this.#stageAt, bytes.length).set(bytes);
  }

  /** Writes the guest's logits: of the eight bits of a byte or of each staged byte, or `logits()`. */
  stageLogits(logits: ArrayLike<number>): void {
    new Float32Array(this.run.memory.buffer, this.#guestLogitsAt, logits.length).set(logits);
  }

  /** P(1) of the eight bits of a byte after `run.chanceOf`, highest first; valid until the next call. */
  chances(): Float32Array {
    return new Float32Array(this.run.memory.buffer, this.#chancesAt, 8);
  }

  /** The probabilities of the first `count` staged bytes after `run.push`; valid until the next call. */
  staged(count: number): Float64Array {
    return new Float64Array(this.run.memory.buffer, this.#stageAt + STAGED_PROBABILITIES, count);
  }

  /** The probabilities of all bytes after `run.predict`; valid until the next call. */
  predicted(): Float64Array {
    return new Float64Array(this.run.memory.buffer, this.#stageAt, 256);
  }

  /** Returns a copy of memory. */
  read(at: number, length: number): Uint8Array {
    return this.#bytes(at, length).slice();
  }

  write(at: number, bytes: Uint8Array): void {
    this.#bytes(at, bytes.length).set(bytes);
  }

  #bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.run.memory.buffer, at, length);
  }
}
