// `node bench/blend-rates.mjs gzip+ppm [bytes] [names]`: bits per byte of two compressors and of their blend on
// the start of every shared file, or of those whose path matches a pattern, and how far the blend is
// above the better of them. Each member is asked once for each byte; the results are those of
// `zipdream score`. Pictures are read as the bytes of their pixels. Data from $ZIPDREAM_DATA.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCompressor } from 'zipdream/node';

const dist = process.env.ZIPDREAM_DIST ?? new URL('../dist', import.meta.url).pathname;
const { Ensemble } = await import(join(dist, 'readings/ensemble.js'));
const { GeometricMixture } = await import(join(dist, 'engines/blend/geometric.js'));
const { readPng } = await import(join(dist, 'engines/png/read.js'));
const data = process.env.ZIPDREAM_DATA ?? '../shared/data';
const members = (process.argv[2] ?? 'gzip+ppm').split('+');
/** Bytes read of each file. */
const BYTES = Number(process.argv[3] ?? 2 ** 17);
const names = new RegExp(process.argv[4] ?? '');
const FOLDERS = [
  ['audio', '.bin'],
  ['image', '.bin'],
  ['text', '.txt'],
  ['image/photos', '.png'],
  ['image/photos-train', '.png'],
  ['audio/wav', '.wav'],
];

function read(path) {
  const file = new Uint8Array(readFileSync(path));
  return (path.endsWith('.png') ? readPng(file).picture.pixels : file).subarray(0, BYTES);
}

/** Bits of a message under each member and then under their blend. */
async function codeLengths(compressors, bytes) {
  const models = compressors.map((one) => one.start('decode'));
  const predictions = models.map(() => new Float64Array(256));
  const asked = predictions.map((known) => ({ next: (out) => out.set(known), push() {} }));
  const blend = new Ensemble(asked, GeometricMixture.create(models.length, true));
  const bits = new Float64Array(models.length + 1);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    for (const [i, model] of models.entries()) {
      await model.next(predictions[i]);
      bits[i] += predictions[i][byte];
      model.push(bytes.subarray(at, at + 1));
    }
    await blend.know('price');
    bits[models.length] += blend.surprisal(byte);
    blend.push(byte);
  }
  return bits;
}

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const compressors = [];
for (const member of members) compressors.push(await openCompressor(member));
row('file', 'bytes', ...members, 'blend', 'above the better');
row('---', ...members.map(() => '---:'), '---:', '---:', '---:');
for (const [folder, ending] of FOLDERS) {
  for (const name of readdirSync(join(data, folder)).sort()) {
    const path = join(folder, name);
    if (!name.endsWith(ending) || name.startsWith('LICENSE') || !names.test(path)) continue;
    const bytes = read(join(data, path));
    const rates = Array.from(await codeLengths(compressors, bytes), (bits) => bits / bytes.length);
    const blend = rates.pop();
    const shown = [...rates, blend, blend - Math.min(...rates)].map((rate) => rate.toFixed(4));
    row(path, bytes.length, ...shown);
  }
}
