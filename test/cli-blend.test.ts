// Blends on the command line: who speaks, files both ways, and what is refused.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEEP } from './deep.js';
import { runCli, spawnCli, TALE } from './run-cli.js';

const DATA = readFileSync(TALE).subarray(0, 700);
const SPEC = 'blend:[gzip:level=6,memLevel=9]+ppm';

test('next has one column per member', async () => {
  const { text, code } = await runCli(['next', 'ho ho ho ho h', '-c', SPEC, '--top', '3']);
  expect(code).toBe(0);
  expect(text).toContain('gzip:level=6,memLevel=9 ×');
  expect(text).toContain('ppm ×');
  const { text: json } = await runCli(['next', 'ho ho h', '-c', SPEC, '--json']);
  const { members } = JSON.parse(json);
  expect(members.map(({ spec }: { spec: string }) => spec)).toEqual([
    'gzip:level=6,memLevel=9',
    'ppm',
  ]);
  for (const { bits } of members) expect(bits).toHaveLength(256);
});

test('score returns the share of each member, as text and as JSON', async () => {
  const { text } = await runCli(['score', '-', '-c', SPEC, '--heat'], { input: DATA });
  expect(text).toContain('share of each member');
  const { text: json } = await runCli(['score', '-', '-c', SPEC, '--json'], { input: DATA });
  const { members, memberShares } = JSON.parse(json);
  expect(members).toEqual(['gzip:level=6,memLevel=9', 'ppm']);
  expect(memberShares[0].start).toBe(0);
  expect(memberShares.at(-1).end).toBe(DATA.length);
  for (const { shares, weights } of memberShares) {
    expect(shares[0] + shares[1]).toBeCloseTo(1, 9);
    expect(weights).toHaveLength(2);
  }
});

test('a file round trips through pipes', async () => {
  const packed = await runCli(['compress', '-c', SPEC], { input: DATA });
  expect(packed.code).toBe(0);
  const back = await runCli(['decompress'], { input: packed.stdout });
  expect(back.stdout).toEqual(new Uint8Array(DATA));
});

// In processes of their own: a large one takes long to start 256 programs for a byte.
test.runIf(DEEP)('a file whose blend contains a program runs it only on request', async () => {
  const spec = 'blend:[blend:[command:gzip -nc]+order0]+order0,weights=1,1';
  const packed = await spawnCli(['compress', '-c', spec], { input: 'a' });
  expect(packed.code).toBe(0);
  const refused = await runCli(['decompress'], { input: packed.stdout });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('the same spec after -c');
  const back = await runCli(['decompress', '-c', spec], { input: packed.stdout });
  expect(back.text).toBe('a');
});

test('compare keeps commas inside brackets', async () => {
  const list = `${SPEC},how=linear,blend:ppm+order0,weights=1,-0.5,order0`;
  const { text, stderr } = await runCli([
    'compare',
    TALE,
    '-c',
    list,
    '--chunk',
    '64',
    '--limit',
    '1',
    '--json',
  ]);
  expect(stderr).not.toContain('unknown');
  for (const spec of [`${SPEC},how=linear`, 'blend:ppm+order0,weights=1,-0.5', 'order0']) {
    expect(text).toContain(JSON.stringify(spec).slice(1, -1));
  }
});

test.each([
  ['blend:gzip+[ppm', '"[" without "]"'],
  ['blend:gzip+nope', 'unknown compressor "nope"'],
  ['blend:gzip', 'two or more members'],
])('%s is refused with a one-line error', async (spec, message) => {
  const { stderr, code } = await runCli(['next', 'x', '-c', spec]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
