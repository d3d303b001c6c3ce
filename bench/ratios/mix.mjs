// mix beside zpaq -m5: speed, bits, and what its forks cost in a beam; mix of pictures beside JPEG XL
// at effort 9, and mix of sounds beside FLAC.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandCpuMs, cpuMs, dist, fileOf, inScratch, pathOf, text } from './measure.mjs';

const node = await import(join(dist, 'node/index.js'));
const { createMix } = await import(join(dist, 'compressors/mix.js'));
const { compileMix } = await import(join(dist, 'engines/mixing/image.js'));
const openMix = (format) => node.openCompressor('mix', { format });
const code = compileMix(26);
const BEAM = 32;
const STEPS = 100;

/** Speed of `score -c mix` ÷ that of zpaq. */
function besideZpaq(name) {
  const data = text(name);
  const own = cpuMs(() => createMix(code).learn(data), 2);
  return inScratch((scratch) => {
    const args = ['add', join(scratch, 'a.zpaq'), pathOf(name), '-m5', '-t1'];
    const peer = commandCpuMs('zpaq', args, 1);
    return peer && peer / own;
  });
}

const bitsPerByte = (name) => createMix(code).learn(text(name)) / text(name).length;

/** Microseconds a byte of fork and update in a beam; in the first tries memory is mapped. */
function forkCost() {
  const data = text('wiki-test');
  const root = createMix(code);
  const from = 200_000;
  for (let i = 0; i < from; i++) root.update(data[i]);
  let members = Array.from({ length: BEAM }, () => root.fork());
  const ms = cpuMs(() => {
    for (let i = 0; i < STEPS; i++) {
      members = members.map((member) => member.fork());
      for (let m = 0; m < BEAM; m++) members[m].update(data[(m * 7919 + i) % from]);
    }
  }, 6);
  return (1000 * ms) / (BEAM * STEPS);
}

const photo = (name) => fileOf(`image/photos/${name}.png`);

/** Bits per pixel and channel of a photograph. */
async function pictureBits(name) {
  const { picture } = node.readPng(new Uint8Array(readFileSync(photo(name))));
  const { width, channels, pixels } = picture;
  const compressor = await openMix({ kind: 'image', width, channels });
  return compressor.codeLength(pixels) / pixels.length;
}

/** What cjxl takes for the same picture; nothing where it is missing. */
function jpegXlBits(name) {
  const { picture } = node.readPng(new Uint8Array(readFileSync(photo(name))));
  return inScratch((scratch) => {
    const file = join(scratch, 'a.jxl');
    const args = [photo(name), file, '-d', '0', '-e', '9', '--num_threads', '0'];
    if (commandCpuMs('cjxl', args, 1) === undefined) return undefined;
    return (8 * readFileSync(file).length) / picture.pixels.length;
  });
}

/** Microseconds per value of `codeLength`. */
async function speedOf(data, format) {
  const compressor = await openMix(format);
  return (1000 * cpuMs(() => compressor.codeLength(data), 2)) / data.length;
}

async function pictureSpeed() {
  const { picture } = node.readPng(new Uint8Array(readFileSync(photo('kodim15_rgb'))));
  const { width, channels, pixels } = picture;
  const rows = pixels.subarray(0, 64 * width * channels);
  return speedOf(rows, { kind: 'image', width, channels });
}

const speech = new Uint8Array(readFileSync(fileOf('audio/speech-u8-test.bin'))).subarray(0, 32_768);
const SPEECH = { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample: 8 };

function flacBits() {
  const args = [
    '-8',
    '--silent',
    '--stdout',
    '--no-padding',
    '--force-raw-format',
    '--endian=little',
  ];
  const raw = ['--sign=unsigned', '--channels=1', '--bps=8', '--sample-rate=16000', '-'];
  try {
    return (
      (8 * execFileSync('flac', [...args, ...raw], { input: speech, stdio: 'pipe' }).length) /
      speech.length
    );
  } catch {
    return undefined;
  }
}

async function speechBits() {
  const compressor = await openMix(SPEECH);
  return compressor.codeLength(speech) / speech.length;
}

export const rows = [
  { name: 'mix ÷ zpaq -m5, speed, alice29', goal: '≥ 0.6', measure: () => besideZpaq('alice29') },
  { name: 'wiki-test', goal: '≥ 0.6', measure: () => besideZpaq('wiki-test') },
  { name: 'mix, bits per byte, alice29', goal: '≤ 1.80', measure: () => bitsPerByte('alice29') },
  { name: 'wiki-test', goal: '≤ 1.80', measure: () => bitsPerByte('wiki-test') },
  { name: 'shakespeare', goal: '≤ 1.86', measure: () => bitsPerByte('shakespeare') },
  { name: 'mix, fork and update at beam 32, µs', goal: '≤ 30', measure: forkCost },
  ...['kodim05_gray', 'kodim15_gray', 'kodim05_rgb', 'kodim15_rgb'].flatMap((name) => [
    { name: `mix, bits per channel, ${name}`, goal: '< cjxl', measure: () => pictureBits(name) },
    { name: 'cjxl -e 9', goal: '', measure: () => jpegXlBits(name) },
  ]),
  { name: 'mix of kodim15_rgb, µs per value', goal: '', measure: pictureSpeed },
  { name: 'mix, bits per sample, speech u8', goal: '< flac', measure: speechBits },
  { name: 'flac -8', goal: '', measure: flacBits },
  { name: 'mix of speech, µs per sample', goal: '', measure: () => speedOf(speech, SPEECH) },
];
