// The static site as `npm run site` writes it: where its links lead, and its pictures in a real browser.
// The pictures of the guide are drawn by a script from the samples.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseHTML } from 'linkedom';
import { chromium } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const CHROMIUM = '/usr/bin/chromium';
const SITE = resolve('site');
const DOCUMENTS = join(SITE, 'docs/documents');

/** The ids of a page, and the files and places on them that its links and pictures name. */
interface Named {
  readonly ids: Set<string>;
  readonly links: readonly { readonly file: string; readonly id: string }[];
  readonly pictures: number;
}

function read(path: string): Named {
  const { document } = parseHTML(readFileSync(path, 'utf8'));
  const pictures = [...document.querySelectorAll('img[src]')].map(
    (one) => one.getAttribute('src')!,
  );
  const hrefs = [...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href')!);
  const links = [...pictures, ...hrefs]
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', id = ''] = link.split('#').map(decodeURIComponent);
      return { file: file === '' ? path : resolve(dirname(path), file), id };
    });
  const ids = new Set([...document.querySelectorAll('[id]')].map(({ id }) => id));
  return { ids, links, pictures: pictures.length };
}

const pagesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .map((name) => join(folder, name));

describe('the site', () => {
  it('has no broken links, and a picture on each page of the guide', async () => {
    await run(process.execPath, ['scripts/site.mjs']);
    const pages = new Map(pagesOf(SITE).map((path) => [path, read(path)]));
    const nowhere: string[] = [];
    for (const [path, { links }] of pages) {
      for (const { file, id } of links) {
        // The page of `explore` keeps its state behind #; elsewhere it names a place on a page.
        const ids = file === join(SITE, 'index.html') ? undefined : pages.get(file)?.ids;
        if (!existsSync(file) || (id !== '' && ids?.has(id) === false)) {
          nowhere.push(`${path}: ${file}#${id}`);
        }
      }
    }
    expect(nowhere).toEqual([]);
    const guide = readdirSync('guide').map((name) => {
      const [, title] = /^title: (.*)$/m.exec(readFileSync(join('guide', name), 'utf8'))!;
      return join(DOCUMENTS, `${title!.replaceAll(' ', '_')}.html`);
    });
    expect(guide.length).toBeGreaterThan(10);
    expect(guide.filter((path) => pages.get(path)!.pictures === 0)).toEqual([]);
  });

  it.skipIf(!existsSync(CHROMIUM))(
    `shows the pictures of the guide (skipped where there is no ${CHROMIUM})`,
    async () => {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
      onTestFinished(() => browser.close());
      const page = await browser.newPage();
      for (const path of pagesOf(DOCUMENTS)) {
        await page.goto(`file://${path}`);
        const widths = await page.evaluate('Array.from(document.images, (i) => i.naturalWidth)');
        expect(widths, path).not.toContain(0);
      }
    },
  );
});

describe('the pictures of the guide', () => {
  it('match the output of the script, and none is large', async () => {
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
