// compare: what a second worker is worth. The one ratio of elapsed time, so it needs two free cores.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { dist, fileOf, inScratch } from './measure.mjs';

function seconds(workers, scratch) {
  const text = fileOf('text/wiki-test.txt');
  const out = join(scratch, String(workers));
  const args = ['compare', text, '-c', 'gzip,lzma,ppm,mix', '--chunk', '16384'];
  const start = performance.now();
  const flags = ['--workers', String(workers), '-o', out];
  const { status } = spawnSync(process.execPath, [join(dist, 'cli/main.js'), ...args, ...flags]);
  return status === 0 ? performance.now() - start : undefined;
}

/** Elapsed time with one worker ÷ with two. */
function workersRatio() {
  return inScratch((scratch) => seconds(1, scratch) / seconds(2, scratch));
}

export const rows = [{ name: 'compare: one worker ÷ two', goal: '≥ 1.8', measure: workersRatio }];
