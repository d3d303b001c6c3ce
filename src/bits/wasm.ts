// WebAssembly modules stored as base64 text, so that they load anywhere without a file.

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

/** The exports of a new instance of a module that imports nothing. */
export function instantiateWasm(module: WasmModule): unknown {
  return new WebAssembly.Instance(module, {}).exports;
}
