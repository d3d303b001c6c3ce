// ppm beside 7-Zip's PPMd, in processor time, and ctw by its own speed.
import { join } from 'node:path';
import { commandCpuMs, cpuMs, dist, inScratch, pathOf, text } from './measure.mjs';

const { openCompressor } = await import(join(dist, 'index.js'));

async function scoringMs(row, data) {
  const compressor = await openCompressor(row);
  return cpuMs(() => compressor.codeLength(data), 2);
}

/** Speed of `codeLength` ÷ that of 7z, the start-up of which is left out. */
async function besideSevenZip(name) {
  const ms = await scoringMs('ppm', text(name));
  return inScratch((scratch) => {
    const archive = join(scratch, 'a.7z');
    const peer = commandCpuMs('7z', ['a', '-m0=PPMd:o=6:mem=64m', '-mmt=1', archive, pathOf(name)]);
    const startUp = commandCpuMs('7z', ['i']);
    return peer && (peer - startUp) / ms;
  });
}

async function ctwSpeed() {
  const data = text('alice29').subarray(0, 100_000);
  return data.length / (await scoringMs('ctw', data));
}

export const rows = [
  { name: 'ppm ÷ PPMd of 7-Zip, alice29', goal: '≥ 0.3', measure: () => besideSevenZip('alice29') },
  { name: 'wiki-test', goal: '≥ 0.3', measure: () => besideSevenZip('wiki-test') },
  { name: 'ctw, KB/s', goal: '', measure: ctwSpeed },
];
