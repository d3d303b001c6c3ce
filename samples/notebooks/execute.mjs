// Runs notebooks in a fresh Deno kernel by `jupyter nbconvert` and compares all outputs with those
// that are kept in them. `node samples/notebooks/execute.mjs` checks all beside this file, or those
// that are named; with --update it keeps the outputs instead. Needs `npm run build` before, Deno
// (`npm install --no-save deno@2`, or on the path) and Jupyter's nbconvert (Debian:
// jupyter-nbconvert); for the one in Python also ipykernel, pandas and matplotlib of `python3`, or of
// the one that PYTHON names, without which it is skipped. Kernels are installed nowhere: their
// specifications are in a temporary folder.

import { execFile, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = import.meta.dirname;
/** Kernels at a time: one each for two cores. */
const AT_ONCE = 2;

/** What stays the same from run to run, whatever made it, by the kernel's language. */
const METADATA = {
  typescript: {
    kernelspec: { display_name: 'Deno', language: 'typescript', name: 'deno' },
    language_info: { file_extension: '.ts', mimetype: 'text/x.typescript', name: 'typescript' },
  },
  python: {
    kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
    language_info: { file_extension: '.py', mimetype: 'text/x-python', name: 'python' },
  },
};
const python = process.env.PYTHON ?? 'python3';
const hasPython = spawnSync(python, ['-c', 'import ipykernel, pandas, matplotlib']).status === 0;

const update = process.argv.includes('--update');
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const notebooks = named.length > 0 ? named.map((name) => resolve(name)) : all();
const scratch = mkdtempSync(join(tmpdir(), 'zipdream-notebooks-'));
let failed = 0;
let skipped = 0;
try {
  writeKernels();
  const waiting = [...notebooks];
  await Promise.all(Array.from({ length: AT_ONCE }, () => work(waiting)));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`notebooks: ${notebooks.length - failed - skipped} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function all() {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  return names.sort().map((name) => join(folder, name));
}

async function work(waiting) {
  for (let path = waiting.shift(); path; path = waiting.shift()) {
    if (languageOf(path) === 'python' && !hasPython) {
      skipped++;
      console.log(`skip   ${basename(path)}: no ipykernel, pandas and matplotlib in ${python}`);
      continue;
    }
    const problem = await check(path);
    if (problem) failed++;
    console.log(
      `${problem ? 'FAILED' : 'ok    '} ${basename(path)}${problem ? `: ${problem}` : ''}`,
    );
  }
}

function languageOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).metadata.kernelspec.language;
}

/** What is wrong with a notebook, if anything. */
async function check(path) {
  const executed = await execute(path);
  if (typeof executed === 'string') return executed;
  const kept = JSON.parse(readFileSync(path, 'utf8'));
  if (update) {
    writeFileSync(path, `${JSON.stringify(executed, null, 1)}\n`);
    return undefined;
  }
  const compared = languageOf(path) === 'python' ? asText : (outputs) => outputs;
  const at = executed.cells.findIndex(
    (cell, i) =>
      !isAlike(
        JSON.stringify(compared(cell.outputs)),
        JSON.stringify(compared(ordered(kept.cells[i].outputs && joined(kept.cells[i].outputs)))),
      ),
  );
  return at < 0 ? undefined : `cell ${at + 1} has another output; --update keeps it`;
}

/**
 * Whether outputs are the same, decimal fractions up to one in their last place: the bits of a
 * language model differ a little between processors.
 */
function isAlike(a = '', b = '') {
  const fraction = /\b\d+\.\d+/g;
  if (a.replace(fraction, '') !== b.replace(fraction, '')) return false;
  const others = b.match(fraction) ?? [];
  return (a.match(fraction) ?? []).every((number, i) => {
    const unit = 10 ** -number.split('.')[1].length;
    return Math.abs(number - others[i]) < 1.5 * unit;
  });
}

/**
 * Outputs without plots and HTML, which differ between versions of matplotlib, of its fonts, and of
 * pandas.
 */
function asText(outputs) {
  return outputs?.map((output) => output.text ?? output.data['text/plain']);
}

/** The notebook with its outputs, or in which cell it broke. */
async function execute(path) {
  const home = join(scratch, basename(path, '.ipynb'));
  mkdirSync(home);
  const settings = ['--config', join(folder, 'nbconvert_config.py'), '--allow-errors'];
  const target = ['--to', 'notebook', '--output-dir', home, '--output', 'out', path];
  try {
    await run('jupyter', ['nbconvert', ...settings, ...target], {
      cwd: dirname(path),
      env: {
        ...process.env,
        NO_COLOR: '1',
        JUPYTER_DATA_DIR: scratch,
        JUPYTER_CONFIG_DIR: home,
        JUPYTER_RUNTIME_DIR: home,
        DENO_DIR: join(scratch, 'deno'),
      },
    });
  } catch (error) {
    if (error.code === 'ENOENT') return 'there is no jupyter; install jupyter-nbconvert';
    if (/CellTimeoutError/.test(error.stderr)) return 'it takes more than two minutes';
    return error.stderr.trim().split('\n').at(-1);
  }
  const { cells, nbformat, nbformat_minor } = JSON.parse(
    readFileSync(join(home, 'out.ipynb'), 'utf8'),
  );
  for (const [i, { outputs = [] }] of cells.entries()) {
    const error = outputs.find(({ output_type }) => output_type === 'error');
    if (error) return `cell ${i + 1} throws ${error.ename}: ${error.evalue}`;
  }
  const kept = cells.map((cell) => {
    const outputs = cell.outputs && { outputs: joined(cell.outputs) };
    return ordered({ ...cell, metadata: {}, ...outputs });
  });
  return { cells: kept, metadata: METADATA[languageOf(path)], nbformat, nbformat_minor };
}

/** What was printed as one output before the result: in how many pieces it comes is chance. */
function joined(outputs) {
  const isPrinted = ({ output_type, name }) => output_type === 'stream' && name === 'stdout';
  const text = outputs.filter(isPrinted).flatMap((output) => output.text);
  const rest = outputs.filter((output) => !isPrinted(output));
  if (text.length === 0) return rest;
  return [{ name: 'stdout', output_type: 'stream', text: text.join('').split(/(?<=\n)/) }, ...rest];
}

/** With the keys of objects in order, as nbformat writes them. */
function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key])]));
}

function writeKernels() {
  const installed = join(folder, '../../node_modules/.bin/deno');
  const deno = existsSync(installed) ? installed : 'deno';
  const connection = '{connection_file}';
  writeKernel('deno', [deno, 'jupyter', '--kernel', '--conn', connection]);
  writeKernel('python3', [python, '-m', 'ipykernel_launcher', '-f', connection]);
}

function writeKernel(name, argv) {
  const kernel = join(scratch, 'kernels', name);
  mkdirSync(kernel, { recursive: true });
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify({ argv, display_name: name }));
}
