// Compiles native/deflate/ to WebAssembly and writes it, as text, where the engine finds it:
// src/engines/deflate/twin/literals-code.ts. `--check` only tells whether that file is up to date.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const target = 'src/engines/deflate/twin/literals-code.ts';
const folder = mkdtempSync(join(tmpdir(), 'zipdream-wasm-'));
const file = join(folder, 'literals.wasm');
const options = ['--runtime', 'stub', '-O3', '--noAssert', '--enable', 'bulk-memory'];
const compiler = ['--yes', '--package', 'assemblyscript@0.28.20', 'asc'];
execFileSync('npx', [...compiler, 'native/deflate/literals.ts', ...options, '-o', file], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
const base64 = readFileSync(file).toString('base64');
rmSync(folder, { recursive: true });
const lines = base64.match(/.{1,96}/g).map((line) => `  '${line}',`);
const text = `// Written by scripts/build-wasm.mjs from native/deflate/. Do not edit.

/** The WebAssembly module of native/deflate/literals.ts, in base64. */
export const literalsCode = [
${lines.join('\n')}
].join('');
`;
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write(`${target} is out of date: run "npm run build:wasm"\n`);
  process.exitCode = 1;
}
