// The picture at the top of the README, samples/hero.png: gzip writing, the page of `zipdream explore`,
// and a texture that goes on. Run it with `node samples/hero.mjs` after `npm run build`; it needs
// Chromium.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { surprisalMap, withStyle } from 'zipdream';
import { startExploreServer } from '../dist/node/explore-server.js';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'hero-'));
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const server = await startExploreServer({ folder: join(root, 'dist/explorer') });
try {
  const text = writing();
  const picture = finished('weave.png');
  const explore = await screenshotOfPage();
  const page = await browser.newPage({
    viewport: { width: 1200, height: 400 },
    deviceScaleFactor: 1.5,
  });
  const url = (png) => `data:image/png;base64,${png.toString('base64')}`;
  await page.setContent(
    withStyle(`<style>
      body { margin: 0; padding: 14px; width: 1172px; background: #fff; color-scheme: light;
        display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 22px; font: 14px/1.5 system-ui, sans-serif }
      h2 { font-size: 14px; font-weight: 600; margin: 0 0 8px } .zd { margin: 0 }
      pre.zd-bytes { padding: 0 } img { display: block; width: 100% } .frame { border: 1px solid #ccc }
      .sharp { image-rendering: pixelated }
    </style>
    <section><h2>gzip writes; the darker, the more bits</h2>${text}</section>
    <section><h2>zipdream explore</h2><img class="frame" src="${url(explore)}"></section>
    <section><h2>png goes on with the right half</h2><img class="sharp" src="${url(picture)}"></section>`),
  );
  await page.locator('body').screenshot({ path: join(root, 'samples/hero.png') });
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true });
}

function zipdream(...args) {
  return execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
    cwd: join(root, 'samples'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** As `npm start` draws it, with the bits of each byte. */
function writing() {
  const prompt = 'Once upon a time';
  const drawn = zipdream('sample', prompt, '--corpus', 'tale', '-n', '330', '--seed', '1', '--json')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ byte }) => byte !== undefined);
  const bytes = Uint8Array.from(drawn, ({ byte }) => byte);
  const bits = drawn.map((one) => one.bits);
  return surprisalMap(bytes, bits, { given: new TextEncoder().encode(prompt) });
}

function finished(name) {
  const path = join(folder, name);
  zipdream(
    'sample',
    `pictures/${name}`,
    ...['-c', 'png', '--proposal', 'patch', '--seed', '1', '-o', path],
  );
  return readFileSync(path);
}

async function screenshotOfPage() {
  const page = await browser.newPage({
    viewport: { width: 820, height: 640 },
    colorScheme: 'light',
  });
  await page.goto(server.url);
  await page.locator('a[aria-current=page]').waitFor();
  await page.waitForTimeout(5000);
  return page.screenshot();
}
