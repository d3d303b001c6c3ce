import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test("the WebAssembly in the source is the compiler's output", ({ skip }) => {
  const check = spawnSync(process.execPath, ['scripts/build-wasm.mjs', '--check'], {
    encoding: 'utf8',
  });
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|E404/.test(check.stderr)) {
    skip('the AssemblyScript compiler cannot be had here');
  }
  expect(check.stderr).not.toContain('out of date');
  expect(check.status).toBe(0);
});
