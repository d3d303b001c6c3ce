// The notebooks of samples/ run headless in Deno's kernel, and print what is kept in them.

import { execFile, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const FOLDER = 'samples/notebooks';
const NOTEBOOKS = readdirSync(FOLDER).filter((name) => name.endsWith('.ipynb'));

interface Cell {
  readonly cell_type: string;
  readonly execution_count?: number | null;
  readonly outputs?: readonly { readonly output_type: string }[];
}

const hasJupyter = spawnSync('jupyter', ['nbconvert', '--version']).status === 0;
const hasDeno =
  existsSync('node_modules/.bin/deno') || spawnSync('deno', ['--version']).status === 0;
const canRun = hasJupyter && hasDeno;
const missing = canRun ? '' : ` (skipped: no ${hasJupyter ? 'deno' : 'jupyter nbconvert'})`;

async function execute(...paths: string[]): Promise<string> {
  const script = [join(FOLDER, 'execute.mjs'), ...paths];
  const { stdout } = await run(process.execPath, script).catch((error) => error);
  return stdout;
}

/** A notebook of one cell that prints, and keeps what it is said to have printed. */
function notebook(code: string, printed: string): string {
  const stream = { name: 'stdout', output_type: 'stream', text: [printed] };
  return JSON.stringify({
    cells: [
      {
        ...{ cell_type: 'code', id: 'only', metadata: {}, execution_count: 1 },
        ...{ source: [code], outputs: [stream] },
      },
    ],
    metadata: { kernelspec: { display_name: 'Deno', language: 'typescript', name: 'deno' } },
    ...{ nbformat: 4, nbformat_minor: 5 },
  });
}

describe('notebooks', () => {
  it('are ten small files that were run from top to bottom, with no traces of the machine', () => {
    expect(NOTEBOOKS.length).toBe(10);
    for (const name of NOTEBOOKS) {
      const path = join(FOLDER, name);
      expect(statSync(path).size, name).toBeLessThan(150_000);
      const text = readFileSync(path, 'utf8');
      const { cells } = JSON.parse(text) as { cells: readonly Cell[] };
      const code = cells.filter(({ cell_type }) => cell_type === 'code');
      const counts = code.map(({ execution_count }) => execution_count);
      expect(counts, name).toEqual(code.map((_, i) => i + 1));
      for (const { outputs = [] } of code) {
        expect(outputs.length, name).toBeGreaterThan(0);
        for (const { output_type } of outputs) expect(output_type, name).not.toBe('error');
      }
      expect(text, name).not.toMatch(/iopub|\/home\/|\/tmp\/|\/root\/|file:\/\//);
    }
  });

  it.skipIf(!canRun)(`print the stored output when run again${missing}`, async () => {
    const lines = (await execute()).trim().split('\n');
    const skipped = lines.filter((line) => line.startsWith('skip   10-from-python.ipynb: no '));
    const run = NOTEBOOKS.filter((name) => !skipped.some((line) => line.includes(name)));
    expect(lines.filter((line) => !skipped.includes(line)).sort()).toEqual([
      `notebooks: ${run.length} passed, 0 failed`,
      ...run.map((name) => `ok     ${name}`),
    ]);
  });

  it.skipIf(!canRun)(`that throw or print something else are reported${missing}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'notebooks-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const throwing = join(folder, 'throwing.ipynb');
    const other = join(folder, 'other.ipynb');
    writeFileSync(throwing, notebook("throw new RangeError('too far')", ''));
    writeFileSync(other, notebook('console.log(1 + 2)', '4\n'));
    expect((await execute(throwing, other)).trim().split('\n').sort()).toEqual([
      'FAILED other.ipynb: cell 1 has another output; --update keeps it',
      'FAILED throwing.ipynb: cell 1 throws RangeError: too far',
      'notebooks: 0 passed, 2 failed',
    ]);
  });
});
