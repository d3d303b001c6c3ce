// Blends: the grammar of their specs, the mathematics against independent sums, the contract, and
// files that come back.

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { totalBits } from '../src/bits/units.js';
import { decodeZd } from '../src/coding/zd.js';
import { readHeader } from '../src/coding/zd-format.js';
import { coreRegistry } from '../src/compressors/index.js';
import { order0Predictor } from '../src/compressors/order0.js';
import { FixedMixture } from '../src/engines/blend/fixed.js';
import { GeometricMixture } from '../src/engines/blend/geometric.js';
import { LinearMixture } from '../src/engines/blend/linear.js';
import { UsageError } from '../src/errors.js';
import { score } from '../src/measure/score.js';
import { nodeRegistry } from '../src/node/registry.js';
import { blendReading } from '../src/readings/blend.js';
import { decodeReading } from '../src/readings/decode.js';
import { type CompressorEntry, openCompressor, type Registry } from '../src/registry.js';
import { membersOf } from '../src/specs.js';
import type { CodeLengthModel, Predictor } from '../src/types.js';
import { toZd } from './coding-inputs.js';
import { bytesOf, compressorContract, expectSame, nextOf } from './contract.js';

const TALE = new Uint8Array(readFileSync(new URL('../samples/text/tale.txt', import.meta.url)));

/** order0 that answers later, and of many places at once, as language models do. */
class LaterOrder0 implements Predictor {
  readonly alphabetSize = 256;
  readonly #model: Predictor;
  constructor(model: Predictor) {
    this.#model = model;
  }
  async predict(out: Float64Array): Promise<void> {
    await null;
    await this.#model.predict(out);
  }
  async *nexts(bytes: Uint8Array): AsyncGenerator<Float64Array, void, void> {
    const ahead = this.#model.fork();
    for (let at = 0; at < bytes.length; at += 7) {
      const piece = bytes.subarray(at, at + 7);
      const bits = new Float64Array(256 * piece.length);
      for (const [i, byte] of piece.entries()) {
        await ahead.predict(bits.subarray(256 * i, 256 * i + 256));
        ahead.update(byte);
      }
      yield bits;
    }
  }
  update(symbol: number): void {
    this.#model.update(symbol);
  }
  fork(): Predictor {
    return new LaterOrder0(this.#model.fork());
  }
}

const lateRow: CompressorEntry = {
  ...coreRegistry.order0!,
  open: async (format, options) => ({
    ...(await coreRegistry.order0!.open(format, options)),
    name: 'late',
    readings: ['decode'],
    start: () => decodeReading(new LaterOrder0(order0Predictor())),
  }),
};
const registry: Registry = { ...coreRegistry, late: lateRow };

for (const spec of [
  'blend:ppm+gzip',
  'blend:mix:memory=18+order0,sse=0',
  'blend:[gzip:level=6,reading=exact]+order0',
  'blend:ppm+order0,how=linear',
  'blend:ppm+order0,weights=1,-0.5',
  'blend:late+ppm:order=3',
  'blend:[blend:late+order0,how=linear]+ctw:order=2',
]) {
  compressorContract(spec, () => openCompressor(spec, registry));
}

describe('a spec of specs', () => {
  it.each<[string, readonly string[]]>([
    ['gzip', []],
    ['gzip:level=6,memLevel=9', []],
    ['command:blend a+b', []],
    ['blend:gzip+ppm', ['gzip', 'ppm']],
    ['blend: gzip + ppm , how=linear', ['gzip', 'ppm']],
    ['blend:lm:size=800k+mix,how=linear', ['lm:size=800k', 'mix']],
    ['blend:[gzip:level=6,reading=exact]+ppm', ['gzip:level=6,reading=exact', 'ppm']],
    ['blend:[onnx:model=a+b.onnx]+gzip,weights=1,-0.5', ['onnx:model=a+b.onnx', 'gzip']],
    ['blend:[blend:[a:x=1,y=2]+b]+c', ['blend:[a:x=1,y=2]+b', 'c']],
    ['blend:"onnx:model=a]+,\\".onnx"+gzip', ['onnx:model=a]+,".onnx', 'gzip']],
  ])('%s has the members %j', (spec, members) => {
    expect(membersOf(spec)).toEqual(members);
  });

  it.each([
    ['blend', 'specs joined by "+"'],
    ['blend:', 'specs joined by "+"'],
    ['blend:gzip', 'two or more members'],
    ['blend:gzip+', 'empty member'],
    ['blend:gzip+[]', 'empty member'],
    ['blend:gzip+gzp', 'did you mean "gzip"?'],
    ['blend:[gzip+ppm', '"[" without "]"'],
    ['blend:gzip]+ppm', '"]" without "["'],
    ['blend:"gzip+ppm', 'unclosed quote'],
    ['blend:gzip+ppm,hwo=linear', 'did you mean "how"?'],
    ['blend:gzip+ppm,how=best', 'geometric or linear'],
    ['blend:gzip:level=11+ppm', 'integer from 0 to 9'],
    ['blend:gzip+ppm:reading=exact', 'ppm has no reading "exact"; it has decode'],
    ['blend:gzip+png', 'png expected image, got bytes'],
    ['blend:gzip+ppm,weights=1', '2 numbers'],
    ['blend:gzip+ppm,weights=1,x', 'expected numbers, got x'],
    ['blend:gzip+ppm,weights=', 'expected numbers, got nothing'],
    ['blend:gzip+ppm,weights=0,0', 'sum to zero'],
    ['blend:gzip+gzip,weights=1,-1', 'sum to zero'],
    ['blend:gzip+ppm,weights=1,1,how=linear', 'how=linear learns its own'],
    [`blend:${Array(17).fill('order0').join('+')}`, 'at most 16 members, got 17'],
    [`blend:[blend:${Array(15).fill('gzip').join('+')}]+gzip+ppm`, 'at most 16 members, got 17'],
  ])('%s is refused in a line', async (spec, message) => {
    const error: Error = await openCompressor(spec, registry).then(
      () => expect.fail('it opened'),
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
  });

  it('a member that is missing its package says so', async () => {
    const error = await openCompressor('blend:onnx:model=/none.onnx+gzip', nodeRegistry).catch(
      (reason) => reason,
    );
    expect(error.message).toContain('/none.onnx');
  });

  it('members are looked up where the blend was', async () => {
    await expect(openCompressor('blend:late+ppm', coreRegistry)).rejects.toThrow('late');
  });
});

/** Laws that change with every byte, by seed; now and then something is impossible. */
function oracle(seed: string, impossible = 0): CodeLengthModel {
  const model = (seen: string): CodeLengthModel => {
    const random = createRandom(`${seed} ${seen}`);
    const bits = Float64Array.from({ length: 256 }, () =>
      random() < impossible ? Infinity : 12 * random(),
    );
    return {
      push(bytes) {
        seen += String.fromCharCode(...bytes);
        const after = model(seen);
        this.next = after.next;
      },
      fork: () => model(seen),
      next: (out) => out.set(bits),
      score: () => expect.fail('not asked for'),
    };
  };
  return model('');
}

const K = 3;
const oracles = (impossible = 0) => ['a', 'b', 'c'].map((seed) => oracle(seed, impossible));

/** −log2 P of a byte by a model alone. */
async function alone(model: CodeLengthModel, byte: number): Promise<number> {
  const bits = await nextOf(model);
  return bits[byte]! - totalBits(bits);
}

const NOISE = ((random) => Uint8Array.from({ length: 60 }, () => 256 * random()))(
  createRandom('blend'),
);

describe('a linear blend', () => {
  test.each([0, 0.01])(
    'costs at most its bound more than the best at every prefix, share %f',
    async (share) => {
      for (const how of ['random', 'adversarial'] as const) {
        const members = oracles();
        const blended = blendReading(oracles(), new LinearMixture(K, share));
        const sums = new Float64Array(K);
        let all = 0;
        for (let n = 1; n <= 200; n++) {
          const law = await nextOf(blended);
          // The adversary says what the blend expects least.
          const worst = law.indexOf(law.reduce((a, b) => Math.max(a, b)));
          const byte = how === 'random' ? NOISE[n % NOISE.length]! : worst;
          for (const [i, member] of members.entries()) {
            sums[i]! += await alone(member, byte);
            member.push(Uint8Array.of(byte));
          }
          all += law[byte]!;
          blended.push(Uint8Array.of(byte));
          const bound = Math.log2(K) + n * Math.log2(1 / (1 - share + share / K));
          expect(all).toBeLessThanOrEqual(Math.min(...sums) + bound + 1e-9);
        }
      }
    },
  );

  it('is the mean of the members’ probabilities by their posterior', async () => {
    const members = oracles();
    const blended = blendReading(oracles(), new LinearMixture(K, 0));
    const posterior = [1, 1, 1];
    for (const byte of NOISE.subarray(0, 20)) {
      const each = await Promise.all(members.map((member) => alone(member, byte)));
      const sum = posterior.reduce((a, b) => a + b);
      const p = each.reduce((all, bits, i) => all + (posterior[i]! / sum) * 2 ** -bits, 0);
      expect(await blended.surprisal!(byte)).toBeCloseTo(-Math.log2(p), 9);
      for (let i = 0; i < K; i++) posterior[i]! *= 2 ** -each[i]!;
      for (const model of [...members, blended]) model.push(Uint8Array.of(byte));
    }
  });
});

describe('a blend of fixed weights', () => {
  it('is 2^−Σ wΔ over all bytes, normalised', async () => {
    const weights = [1, -0.5, 0.25];
    const blended = await nextOf(blendReading(oracles(), new FixedMixture(weights)));
    const sums = new Float64Array(256);
    for (const [i, member] of oracles().entries()) {
      const bits = await nextOf(member);
      for (let b = 0; b < 256; b++) sums[b]! += weights[i]! * bits[b]!;
    }
    expectSame(
      blended,
      sums.map((bits) => bits - totalBits(sums)),
    );
  });

  it('of weight 1 and 0 is the first member', async () => {
    const compressor = await openCompressor('blend:ppm+gzip,weights=1,0', registry);
    const ppm = (await openCompressor('ppm', registry)).start();
    const model = compressor.start();
    for (const one of [model, ppm]) one.push(TALE.subarray(0, 500));
    expectSame(await nextOf(model), await nextOf(ppm));
  });
});

describe('what one member thinks impossible', () => {
  test.each([
    ['geometric', () => GeometricMixture.create(K, true)],
    ['linear', () => new LinearMixture(K, 0.01)],
    ['fixed', () => new FixedMixture([1, -0.5, 2])],
  ])('is possible still in a %s blend, unless all think so', async (_how, mixture) => {
    const members = oracles(0.3);
    const blended = blendReading(oracles(0.3), mixture());
    for (const byte of NOISE) {
      const law = await nextOf(blended);
      expect(law.some(Number.isNaN)).toBe(false);
      expect(Math.abs(totalBits(law))).toBeLessThan(1e-9);
      const laws = await Promise.all(members.map(nextOf));
      for (let b = 0; b < 256; b++) {
        if (laws.some((bits) => bits[b]! < Infinity)) expect(law[b]).toBeLessThan(Infinity);
      }
      for (const model of [...members, blended]) model.push(Uint8Array.of(byte));
    }
  });

  it('a member that thinks nothing possible says nothing', async () => {
    const dead: CodeLengthModel = {
      push() {},
      fork: () => dead,
      next: (out) => void out.fill(Infinity),
      score: () => expect.fail('not asked for'),
    };
    for (const mixture of [new LinearMixture(2, 0), new FixedMixture([1, 1])]) {
      const law = await nextOf(blendReading([oracle('a'), dead], mixture));
      expect(Math.abs(totalBits(law))).toBeLessThan(1e-9);
    }
  });
});

describe('a geometric blend', () => {
  it('of text is better than each member alone', async () => {
    const rate = async (spec: string) =>
      (await score(await openCompressor(spec, registry), TALE)).bpb;
    const [gzip, ppm, both] = [await rate('gzip'), await rate('ppm'), await rate('blend:gzip+ppm')];
    expect(both).toBeLessThan(Math.min(gzip, ppm));
  });

  it('says the same of bytes pushed to members that answer later, whoever forks when', async () => {
    const late = (await openCompressor('blend:late+ppm', registry)).start();
    const soon = (await openCompressor('blend:order0+ppm', registry)).start();
    for (const model of [late, soon]) model.push(TALE.subarray(0, 300));
    const forks = [late.fork(), late.fork()];
    forks.push(forks[0]!.fork());
    for (const model of [late, soon, ...forks]) model.push(TALE.subarray(300, 321));
    const expected = await nextOf(soon);
    for (const model of [...forks, late]) expectSame(await nextOf(model), expected);
  });

  it('prices many bytes at once as one by one, and goes on from there', async () => {
    const model = (await openCompressor('blend:late+ppm', registry)).start();
    const other = model.fork();
    const bytes = TALE.subarray(0, 90);
    const bits = await model.surprisals!(bytes);
    const each = new Float64Array(bytes.length);
    for (const [i, byte] of bytes.entries()) {
      each[i] = await other.surprisal!(byte);
      other.push(Uint8Array.of(byte));
    }
    expectSame(bits, each);
    model.push(bytes);
    expectSame(await nextOf(model), await nextOf(other));
  });

  it('tells who carried each byte', async () => {
    const model = (await openCompressor('blend:order0+ppm', registry)).start();
    const { bits, shares, weights } = await model.carried!(TALE.subarray(0, 400));
    expect([bits.length, shares.length, weights.length]).toEqual([400, 800, 800]);
    let ppm = 0;
    for (let i = 0; i < 400; i++) {
      expect(shares[2 * i]! + shares[2 * i + 1]!).toBeCloseTo(1, 9);
      ppm += shares[2 * i + 1]!;
    }
    expect(ppm).toBeGreaterThan(200);
    const { bits: voices } = await model.voices!();
    for (const voice of voices) expect(Math.abs(totalBits(voice))).toBeLessThan(1e-9);
  });
});

describe('files of blends', () => {
  it.each([
    'blend:mix:memory=18+ppm',
    'blend:ppm+order0,how=linear',
    'blend:mix:memory=18+ctw:order=2+order0',
    'blend:gzip:reading=exact+order0',
    'blend:order0+ppm,weights=0.8,0.4',
    'blend:late+mix:memory=18',
    'blend:late+ppm,how=linear',
    'blend:late+ppm,weights=1,-0.2',
  ])('%s: come back, and name the members', async (spec) => {
    const file = await toZd(spec, TALE.subarray(0, 700), { chunkBytes: 300 }, registry);
    const { header } = readHeader(file);
    expect(header.spec).toBe(spec);
    for (const member of membersOf(spec)) expect(header.version).toContain(member.split(':')[0]);
    const parts = [];
    for await (const { bytes } of decodeZd(file, { registry })) parts.push(...bytes);
    expect(Uint8Array.from(parts)).toEqual(TALE.slice(0, 700));
  });

  it('are as short as the score says', async () => {
    const compressor = await openCompressor('blend:late+mix:memory=18', registry);
    const data = bytesOf('She sells sea shells by the sea shore. '.repeat(9));
    const { bits } = await score(compressor, data);
    const file = await toZd('blend:late+mix:memory=18', data, {}, registry);
    const empty = await toZd('blend:late+mix:memory=18', new Uint8Array(), {}, registry);
    expect(8 * (file.length - empty.length - 26)).toBeLessThan(bits + 16);
  });
});
