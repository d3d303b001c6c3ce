// `node bench/blend-rates.mjs [bytes]`: bits per byte of gzip, ppm, lzma and of blends of two of them
// on the start of every shared file, and how far a blend is above its better member. Each member is
// asked once for each byte, for all blends it is in; the results are those of `zipdream score`.
// Pictures are read as the bytes of their pixels. Data from $ZIPDREAM_DATA.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCompressor } from 'zipdream/node';

const dist = process.env.ZIPDREAM_DIST ?? new URL('../dist', import.meta.url).pathname;
const { Ensemble } = await import(join(dist, 'readings/ensemble.js'));
const { GeometricMixture } = await import(join(dist, 'engines/blend/geometric.js'));
const { readPng } = await import(join(dist, 'engines/png/read.js'));
const data = process.env.ZIPDREAM_DATA ?? '../shared/data';
/** Bytes read of each file. */
const BYTES = Number(process.argv[2] ?? 2 ** 17);
const MEMBERS = ['gzip', 'ppm', 'lzma'];
const BLENDS = [
  [0, 1],
  [0, 2],
];

/** Files to read, those that are quick to read first. */
function* files() {
  for (const [folder, ending] of [
    ['text', '.txt'],
    ['image', '.bin'],
    ['audio', '.bin'],
    ['audio/wav', '.wav'],
    ['image/photos', '.png'],
    ['image/photos-train', '.png'],
  ]) {
    for (const name of readdirSync(join(data, folder)).sort()) {
      if (name.endsWith(ending) && !name.startsWith('LICENSE')) yield join(folder, name);
    }
  }
}

function read(name) {
  const file = new Uint8Array(readFileSync(join(data, name)));
  return (name.endsWith('.png') ? readPng(file).picture.pixels : file).subarray(0, BYTES);
}

/** Bits of a message under each member and each blend. */
async function codeLengths(compressors, bytes) {
  const models = compressors.map((one) => one.start('decode'));
  const predictions = models.map(() => new Float64Array(256));
  const blends = BLENDS.map(
    (members) =>
      new Ensemble(
        members.map((i) => ({ next: (out) => out.set(predictions[i]), push() {} })),
        GeometricMixture.create(members.length, true),
      ),
  );
  const bits = new Float64Array(models.length + blends.length);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    for (const [i, model] of models.entries()) {
      await model.next(predictions[i]);
      bits[i] += predictions[i][byte];
      model.push(bytes.subarray(at, at + 1));
    }
    for (const [i, blend] of blends.entries()) {
      await blend.know('price');
      bits[models.length + i] += blend.surprisal(byte);
      blend.push(byte);
    }
  }
  return bits;
}

const compressors = [];
for (const spec of MEMBERS) compressors.push(await openCompressor(spec));
const specs = BLENDS.map((members) => `blend:${members.map((i) => MEMBERS[i]).join('+')}`);
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
row('file', 'bytes', ...MEMBERS, ...specs.flatMap((spec) => [spec, 'above the better']));
row('---', ...Array.from({ length: 1 + MEMBERS.length + 2 * specs.length }, () => '---:'));
for (const name of files()) {
  const bytes = read(name);
  const rates = Array.from(await codeLengths(compressors, bytes), (bits) => bits / bytes.length);
  row(
    name,
    bytes.length,
    ...rates.slice(0, MEMBERS.length).map((rate) => rate.toFixed(4)),
    ...BLENDS.flatMap((members, i) => {
      const rate = rates[MEMBERS.length + i];
      const best = Math.min(...members.map((member) => rates[member]));
      return [rate.toFixed(4), (rate - best).toFixed(4)];
    }),
  );
}
