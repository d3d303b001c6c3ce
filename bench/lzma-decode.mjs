// `node bench/lzma-decode.mjs [loss] [long] [speed] [repeats] [prime] [tokens]`: the decode reading of LZMA against what
// xz -9e needs for the same bytes (conversion loss, bits per byte), and what a byte of it costs, in
// microseconds of processor time. The codec's own marginal is the difference of two lengths of real
// xz's .lzma files, so that header, end marker and flush cancel. Data from $ZIPDREAM_DATA.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = process.env.ZIPDREAM_DIST ?? new URL('../dist', import.meta.url).pathname;
const { createLzmaDecoder } = await import(join(dist, 'engines/lzma/decode/decode.js'));
const { createRandom } = await import(join(dist, 'bits/random.js'));
const folder = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'text');
const text = (name) => new Uint8Array(readFileSync(join(folder, `${name}.txt`)));
const wanted = process.argv.slice(2);
const wants = (name) => wanted.length === 0 || wanted.includes(name);
const start = (options) =>
  createLzmaDecoder({ lc: 3, lp: 0, pb: 2, dictionary: 1 << 23, ...options });
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function xzBits(data) {
  const flags = ['--format=lzma', '-9e', '--stdout'];
  return 8 * execFileSync('xz', flags, { input: data, maxBuffer: 2 ** 28 }).length;
}

/** Bits a byte of `data` from `from` on, by the decoder and by xz. */
function measure(data, from) {
  const decoder = start();
  decoder.push(data.subarray(0, from));
  const bits = new Float64Array(256);
  let decoded = 0;
  for (let i = from; i < data.length; i++) {
    decoder.predict(bits);
    decoded += bits[data[i]];
    decoder.update(data[i]);
  }
  const count = data.length - from;
  const marginal = xzBits(data) - xzBits(data.subarray(0, from));
  return { decode: decoded / count, xz: marginal / count };
}

function report(name, rows) {
  const decode = mean(rows.map((row) => row.decode));
  const xz = mean(rows.map((row) => row.xz));
  const spread = Math.sqrt(mean(rows.map((r) => (r.decode - r.xz - decode + xz) ** 2)));
  const error = spread / Math.sqrt(rows.length - 1);
  const loss = `${(decode - xz).toFixed(3)} ± ${error.toFixed(3)}`;
  console.log(`| ${name} | ${xz.toFixed(3)} | ${decode.toFixed(3)} | ${loss} |`);
  return decode - xz;
}

if (wants('loss') || wants('long')) {
  console.log('| bytes | xz -9e | decode | conversion loss |\n| --- | ---: | ---: | ---: |');
}
if (wants('loss')) {
  const data = text('wiki-test');
  const chunks = Array.from({ length: 64 }, (_, k) => data.subarray(2048 * k, 2048 * (k + 1)));
  report(
    'wiki-test, 64 chunks of 2048 from 1024',
    chunks.map((chunk) => measure(chunk, 1024)),
  );
}
if (wants('long')) {
  const losses = [];
  for (const name of ['shakespeare', 'wiki-train']) {
    const data = text(name);
    for (const context of [65_536, 262_144]) {
      const places = [0, 1, 2].map((k) => Math.floor((k * (data.length - context - 800)) / 2));
      const rows = places.map((at) => measure(data.subarray(at, at + context + 800), context));
      losses.push(report(`${name}, 800 bytes after ${context / 1024} KB, 3 places`, rows));
    }
  }
  console.log(`mean of the four: ${mean(losses).toFixed(3)}`);
}

/** Microseconds of processor time, which other work on the machine changes less than the clock. */
function time(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

if (wants('speed')) {
  console.log('\n| context | prime | predict | update | fork + update |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const context of [2048, 65_536, 1_000_000]) {
    const data = text('wiki-train').subarray(0, context + 600);
    const decoder = start();
    const prime = time(() => decoder.push(data.subarray(0, context))) / context;
    const bits = new Float64Array(256);
    let predict = 0;
    let update = 0;
    let fork = 0;
    for (let i = context; i < context + 600; i++) {
      const warm = i >= context + 200;
      const times = [time(() => decoder.predict(bits)), time(() => decoder.update(data[i]))];
      if (!warm) continue;
      predict += times[0] / 400;
      update += times[1] / 400;
    }
    for (let i = 0; i < 400; i++) fork += time(() => decoder.fork().update(32)) / 400;
    const cells = [prime, predict, update, fork].map((us) => us.toFixed(1));
    console.log(`| ${context} | ${cells.join(' | ')} |`);
  }
}
if (wants('repeats')) {
  const passage = text('shakespeare').subarray(0, 44);
  const inputs = {
    '20,000 times "x"': new Uint8Array(20_000).fill(120),
    '44 bytes repeated to 100 KB': Uint8Array.from({ length: 100_000 }, (_, i) => passage[i % 44]),
  };
  for (const [name, data] of Object.entries(inputs)) {
    const decoder = start();
    const from = data.length - 4000;
    decoder.push(data.subarray(0, from));
    const bits = new Float64Array(256);
    const us = time(() => {
      for (let i = from; i < data.length; i++) {
        decoder.predict(bits);
        decoder.update(data[i]);
      }
    });
    console.log(`predict + update, ${name}: ${(us / 4000).toFixed(1)}`);
  }
}
if (wants('prime')) {
  const { openCompressor } = await import(join(dist, 'registry.js'));
  const { lzma } = await import(join(dist, 'compressors/lzma.js'));
  const data = text('shakespeare').subarray(0, 1_000_000);
  const compressor = await openCompressor('lzma', { lzma });
  const bits = new Float64Array(256);
  const priming = time(() => {
    const model = compressor.start('decode');
    model.push(data);
    model.next(bits);
  });
  const compressing = time(() => compressor.compress(data));
  const seconds = [priming, compressing].map((us) => (us / 1e6).toFixed(2));
  const ratio = (priming / compressing).toFixed(2);
  console.log(`1 MB: decode primed in ${seconds[0]} s, compressed in ${seconds[1]} s: ${ratio}`);
}
if (wants('tokens')) {
  const prime = text('wiki-train').subarray(0, 65_536);
  for (const maxMatch of [16, 273]) {
    const source = start({ maxMatch });
    source.push(prime);
    const random = createRandom('tokens');
    let bytes = source.draw(random, 1).bytes.length;
    const us = time(() => {
      for (let i = 0; i < 4000; i++) bytes += source.draw(random, 0.9).bytes.length;
    });
    const speed = `${((bytes / us) * 1000).toFixed(0)} KB/s`;
    console.log(`tokens at 64 KB, maxMatch ${maxMatch}, temperature 0.9: ${speed}`);
  }
}
