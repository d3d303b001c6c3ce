// The guide is a test: every piece of code in it is run, and must print what stands below it.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const pages = readdirSync('guide').filter((name) => name.endsWith('.md'));

const withCode = pages.filter((name) => readFileSync(`guide/${name}`, 'utf8').includes('```js'));

test.each(withCode)('the code of guide/%s prints the output shown', (name) => {
  const page = readFileSync(`guide/${name}`, 'utf8');
  const pieces = [...page.matchAll(/```js\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)];
  expect(page.split('```js').length - 1).toBe(pieces.length);
  for (const [, code, output] of pieces) {
    const printed = execFileSync(process.execPath, ['--input-type=module'], {
      encoding: 'utf8',
      input: code!,
    });
    expect(printed.trim()).toBe(output!.trim());
  }
});
