// Compiles the modules under native/ to WebAssembly and writes each, as text, where its engine finds
// it. `--check` only tells whether those files are up to date.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIMD = ['--enable', 'simd', '--disableWarning', '201'];
const MODULES = [
  {
    source: 'native/deflate/literals.ts',
    target: 'src/engines/deflate/twin/literals-code.ts',
    name: 'literalsCode',
    options: SIMD,
  },
  {
    source: 'native/mixing/model.ts',
    target: 'src/engines/mixing/model-code.ts',
    name: 'modelCode',
    options: SIMD,
  },
  {
    source: 'native/ppm/model.ts',
    target: 'src/engines/ppm/model-code.ts',
    name: 'modelCode',
    options: SIMD,
  },
  {
    source: 'native/image-mix/model.ts',
    target: 'src/engines/image-mix/model-code.ts',
    name: 'modelCode',
    options: SIMD,
  },
  {
    source: 'native/audio-mix/model.ts',
    target: 'src/engines/audio-mix/model-code.ts',
    name: 'modelCode',
    options: SIMD,
  },
  {
    source: 'native/ctw/model.ts',
    target: 'src/engines/ctw/model-code.ts',
    name: 'modelCode',
    options: SIMD,
  },
];
const OPTIONS = ['--runtime', 'stub', '-O3', '--noAssert', '--enable', 'bulk-memory'];
const COMPILER = ['--yes', '--package', 'assemblyscript@0.28.20', 'asc'];

const check = process.argv.includes('--check');
const folder = mkdtempSync(join(tmpdir(), 'zipdream-wasm-'));
for (const module of MODULES) {
  const text = compile(module);
  if (!check) writeFileSync(module.target, text);
  else if (readFileSync(module.target, 'utf8') !== text) {
    process.stderr.write(`${module.target} is out of date: run "npm run build:wasm"\n`);
    process.exitCode = 1;
  }
}
rmSync(folder, { recursive: true });

function compile({ source, name, options = [] }) {
  const file = join(folder, `${name}.wasm`);
  execFileSync('npx', [...COMPILER, source, ...OPTIONS, ...options, '-o', file], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const base64 = readFileSync(file).toString('base64');
  const lines = base64.match(/.{1,96}/g).map((line) => `  '${line}',`);
  return `// Written by scripts/build-wasm.mjs from ${source.replace(/[^/]*$/, '')}. Do not edit.

/** The WebAssembly module of ${source}, in base64. */
export const ${name} = [
${lines.join('\n')}
].join('');
`;
}
