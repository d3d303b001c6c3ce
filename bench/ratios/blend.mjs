// A blend beside its members: chunks scored one after the other, and coded in lockstep.
import { join } from 'node:path';
import { cpuMsInTurn, dist, text } from './measure.mjs';

const { openCompressor } = await import(join(dist, 'node/index.js'));
const { score } = await import(join(dist, 'measure/score.js'));
const { encodeZd } = await import(join(dist, 'coding/zd.js'));
const data = text('wiki-test');

const scoring = (compressor) => () => score(compressor, data.subarray(0, 8192), { chunk: 2048 });

const coding = (compressor, spec) => async () => {
  const bytes = data.subarray(0, 16 * 512);
  for await (const _ of encodeZd(compressor, bytes, { spec, chunkBytes: 512 }));
};

const measured = new Map();

/** Processor time of the members and of their blend, measured once. */
function costs(members, workOf) {
  const key = `${members} ${workOf.name}`;
  if (!measured.has(key)) measured.set(key, measure(members, workOf));
  return measured.get(key);
}

async function measure(members, workOf) {
  const works = [];
  for (const spec of [...members, `blend:${members.join('+')}`]) {
    works.push(workOf(await openCompressor(spec), spec));
  }
  return cpuMsInTurn(works);
}

async function besideSlowest(members, workOf) {
  const alone = (await costs(members, workOf)).slice();
  return alone.pop() / Math.max(...alone);
}

async function besideSum(members, workOf) {
  const alone = (await costs(members, workOf)).slice();
  return alone.pop() / alone.reduce((sum, ms) => sum + ms, 0);
}

/** A blend runs its members in one thread: it cannot be faster than the sum of them. */
const rowsOf = (members, workOf, what) => [
  {
    name: `blend:${members.join('+')} ÷ its slowest member, ${what}`,
    goal: '≤ 1.1',
    measure: () => besideSlowest(members, workOf),
  },
  { name: '÷ the sum of its members', goal: '', measure: () => besideSum(members, workOf) },
];

export const rows = [
  ...rowsOf(['lm', 'mix'], scoring, 'scored'),
  ...rowsOf(['lm', 'mix'], coding, '16 chunks in lockstep'),
  ...rowsOf(['gzip', 'ppm'], scoring, 'scored'),
];
