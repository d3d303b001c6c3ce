// The linear memory of a mixing model. Its image holds the trained state. The image is written
// directly while it belongs to one model; when forks share it, it is read-only and each fork stores
// its changes in layers (native/mixing/versions.ts). Layers are kept on the host, where unused ones
// are garbage-collected; linear memory after the image is a cache of layers that were used recently.

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
  reserveTo(end: number): void;
  resume(): void;
  isFull(): number;
  grow(): void;
  useLayers(count: number): void;
  startLayer(at: number, cells: number): void;
  linesOf(at: number): number;
  topLines(): number;
  mergeLayers(to: number, newer: number, older: number): void;
  applyLayer(at: number): void;
  chanceOf(symbol: number): number;
  update(symbol: number): void;
  push(count: number): number;
  predict(): void;
  begin(): void;
  chanceOfOne(): number;
  take(bit: number): void;
}

// Arguments of `addressOf` after those of the constants.
const STAGE = 6;
const STATE = 7;
const LAYERS = 8;
/** Capacity of the stage, the buffer for exchange with the model, in bytes of the message. */
export const STAGED = 256;
/** Offset of their probabilities in the stage, in bytes. */
const STAGED_PROBABILITIES = 512;

/** Hash cells of a top layer, more than the lines that it may hold. */
const TOP_CELLS = 1024;
/** Upper bound on the size of a top layer, in bytes. */
const MAX_TOP_BYTES = 2 ** 18;
/** Initial size of the layer cache in bytes, and the limit on its growth by doubling. */
const CACHE_BYTES = 2 ** 20;
const MAX_CACHE_BYTES = 2 ** 25;
/** Offset of a layer's length in its header, in bytes. */
const LENGTH_AT = 8;

/** The lines that a fork changed. Immutable. */
export interface Layer {
  readonly bytes: Uint8Array;
  readonly lines: number;
  /** Address of its copy in the layer cache, valid only in the cache generation stated. */
  at: number;
  generation: number;
}

/** The compiled model and its constants, shared by all instances. */
export interface MixCode {
  readonly module: WasmModule;
  readonly constants: readonly Uint8Array[];
  readonly memoryLog: number;
}

/**
 * Compiles the model.
 *
 * @param memoryLog log2 of the bytes for bit histories, 16 to 28.
 */
export function compileMix(memoryLog: number): MixCode {
  return { module: compileWasm(modelCode), constants: createConstants(), memoryLog };
}

/** An instance of the compiled model with its linear memory. */
export class Image {
  readonly run: Exports;
  readonly #code: MixCode;
  readonly #stateAt: number;
  readonly #stateBytes: number;
  readonly #layersAt: number;
  readonly #stageAt: number;
  /** Bounds of the layer cache, and its first free address; `#cache` is 0 if there is none. */
  #cache = 0;
  #cacheEnd = 0;
  #free = 0;
  /** Number of times that the cache was cleared. */
  #generation = 0;
  #top = 0;

  constructor(code: MixCode) {
    this.#code = code;
    this.run = instantiateWasm(code.module) as Exports;
    code.constants.forEach((bytes, i) => {
      this.#bytes(this.run.addressOf(i), bytes.length).set(bytes);
    });
    this.#stageAt = this.run.addressOf(STAGE);
    this.#stateAt = this.run.addressOf(STATE);
    this.#layersAt = this.run.addressOf(LAYERS);
    this.#stateBytes = this.run.stateBytes();
    this.run.create(code.memoryLog);
  }

  /** Returns an unshared copy of the image with the layers written into it. */
  flatten(state: Uint8Array, layers: readonly Layer[]): Image {
    const flat = new Image(this.#code);
    const start = this.run.addressOf(-1);
    const end = this.run.imageEnd();
    flat.run.sizeAs(end);
    flat.#bytes(start, end - start).set(this.#bytes(start, end - start));
    flat.#clearCache(0);
    for (const layer of layers) {
      flat.#write(layer.bytes);
      flat.run.applyLayer(flat.#free);
    }
    flat.#cache = 0;
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

  /** The probabilities of the first `count` staged bytes after `run.push`; valid until the next call. */
  staged(count: number): Float64Array {
    return new Float64Array(this.run.memory.buffer, this.#stageAt + STAGED_PROBABILITIES, count);
  }

  /** The probabilities of all bytes after `run.predict`; valid until the next call. */
  predicted(): Float64Array {
    return new Float64Array(this.run.memory.buffer, this.#stageAt, 256);
  }

  /** Activates layers, newest last, with an empty top layer over them. */
  openTop(layers: readonly Layer[]): void {
    let missing = MAX_TOP_BYTES;
    for (const layer of layers) if (!this.#isCached(layer)) missing += layer.bytes.length;
    if (this.#cache === 0 || this.#free + missing > this.#cacheEnd) {
      missing = MAX_TOP_BYTES;
      for (const layer of layers) missing += layer.bytes.length;
      this.#clearCache(missing);
      this.run.resume(); // addresses of lines found before are invalid now
    }
    for (const layer of layers) {
      if (this.#isCached(layer)) continue;
      layer.at = this.#free;
      layer.generation = this.#generation;
      this.#write(layer.bytes);
      this.#free += layer.bytes.length;
    }
    this.#top = this.#free;
    this.run.startLayer(this.#top, TOP_CELLS);
    const addresses = new Uint32Array(this.run.memory.buffer, this.#layersAt, layers.length + 1);
    layers.forEach((layer, i) => {
      addresses[i] = layer.at;
    });
    addresses[layers.length] = this.#top;
    this.run.useLayers(layers.length + 1);
  }

  /** Returns the lines of the top as a layer; undefined if it has none. */
  closeTop(): Layer | undefined {
    return this.run.linesOf(this.#top) === 0 ? undefined : this.#extract(this.#top);
  }

  /** Merges two layers into one; undefined if the layer cache lacks them or the room. */
  merge(newer: Layer, older: Layer): Layer | undefined {
    const maxBytes = 4 * (newer.bytes.length + older.bytes.length);
    if (!this.#isCached(newer) || !this.#isCached(older)) return undefined;
    if (this.#free + maxBytes > this.#cacheEnd) return undefined;
    this.run.mergeLayers(this.#free, newer.at, older.at);
    return this.#extract(this.#free);
  }

  /** Copies to the host a layer that was written at `at`, the first free address. */
  #extract(at: number): Layer {
    const length = new DataView(this.run.memory.buffer, at).getUint32(LENGTH_AT, true);
    const bytes = this.#bytes(at, length).slice();
    this.#free = at + length;
    return { bytes, lines: this.run.linesOf(at), at, generation: this.#generation };
  }

  #isCached(layer: Layer): boolean {
    return layer.generation === this.#generation;
  }

  #write(bytes: Uint8Array): void {
    this.run.reserveTo(this.#free + bytes.length);
    this.#bytes(this.#free, bytes.length).set(bytes);
  }

  /** Discards all cached layers and makes room for at least `bytes` bytes. */
  #clearCache(bytes: number): void {
    this.#cache = this.run.imageEnd();
    const grown = Math.min(2 * (this.#cacheEnd - this.#cache), MAX_CACHE_BYTES);
    this.#cacheEnd = this.#cache + Math.max(CACHE_BYTES, 2 * bytes, grown);
    this.#free = this.#cache;
    this.#generation++;
    this.run.reserveTo(this.#cacheEnd);
  }

  #bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.run.memory.buffer, at, length);
  }
}
