// Runs once before the tests: some of them call the command line as it is built, so a build that is
// missing or older than the source is made again.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export function setup(): void {
  const build = join(import.meta.dirname, '../scripts/build.mjs');
  execFileSync(process.execPath, [build, '--if-older'], { stdio: 'inherit' });
}
