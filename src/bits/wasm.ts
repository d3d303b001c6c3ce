// WebAssembly modules stored as base64 text, so that they load anywhere without a file.

import { UsageError } from '../errors.js';
import { fromBase64 } from './base64.js';

// The part of the WebAssembly API used here; the core includes neither browser nor Node types.
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A compiled module, to be instantiated. */
export type WasmModule = object;

/** @param base64 the encoded module. @throws where WebAssembly is missing, forbidden or too old. */
export function compileWasm(base64: string): WasmModule {
  return new WebAssembly.Module(fromBase64(base64));
}

/**
 * The exports of a new instance of a module.
 *
 * @param imports the functions that it imports.
 * @throws UsageError if the system refuses memory, as the exported functions do.
 */
export function instantiateWasm(module: WasmModule, imports: object = {}): unknown {
  try {
    return new WebAssembly.Instance(module, { ...imports, memory: { refuse } }).exports;
  } catch (error) {
    if (error instanceof RangeError) refuse(error);
    throw error;
  }
}

function refuse(cause?: unknown): never {
  const advice = 'close other programs or raise the limit on address space';
  throw new UsageError(`the system refuses memory for this model; ${advice}`, { cause });
}

/** Exports of modules whose whole state is in linear memory, of which `used` bytes are in use. */
export interface Copyable {
  readonly memory: { readonly buffer: ArrayBuffer };
  used(): number;
  reserve(end: number): void;
  resume(size: number): void;
}

/**
 * Returns a function that creates instances of a module, which is compiled the first time, with the
 * state of another one if given.
 */
export function wasmCreator<E extends Copyable>(base64: string): (from?: E) => E {
  let module: WasmModule | undefined;
  return (from) => {
    module ??= compileWasm(base64);
    const created = instantiateWasm(module) as E;
    if (!from) return created;
    const size = from.used();
    created.reserve(size);
    created.resume(size);
    new Uint8Array(created.memory.buffer, 0, size).set(new Uint8Array(from.memory.buffer, 0, size));
    return created;
  };
}
