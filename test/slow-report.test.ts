// A report in a browser: what its script sorts and saves, that it is clean for axe-core, and that the
// commands on it measure the same again.

import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIN, runCli, TALE, withFolder } from './run-cli.js';

const SAMPLES = join(import.meta.dirname, '../samples');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
afterAll(() => browser?.close());

/** Two texts and six models, in a folder of their own. */
async function withReport(use: (folder: string) => Promise<void>, inputs: readonly string[]) {
  await withFolder(async (folder) => {
    const results = join(folder, 'r.jsonl');
    const models = ['-c', 'gzip,lzma,ppm,ctw,order0,zstd', '--metrics', 'samples,calibration'];
    const sizes = ['--chunk', '512', '--limit', '2', '--max-size', '16', '--judge', 'ppm'];
    await runCli(['compare', ...inputs, ...models, ...sizes, '-o', results]);
    await runCli(['report', results, '-o', join(folder, 'r.html')]);
    await use(folder);
  });
}

async function open(path: string, width: number): Promise<{ page: Page; said: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  await page.goto(`file://${path}`);
  return { page, said };
}

async function saved(page: Page, name: RegExp): Promise<{ name: string; text: string }> {
  const button = page.getByRole('button', { name }).first();
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

describe('a report of two texts and six models', () => {
  it('is under 400 KB and about six screens, sorts, saves, and passes the audits', async () => {
    const inputs = [TALE, join(SAMPLES, 'text/letters.txt')];
    await withReport(async (folder) => {
      const path = join(folder, 'r.html');
      expect(statSync(path).size).toBeLessThan(400_000);
      const { page, said } = await open(path, 1440);
      const height = await page.evaluate('document.documentElement.scrollHeight');
      expect(height).toBeLessThan(6.5 * 900);

      const table = page.locator('section table').first();
      const order = () => table.locator('tbody th').allTextContents();
      const byRank = await order();
      const head = table.locator('thead th', { hasText: 'raw %' });
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).toBe('ascending');
      const column = await table
        .locator('thead th')
        .evaluateAll((all: { textContent: string }[]) =>
          all.findIndex(({ textContent }) => textContent === 'raw %'),
        );
      const shares = (
        await table.locator(`tbody tr td:nth-child(${column + 1})`).allTextContents()
      ).map(Number);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      await table.locator('thead th', { hasText: 'to best' }).getByRole('button').click();
      expect(await order()).toEqual(byRank);

      const csv = await saved(page, /^Save CSV letters.*expects.*csv$/);
      const [titles, ...lines] = csv.text
        .trimEnd()
        .split('\n')
        .map((line) => line.match(/"[^"]*"|[^,]+|(?<=^|,)(?=,|$)/g)!);
      expect(titles!.slice(0, 6)).toEqual([
        'model',
        'bits/byte',
        'bits/byte low',
        'bits/byte high',
        'to best',
        'to best low',
      ]);
      expect(lines.map(([name]) => name)).toEqual(byRank);
      for (const line of lines) expect(line).toHaveLength(titles!.length);
      expect(lines[0]![1]).toMatch(/^\d\.\d{4,}$/);
      const tex = await saved(page, /^Save LaTeX letters.*expects.*tex$/);
      expect(tex.text).toMatch(
        /^\\begin\{tabular\}\{lr+\}\n\\toprule\nmodel & bits\/byte & 95 \\% &/,
      );
      const svg = await saved(page, /^Save .*svg$/);
      expect(svg.text).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);

      await page.evaluate(AXE);
      const found = await page.evaluate(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
      );
      expect(found).toEqual([]);
      expect(said).toEqual([]);
    }, inputs);
  });

  it('of a text, a picture and a sound has commands that give the same rows when pasted', async () => {
    const inputs = [TALE, join(SAMPLES, 'pictures/bands.png'), join(SAMPLES, 'sound/hum.wav')];
    await withReport(async (folder) => {
      for (const input of inputs) copyFileSync(input, join(folder, input.split('/').at(-1)!));
      const { page } = await open(join(folder, 'r.html'), 390);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      const commands = (await page.locator('pre.command').textContent())!;
      const script = `zipdream() { '${process.execPath}' '${MAIN}' "$@"; }\n${commands}`;
      const ran = spawnSync('bash', ['-c', `set -e\n${script}`], { cwd: folder, encoding: 'utf8' });
      expect(ran.status, ran.stderr).toBe(0);
      const again = await open(join(folder, 'reproduced.html'), 390);
      // Times and memory are of the run; what is shown of them are the last columns and one figure.
      const figures = (one: Page) =>
        one
          .locator('section table tbody tr')
          .evaluateAll((rows: { innerText: string }[]) =>
            rows.map(({ innerText }) => innerText.split('\t').slice(0, 6)),
          );
      expect(await figures(again.page)).toEqual(await figures(page));
    }, inputs);
  });
});
