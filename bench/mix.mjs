// `node bench/mix.mjs [FILE…]`: the mix row beside zpaq -m5 in one run, bits per byte and KB/s, and
// what forks cost at beam 32. zpaq's bits are those of its archive, some hundred bytes of which are
// its own names and hashes. Without zpaq (Debian's package) its columns are empty.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dist = process.env.ZIPDREAM_DIST ?? new URL('../dist', import.meta.url).pathname;
const { MixModel } = await import(join(dist, 'engines/mixing/model.js'));
const folder = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'text');
const named = process.argv.slice(2);
const files = named.length > 0 ? named : ['alice29.txt', 'wiki-test.txt', 'shakespeare.txt'];
const MEMORY = 25;
const BEAM = 32;
const STEPS = 100;

function timed(work) {
  const start = performance.now();
  const result = work();
  return { result, ms: performance.now() - start };
}

const score = (data) => MixModel.create(MEMORY).learn(data);

/** Bits of zpaq's archive of a file, or nothing where zpaq is missing. */
function zpaq(path) {
  const scratch = mkdtempSync(join(tmpdir(), 'mix-'));
  try {
    const archive = join(scratch, 'a.zpaq');
    execFileSync('zpaq', ['add', archive, path, '-m5', '-t1'], { stdio: 'ignore' });
    return 8 * readFileSync(archive).length;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Microseconds a byte of update in a beam, whose every member is forked every step or never. */
function beam(data, fork) {
  const root = MixModel.create(MEMORY);
  const from = 200_000;
  for (let i = 0; i < from; i++) root.update(data[i]);
  let members = Array.from({ length: BEAM }, () => root.fork());
  const { ms } = timed(() => {
    for (let i = 0; i < STEPS; i++) {
      if (fork) members = members.map((member) => member.fork());
      for (let m = 0; m < BEAM; m++) members[m].update(data[(m * 7919 + i) % from]);
    }
  });
  return (ms * 1000) / (BEAM * STEPS);
}

console.log(`mix:memory=${MEMORY}, node ${process.version}; KB/s are 1000 bytes\n`);
console.log('| file | bpb | zpaq -m5 bpb | KB/s | zpaq KB/s |');
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const name of files) {
  const path = join(folder, name);
  const data = new Uint8Array(readFileSync(path));
  const own = timed(() => score(data));
  const peer = timed(() => zpaq(path));
  const cells = [
    name,
    (own.result / data.length).toFixed(4),
    peer.result ? (peer.result / data.length).toFixed(4) : '',
    (data.length / own.ms).toFixed(0),
    peer.result ? (data.length / peer.ms).toFixed(0) : '',
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
const text = new Uint8Array(readFileSync(join(folder, 'wiki-test.txt')));
const forked = beam(text, true);
const plain = beam(text, false);
console.log(`\nbeam of ${BEAM}: fork and update ${forked.toFixed(1)} µs a byte, update alone`);
console.log(`${plain.toFixed(1)} µs`);
