// Compiles src/ to dist/ from nothing, the page of `explore` included, so that no file of an earlier
// build is left behind. With --if-older, only where dist/ is missing or older than src/.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'vite';

process.chdir(join(import.meta.dirname, '..'));
if (process.argv.includes('--if-older') && modified('dist/explorer/index.html') >= newest('src')) {
  process.exit();
}

if (process.argv.includes('--if-older')) console.error('building dist/, about half a minute …');

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { stdio: 'inherit' });
chmodSync('dist/cli/main.js', 0o755);
await bundlePlot();
await bundleCore();
await import('./build-explorer.mjs');

/** Puts Observable Plot and linkedom, as much of them as is used, into the one module with charts. */
async function bundlePlot() {
  await build({
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: 'src/node/plot.ts',
      outDir: 'dist/node',
      emptyOutDir: false,
      minify: true,
      rolldownOptions: { output: { entryFileNames: 'plot.js' }, checks: { bundlerTimings: false } },
    },
  });
}

/** The core with all that it imports as one module, for pages and notebooks without a bundler. */
async function bundleCore() {
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      target: 'es2023',
      outDir: 'dist',
      emptyOutDir: false,
      lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'zipdream.js' },
      rolldownOptions: {
        output: { codeSplitting: false, minify: true },
        checks: { bundlerTimings: false },
      },
    },
  });
}

/** The time in ms at which the newest file of a folder was written. */
function newest(folder) {
  const names = readdirSync(folder, { recursive: true });
  return Math.max(...names.map((name) => modified(join(folder, name))));
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
