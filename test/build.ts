// Runs once before the tests: some of them call the command line as it is built, so a build that is
// missing or older than the source is made anew.

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export function setup(): void {
  const root = join(import.meta.dirname, '..');
  const built = modified(join(root, 'dist/cli/main.js'));
  if (built >= newest(join(root, 'src'))) return;
  const build = join(root, 'scripts/build.mjs');
  execFileSync(process.execPath, [build], { cwd: root, stdio: 'inherit' });
}

/** The time in ms at which the newest file of a folder was written. */
function newest(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...names.map((name) => modified(join(folder, name))));
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
