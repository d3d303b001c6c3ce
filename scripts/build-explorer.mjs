// Builds the page of `zipdream explore` to dist/explorer/: files that any host can serve.
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');

await build({
  configFile: false,
  root: join(root, 'src/explorer'),
  base: './',
  logLevel: 'warn',
  build: {
    outDir: join(root, 'dist/explorer'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  worker: { format: 'es', rolldownOptions: { checks: { bundlerTimings: false } } },
});
