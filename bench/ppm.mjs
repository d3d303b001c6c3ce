// `node bench/ppm.mjs`: the ppm row beside 7-Zip's PPMd in one run, bits per byte and KB/s, and what
// forks cost at beam 32. Without 7z on the path its columns are empty. Data from $ZIPDREAM_DATA.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dist = process.env.ZIPDREAM_DIST ?? new URL('../dist', import.meta.url).pathname;
const { ppmPredictor } = await import(join(dist, 'engines/ppm/predictor.js'));
const folder = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'text');
const order = Number(process.argv[2] ?? 6);
const BEAM = 32;
const STEPS = 400;

/** Milliseconds and the result of the fastest of three tries. */
function fastest(work) {
  let best = { ms: Infinity };
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    const result = work();
    const ms = performance.now() - start;
    if (ms < best.ms) best = { ms, result };
  }
  return best;
}

/** Bits of the data, as `codeLength` computes them. */
const score = (data) => ppmPredictor({ order }).learn(data);

/** Bytes and ms of 7-Zip's archive, or nothing where 7z is missing. */
function sevenZip(path) {
  const scratch = mkdtempSync(join(tmpdir(), 'ppm-'));
  try {
    return fastest(() => {
      const archive = join(scratch, 'a.7z');
      rmSync(archive, { force: true });
      execFileSync('7z', ['a', `-m0=PPMd:o=${order}`, '-mmt=1', archive, path], {
        stdio: 'ignore',
      });
      const list = execFileSync('7z', ['l', '-slt', archive], { encoding: 'utf8' });
      return 8 * Number(/^Packed Size = (\d+)$/m.exec(list.slice(list.indexOf('-----')))[1]);
    });
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Microseconds a byte of fork + update in a beam whose every member is forked every step. */
function beam(data, fork) {
  const root = ppmPredictor({ order });
  const from = Math.min(data.length - STEPS, 500_000);
  for (let i = 0; i < from; i++) root.update(data[i]);
  let members = Array.from({ length: BEAM }, () => root.fork());
  const start = performance.now();
  for (let i = 0; i < STEPS; i++) {
    // Members draw what followed at places of their own, so that they part ways.
    if (fork) members = members.map((member) => member.fork());
    for (let m = 0; m < BEAM; m++) members[m].update(data[(m * 7919 + i) % from]);
  }
  return ((performance.now() - start) * 1000) / (BEAM * STEPS);
}

console.log(
  `PPM order ${order}, node ${process.version}; KB/s are 1000 bytes, 7z with its start-up\n`,
);
console.log('| file | bpb | 7z bpb | KB/s | 7z KB/s |');
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const name of ['alice29', 'wiki-test', 'shakespeare']) {
  const path = join(folder, `${name}.txt`);
  const data = new Uint8Array(readFileSync(path));
  const scored = fastest(() => score(data));
  const peer = sevenZip(path);
  const cells = [
    name,
    (scored.result / data.length).toFixed(4),
    peer ? (peer.result / data.length).toFixed(4) : '',
    (data.length / scored.ms).toFixed(0),
    peer ? (data.length / peer.ms).toFixed(0) : '',
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
const text = new Uint8Array(readFileSync(join(folder, 'wiki-test.txt')));
const forked = fastest(() => beam(text, true));
const plain = fastest(() => beam(text, false));
console.log(
  `\nbeam of ${BEAM}, after 500 KB: fork + update ${forked.result.toFixed(2)} µs a byte,`,
);
console.log(`update alone ${plain.result.toFixed(2)} µs`);
