// The static site as `npm run site` writes it, opened page by page in a real browser; and the pictures
// of its guide, which a script draws from the samples.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const CHROMIUM = '/usr/bin/chromium';
const SITE = 'site';
const ORIGIN = 'http://site.test/';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** What a page says of itself once it is loaded; sent to the browser as source. */
const LOOK = `(async () => {
  for (const image of document.images) {
    image.loading = 'eager';
    if (!image.complete) await new Promise((done) => (image.onload = image.onerror = done));
  }
  return {
    links: [...document.querySelectorAll('a[href]')].map((a) => a.href),
    ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
    pictures: [...document.images].map(({ src }) => src),
    broken: [...document.images].filter((i) => i.naturalWidth === 0).map(({ src }) => src),
  };
})()`;

interface Look {
  readonly links: string[];
  readonly ids: string[];
  readonly pictures: string[];
  readonly broken: string[];
}

/** Opens every page that can be reached from the first, and whatever they ask for. */
async function walk(browser: Browser): Promise<{ pages: Map<string, Look>; missing: Set<string> }> {
  const page = await browser.newPage();
  const missing = new Set<string>();
  await page.route('**', async (route) => {
    const { origin, pathname } = new URL(route.request().url());
    const path = join(SITE, decodeURIComponent(pathname));
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
    if (`${origin}/` !== ORIGIN || !existsSync(file)) {
      missing.add(route.request().url());
      return route.fulfill({ status: 404 });
    }
    const contentType = TYPES[extname(file)] ?? 'application/octet-stream';
    return route.fulfill({ contentType, body: readFileSync(file) });
  });
  const pages = new Map<string, Look>();
  const waiting = [ORIGIN];
  for (let url = waiting.shift(); url; url = waiting.shift()) {
    if (pages.has(url)) continue;
    await page.goto(url);
    const look = (await page.evaluate(LOOK)) as Look;
    pages.set(url, look);
    for (const link of look.links) {
      const { origin, pathname } = new URL(link);
      if (`${origin}/` !== ORIGIN) continue;
      const next = `${ORIGIN}${pathname.slice(1)}`;
      const file = join(SITE, decodeURIComponent(pathname));
      if (!existsSync(file)) missing.add(link);
      else if (/(\.html|\/)$/.test(pathname)) waiting.push(next);
    }
  }
  return { pages, missing };
}

describe.skipIf(!existsSync(CHROMIUM))(`the site (skipped where there is no ${CHROMIUM})`, () => {
  it('has no link to nowhere and no broken picture, and a picture on each page of the guide', async () => {
    await run(process.execPath, ['scripts/site.mjs']);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    onTestFinished(() => browser.close());
    const { pages, missing } = await walk(browser);
    expect([...missing]).toEqual([]);
    for (const [url, { links, broken }] of pages) {
      expect(broken, url).toEqual([]);
      // The page of `explore` keeps its state behind #; elsewhere it names a place on a page.
      for (const link of links) {
        const { href, hash } = new URL(link);
        const target = pages.get(href.slice(0, href.length - hash.length));
        if (hash === '' || target === undefined || target === pages.get(ORIGIN)) continue;
        expect(target.ids, `${link} in ${url}`).toContain(decodeURIComponent(hash.slice(1)));
      }
    }
    const guide = readdirSync('guide').map((name) => name.replace(/^\d+-(.*)\.md$/, '$1'));
    const documents = [...pages].filter(([url]) => url.includes('/documents/'));
    expect(documents.length).toBeGreaterThanOrEqual(guide.length);
    const bare = documents.filter(([, { pictures }]) => pictures.length === 0);
    expect(bare.map(([url]) => url).filter((url) => !/table|fig/i.test(url))).toEqual([]);
  });
});

describe('the pictures of the guide', () => {
  it('are what the script draws, and none is large', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guide-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await run(process.execPath, ['samples/guide/make.mjs', folder]);
    const drawn = readdirSync(folder);
    const kept = readdirSync('samples/guide').filter((name) => name.endsWith('.svg'));
    expect(kept).toEqual(drawn);
    for (const name of drawn) {
      const picture = readFileSync(join(folder, name));
      expect(picture.length, name).toBeLessThan(60_000);
      expect(readFileSync(join('samples/guide', name), 'utf8'), name).toBe(picture.toString());
    }
  });
});
