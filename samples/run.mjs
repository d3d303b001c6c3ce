// Runs every sample and compares what it prints with the .txt file beside it: they are seeded, so
// they print the same everywhere. `npm run samples` checks; `npm run samples -- --update` rewrites.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const update = process.argv.includes('--update');
let failed = 0;

const samples = readdirSync(folder).filter((name) => /^\d\d-.*\.mjs$/.test(name));
for (const name of samples.sort()) {
  const expected = join(folder, name.replace(/\.mjs$/, '.txt'));
  const problem = check(join(folder, name), expected);
  if (problem) failed++;
  console.log(`${problem ? 'FAILED' : 'ok    '} ${name}${problem ? `: ${problem}` : ''}`);
}
console.log(`samples: ${samples.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** What is wrong with a sample, if anything. */
function check(script, expected) {
  let printed;
  try {
    printed = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  } catch (error) {
    return `it ended with status ${error.status}`;
  }
  if (update) writeFileSync(expected, printed);
  if (!existsSync(expected)) return `there is no ${expected}; --update writes it`;
  const lines = readFileSync(expected, 'utf8').split('\n');
  const got = printed.split('\n');
  const at = got.findIndex((line, i) => line !== lines[i]);
  if (at >= 0) return `line ${at + 1} is "${got[at]}", expected "${lines[at] ?? ''}"`;
  return got.length < lines.length ? 'it printed too little' : undefined;
}
