// WebAssembly that is kept as text, so that it loads anywhere without a file.

// The part of WebAssembly's API that is used here; the core knows neither a browser nor Node.
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A compiled module, to be instantiated. */
export type WasmModule = object;

/** @param base64 of the module. @throws where WebAssembly is missing, forbidden or too old. */
export function compileWasm(base64: string): WasmModule {
  return new WebAssembly.Module(decodeBase64(base64));
}

/** The exports of a new instance of a module that imports nothing. */
export function instantiateWasm(module: WasmModule): unknown {
  return new WebAssembly.Instance(module, {}).exports;
}

function decodeBase64(text: string): Uint8Array {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const digits = text.replace(/=+$/, '');
  const bytes = new Uint8Array((digits.length * 3) >> 2);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const digit of digits) {
    held = (held << 6) | alphabet.indexOf(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 255;
    }
  }
  return bytes;
}
