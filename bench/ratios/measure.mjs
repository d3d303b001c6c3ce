// What the ratios are made of: processor time, of this process and of others, and the data.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const dist = process.env.ZIPDREAM_DIST ?? new URL('../../dist', import.meta.url).pathname;
const folder =
  process.env.ZIPDREAM_DATA ?? new URL('../../../shared/data', import.meta.url).pathname;

/** Where a file of the evaluation data lies; a text by name alone, and what it says. */
export const fileOf = (path) => join(folder, path);
export const pathOf = (name) => fileOf(`text/${name}.txt`);
export const text = (name) => new Uint8Array(readFileSync(pathOf(name)));

/** Processor time of `work` in ms, the least of some tries: what else runs here only adds to it. */
export function cpuMs(work, tries = 3) {
  let least = Infinity;
  for (let i = 0; i < tries; i++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** The same of several pieces of work that may be asynchronous, in turn, so that a load is shared. */
export async function cpuMsInTurn(works, tries = 3) {
  const least = works.map(() => Infinity);
  for (let i = 0; i < tries; i++) {
    for (const [k, work] of works.entries()) {
      const start = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(start);
      least[k] = Math.min(least[k], (user + system) / 1000);
    }
  }
  return least;
}

/** The same of a command, or nothing where it is missing or fails. */
export function commandCpuMs(command, args, tries = 3) {
  let least = Infinity;
  for (let i = 0; i < tries; i++) {
    const script = '"$0" "$@" >/dev/null 2>&1 </dev/null || exit 1; times';
    const { status, stdout } = spawnSync('sh', ['-c', script, command, ...args], {
      encoding: 'utf8',
    });
    if (status !== 0) return undefined;
    const [user, system] = stdout.trim().split('\n')[1].split(' ');
    least = Math.min(least, milliseconds(user) + milliseconds(system));
  }
  return least;
}

/** `0m1.25s` as POSIX `times` prints it. */
function milliseconds(time) {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(time);
  return 1000 * (60 * Number(minutes) + Number(seconds));
}

/** Runs `work` with a folder that is gone afterwards. */
export function inScratch(work) {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    return work(scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
