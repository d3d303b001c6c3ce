// Other versions of Node than the one that runs the tests: the command line, as built, works there
// and the same seed gives the same bytes.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAIN, TALE } from './run-cli.js';

const run = promisify(execFile);
const VERSIONS = [20, 22, 24];
const HERE = Number(process.versions.node.split('.')[0]);

const SAMPLE = ['sample', 'Once upon a time', '--corpus', TALE, '--seed', '5', '-n', '400'];
const SCORE = ['score', TALE, '--chunk', '2048', '--from', '1024', '--json'];

/** Runs a version of Node, from the npm package `node` if it is not the one that runs this. */
async function runNode(version: number, args: readonly string[]): Promise<Buffer> {
  const [file, before] =
    version === HERE
      ? [process.execPath, []]
      : ['npx', ['--yes', '--prefer-offline', '--package', `node@${version}`, 'node']];
  const { stdout } = await run(file, [...before, ...args], { encoding: 'buffer' });
  return stdout;
}

describe.each(VERSIONS.filter((version) => version !== HERE))('on Node %i', (version) => {
  let missing: string | undefined;

  beforeAll(async () => {
    try {
      const got = String(await runNode(version, ['-p', 'process.versions.node']));
      if (!got.startsWith(`${version}.`)) missing = `npx gave Node ${got.trim()}`;
    } catch (error) {
      missing = `Node ${version} cannot be had: ${(error as Error).message.split('\n').at(-1)}`;
    }
  });

  it('the same seed gives the same bytes', async ({ skip }) => {
    if (missing) skip(missing);
    for (const more of [
      ['--temperature', '0.75'],
      ['--units', 'tokens'],
      ['--reading', 'exact'],
    ]) {
      const args = [MAIN, ...SAMPLE, ...more];
      expect(await runNode(version, args), more.join(' ')).toEqual(await runNode(HERE, args));
    }
  });

  it('the same file has the same score', async ({ skip }) => {
    if (missing) skip(missing);
    const [here, there] = await Promise.all(
      [HERE, version].map(async (node) =>
        JSON.parse(String(await runNode(node, [MAIN, ...SCORE]))),
      ),
    );
    const { msPerByte: _, ...rest } = there;
    expect(here).toMatchObject(rest);
    expect(there.bytes).toBeGreaterThan(5000);
  });
});
