// The page of `zipdream explore` in a real browser: what is typed, drawn and dropped there, and what
// must not happen. Chromium comes from the system; playwright-core only steers it.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { writeChunks } from '../src/engines/png/chunks.js';
import { readPng } from '../src/engines/png/read.js';
import { writePng } from '../src/engines/png/write.js';
import { readWav } from '../src/modality/wav.js';
import {
  type ExploreServer,
  languageModelFiles,
  startExploreServer,
} from '../src/node/explore-server.js';
import { JPEG_FILES } from './jpeg-files.js';
import { jsonLines, runCli, TALE } from './run-cli.js';

const CHROMIUM = '/usr/bin/chromium';
const ROOT = join(import.meta.dirname, '..');
const LANGUAGE_MODEL = languageModelFiles();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(!existsSync(CHROMIUM))(`the page (skipped where there is no ${CHROMIUM})`, () => {
  let server: ExploreServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startExploreServer({ folder: join(ROOT, 'dist/explorer') });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Opens the page, and holds it to its promises afterwards: no error, nothing asked elsewhere. */
  async function visit(
    hash: string,
    use: (page: Page) => Promise<void>,
    { before, ...options }: BrowserContextOptions & { before?: string } = {},
  ): Promise<void> {
    const context = await browser.newContext(options);
    if (before) await context.addInitScript(before);
    const page = await context.newPage();
    const errors: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    context.on('request', (request) => asked.push(request.url()));
    await page.goto(server.url + hash);
    // The page listens once it shows one of its parts.
    if (!before) await page.locator('a[aria-current=page]').waitFor();
    await use(page);
    await context.close();
    expect(errors).toEqual([]);
    const foreign = asked.filter(
      (url) => !/^(blob|data):/.test(url) && !url.startsWith(server.url),
    );
    expect(foreign).toEqual([]);
  }

  const lane = (page: Page, name: string) => page.locator(`article.lane[aria-label="${name}"]`);

  const figure = (page: Page, name: string) =>
    page
      .locator('figure:visible')
      .filter({ has: page.getByRole('heading', { name, exact: true }) });

  /** What a lane has written after the text. */
  const written = (page: Page, name: string): Promise<string> =>
    lane(page, name).locator('.written mark').innerText();

  /** Bytes drawn by each lane according to the address, which is written shortly after a change. */
  function drawnInLink(page: Page): number[] {
    const fields = new URLSearchParams(new URL(page.url()).hash.replace(/^.*\?/, ''));
    return fields
      .getAll('drawn')
      .map((drawn) => (drawn ? inflateRawSync(Buffer.from(drawn, 'base64url')).length : 0));
  }

  /** Waits for the likeliest byte to be such a one. */
  async function expectLikeliest(page: Page, name: string, byte: RegExp): Promise<void> {
    const bar = lane(page, name).locator('.bar:enabled').first();
    await bar.waitFor({ timeout: 60_000 });
    await expect.poll(() => bar.locator('.byte').textContent()).toMatch(byte);
  }

  it('updates its bars while typing, and reports the speed', async () => {
    await visit('#text?text=&first=nothing&c=gzip&c=ppm&drawn=', async (page) => {
      await page.fill('#context', 'abcdefgh abcdefgh abcdefgh abcdefg');
      await expectLikeliest(page, 'gzip', /^h$/);
      await expectLikeliest(page, 'ppm', /^h$/);
      await page.locator('#context').press('End');
      await page.keyboard.type('h');
      await expectLikeliest(page, 'gzip', /^␣$/);

      const twoKilobytes = readFileSync(TALE, 'utf8').slice(0, 2048);
      await page.fill('#context', twoKilobytes);
      await expectLikeliest(page, 'gzip', /^[^␣]/);
      const ms = await page.evaluate(`new Promise((resolve) => {
        const area = document.querySelector('#context');
        const bar = document.querySelector('article.lane .bars');
        const before = bar.textContent;
        const start = performance.now();
        new MutationObserver(() => {
          if (bar.textContent !== before) resolve(performance.now() - start);
        }).observe(bar, { childList: true, characterData: true, subtree: true });
        area.setRangeText(' mi', area.value.length, area.value.length, 'end');
        area.dispatchEvent(new Event('input', { bubbles: true }));
      })`);
      console.log(`first bars of gzip after typing behind 2 KB: ${Number(ms).toFixed(0)} ms`);
    });
  });

  it('draws the same 200 bytes as the command line with the same seed', async () => {
    const prompt = 'And Wenna said';
    const args = ['sample', prompt, '--corpus', TALE, '-n', '200', '--seed', 'page'];
    const [{ stdout: sampled }, ppm] = await Promise.all([
      runCli([...args, '--temperature', '0.8']),
      runCli([...args, '-c', 'ppm', '--temperature', '0.8']),
    ]);
    await visit(
      `#text?text=${prompt}&seed=page&temperature=0.8&c=gzip&c=ppm&drawn=&drawn=`,
      async (page) => {
        await expectLikeliest(page, 'gzip', /./);
        await page.evaluate(`globalThis.longest = 0; new PerformanceObserver((list) => {
        for (const task of list.getEntries()) longest = Math.max(longest, task.duration);
      }).observe({ type: 'longtask' })`);
        await page.click('#continue');
        await page.click('#continue');
        const drawn = (name: string) =>
          lane(page, name)
            .locator('.bytes .drawn')
            .allTextContents()
            .then((glyphs) => glyphs.join(''));
        for (const [name, bytes] of [
          ['gzip', sampled],
          ['ppm', ppm.stdout],
        ] as const) {
          const text = new TextDecoder().decode(bytes);
          await expect.poll(() => drawn(name)).toBe(text);
        }
        const longest = Number(await page.evaluate('longest'));
        console.log(`longest task of the main thread while drawing: ${longest || '< 50'} ms`);
      },
    );
  });

  it('responds while a slow compressor occupies a worker, and cancels outdated work', async () => {
    await visit('#text?text=abc&c=gzip~recompress&drawn=', async (page) => {
      const frames = await page.evaluate(`new Promise((resolve) => {
        document.querySelector('#continue').click();
        let frames = 0;
        const end = performance.now() + 2000;
        const tick = () => {
          frames++;
          performance.now() < end ? requestAnimationFrame(tick) : resolve(frames);
        };
        requestAnimationFrame(tick);
      })`);
      expect(frames).toBeGreaterThan(20);
      await lane(page, 'gzip').locator('select').first().selectOption('ppm');
      await expectLikeliest(page, 'ppm', /./);
    });
  });

  it('changes compressor, reading and options, and adds and removes compressors', async () => {
    await visit('#text?text=the+the+the+th&first=nothing&c=gzip&drawn=', async (page) => {
      await expectLikeliest(page, 'gzip', /^e$/);
      await lane(page, 'gzip').locator('summary').click();
      await lane(page, 'gzip').locator('select').nth(1).selectOption('exact');
      await expect.poll(() => page.url()).toContain('c=gzip%7Eexact');
      await lane(page, 'gzip').getByLabel('level', { exact: true }).fill('1');
      await lane(page, 'gzip').getByLabel('level', { exact: true }).press('Tab');
      await expect.poll(() => page.url()).toContain('c=gzip%3Alevel%3D1%7Eexact');
      await lane(page, 'gzip').locator('select').first().selectOption('order0');
      await expectLikeliest(page, 'order0', /./);
      await page.click('#add-lane');
      await expect.poll(() => written(page, 'lzma')).toHaveLength(100);
      await lane(page, 'order0').getByText('remove').click();
      expect(await page.locator('article.lane').count()).toBe(1);
      await lane(page, 'lzma').locator('select').first().selectOption('blend');
      await lane(page, 'blend').getByRole('img', { name: 'parts of gzip, ppm' }).waitFor();
    });
  });

  it('restores its state from a link, and ignores an invalid one', async () => {
    const link =
      '#text?text=na%C3%AFve+%E2%82%AC&first=nothing&c=ppm%3Aorder%3D3&temperature=0.5&top-k=8&seed=s&view=tokens&drawn=';
    await visit(link, async (page) => {
      expect(await page.inputValue('#context')).toBe('naïve €');
      expect(await page.inputValue('#temperature')).toBe('0.5');
      expect(await page.textContent('#top-k-value')).toBe('8');
      await expectLikeliest(page, 'ppm', /./);
      await page.click('#page-text > details > summary');
      await page.fill('#seed', 't');
      await page.locator('#seed').press('Tab');
      const changed = server.url + link.replace('seed=s', 'seed=t');
      await expect.poll(() => page.url().startsWith(changed) && page.url() !== changed).toBe(true);
    });
    await visit('#nothing?c=gzip:level=99&temperature=-3&top-k=x&view=1', async (page) => {
      await expect
        .poll(() => lane(page, 'gzip').locator('.trouble').textContent())
        .toContain('"gzip:level" expected integer from 0 to 9, got 99');
      expect(await lane(page, 'gzip').locator('.figures').textContent()).not.toContain('reading');
      expect(await page.inputValue('#temperature')).toBe('0.8');
    });
  });

  it('shows bits, rank and expected bytes for each byte, also by keyboard', async () => {
    await visit('#text?text=abcabcabc&first=nothing&c=order0&drawn=', async (page) => {
      const strip = lane(page, 'order0').getByRole('slider');
      await strip.focus();
      for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowRight');
      // KT: 2 of 8 bytes were c, so (2 + 1/2) / (8 + 128).
      const bits = Math.log2(136 / 2.5).toFixed(2);
      await expect
        .poll(() => strip.getAttribute('aria-valuetext'))
        .toMatch(new RegExp(`^c  ${bits} bits, 3rd of 256\\. Expected: a 2\\.57 %, b 2\\.57 %, c`));
    });
  });

  it('marks tokens and their copy sources', async () => {
    const link =
      '#text?text=-abcdefgh.abcdefgh&first=nothing&c=gzip&c=lzma&view=tokens&drawn=&drawn=';
    await visit(link, async (page) => {
      for (const name of ['gzip', 'lzma']) {
        const copies = lane(page, name).locator('.bytes .copy');
        await expect.poll(() => copies.count()).toBe(8);
        await copies.first().hover();
        await expect.poll(() => lane(page, name).locator('.bytes .source').count()).toBe(8);
        expect(await lane(page, name).locator('.readout').textContent()).toContain(
          'Copies 8 bytes from 9 back.',
        );
        expect(await lane(page, name).locator('svg .strong').count()).toBe(1);
      }
    });
  });

  it('shows the shares of the members of a blend', async () => {
    const spec = encodeURIComponent('blend:[gzip:level=6]+ppm');
    const text = encodeURIComponent(readFileSync(TALE, 'utf8').slice(0, 600));
    await visit(`#text?text=${text}&first=nothing&c=${spec}&c=ppm&drawn=`, async (page) => {
      const strip = lane(page, 'blend').getByRole('img', { name: 'parts of gzip:level=6, ppm' });
      await strip.waitFor();
      const heading = lane(page, 'blend').locator('.shares h2');
      expect(await heading.textContent()).toBe('Share of each member');
      const heights = await strip
        .locator('rect')
        .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('height'))));
      expect(heights).toHaveLength(2 * 300);
      expect(heights.reduce((sum, height) => sum + height, 0)).toBeCloseTo(300 * 20, 6);
      expect(await lane(page, 'ppm').locator('.shares').isVisible()).toBe(false);
      await page.click('#continue');
      await expect.poll(() => strip.locator('rect').count()).toBe(2 * (300 + 100));
      await page.fill('#context', '');
      await strip.waitFor({ state: 'hidden' });
    });
  });

  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    it(`can be used at first sight, ${viewport.width} pixels wide`, async () => {
      const use = async (page: Page): Promise<void> => {
        const marks = page.locator('.written mark');
        const isSeen = (name: string): Promise<boolean> =>
          lane(page, name)
            .locator('.written')
            .evaluate((box) => {
              // The end of the new text, inside its box and inside the window.
              const rects = [...box.querySelector('mark')!.getClientRects()];
              const { top, bottom } = box.getBoundingClientRect();
              const end = rects.at(-1)!;
              return (
                end.top >= top &&
                end.bottom <= bottom &&
                end.bottom <= box.ownerDocument.documentElement.clientHeight
              );
            });
        await expect.poll(() => written(page, 'gzip')).toHaveLength(100);
        expect(await isSeen('gzip')).toBe(true);
        expect(await page.evaluate('scrollY')).toBe(0);
        await page.getByRole('button', { name: 'Continue' }).click();
        await expect.poll(() => written(page, 'gzip')).toHaveLength(200);
        expect(await isSeen('gzip')).toBe(true);

        await lane(page, 'ppm').locator('select').first().selectOption('lzma');
        await expect.poll(() => written(page, 'lzma')).toHaveLength(100);
        await expect.poll(() => drawnInLink(page)).toEqual([200, 100]);
        const shown = await marks.allInnerTexts();
        await page.reload();
        await expect.poll(() => marks.allInnerTexts()).toEqual(shown);

        const scene = readFileSync(join(ROOT, 'samples/pictures/weave.png')).toString('base64');
        await page.evaluate(`{
          const bytes = Uint8Array.from(atob('${scene}'), (c) => c.charCodeAt(0));
          const dropped = new DataTransfer();
          dropped.items.add(new File([bytes], 'mine.png', { type: 'image/png' }));
          document.querySelector('#context').dispatchEvent(
            new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
        }`);
        await figure(page, 'original').waitFor();
        expect(await page.locator('#tab-picture').getAttribute('aria-current')).toBe('page');
        await expect.poll(() => page.url()).not.toContain('example=');
      };
      await visit('', use, { viewport });
    });
  }

  it('keeps a long text and the drawn bytes in its link, and continues identically', async () => {
    const long = readFileSync(TALE, 'utf8').slice(0, 6000);
    let link = '';
    let whole = '';
    const start = '#text?text=&first=nothing&c=gzip&c=order0&drawn=&drawn=';
    await visit(start, async (page) => {
      await page.fill('#context', long);
      await expectLikeliest(page, 'gzip', /./);
      await page.click('#continue');
      await expect.poll(() => drawnInLink(page)).toEqual([100, 100]);
      link = new URL(page.url()).hash;
      expect(link.length).toBeLessThan(8000);
      await page.click('#continue');
      await expect.poll(() => lane(page, 'gzip').locator('.bytes .drawn').count()).toBe(200);
      whole = await written(page, 'gzip');
    });
    await visit(link, async (page) => {
      await expect.poll(() => page.inputValue('#context')).toBe(long);
      await expect.poll(() => lane(page, 'gzip').locator('.bytes .drawn').count()).toBe(100);
      await page.click('#continue');
      await expect.poll(() => written(page, 'gzip')).toBe(whole);
    });
    await visit('#text?packed=nonsense&c=gzip&drawn=!', async (page) => {
      await expectLikeliest(page, 'gzip', /./);
    });
  });

  it('reports what does not fit into a link', async () => {
    const random = createRandom('too long');
    const noise = Array.from({ length: 30_000 }, () => String.fromCharCode(33 + 90 * random()));
    await visit('#text?text=&first=nothing&c=order0&drawn=', async (page) => {
      await page.fill('#context', noise.join(''));
      await expectLikeliest(page, 'order0', /./);
      await page.click('#copy-link');
      await expect
        .poll(() => page.textContent('#message'))
        .toContain('too long to carry what was drawn and the text');
      expect(page.url().length).toBeLessThan(16_100);
    });
  });

  it('uses one scale for all bars, from 0 to 100 %', async () => {
    await visit('#text?text=ababab&first=nothing&c=order0&c=gzip&drawn=&drawn=', async (page) => {
      for (const name of ['order0', 'gzip']) {
        await expectLikeliest(page, name, /./);
        const shown = await lane(page, name)
          .locator('.bar')
          .evaluateAll((bars) =>
            bars.map((bar) => {
              const part = (selector: string) => bar.querySelector(selector)!;
              const [fill, track] = ['.fill', '.track'].map((one) =>
                part(one).getBoundingClientRect(),
              );
              const percent = Number.parseFloat(part('.chance').textContent!.replace('< ', ''));
              return [fill!.width / track!.width, percent / 100];
            }),
          );
        for (const [width, chance] of shown) expect(width).toBeCloseTo(chance!, 2);
      }
    });
  });

  it('draws without overlap like the command line', async () => {
    const prompt = 'And Wenna said';
    const args = ['sample', prompt, '--corpus', TALE, '-n', '100', '--seed', 'o'];
    const { stdout } = await runCli([...args, '--temperature', '1', '--overlap', '0']);
    await visit(`#text?text=${prompt}&seed=o&temperature=1&overlap=off&c=gzip`, async (page) => {
      const drawn = lane(page, 'gzip').locator('.bytes .drawn');
      await expect
        .poll(() => drawn.allTextContents().then((glyphs) => glyphs.join('')))
        .toBe(new TextDecoder().decode(stdout));
    });
  });

  it('works with black boxes', async () => {
    await visit(
      '#text?text=the+the+the+th&first=nothing&c=zstd&c=lzma-js&drawn=&drawn=',
      async (page) => {
        for (const name of ['zstd', 'lzma-js']) await expectLikeliest(page, name, /./);
      },
    );
  });

  it('keeps the beginning of a paste that is far too long, and continues', async () => {
    await visit('#text?text=&c=gzip&drawn=', async (page) => {
      await page.evaluate(`{
        const pasted = new DataTransfer();
        pasted.setData('text/plain', 'x'.repeat(50_000_000));
        const event = new ClipboardEvent('paste', { clipboardData: pasted, cancelable: true });
        document.querySelector('#context').dispatchEvent(event);
      }`);
      await expect
        .poll(() => page.textContent('#message'))
        .toBe('50,000,000 characters are more than the page reads: the first 65,536 are kept');
      await expectLikeliest(page, 'gzip', /^x$/);
    });
  });

  const modelTitle = `runs the language model where it is served, with the predictions of the command line${LANGUAGE_MODEL.size > 0 ? '' : ' (skipped: no onnxruntime-web)'}`;
  it.skipIf(LANGUAGE_MODEL.size === 0)(modelTitle, async () => {
    const prompt = 'The capital of Fran';
    const ran = await runCli(['next', prompt, '-c', 'lm', '--json']);
    const [{ bits }] = jsonLines(ran) as [{ bits: number[] }];
    const folder = join(ROOT, 'dist/explorer');
    const bare = server;
    server = await startExploreServer({ folder, more: LANGUAGE_MODEL });
    try {
      await visit(`#text?text=${prompt}&first=nothing&c=lm&drawn=`, async (page) => {
        await expectLikeliest(page, 'lm', /./);
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.click('#save-json'),
        ]);
        const { lanes } = JSON.parse(readFileSync(await download.path(), 'utf8'));
        const far = bits.map((b, i) => Math.abs(b - lanes[0].nextBits[i]));
        expect(Math.max(...far)).toBeLessThan(0.01);
      });
    } finally {
      await server.close();
      server = bare;
    }
    await visit(`#text?text=${prompt}&c=lm`, async (page) => {
      await expect
        .poll(() => lane(page, 'lm').locator('.trouble').textContent())
        .toContain('the language model is not served here');
    });
  });

  it('reports a browser without workers', async () => {
    const use = async (page: Page): Promise<void> => {
      await expect
        .poll(() => lane(page, 'gzip').locator('.trouble').textContent())
        .toBe('this browser starts no module workers, which this page needs');
    };
    await visit('#text?c=gzip&drawn=', use, { before: 'delete globalThis.Worker' });
  });

  it('completes a picture like the command line', async () => {
    const file = join(ROOT, 'samples/pictures/weave.png');
    const flags = ['--max-size', '64', '--temperature', '0.5', '--seed', '7', '-o', '-'];
    const { stdout } = await runCli(['sample', file, '-c', 'png', '--given', 'left', ...flags]);
    const { picture } = readPng(stdout);
    const link = '#picture?example=weave&size=64&temperature=0.5&seed=7&c=png&c=gzip';
    await visit(link, async (page) => {
      const note = (name: string) => figure(page, name).locator('.figures');
      for (const name of ['png', 'gzip']) {
        await expect
          .poll(() => note(name).textContent())
          .toMatch(/^drawn: \d+\.\d\d bits per pixel; original: \d+\.\d\d$/);
      }
      const shown = await page.evaluate(PIXELS);
      expect(shown).toEqual([picture.width, picture.height, [...picture.pixels]]);
    });
  });

  it('reads a picture of the user, and reports what is wrong with a damaged one', async () => {
    const scene = readFileSync(join(ROOT, 'samples/pictures/scene.png'));
    const broken = Buffer.from(scene);
    broken[200]! ^= 0xff;
    await visit('#picture?example=bands&size=64&c=order0', async (page) => {
      await expect.poll(() => figure(page, 'order0').count()).toBe(1);
      const choose = (name: string, buffer: Buffer): Promise<void> =>
        page.setInputFiles('#picture-file', { name, mimeType: 'image/png', buffer });
      await choose('broken.png', broken);
      await expect
        .poll(() => page.textContent('#message'))
        .toMatch(/^this picture cannot be read: .* at byte \d+$/);
      await choose('notes.jpg', Buffer.from('no picture at all'));
      await expect
        .poll(() => page.textContent('#message'))
        .toBe('this picture cannot be read: not a picture that this browser can read');
      await choose('scene.png', scene);
      await expect.poll(() => page.textContent('#message')).toBe('');
      await expect
        .poll(() => figure(page, 'original').locator('.figures').textContent())
        .toBe('64 × 48 pixels');
    });
  });

  it('applies the EXIF orientation of pictures, and reports what is not kept', async () => {
    const tiff = '49492a0008000000010012010300010000000600000000000000';
    const jpeg = JPEG_FILES[0]!.file;
    const segment = Buffer.from(`ffe10022457869660000${tiff}`, 'hex');
    const turnedJpeg = Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
    const png = writePng({ width: 5, height: 3, channels: 1, pixels: new Uint8Array(15) });
    const chunk = writeChunks([{ type: 'eXIf', data: Buffer.from(tiff, 'hex') }]).slice(8);
    const turnedPng = Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
    await visit('#picture?example=bands&size=64&c=order0', async (page) => {
      await expect.poll(() => figure(page, 'order0').count()).toBe(1);
      for (const [name, buffer, size] of [
        ['turned.jpg', turnedJpeg, '13 × 17 pixels'],
        ['turned.png', turnedPng, '3 × 5 pixels'],
      ] as const) {
        const mimeType = name.endsWith('png') ? 'image/png' : 'image/jpeg';
        await page.setInputFiles('#picture-file', { name, mimeType, buffer });
        await expect
          .poll(() => figure(page, 'original').locator('.figures').textContent())
          .toBe(size);
        await expect.poll(() => page.textContent('#message')).toBe('not kept: EXIF');
      }
    });
  });

  it('continues a sound, which can be played and saved', async () => {
    await visit('#sound?example=hum&given=0.5&draw=0.5&c=flac&c=gzip', async (page) => {
      const note = (name: string) => figure(page, name).locator('.figures');
      for (const name of ['flac', 'gzip']) {
        await expect.poll(() => note(name).textContent()).toMatch(/^0.50 s given, 0.50 s after it/);
      }
      // What gzip draws is noise, far louder than what was given.
      expect(await note('gzip').textContent()).toMatch(/, played at [1-8]\d % of its level$/);
      // Waveforms follow the colours of the page.
      const pixels = (): Promise<string> =>
        page.evaluate(`document.querySelector('canvas.wave').toDataURL()`);
      const light = await pixels();
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(pixels).not.toBe(light);
      const button = figure(page, 'flac').locator('button').first();
      await button.click();
      expect(await button.textContent()).toBe('stop');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        figure(page, 'flac').getByText('save WAV').click(),
      ]);
      const { format, data } = readWav(readFileSync(await download.path()));
      expect(format).toEqual({ kind: 'audio', sampleRate: 8000, channels: 1, bitsPerSample: 16 });
      expect(data.length).toBe(2 * 8000);
      const hum = readWav(readFileSync(join(ROOT, 'samples/sound/hum.wav')));
      expect(data.subarray(0, 8000)).toEqual(hum.data.subarray(0, 8000));

      const buffer = Buffer.from('no sound');
      await page.setInputFiles('#sound-file', { name: 'x.wav', mimeType: 'audio/wav', buffer });
      await expect
        .poll(() => page.textContent('#message'))
        .toBe('this sound cannot be read: not a WAV file at byte 0');
    });
  });

  it('saves the current view as PNG and JSON', async () => {
    await visit('#text?text=the+the+the+th&first=nothing&c=order0&drawn=', async (page) => {
      await expectLikeliest(page, 'order0', /./);
      const save = async (id: string): Promise<Buffer> => {
        const [download] = await Promise.all([page.waitForEvent('download'), page.click(id)]);
        return readFileSync(await download.path());
      };
      const { picture } = readPng(await save('#save-png'));
      expect(new Set(picture.pixels).size).toBeGreaterThan(20);
      await expect.poll(() => lane(page, 'order0').locator('[data-heat]').count()).toBe(14);
      const json = JSON.parse((await save('#save-json')).toString());
      expect(json).toMatchObject({ tab: 'text', text: 'the the the th' });
      const [{ contextBits, nextBits }] = json.lanes;
      expect(contextBits[0]).toBe(8);
      // KT again: 3 of 14 bytes were t.
      expect(nextBits['t'.charCodeAt(0)]).toBeCloseTo(Math.log2(142 / 4.5), 9);
    });
  });

  for (const scheme of ['light', 'dark'] as const) {
    it(`has no serious accessibility findings, ${scheme}`, async () => {
      await visit('#text', async (page) => {
        await page.emulateMedia({ colorScheme: scheme });
        await expectLikeliest(page, 'gzip', /./);
        await page.click('#continue');
        await lane(page, 'gzip').locator('summary').click();
        expect(await findings(page)).toEqual([]);
        for (const [tab, name] of [
          ['picture', 'png'],
          ['sound', 'flac'],
        ] as const) {
          await page.click(`#tab-${tab}`);
          await expect.poll(() => figure(page, name).count()).toBe(1);
          expect(await findings(page)).toEqual([]);
        }
      });
    });
  }
});

/** Width, height and colours of the first picture that was drawn. */
const PIXELS = `{
  const canvas = document.querySelector('#picture-figures figure:nth-child(2) canvas');
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  [width, height, [...data].filter((_, i) => i % 4 !== 3)];
}`;

/** What axe-core finds that is serious or worse. */
async function findings(page: Page): Promise<unknown> {
  await page.evaluate(AXE);
  return page.evaluate(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]))`);
}
