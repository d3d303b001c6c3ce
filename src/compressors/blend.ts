// Row `blend`: several compressors combined into one by mixing their predictions. The mixtures are in
// engines/blend/, the reading is in readings/blend.ts.

import { FixedMixture } from '../engines/blend/fixed.js';
import { GeometricMixture } from '../engines/blend/geometric.js';
import { LinearMixture } from '../engines/blend/linear.js';
import type { Mixture } from '../engines/blend/mixture.js';
import { UsageError } from '../errors.js';
import type { OptionValues } from '../options.js';
import { blendReading } from '../readings/blend.js';
import { blendLockstep } from '../readings/blend-lockstep.js';
import { BlendSamples } from '../readings/blend-samples.js';
import { chooseReading } from '../readings/choose.js';
import { samplesReading } from '../readings/samples.js';
import { type CompressorEntry, openCompressor, type Registry } from '../registry.js';
import { membersOf, splitMembers, takeReading } from '../specs.js';
import type { Compressor, Format, Reading, SampleModel } from '../types.js';
import { VERSION } from '../version.js';
import { sampleCodeLength } from './audio-mix.js';

/** Limit on the compressors in a blend, counting those in nested blends. */
const MAX_MEMBERS = 16;

/** Number of the way of mixing: files that were written in another way cannot be decoded. */
const MIXING = 2;

/** Row `blend`: a geometric or linear mixture of other rows' predictions, decode. */
export const blend: CompressorEntry = {
  summary: 'several compressors mixed into one, with weights learnt while coding',
  accepts: ['bytes', 'image', 'audio'],
  readings: ['decode'],
  options: {
    members: {
      type: 'specs',
      summary:
        'gzip+ppm, [gzip:level=6,reading=exact]+lm: two or more compressors with their options',
    },
    how: {
      type: 'choice',
      choices: ['geometric', 'linear'],
      default: 'geometric',
      summary: 'what is averaged: bits (geometric) or probabilities (linear)',
    },
    weights: {
      type: 'numbers',
      summary: 'fixed weights for the bits of the members, may be negative; default: learnt',
    },
    share: {
      type: 'integer',
      min: 0,
      max: 2 ** 30,
      default: 500,
      summary: 'linear only: expected bytes between changes of the best member; 0: no changes',
    },
    sse: {
      type: 'integer',
      min: 0,
      max: 1,
      default: 1,
      summary: '0: geometric without its final correction stage',
    },
  },
  reach: ({ members }) => ({
    specs: splitMembers(String(members)).map((member) => takeReading(member).spec),
  }),
  async open(format, options, registry = {}): Promise<Compressor> {
    const specs = splitMembers(String(options.members));
    checkNumber(specs);
    const startMixture = mixtureOf(specs, options);
    const members: Member[] = [];
    for (const spec of specs) members.push(await openMember(spec, registry, format));
    return openBlend(members, startMixture, format);
  },
};

interface Member {
  readonly spec: string;
  readonly compressor: Compressor;
  readonly reading: Reading;
}

type StartMixture = (depths?: number) => Mixture;

function openBlend(
  members: readonly Member[],
  startMixture: StartMixture,
  format: Format,
): Compressor {
  const sampled = samplesOf(members, startMixture, format);
  const start =
    sampled?.start ??
    (() =>
      blendReading(
        members.map(({ compressor, reading }) => compressor.start(reading)),
        startMixture(),
      ));
  const lockstep = blendLockstep(members, startMixture);
  const models = members.flatMap(({ compressor }) => compressor.modelSha256 ?? []);
  const sizes = members.flatMap(({ compressor }) => compressor.modelBytes ?? []);
  return {
    name: 'blend',
    version: `zipdream ${VERSION}, mixing ${MIXING} of ${members.map(describe).join(' + ')}`,
    members: members.map(({ spec }) => spec),
    ...chooseReading('blend', { decode: start }),
    ...(lockstep && { lockstep }),
    ...(sampled && { startSamples: sampled.startSamples }),
    async codeLength(data) {
      if (sampled) return sampled.codeLength(data);
      const model = start();
      let bits = 0;
      if (model.surprisals) {
        const shares = await model.pushShares!(data);
        for (const one of shares.bits) bits += one;
        return bits;
      }
      for (let i = 0; i < data.length; i++) {
        const one = model.surprisal!(data[i]!);
        bits += typeof one === 'number' ? one : await one;
        model.push(data.subarray(i, i + 1));
      }
      return bits;
    },
    ...(sizes.length > 0 && { modelBytes: sizes.reduce((sum, size) => sum + size, 0) }),
    ...(models.length === 1 && { modelSha256: models[0]! }),
  };
}

/** A blend of sound by whole samples, if all members model samples and the mixture codes bits. */
function samplesOf(members: readonly Member[], startMixture: StartMixture, format: Format) {
  if (format.kind !== 'audio' || format.bitsPerSample === 24) return undefined;
  const { bitsPerSample } = format;
  const starts = members.flatMap(({ compressor, reading }) =>
    reading === 'decode' && compressor.startSamples ? [compressor.startSamples] : [],
  );
  if (starts.length < members.length || !startMixture().byPath) return undefined;
  const startSamples = (): SampleModel =>
    new BlendSamples(
      starts.map((start) => start()),
      startMixture(bitsPerSample),
      bitsPerSample,
    );
  return {
    startSamples,
    start: () => samplesReading(startSamples(), bitsPerSample),
    codeLength: (data: Uint8Array) => sampleCodeLength(startSamples(), data, format),
  };
}

/** Describes a member by everything that must match for a file to be decoded. */
function describe({ compressor, reading }: Member): string {
  const { name, version, modelSha256 } = compressor;
  const model = Array.from(modelSha256 ?? [], (byte) => byte.toString(16).padStart(2, '0'));
  return `[${name} ${reading}, ${version}${model.length > 0 ? `, ${model.join('')}` : ''}]`;
}

/** @throws UsageError for an unknown member, option or reading. */
async function openMember(text: string, registry: Registry, format: Format): Promise<Member> {
  const { spec, reading } = takeReading(text);
  const compressor = await openCompressor(spec, registry, format);
  const [best] = compressor.readings;
  if (reading !== undefined && !compressor.readings.includes(reading as Reading)) {
    const has = compressor.readings.join(', ');
    throw new UsageError(`${compressor.name} has no reading "${reading}"; it has ${has}`);
  }
  return { spec: text, compressor, reading: (reading as Reading | undefined) ?? best! };
}

/** @throws UsageError for fewer than two members or too many. */
function checkNumber(specs: readonly string[]): void {
  if (specs.length < 2) {
    throw new UsageError(`blend expected two or more members such as gzip+ppm, got "${specs[0]}"`);
  }
  const count = (all: readonly string[]): number =>
    all.reduce((sum, spec) => sum + Math.max(1, count(membersOf(spec))), 0);
  const all = count(specs);
  if (all > MAX_MEMBERS) {
    throw new UsageError(`blend expected at most ${MAX_MEMBERS} members, got ${all}`);
  }
}

/** @throws UsageError for weights that are invalid or cancel out. */
function mixtureOf(specs: readonly string[], options: OptionValues): StartMixture {
  const { how, weights: given } = options;
  const share = Number(options.share);
  if (given === undefined) {
    if (how === 'linear') return () => new LinearMixture(specs.length, share > 0 ? 1 / share : 0);
    const isCorrected = Number(options.sse) === 1;
    return (depths) => GeometricMixture.create(specs.length, isCorrected, depths);
  }
  if (how === 'linear') {
    throw new UsageError('"blend:weights" apply to bits; how=linear learns its own weights');
  }
  const weights = String(given).split(',').map(Number);
  if (weights.length !== specs.length) {
    throw new UsageError(
      `"blend:weights" expected ${specs.length} numbers, one per member, got ${weights.length}`,
    );
  }
  const sums = new Map<string, number>();
  for (const [i, spec] of specs.entries()) sums.set(spec, (sums.get(spec) ?? 0) + weights[i]!);
  if ([...sums.values()].every((sum) => Math.abs(sum) < 1e-9)) {
    throw new UsageError(`"blend:weights" ${given} sum to zero for every member`);
  }
  return () => new FixedMixture(weights);
}
