// Blends: the grammar of their specs, the mathematics against independent sums, the contract, and
// files that come back.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
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
import { CompressorUnavailableError, UsageError } from '../src/errors.js';
import { score } from '../src/measure/score.js';
import { samplesOfBytes } from '../src/modality/audio-bytes.js';
import { nodeRegistry } from '../src/node/registry.js';
import { blendReading } from '../src/readings/blend.js';
import { decodeReading } from '../src/readings/decode.js';
import { type CompressorEntry, openCompressor, type Registry } from '../src/registry.js';
import { generate } from '../src/sampling/generate.js';
import { membersOf } from '../src/specs.js';
import type { AudioFormat, CodeLengthModel, Compressor, Predictor } from '../src/types.js';
import { toZd } from './coding-inputs.js';
import { bytesOf, compressorContract, expectSame, nextOf } from './contract.js';
import { cases } from './deep.js';
import { AUDIO_FOLDER, makeAudio, noSpeech } from './flac-inputs.js';

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
  'blend:[blend:late+order0,how=linear]+[ctw:order=2,memory=16]',
]) {
  compressorContract(spec, () => openCompressor(spec, registry));
}

describe('a blend spec', () => {
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
  ])('%s is refused with a one-line error', async (spec, message) => {
    const error: Error = await openCompressor(spec, registry).then(
      () => expect.fail('it opened'),
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
  });

  it('reports a missing model file of a member', async () => {
    const error = await openCompressor('blend:onnx:model=/none.onnx+gzip', nodeRegistry).catch(
      (reason) => reason,
    );
    expect(error.message).toContain('/none.onnx');
  });

  it('of any form opens or is refused with a one-line error', async () => {
    const parts = ['blend:', 'order0', 'gzip', 'gzp', '[', ']', '+', '+', ',', '"', '\\', ':', '='];
    const words = ['how', 'linear', 'weights', 'reading', 'exact', 'level', '1', '-1', ' '];
    const specs = fc.array(fc.constantFrom(...parts, ...words), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(specs, async (some) => {
        const spec = `blend:${some.join('')}`;
        const error = await openCompressor(spec, registry).then(
          () => undefined,
          (reason) => reason as Error,
        );
        if (error === undefined) return;
        expect(error).toBeInstanceOf(UsageError);
        expect(error.message).not.toContain('\n');
      }),
      { numRuns: 500, seed: 22 },
    );
  });

  it('reports how to install a missing package of a member', async () => {
    const gone: CompressorEntry = {
      ...coreRegistry.order0!,
      open() {
        throw new CompressorUnavailableError('"gone" is not installed', 'npm i gone');
      },
    };
    const spec = 'blend:ppm+[blend:gone+order0]';
    const error = await openCompressor(spec, { ...coreRegistry, gone }).catch((reason) => reason);
    expect(error).toBeInstanceOf(CompressorUnavailableError);
    expect(error.message).toBe('"gone" is not installed');
    expect(error.hint).toBe('npm i gone');
  });

  it('with members for other formats is refused with a one-line error', async () => {
    const picture = { kind: 'image', width: 4, channels: 1 } as const;
    for (const [spec, format, message] of [
      ['blend:png+flac', picture, 'flac expected audio, got image'],
      ['blend:gzip+png', audio(8), 'png expected image, got audio'],
      ['blend:gzip+flac', { kind: 'bytes' }, 'flac expected audio, got bytes'],
    ] as const) {
      await expect(openCompressor(spec, registry, format)).rejects.toThrow(message);
    }
  });

  it('looks up members in the registry of the blend', async () => {
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
    'costs at most its bound more than the best member at every prefix, with share %f',
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

  it('is the mean of the members’ probabilities weighted by their posterior', async () => {
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

describe('a blend with fixed weights', () => {
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

  it('with weights 1 and 0 equals the first member', async () => {
    const compressor = await openCompressor('blend:ppm+gzip,weights=1,0', registry);
    const ppm = (await openCompressor('ppm', registry)).start();
    const model = compressor.start();
    for (const one of [model, ppm]) one.push(TALE.subarray(0, 500));
    expectSame(await nextOf(model), await nextOf(ppm));
  });
});

describe('a byte that one member considers impossible', () => {
  test.each([
    ['geometric', () => GeometricMixture.create(K, true)],
    ['linear', () => new LinearMixture(K, 0.01)],
    ['fixed', () => new FixedMixture([1, -0.5, 2])],
  ])(
    'remains possible in a %s blend, unless all members consider it impossible',
    async (_how, mixture) => {
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
    },
  );

  it('is possible if another member allows it, even if one member allows no byte', async () => {
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
  it('predicts text better than each member alone', async () => {
    const rate = async (spec: string) =>
      (await score(await openCompressor(spec, registry), TALE.subarray(0, cases(4000, 20_000))))
        .bpb;
    const [gzip, ppm, both] = [await rate('gzip'), await rate('ppm'), await rate('blend:gzip+ppm')];
    expect(both).toBeLessThan(Math.min(gzip, ppm));
  });

  it.each(['blend:gzip+ppm', 'blend:late+mix:memory=18', 'blend:ppm+order0,weights=1,-0.5'])(
    '%s draws each byte from its own distribution',
    async (spec) => {
      const model = (await openCompressor(spec, registry)).start();
      model.push(TALE.subarray(0, 600));
      const other = model.fork();
      for await (const { byte, bits } of generate(model, {
        length: 30,
        random: createRandom('a'),
      })) {
        const law = await nextOf(other);
        expect(bits).toBeCloseTo(law[byte]!, 6);
        other.push(Uint8Array.of(byte));
      }
    },
  );

  it('uses bytes drawn at another temperature as context, without learning from them', () => {
    const mixtures = [0, 1, 2].map(() => GeometricMixture.create(2, true));
    const path = Float64Array.from({ length: 16 }, (_, i) => 0.1 + (i % 7) / 10);
    const probability = (mixture: GeometricMixture) => mixture.probability(path, 0, 1);
    for (const mixture of mixtures) {
      // After "x" a bit is 1, after "y" 0.
      for (let i = 0; i < 300; i++) mixture.learn(path, [0x78, 0xff, 0x79, 0x00][i % 4]!);
    }
    const [one, other, third] = mixtures as [GeometricMixture, GeometricMixture, GeometricMixture];
    const weights = one.weights.slice();
    one.pass(0x78);
    other.pass(0x79);
    expect(one.weights).toEqual(weights);
    expect(probability(one)).toBeGreaterThan(probability(other) + 0.1);
    expect(probability(third)).toBeLessThan(probability(one));
  });

  it('gives the same result when members answer asynchronously, with any order of forks', async () => {
    const late = (await openCompressor('blend:late+ppm', registry)).start();
    const soon = (await openCompressor('blend:order0+ppm', registry)).start();
    for (const model of [late, soon]) model.push(TALE.subarray(0, 300));
    const forks = [late.fork(), late.fork()];
    forks.push(forks[0]!.fork());
    for (const model of [late, soon, ...forks]) model.push(TALE.subarray(300, 321));
    const expected = await nextOf(soon);
    for (const model of [...forks, late]) expectSame(await nextOf(model), expected);
  });

  it('measures many bytes at once as one by one, and continues from there', async () => {
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

  it.each(['blend:order0+ppm', 'blend:late+ppm', 'blend:order0+ppm,how=linear'])(
    '%s returns the shares of bytes as it appends them, as if measured before',
    async (spec) => {
      const model = (await openCompressor(spec, registry)).start();
      model.push(TALE.subarray(0, 50));
      const other = model.fork();
      for (const [from, to] of [
        [50, 130],
        [130, 130],
        [130, 131],
      ]) {
        const bytes = TALE.subarray(from, to);
        const expected = await other.memberShares!(bytes);
        other.push(bytes);
        expect(await model.pushShares!(bytes)).toEqual(expected);
      }
      expectSame(await nextOf(model), await nextOf(other));
    },
  );

  it('returns the share of each member in each byte', async () => {
    const model = (await openCompressor('blend:order0+ppm', registry)).start();
    const { bits, shares, weights } = await model.memberShares!(TALE.subarray(0, 400));
    expect([bits.length, shares.length, weights.length]).toEqual([400, 800, 800]);
    let ppm = 0;
    for (let i = 0; i < 400; i++) {
      expect(shares[2 * i]! + shares[2 * i + 1]!).toBeCloseTo(1, 9);
      ppm += shares[2 * i + 1]!;
    }
    expect(ppm).toBeGreaterThan(200);
    const { bits: predictions } = await model.memberPredictions!();
    for (const one of predictions) expect(Math.abs(totalBits(one))).toBeLessThan(1e-9);
  });
});

describe('files of blends', () => {
  it.each([
    'blend:mix:memory=18+ppm',
    'blend:ppm+order0,how=linear',
    'blend:mix:memory=18+[ctw:order=2,memory=16]+order0',
    'blend:gzip:reading=exact+order0',
    'blend:order0+ppm,weights=0.8,0.4',
    'blend:late+mix:memory=18',
    'blend:late+ppm,how=linear',
    'blend:late+ppm,weights=1,-0.2',
  ])('%s: round trip, and name the members', async (spec) => {
    const file = await toZd(spec, TALE.subarray(0, 250), { chunkBytes: 100 }, registry);
    const { header } = readHeader(file);
    expect(header.spec).toBe(spec);
    for (const member of membersOf(spec)) expect(header.version).toContain(member.split(':')[0]);
    const parts = [];
    for await (const { bytes } of decodeZd(file, { registry })) parts.push(...bytes);
    expect(Uint8Array.from(parts)).toEqual(TALE.slice(0, 250));
  });

  it('are as short as the score predicts', async () => {
    const compressor = await openCompressor('blend:late+mix:memory=18', registry);
    const data = bytesOf('She sells sea shells by the sea shore. '.repeat(9));
    const { bits } = await score(compressor, data);
    const file = await toZd('blend:late+mix:memory=18', data, {}, registry);
    const empty = await toZd('blend:late+mix:memory=18', new Uint8Array(), {}, registry);
    expect(8 * (file.length - empty.length - 26)).toBeLessThan(bits + 16);
  });
});

const audio = (bitsPerSample: 8 | 16): AudioFormat => ({
  kind: 'audio',
  sampleRate: 16_000,
  channels: 1,
  bitsPerSample,
});

const openSound = (spec: string, bitsPerSample: 8 | 16): Promise<Compressor> =>
  openCompressor(spec, registry, audio(bitsPerSample));

compressorContract('blend:flac+gzip', () => openSound('blend:flac+gzip', 8));

describe('a blend of sound', () => {
  const wave = (bitsPerSample: 8 | 16, length = cases(200, 700)) =>
    makeAudio({ wave: 'chord', length, channels: 1, bitsPerSample }).channels[0]!;

  it.each(['flac', 'flac:smooth=1', 'mix', 'blend:flac+mix'])(
    'needs cumulative probabilities, which %s computes consistently with its surprisals',
    async (spec) => {
      for (const bitsPerSample of [8, 16] as const) {
        const limit = 2 ** (bitsPerSample - 1);
        const model = (await openSound(spec, bitsPerSample)).startSamples!();
        model.push(wave(bitsPerSample));
        expect(model.below(-limit)).toBeCloseTo(0, 12);
        expect(model.below(limit)).toBeCloseTo(1, 12);
        const most = spec.startsWith('blend') ? 3 : 128;
        let sum = model.below(-most);
        for (let sample = -most; sample < most; sample++) {
          sum += 2 ** -model.surprisal(sample);
          expect(model.below(sample + 1), `${sample}`).toBeCloseTo(sum, 9);
        }
      }
    },
  );

  it('predicts whole samples, and derives the bytes from them', async () => {
    const compressor = await openSound('blend:flac+mix', 16);
    const [samples, bytes] = [compressor.startSamples!(), compressor.start()];
    const given = wave(16, 2);
    samples.push(given);
    bytes.push(new Uint8Array(Int16Array.from(given).buffer));
    const [delta] = await bytes.score([Uint8Array.of(0x34, 0x02)]);
    expect(delta).toBeCloseTo(samples.surprisal(0x234), 6);
    expect(samples.surprisal(32768)).toBe(Infinity);
  });

  it('is the mean of the members’ probabilities weighted by their posterior if it is linear', async () => {
    const spec = 'blend:flac+mix,how=linear,share=0';
    const blended = (await openSound(spec, 16)).startSamples!();
    const members = await Promise.all(['flac', 'mix'].map((one) => openSound(one, 16)));
    const models = members.map((one) => one.startSamples!());
    const posterior = [0.5, 0.5];
    const samples = wave(16, 150);
    for (let i = 0; i < samples.length; i++) {
      const each = models.map((model) => 2 ** -model.surprisal(samples[i]!));
      const p = posterior[0]! * each[0]! + posterior[1]! * each[1]!;
      expect(blended.surprisal(samples[i]!)).toBeCloseTo(-Math.log2(p), 6);
      for (let k = 0; k < 2; k++) posterior[k]! *= each[k]! / p;
      for (const model of [blended, ...models]) model.push(samples.subarray(i, i + 1));
    }
  });

  it('draws from its distribution, depends only on the seed, and leaves the model unchanged', async () => {
    const model = (await openSound('blend:flac+mix', 8)).startSamples!();
    model.push(
      makeAudio({ wave: 'noise', length: 200, channels: 1, bitsPerSample: 8 }).channels[0]!,
    );
    const before = model.surprisal(5);
    const draw = (seed: string, temperature = 1) => {
      return Array.from({ length: 60 }, model.sampler(createRandom(seed), temperature));
    };
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    expect(draw('a', 0)).toEqual(draw('b', 0));
    expect(draw('c', 2).every((x) => Number.isInteger(x) && x >= -128 && x < 128)).toBe(true);
    expect(model.surprisal(5)).toBe(before);
    // First draws of many seeds against the distribution: chi-square, 4 standard deviations.
    const draws = cases(400, 1000);
    const counts = new Float64Array(256);
    for (let i = 0; i < draws; i++) counts[model.sampler(createRandom(`${i}`), 1)() + 128]!++;
    let [chi, cells, rest, others] = [0, 0, draws, 1];
    for (let sample = -128; sample < 128; sample++) {
      const p = 2 ** -model.surprisal(sample);
      if (draws * p < 3) continue;
      chi += (counts[sample + 128]! - draws * p) ** 2 / (draws * p);
      rest -= counts[sample + 128]!;
      others -= p;
      cells++;
    }
    chi += (rest - draws * others) ** 2 / Math.max(draws * others, 1);
    expect(cells).toBeGreaterThan(3);
    expect(chi).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
  });

  it('predicts speech of 8 and 16 bits better than both members', async ({ skip }) => {
    if (noSpeech) skip(noSpeech);
    for (const [name, bitsPerSample] of [
      ['speech-u8-valid.bin', 8],
      ['speech-s16-test.bin', 16],
    ] as const) {
      const file = readFileSync(join(AUDIO_FOLDER, name));
      const data = new Uint8Array(file.subarray(0, (cases(350, 700) * bitsPerSample) / 8));
      const [flac, mix, both] = await Promise.all(
        ['flac', 'mix', 'blend:flac+mix'].map(async (spec) => {
          const model = (await openSound(spec, bitsPerSample)).startSamples!();
          const samples = samplesOfBytes(data, audio(bitsPerSample));
          let bits = 0;
          for (let i = 0; i < samples.length; i++) {
            bits += model.surprisal(samples[i]!);
            model.push(samples.subarray(i, i + 1));
          }
          return bits;
        }),
      );
      expect(both, name).toBeLessThan(Math.min(flac!, mix!));
    }
  });

  it('returns the share of each member in each sample', async () => {
    const model = (await openSound('blend:flac+mix', 8)).startSamples!();
    const samples = wave(8, 90);
    const { bits, shares, weights } = model.memberShares!(samples);
    expect([bits.length, shares.length, weights.length]).toEqual([90, 180, 180]);
    let sum = 0;
    for (let i = 0; i < 90; i++) {
      expect(shares[2 * i]! + shares[2 * i + 1]!).toBeCloseTo(1, 9);
      sum += model.surprisal(samples[i]!);
      model.push(samples.subarray(i, i + 1));
    }
    expect(bits.reduce((a, b) => a + b)).toBeCloseTo(sum, 6);
  });
});
