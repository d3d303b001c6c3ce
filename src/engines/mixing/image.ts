// The memory in which versions of a mixing model live: an image of what was learnt, written to
// directly by the one model it belongs to, or shared, unchanging, by forks that keep what differs in
// layers (native/mixing/versions.ts). Layers belong to the host, which forgets what nobody holds;
// in the linear memory behind the image are copies of those that were used lately.

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

// What `addressOf` numbers after the constants.
const STAGE = 6;
const STATE = 7;
const LAYERS = 8;
/** Bytes that fit on the stage, and where their probabilities are put. */
export const STAGED = 256;
const STAGED_CHANCES = 512;

/** Cells of a top: of twice as many lines as a byte changes at most, and more. */
const TOP_CELLS = 1024;
/** A top needs no more than this, in bytes. */
const TOP_MOST = 2 ** 18;
/** Room for copies of layers, in bytes: at first, and at most. */
const LAYER_ROOM = 2 ** 20;
const LAYER_ROOM_MOST = 2 ** 25;
/** Bytes of a layer in its header that say where it ends. */
const END_AT = 8;

/** Lines that a version changed; never changed itself. */
export interface Layer {
  readonly bytes: Uint8Array;
  readonly lines: number;
  /** Where its copy is, in which linear memory, and since which clearance; see {@link Image}. */
  at: number;
  clearance: number;
}

/** Compiles the model once for all that are started. */
export interface MixCode {
  readonly module: WasmModule;
  readonly constants: readonly Uint8Array[];
  readonly memoryLog: number;
}

/** @param memoryLog log2 of the bytes for bit histories, 16 to 28. */
export function compileMix(memoryLog: number): MixCode {
  return { module: compileWasm(modelCode), constants: createConstants(), memoryLog };
}

export class Image {
  readonly run: Exports;
  readonly #code: MixCode;
  readonly #stateAt: number;
  readonly #stateBytes: number;
  readonly #layersAt: number;
  readonly #stageAt: number;
  /** Behind the image, once it is shared: where copies of layers lie, and the first free byte. */
  #room = 0;
  #roomEnd = 0;
  #free = 0;
  /** How often all copies were given up. */
  #clearance = 0;
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

  /** A copy that has the layers written into it, and is shared by nobody. */
  flatten(state: Uint8Array, layers: readonly Layer[]): Image {
    const flat = new Image(this.#code);
    const start = this.run.addressOf(-1);
    const end = this.run.imageEnd();
    flat.run.sizeAs(end);
    flat.#bytes(start, end - start).set(this.#bytes(start, end - start));
    flat.#makeRoom(0);
    for (const layer of layers) {
      flat.#place(layer.bytes);
      flat.run.applyLayer(flat.#free);
    }
    flat.#room = 0;
    flat.resume(state);
    return flat;
  }

  /** Bytes of the image that are in use. */
  get size(): number {
    return this.run.imageEnd();
  }

  state(): Uint8Array {
    return this.#bytes(this.#stateAt, this.#stateBytes).slice();
  }

  /** Goes on where a version was. */
  resume(state: Uint8Array): void {
    this.#bytes(this.#stateAt, this.#stateBytes).set(state);
    this.run.resume();
  }

  /** Puts bytes on the stage. */
  stage(bytes: Uint8Array): void {
    this.#bytes(this.#stageAt, bytes.length).set(bytes);
  }

  /** The probabilities that were put on the stage. */
  staged(count: number): Float64Array {
    return new Float64Array(this.run.memory.buffer, this.#stageAt + STAGED_CHANCES, count);
  }

  predicted(): Float64Array {
    return new Float64Array(this.run.memory.buffer, this.#stageAt, 256);
  }

  /** Makes an empty top over layers, the newest last, and uses them. */
  openTop(layers: readonly Layer[]): void {
    let missing = TOP_MOST;
    for (const layer of layers) if (!this.#isHere(layer)) missing += layer.bytes.length;
    if (this.#room === 0 || this.#free + missing > this.#roomEnd) {
      missing = TOP_MOST;
      for (const layer of layers) missing += layer.bytes.length;
      this.#makeRoom(missing);
      this.run.resume(); // where lines were found is no longer true
    }
    for (const layer of layers) {
      if (this.#isHere(layer)) continue;
      layer.at = this.#free;
      layer.clearance = this.#clearance;
      this.#place(layer.bytes);
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

  /** What was written to the top, or nothing if nothing was. */
  closeTop(): Layer | undefined {
    return this.run.linesOf(this.#top) === 0 ? undefined : this.#take(this.#top);
  }

  /** One layer for two. */
  merge(newer: Layer, older: Layer): Layer | undefined {
    const most = 4 * (newer.bytes.length + older.bytes.length);
    if (!this.#isHere(newer) || !this.#isHere(older)) return undefined;
    if (this.#free + most > this.#roomEnd) return undefined;
    this.run.mergeLayers(this.#free, newer.at, older.at);
    return this.#take(this.#free);
  }

  /** Takes over a layer that was written from `at`, the first free byte. */
  #take(at: number): Layer {
    const length = new DataView(this.run.memory.buffer, at).getUint32(END_AT, true);
    const bytes = this.#bytes(at, length).slice();
    this.#free = at + length;
    return { bytes, lines: this.run.linesOf(at), at, clearance: this.#clearance };
  }

  #isHere(layer: Layer): boolean {
    return layer.clearance === this.#clearance;
  }

  #place(bytes: Uint8Array): void {
    this.run.reserveTo(this.#free + bytes.length);
    this.#bytes(this.#free, bytes.length).set(bytes);
  }

  /** Gives up all copies, and makes room for so many bytes at least. */
  #makeRoom(bytes: number): void {
    this.#room = this.run.imageEnd();
    const grown = Math.min(2 * (this.#roomEnd - this.#room), LAYER_ROOM_MOST);
    this.#roomEnd = this.#room + Math.max(LAYER_ROOM, 2 * bytes, grown);
    this.#free = this.#room;
    this.#clearance++;
    this.run.reserveTo(this.#roomEnd);
  }

  #bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.run.memory.buffer, at, length);
  }
}
