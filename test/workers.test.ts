// Worker threads: the same bits as without, errors as without, and no process kept alive by them.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
// As built: a thread loads a file of dist/.
import { openCompressor, withWorkers } from '../dist/node/index.js';
import { nextOf } from './contract.js';
import { DEEP } from './deep.js';
import { runCli, TALE } from './run-cli.js';

const CONTEXT = readFileSync(TALE).subarray(0, 2 ** 13);

const SPECS = DEEP ? ['brotli:quality=1', 'zstd:level=1', 'pako:level=1'] : ['brotli:quality=1'];

it.each(SPECS)('%s: gives the same bits on workers', async (spec) => {
  const compressor = await openCompressor(spec);
  const alone = compressor.start('recompress');
  alone.push(CONTEXT);
  for (const workers of DEEP ? [2, 3] : [2]) {
    const spread = withWorkers(compressor, spec, workers).start('recompress');
    spread.push(CONTEXT.subarray(0, 100));
    spread.push(CONTEXT.subarray(100));
    expect(spread.next(new Float64Array(256))).toBeInstanceOf(Promise);
    expect(await nextOf(spread)).toEqual(await nextOf(alone));
    const child = spread.fork();
    child.push(CONTEXT.subarray(0, 5));
    expect(await nextOf(spread)).toEqual(await nextOf(alone));
  }
});

it('runs in this thread for short contexts, programs and one worker', async () => {
  const pako = await openCompressor('pako');
  expect(withWorkers(pako, 'pako', 1)).toBe(pako);
  expect(withWorkers(pako, 'command:cat', 2)).toBe(pako);
  const short = withWorkers(pako, 'pako', 2).start();
  expect(short.next(new Float64Array(256))).toBeUndefined();
});

it('refuses an invalid number of workers', async () => {
  const pako = await openCompressor('pako');
  expect(() => withWorkers(pako, 'pako', 0)).toThrow(RangeError);
});

it('the command line ends its threads, and prints the same with any number of them', async () => {
  const args = ['next', '--prompt-file', TALE, '-c', 'pako:level=1', '--json', '--workers'];
  const [one, two] = [await runCli([...args, '1']), await runCli([...args, '2'])];
  expect(two.text).toBe(one.text);
  expect([one.code, two.code, two.stderr]).toEqual([0, 0, '']);
});

it('an error in a thread is the same as without threads', async () => {
  const pako = await openCompressor('pako');
  const model = withWorkers(pako, 'no-such-row', 2).start();
  model.push(CONTEXT);
  await expect(nextOf(model)).rejects.toThrow('unknown compressor "no-such-row"');
});
