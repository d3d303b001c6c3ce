// Loads the built core where there is nothing but JavaScript: a fresh `vm` context, which has no
// process, no Buffer, no console, no TextEncoder, and a linker that knows files of dist/ and the
// packages the core may use. Run by core.test.ts with --experimental-vm-modules; prints what it did.

import { readFileSync } from 'node:fs';
import { createContext, SourceTextModule } from 'node:vm';

const PACKAGES = new Set(['pako', 'fflate', 'lzma1']);
const context = createContext({});
const modules = new Map();

function load(url) {
  if (!modules.has(url.href)) {
    const source = readFileSync(url, 'utf8');
    const options = { context, identifier: url.href, importModuleDynamically };
    modules.set(url.href, new SourceTextModule(source, options));
  }
  return modules.get(url.href);
}

function link(specifier, from) {
  if (/^\.\.?\//.test(specifier)) return load(new URL(specifier, from.identifier));
  if (!PACKAGES.has(specifier)) throw new Error(`the core imports "${specifier}"`);
  const folder = new URL(`../node_modules/${specifier}/`, import.meta.url);
  const { exports } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  const entry = exports['.'].import; // as a browser's bundler resolves it, without "node"
  return load(new URL(typeof entry === 'string' ? entry : entry.default, folder));
}

async function importModuleDynamically(specifier, from) {
  const module = link(specifier, from);
  if (module.status === 'unlinked') await module.link(link);
  await module.evaluate();
  return module;
}

const core = load(new URL('../dist/index.js', import.meta.url));
await core.link(link);
await core.evaluate();

const { CompressorUnavailableError, coreRegistry, createRandom, generate, openCompressor } =
  core.namespace;
const text = Uint8Array.from('abracadabra, abracadabra, ', (c) => c.charCodeAt(0));
const opened = [];
const specs = { blend: 'blend:gzip+ppm', mix: 'mix:memory=18', ctw: 'ctw:memory=16' };
const formats = {
  bytes: { kind: 'bytes' },
  image: { kind: 'image', width: 1, channels: 1 },
  audio: { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample: 8 },
};
for (const [name, { accepts }] of Object.entries(coreRegistry)) {
  const kind = accepts.includes('bytes') ? 'bytes' : accepts[0];
  let compressor;
  try {
    const spec = specs[name] ?? name;
    compressor = await openCompressor(spec, { format: formats[kind] });
  } catch (error) {
    // The package of zstd is WebAssembly, which is not loaded here.
    if (!(error instanceof CompressorUnavailableError)) throw error;
    opened.push(`${name} is missing`);
    continue;
  }
  const model = compressor.start();
  model.push(text);
  let bytes = 0;
  for await (const _ of generate(model, { length: 2, random: createRandom(name) })) bytes++;
  opened.push(`${name} ${bytes}`);
}
console.log(JSON.stringify(opened));
