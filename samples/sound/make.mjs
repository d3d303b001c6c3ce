// Synthesises the sounds of this folder: 8 kHz, 16 bits, mono. `hum.wav` is a melody over two
// chords with a bell; `whisper.wav` is noise through two formants, in syllables.
// Run it with `node samples/sound/make.mjs`; the files beside it are what it writes.

import { writeFileSync } from 'node:fs';
import { createRandom } from 'zipdream';

const RATE = 8000;
const SECONDS = 3;
const random = createRandom('sound');

/** A tone with a few harmonics, from `start` on for `length` seconds. */
function tone(t, pitch, start, length, loudness) {
  const at = t - start;
  if (at < 0 || at > length) return 0;
  const rise = Math.min(1, at / 0.03, (length - at) / 0.05);
  let sum = 0;
  for (let h = 1; h <= 4; h++) sum += Math.sin(2 * Math.PI * pitch * h * at) / h ** 1.5;
  return loudness * rise * sum;
}

/** Partials that are not harmonic, dying away. */
function bell(t, pitch, start) {
  const at = t - start;
  if (at < 0) return 0;
  return [1, 2.76, 5.4].reduce(
    (sum, ratio, i) =>
      sum + (Math.sin(2 * Math.PI * pitch * ratio * at) * Math.exp(-at * (2 + 2 * i))) / (i + 1),
    0,
  );
}

const MELODY = [262, 294, 330, 392, 330, 294, 262, 392, 440, 392, 330, 294];
const CHORDS = [
  [131, 165, 196],
  [147, 175, 220],
];

function hum(t) {
  const note = Math.floor(t / 0.25) % MELODY.length;
  const chord = CHORDS[Math.floor(t / 0.75) % 2];
  let sum = tone(t, MELODY[note], Math.floor(t / 0.25) * 0.25, 0.24, 0.22);
  for (const pitch of chord) sum += tone(t, pitch, Math.floor(t / 0.75) * 0.75, 0.74, 0.07);
  return sum + 0.12 * bell(t, 660, 0.1) + 0.12 * bell(t, 880, 1.6) + 0.004 * (random() - 0.5);
}

/** A resonance, as a filter with two poles. */
function resonator() {
  let y1 = 0;
  let y2 = 0;
  return (x, frequency, width) => {
    const r = Math.exp((-Math.PI * width) / RATE);
    const y = x * (1 - r) + 2 * r * Math.cos((2 * Math.PI * frequency) / RATE) * y1 - r * r * y2;
    y2 = y1;
    y1 = y;
    return y;
  };
}

const VOWELS = [
  [700, 1200],
  [300, 2300],
  [350, 800],
  [500, 1900],
];
const low = resonator();
const high = resonator();

function whisper(t) {
  const syllable = Math.floor(t / 0.22);
  const [first, second] = VOWELS[(syllable * 7) % VOWELS.length];
  const at = (t / 0.22) % 1;
  const loudness = syllable % 5 === 4 ? 0.02 : Math.sin(Math.PI * at) ** 2 + 0.02;
  const noise = loudness * (random() - 0.5);
  return 1.6 * low(noise, first, 90) + 1.2 * high(noise, second, 140);
}

function writeSound(name, wave) {
  const bytes = Buffer.alloc(44 + 2 * RATE * SECONDS);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(2 * RATE, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  for (let i = 0; i < RATE * SECONDS; i++) {
    const value = Math.round(30_000 * wave(i / RATE));
    bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, value)), 44 + 2 * i);
  }
  writeFileSync(new URL(name, import.meta.url), bytes);
}

writeSound('hum.wav', hum);
writeSound('whisper.wav', whisper);
