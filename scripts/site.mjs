// Makes site/, a folder for any host of static files: the page, and under docs/ the guide, the
// reference and the figures of samples/paper. Needs a built dist/ (`npm run build`).
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application } from 'typedoc';

process.chdir(join(import.meta.dirname, '..'));
rmSync('site', { recursive: true, force: true });
cpSync('dist/explorer', 'site', { recursive: true });

const app = await Application.bootstrapWithPlugins({
  projectDocuments: [
    'guide/*.md',
    'samples/paper/*.md',
    'models/README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
  ],
  out: 'site/docs',
});
const project = await app.convert();
if (!project) process.exit(1);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);

// The page of `zipdream explore` has no documentation beside it; here it has.
const links =
  '<nav aria-label="Documentation"><a href="./docs/index.html">guide, reference and figures</a></nav>';
const page = readFileSync('site/index.html', 'utf8');
writeFileSync('site/index.html', page.replace('<footer class="bottom">', `$&${links}`));
