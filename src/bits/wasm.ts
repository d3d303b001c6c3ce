// WebAssembly that is kept as text, so that it loads anywhere without a file.

import { fromBase64 } from './base64.js';

// The part of WebAssembly's API that is used here; the core knows neither a browser nor Node.
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A compiled module, to be instantiated. */
export type WasmModule = object;

/** @param base64 of the module. @throws where WebAssembly is missing, forbidden or too old. */
export function compileWasm(base64: string): WasmModule {
  return new WebAssembly.Module(fromBase64(base64));
}

/** The exports of a new instance of a module that imports nothing. */
export function instantiateWasm(module: WasmModule): unknown {
  return new WebAssembly.Instance(module, {}).exports;
}
