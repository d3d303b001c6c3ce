// A comparison that is killed, again and again, and gone on with.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { timelessRows } from './compare-rows.js';
import { fuzzCount } from './deep.js';
import { runCli, TALE, withFolder } from './run-cli.js';

const KILLS = fuzzCount(20);

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

test(`killed ${KILLS} times at random and resumed, it gives the results of an undisturbed run`, async () => {
  await withFolder(async (folder) => {
    const [whole, killed] = [join(folder, 'whole.jsonl'), join(folder, 'killed.jsonl')];
    const flags = ['--chunk', '256', '--metrics', 'samples,calibration', '--judge', 'order0'];
    const grid = ['compare', TALE, '-c', 'order0,ppm,png', '--limit', '16', ...flags, '--whole'];
    expect((await runCli([...grid, '-o', whole])).code).toBe(0);
    const random = createRandom('kill');
    const parts: number[] = [];
    for (let i = 0; i < KILLS; i++) {
      // In a random place between here and the end, whatever the machine's speed.
      const from = sizeOf(killed);
      const until = from + random() * ((sizeOf(whole) - from) / (KILLS - i + 1));
      const ran = await runCli([...grid, '-o', killed], {
        during(child) {
          const timer = setInterval(() => sizeOf(killed) > until && child.kill('SIGKILL'), 1);
          child.on('close', () => clearInterval(timer));
        },
      });
      expect(ran.code).toBe(null);
      parts.push(sizeOf(killed) - from);
    }
    expect(parts.filter((bytes) => bytes > 0).length).toBeGreaterThan(KILLS / 2);
    expect((await runCli([...grid, '-o', killed])).code).toBe(0);
    expect(timelessRows(killed)).toEqual(timelessRows(whole));
    expect((await runCli([...grid, '-o', killed])).stderr).toMatch(/^0 cells measured/);
  });
}, 300_000);
