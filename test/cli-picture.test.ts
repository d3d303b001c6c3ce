// Pictures on the command line, with the painted ones of samples/.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../src/bits/checksums.js';
import { encodeZd } from '../src/coding/zd.js';
import { readPng } from '../src/engines/png/read.js';
import { writePng } from '../src/engines/png/write.js';
import { shrink } from '../src/modality/image.js';
import { nodeRegistry } from '../src/node/registry.js';
import { openCompressor } from '../src/open.js';
import { JPEG_FILES, YCCK_JPEG } from './jpeg-files.js';
import { jsonLines, type Ran, runCli, withFolder } from './run-cli.js';

const SCENE = join(import.meta.dirname, '../samples/pictures/scene.png');
const BANDS = join(import.meta.dirname, '../samples/pictures/bands.png');
const truth = PNG.sync.read(readFileSync(SCENE));

/** `zipdream sample SCENE -c order0 --seed 1 ARGS`. */
function sample(...args: string[]): Promise<Ran> {
  return runCli(['sample', SCENE, '-c', 'order0', '--seed', '1', ...args]);
}

describe('sample of a picture', () => {
  test('keeps the given part and draws the rest, the same for the same seed', async () => {
    await withFolder(async (folder) => {
      const at = (name: string): string => join(folder, name);
      expect((await sample('--given', 'left:28', '-o', at('a.png'))).code).toBe(0);
      await sample('--given', 'left:28', '-o', at('b.png'));
      expect(readFileSync(at('a.png'))).toEqual(readFileSync(at('b.png')));
      const drawn = PNG.sync.read(readFileSync(at('a.png')));
      expect([drawn.width, drawn.height]).toEqual([128, 96]);
      const different = [0, 0];
      for (let i = 0; i < drawn.data.length; i++) {
        const isGiven = (i >> 2) % 128 < 28;
        if (drawn.data[i] !== truth.data[i]) different[isGiven ? 0 : 1]!++;
      }
      expect(different[0]).toBe(0);
      expect(different[1]).toBeGreaterThan(20_000);
      const again = await sample('-o', at('a.png'));
      expect(again.code).toBe(1);
      expect(again.stderr).toMatch(/a\.png" is already there; --force replaces it/);
      const lost = await sample('-o', at('no/a.png'), '--force');
      expect(lost.text).toBe('');
      expect(lost.stderr).toMatch(/^zipdream: cannot write ".*a\.png": no such file/);
    });
  });

  test('writes a PNG to stdout, smaller and grey on request', async () => {
    const { stdout } = await sample('--max-size', '16', '--grey', '--given', 'top:0.25');
    expect(stdout[25]).toBe(0);
    const small = PNG.sync.read(Buffer.from(stdout));
    expect([small.width, small.height]).toEqual([16, 12]);
  });

  test('draws a whole picture with no given part, with or without an input file', async () => {
    const size = ['--width', '7', '--height', '5'];
    const free = await runCli(['sample', '--given', 'none', ...size, '-c', 'order0']);
    const drawn = PNG.sync.read(Buffer.from(free.stdout));
    expect([drawn.width, drawn.height]).toEqual([7, 5]);
    expect(free.stderr).toMatch(/seed \d+\n35 pixels drawn/);
    const [one, seen] = jsonLines(await sample('--given', 'none', '--max-size', '8', '--json'));
    expect(one).toMatchObject({ sample: 0, bytes: 144 });
    expect(seen).toMatchObject({
      medium: 'picture',
      format: { kind: 'image', width: 8, channels: 3 },
      given: { rows: 0, columns: 0 },
      unit: 'channel',
      units: 144,
      bytes: 144,
    });
  });

  test("follows the paper's protocol, with several samples and a sheet", async () => {
    await withFolder(async (folder) => {
      const at = (name: string): string => join(folder, name);
      const paper = ['--protocol', 'paper', '--max-size', '12', '--count', '2'];
      const sheet = ['--sheet', at('p.svg'), '--beside', 'gzip'];
      const ran = await sample(...paper, '-o', at('p.png'), ...sheet);
      expect(ran.stderr).toMatch(/p-1\.png.*p-2\.png.*p\.svg/);
      const [one, two] = ['p-1.png', 'p-2.png'].map((name) => readFileSync(at(name)));
      expect(one![25]).toBe(0);
      expect(one).not.toEqual(two);
      const svg = readFileSync(at('p.svg'), 'utf8');
      expect(svg.match(/<image /g)?.length).toBe(4);
      for (const title of ['>truth<', '>given<', '>order0, decode<', '>gzip, decode<']) {
        expect(svg).toContain(title);
      }
      expect(svg.match(/>\d+\.\d\d bits per channel for the truth</g)?.length).toBe(2);
    });
  });

  test('draws with the same settings for --beside', async () => {
    await withFolder(async (folder) => {
      const sheet = join(folder, 's.svg');
      await sample(
        '--max-size',
        '16',
        '--top-k',
        '1',
        '--sheet',
        sheet,
        '--beside',
        'order0',
        '-o',
        join(folder, 's.png'),
      );
      const images = [...readFileSync(sheet, 'utf8').matchAll(/base64,([^"]+)"/g)].map(
        ([, png]) => png,
      );
      expect(images).toHaveLength(4);
      expect(images[3]).toBe(images[2]);
    });
  });

  test('keeps what was drawn when it is interrupted', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'half.png');
      const slow = ['-c', 'gzip', '--reading', 'recompress', '-o', path];
      const ran = await runCli(['sample', SCENE, ...slow], {
        // The notice of the seed comes as the drawing begins.
        during: (child) =>
          child.stderr!.once('data', () => setTimeout(() => child.kill('SIGINT'), 500)),
      });
      expect(ran.code).toBe(130);
      const png = PNG.sync.read(readFileSync(path));
      expect([...png.data.subarray(-4)]).toEqual([128, 128, 128, 255]);
    });
  }, 60_000);

  test('refuses unsupported requests in one line and writes nothing', async () => {
    await withFolder(async (folder) => {
      const problem = async (...args: string[]): Promise<string> => {
        const { code, stderr } = await runCli(['sample', ...args, '-o', join(folder, 'x.png')]);
        expect(code).toBe(2);
        expect(stderr.trimEnd()).not.toContain('\n');
        return stderr;
      };
      expect(await problem(SCENE, '--given', 'left:129')).toMatch(/128 × 96 pixels/);
      expect(await problem(SCENE, '--given', 'right')).toMatch(
        /"--given" of a picture expected left/,
      );
      expect(await problem(SCENE, '--given', '2s')).toMatch(/"--given" of a picture expected/);
      expect(await problem(SCENE, '--given', 'top', '--protocol', 'paper')).toMatch(/left of each/);
      expect(await problem(SCENE, '--utf8')).toMatch(
        /--utf8 does not apply to a picture; it applies to a text/,
      );
      expect(await problem(SCENE, '-n', '9')).toMatch(
        /--length does not apply to a picture; it applies to a sound or a text/,
      );
      expect(await problem(SCENE, '--width', '9')).toMatch(/--width and --height need/);
      expect(await problem(SCENE, '-c', 'flac')).toMatch(/flac expected audio, got image/);
      expect(await problem('a text', '--given', 'left')).toMatch(
        /--given does not apply to a text; it applies to a picture or a sound/,
      );
      expect(await problem('a text', '--max-size', '9')).toMatch(
        /--max-size does not apply to a text; it applies to a picture/,
      );
      expect(await problem('--given', 'none')).toMatch(/needs --width and --height/);
      expect(await problem('--given', 'none', '--width', '0')).toMatch(/"--width" expected/);
      const vast = ['--width', '65535', '--height', '65535'];
      expect(await problem('--given', 'none', ...vast)).toMatch(/exceed the limit/);
      expect(readdirSync(folder)).toEqual([]);
    });
  }, 60_000);

  test('names the file that is damaged or too large', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'torn.png');
      const whole = readFileSync(SCENE);
      for (const length of [10, 40, 5000]) {
        writeFileSync(path, whole.subarray(0, length));
        const { code, stderr } = await runCli(['sample', path, '-c', 'order0']);
        expect(code).toBe(1);
        expect(stderr).toMatch(/^zipdream: cannot read ".*torn\.png": [^\n]+\n$/);
      }
      const vast = Buffer.from(whole);
      vast.writeUInt32BE(60_000, 16);
      vast.writeUInt32BE(60_000, 20);
      vast.writeUInt32BE(crc32(vast.subarray(12, 29)), 29);
      const refused = [
        [vast, /60000.60000 pixels is larger than 33554432/],
        [YCCK_JPEG, /JPEG in YCCK is not supported/],
      ] as const;
      for (const [file, problem] of refused) {
        writeFileSync(path, file);
        const out = join(folder, 'x.png');
        const { code, stderr } = await runCli(['sample', path, '-c', 'order0', '-o', out]);
        expect(code).toBe(2);
        expect(stderr).toMatch(/^zipdream: [^\n]+\n$/);
        expect(stderr).toMatch(problem);
      }
      expect(readdirSync(folder)).toEqual(['torn.png']);
    });
  });
});

test('score reports bits per pixel and channel, the own rate and a map', async () => {
  await withFolder(async (folder) => {
    const small = ['--max-size', '32', '--json'];
    const [result] = jsonLines(await runCli(['score', BANDS, '-c', 'gzip', ...small]));
    expect(result).toMatchObject({
      compressor: 'gzip',
      format: { kind: 'image', width: 32, channels: 1 },
      unit: 'channel',
      units: 16 * 21,
    });
    const { bitsPerUnit, bits, ownBits, conversionLoss } = result as Record<string, number>;
    expect(bitsPerUnit).toBeCloseTo(bits! / (16 * 21), 9);
    expect(conversionLoss).toBeCloseTo((bits! - ownBits!) / (16 * 21), 9);
    expect(Math.abs(conversionLoss!)).toBeLessThan(1);
    const given = async (part: string): Promise<number> => {
      const args = ['score', BANDS, '-c', 'order0', '--given', part, ...small];
      return jsonLines(await runCli(args))[0]!.bits as number;
    };
    const all = await given('none');
    expect(await given('left:0')).toBe(all);
    expect(await given('top:20')).toBeLessThan(all / 10);
    const path = join(folder, 'map.png');
    const heat = ['-c', 'order0', '--heat', '-o', path];
    expect((await runCli(['score', BANDS, ...heat])).code).toBe(0);
    const map = PNG.sync.read(readFileSync(path));
    expect([map.width, map.height]).toEqual([96, 64]);
    expect((await runCli(['score', BANDS, '--heat'])).stderr).toMatch(/name its file with -o FILE/);
    expect((await runCli(['score', BANDS, '--chunk', '9'])).stderr).toMatch(
      /--chunk does not apply to a picture/,
    );
  });
});

test('next shows the likeliest values and the true one', async () => {
  const args = ['next', SCENE, '-c', 'order0', '--given', 'top:20', '--top', '5'];
  const [seen] = jsonLines(await runCli([...args, '--json'])) as [Record<string, unknown>];
  expect(seen).toMatchObject({
    given: { rows: 20, columns: 0 },
    truth: truth.data[4 * 128 * 20],
  });
  expect(seen.likeliest).toHaveLength(5);
  expect((await runCli(args)).text).toMatch(/red of the pixel in column 0, row 20; \d+ comes/);
  expect((await runCli([...args, '--given', 'left:128'])).stderr).toMatch(
    /nothing left to predict/,
  );
});

test('a compressor of plain bytes compresses the file, not its pixels', async () => {
  await withFolder(async (folder) => {
    const gz = join(folder, 's.gz');
    await runCli(['compress', SCENE, '-c', 'gzip', '-o', gz]);
    const back = await runCli(['decompress', gz, '-o', '-']);
    expect(Buffer.from(back.stdout)).toEqual(readFileSync(SCENE));
  });
});

test('decompress writes the pixels of a .zd as a PNG', async () => {
  await withFolder(async (folder) => {
    const pixels = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
    const image = { kind: 'image', width: 3, channels: 1 } as const;
    const order0 = await openCompressor('order0', { format: image });
    const file: Uint8Array[] = [];
    for await (const part of encodeZd(order0, pixels, { spec: 'order0', image })) file.push(part);
    const path = join(folder, 'p.png.zd');
    writeFileSync(path, Buffer.concat(file));
    const size = Buffer.concat(file).length;
    expect((await runCli(['decompress', path])).stderr).toContain(
      `${size} → 12 bytes, in ${join(folder, 'p.png')}`,
    );
    const png = PNG.sync.read(readFileSync(join(folder, 'p.png')));
    expect([png.width, png.height]).toEqual([3, 4]);
    expect(png.data.filter((_, i) => i % 4 === 0)).toEqual(Buffer.from(pixels));
  });
});

test('score of a black box of whole rows reports its own rate and that it predicts nothing', async () => {
  const small = ['score', BANDS, '--max-size', '24', '-c', 'webp'];
  const ran = await runCli(small);
  expect(ran.code).toBe(0);
  expect(ran.stderr).toMatch(/^webp compresses whole rows of 24 bytes, not 1, so that/);
  expect(ran.text).toMatch(/own rate {8}\d\.\d{3} bits per pixel and channel, of all 384 bytes/);
  const [record] = jsonLines(await runCli([...small, '--json']));
  const { picture } = readPng(readFileSync(BANDS));
  const { width, channels, pixels } = shrink(picture, 24);
  const format = { kind: 'image', width, channels } as const;
  const webp = await openCompressor('webp', { registry: nodeRegistry, format });
  expect(record).toMatchObject({ bytes: 384, ownBits: await webp.codeLength(pixels) });
  const heat = await runCli([...small, '--heat', '-o', '/dev/null']);
  expect(heat.stderr).toMatch(/^zipdream: webp compresses whole rows .* --heat needs/);
});

test('black boxes draw whole rows with --spans', async () => {
  await withFolder(async (folder) => {
    const out = join(folder, 'o.png');
    const args = ['sample', BANDS, '--max-size', '24', '--given', 'left:20', '--seed', '1'];
    const spans = ['--spans', '999', '--candidates', '4', '-c', 'webp', '-o', out];
    const ran = await runCli([...args, ...spans]);
    expect(ran.stderr).toMatch(/64 pixels drawn/);
    const { width, height } = PNG.sync.read(readFileSync(out));
    expect([width, height]).toEqual([24, 16]);
    const refused = await runCli([...args, '--spans', '9', '--temperature', '0.5']);
    expect(refused.stderr).toMatch(/^zipdream: --spans and --temperature exclude each other/);
    const bytewise = await runCli([...args, '-c', 'webp', '-o', join(folder, 'p.png')]);
    expect(bytewise.stderr).toMatch(/webp compresses whole rows of 24 bytes/);
  });
});

test('a texture is continued by patches, weighted by any compressor', async () => {
  await withFolder(async (folder) => {
    const args = ['sample', BANDS, '--max-size', '32', '--seed', '1', '--proposal', 'patch'];
    const ran = await runCli([...args, '-c', 'order0', '--json', '--given', 'top']);
    const last = jsonLines(ran).pop();
    const record = { drawn: 'spans', span: 1, candidates: 16, proposal: 'patch', beta: 0.25 };
    expect(last).toMatchObject({ ...record, units: 32 * 11 });
    const sheet = join(folder, 's.svg');
    const out = ['-o', join(folder, 'a.png'), '--sheet', sheet];
    await runCli([...args, '-c', 'order0', '--temperature', '0.5', ...out]);
    expect(readFileSync(sheet, 'utf8')).toContain('>order0, decode, spans of patch<');
  });
  for (const [args, message] of [
    [[BANDS, '--proposal', 'patch', '--given', 'left:9'], /at least 11 × 6 given pixels/],
    [[BANDS, '--proposal', 'patch', '--protocol', 'paper'], /--proposal and --protocol exclude/],
    [[BANDS, '--proposal', 'ppm'], /--proposal needs --spans/],
    [['text', '--proposal', 'patch'], /--proposal patch needs a picture/],
  ] as const) {
    const { code, stderr } = await runCli(['sample', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  }
});

test('PNG draws with few wrapping residuals by default', async () => {
  const args = ['sample', BANDS, '--max-size', '16', '--seed', '1', '--json'];
  const last = async (...more: string[]) => jsonLines(await runCli([...args, ...more])).pop()!;
  const drawn = await last();
  expect(drawn).toMatchObject({ spec: 'png:wrap=0' });
  expect(drawn.version).toMatch(/, not PNG any more$/);
  const plain = await last('-c', 'png:wrap=1');
  expect(plain).toMatchObject({ spec: 'png:wrap=1' });
  expect(plain.version).not.toMatch(/not PNG/);
  expect(await last('-c', 'png:matches=0')).toMatchObject({ spec: 'png:matches=0,wrap=0' });
  expect(await last('-c', 'png', '--reading', 'exact')).toMatchObject({ spec: 'png' });
});

const image = Object.keys(nodeRegistry).filter((name) =>
  nodeRegistry[name]!.accepts.includes('image'),
);

test.skipIf(!image.includes('mix'))('mix compresses pixels to a .zd that round trips', async () => {
  await withFolder(async (folder) => {
    const [zd, png] = [join(folder, 'b.png.zd'), join(folder, 'b.png')];
    const picture = shrink(readPng(new Uint8Array(readFileSync(BANDS))).picture, 48);
    const small = join(folder, 'small.png');
    writeFileSync(small, writePng(picture));
    const ran = await runCli(['compress', small, '-c', 'mix', '--verify', '-o', zd]);
    expect(ran.stderr).toMatch(/48 × 32 pixels, 1,536 → [\d,]+ bytes.*, verified\n/);
    expect((await runCli(['decompress', zd])).code).toBe(0);
    expect(PNG.sync.read(readFileSync(png)).data).toEqual(PNG.sync.read(readFileSync(small)).data);
  });
});

test.skipIf(!image.includes('png'))('png writes a PNG with the same pixels', async () => {
  await withFolder(async (folder) => {
    const png = join(folder, 'b.png');
    const ran = await runCli(['compress', BANDS, '-c', 'png', '--verify', '-o', png]);
    expect(ran.stderr).toMatch(/verified/);
    const quick = join(folder, 'q.png');
    await runCli(['compress', BANDS, '-c', 'png', '--effort', 'zlib', '-o', quick]);
    expect(readFileSync(png).length).toBeLessThan(readFileSync(quick).length);
    const up = join(folder, 'up.png');
    const one = ['-c', 'png:filter=up', '--effort', 'zlib', '-o', up];
    await runCli(['compress', '-', ...one], { input: readFileSync(BANDS) });
    expect(readFileSync(up).length).toBeGreaterThan(readFileSync(quick).length);
    expect(PNG.sync.read(readFileSync(up)).data).toEqual(PNG.sync.read(readFileSync(BANDS)).data);
    const missing = await runCli(['compress', join(folder, 'no.png'), '-c', 'png']);
    expect(missing.stderr).toMatch(/^zipdream: cannot read ".*no\.png": no such file[^\n]*\n$/);
    const refused = await runCli(['compress', BANDS, '-c', 'gzip', '--effort', 'max', '-o', png]);
    expect(refused.stderr).toMatch(/^zipdream: --effort is for pictures/);
    expect(PNG.sync.read(readFileSync(png)).data).toEqual(PNG.sync.read(readFileSync(BANDS)).data);
  });
});

test('compress applies the EXIF orientation of a JPEG and reports what is not kept', async () => {
  await withFolder(async (folder) => {
    const [jpeg] = JPEG_FILES;
    const exif = Buffer.from(
      'ffe10022457869660000' + '49492a0008000000010012010300010000000600000000000000',
      'hex',
    );
    const file = Buffer.concat([jpeg!.file.subarray(0, 2), exif, jpeg!.file.subarray(2)]);
    const path = join(folder, 'turned.jpg');
    writeFileSync(path, file);
    const ran = await runCli(['compress', path, '-c', 'png']);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/turned\.jpg": not kept: EXIF\n/);
    const { width, height } = PNG.sync.read(readFileSync(join(folder, 'turned.png')));
    expect([width, height]).toEqual([13, 17]);
  });
});
