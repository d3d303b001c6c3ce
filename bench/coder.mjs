// `node bench/coder.mjs`: symbols a second of the range coder, and its bytes beside the entropy, on
// a megabyte of 256 symbols drawn from a text's byte counts. Times are the best of several runs.
import { readFileSync } from 'node:fs';
import { createRandom } from '../dist/bits/random.js';
import { quantise } from '../dist/engines/arithmetic/quantise.js';
import { RangeDecoder, RangeEncoder } from '../dist/engines/arithmetic/range-coder.js';
import { StaticCode } from '../dist/engines/arithmetic/static-code.js';

const COUNT = 1_000_000;
const RUNS = 9;
const text = readFileSync(new URL('../samples/text/tale.txt', import.meta.url));
const weights = new Float64Array(256).fill(0.01);
for (const byte of text) weights[byte]++;

const random = createRandom('coder');
const totalBits = 16;
const frequencies = quantise(weights, 2 ** totalBits);
const code = new StaticCode(frequencies, totalBits);
const lot = [...frequencies].flatMap((frequency, s) => new Array(frequency).fill(s));
const symbols = Uint8Array.from({ length: COUNT }, () => lot[Math.floor(random() * lot.length)]);
const entropyBits = symbols.reduce((sum, s) => sum + totalBits - Math.log2(frequencies[s]), 0);

function best(work) {
  let ms = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    work();
    ms = Math.min(ms, performance.now() - start);
  }
  return `${(COUNT / ms / 1000).toFixed(1).padStart(6)} million a second`;
}

const compressed = code.encode(symbols);
const decoded = new Uint8Array(COUNT);
console.log(`range coder, ${COUNT} symbols, node ${process.version}`);
console.log(`static 256, encode  ${best(() => code.encode(symbols))}`);
console.log(`static 256, decode  ${best(() => code.decodeInto(compressed, decoded))}`);
if (Buffer.compare(decoded, symbols) !== 0) throw new Error('decoded something else');
const excess = compressed.length - entropyBits / 8;
console.log(
  `bytes ${compressed.length}, entropy ${(entropyBits / 8).toFixed(2)}: ` +
    `${excess.toFixed(2)} more, ${((100 * excess * 8) / entropyBits).toFixed(5)} %`,
);

const probabilities = Float64Array.from({ length: COUNT }, () => random());
const bits = Uint8Array.from(probabilities, (p) => (random() < p ? 1 : 0));
const encodeBits = () => {
  const encoder = new RangeEncoder(COUNT / 8);
  for (let i = 0; i < COUNT; i++) encoder.encodeBit(bits[i], probabilities[i]);
  return encoder.finish();
};
const packed = encodeBits();
console.log(`bits, encode        ${best(encodeBits)}`);
console.log(
  `bits, decode        ${best(() => {
    const decoder = new RangeDecoder(packed);
    for (let i = 0; i < COUNT; i++) decoded[i] = decoder.decodeBit(probabilities[i]);
  })}`,
);
if (Buffer.compare(decoded, bits) !== 0) throw new Error('decoded other bits');
