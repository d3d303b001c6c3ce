// The wall around the core: everything but node/ and cli/ compiles without Node's types, imports
// only what lies below it, and runs where there is no Node.

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** The floors of the house, ground first; a file may import from floors below its own. */
const FLOORS: readonly (readonly string[])[] = [
  ['bits'],
  ['engines'],
  ['readings', 'modality', 'registry.ts', 'specs.ts'], // the table's shape; its rows are in compressors/
  ['compressors', 'sampling', 'coding'],
  ['passage'],
  ['media'],
  ['measure', 'open.ts'],
  ['report'],
  ['index.ts'],
  ['node'],
  ['cli', 'explorer'],
];

/** Files that anybody may import; they import only each other. */
const LEAVES = ['errors.ts', 'expect.ts', 'options.ts', 'types.ts', 'version.ts'];

/** The packages that the core may use. */
const PACKAGES = ['@hpcc-js/wasm-zstd', 'fflate', 'lzma1', 'pako'];

const FILES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))
  .sort();

const CORE = FILES.filter((name) => !/^(node|cli|explorer)\//.test(name));

/** What each file imports, types included: paths in src/, or names of packages. */
const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(
  FILES.map((name) => {
    const { importedFiles } = ts.preProcessFile(source(name), true, true);
    const targets = importedFiles.map(({ fileName }) =>
      fileName.startsWith('.')
        ? posix.join(posix.dirname(name), fileName).replace(/\.js$/, '.ts')
        : fileName,
    );
    return [name, targets];
  }),
);

it('the core compiles without the types of Node or of a browser', () => {
  const path = join(ROOT, 'src/tsconfig.json');
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path, ts.sys.readFile).config,
    ts.sys,
    join(ROOT, 'src'),
  );
  expect(options.types).toEqual([]);
  expect(options.lib).toEqual(['lib.es2023.d.ts']);
  const names = fileNames.map((file) => posix.relative(join(ROOT, 'src'), file));
  expect(names.filter((name) => !name.endsWith('.d.ts')).sort()).toEqual(
    CORE.filter((name) => !name.endsWith('.d.ts')),
  );
});

it('imports only point to lower layers', () => {
  const wrong: string[] = [];
  for (const [name, targets] of IMPORTS) {
    for (const target of targets) {
      if (FILES.includes(target) && !mayImport(name, target)) wrong.push(`${name} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

it('every import resolves, and there are no import cycles, in types or code', () => {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new Error(`a cycle: ${[...path, name].join(' → ')}`);
    if (done.has(name)) return;
    for (const target of IMPORTS.get(name)!) {
      if (FILES.includes(target)) visit(target, [...path, name]);
      else if (target.endsWith('.ts')) throw new Error(`${name} imports ${target}, which is not`);
    }
    done.add(name);
  };
  for (const name of FILES) visit(name, []);
  expect(done.size).toBe(FILES.length);
});

it('the core imports four packages and nothing of Node', () => {
  const outside = CORE.flatMap((name) => IMPORTS.get(name)!).filter((at) => !at.endsWith('.ts'));
  expect([...new Set(outside)].sort()).toEqual(PACKAGES);
});

it('the core takes randomness, time and output as arguments', () => {
  const ambient =
    /\bMath\.random\b|\b(?:Date|performance)\.now\b|\bnew Date\b|\b(?:console|process)\.|\bBuffer\b|\bsetTimeout\b|\bglobalThis\b/;
  const suspects = CORE.filter((name) => ambient.test(source(name)));
  for (const name of suspects) expect(withoutComments(source(name)), name).not.toMatch(ambient);
});

it('the built core runs in a bare JavaScript environment', async () => {
  const flags = ['--experimental-vm-modules', '--no-warnings'];
  const script = join(ROOT, 'test/without-node.mjs');
  const { stdout } = await run(process.execPath, [...flags, script]);
  expect(JSON.parse(stdout)).toEqual([
    'gzip 2',
    'zlib 2',
    'deflate 2',
    'pako 2',
    'fflate 2',
    'lzma 2',
    'zstd is missing',
    'lzma-js 2',
    'ppm 2',
    'mix 2',
    'ctw 2',
    'flac 2',
    'png 2',
    'order0 2',
    'blend 2',
  ]);
});

function mayImport(from: string, to: string): boolean {
  if (LEAVES.includes(to)) return true;
  if (LEAVES.includes(from)) return false;
  if (floorOf(from) > floorOf(to)) return true;
  // Within a floor, only one's own folder; and no engine knows another, but that PNG is filters
  // before DEFLATE.
  if (room(from) === 'engines/png/' && room(to) === 'engines/deflate/') return true;
  return room(from) === room(to) && room(from).includes('/');
}

/** The folder that a file belongs to, `engines/deflate/`, or the file itself. */
function room(name: string): string {
  return /^(engines\/[^/]+\/|[^/]+\/)/.exec(name)?.[0] ?? name;
}

function floorOf(name: string): number {
  const floor = FLOORS.findIndex((rooms) => rooms.includes(name.split('/')[0]!));
  if (floor < 0) throw new Error(`src/${name} is on no floor; give it one here`);
  return floor;
}

function source(name: string): string {
  return readFileSync(join(ROOT, 'src', name), 'utf8');
}

function withoutComments(code: string): string {
  const compilerOptions = { removeComments: true, target: ts.ScriptTarget.ES2023 };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}
