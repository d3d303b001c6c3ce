// What the page of texts shows, as fields of its address. Long texts and what was drawn are DEFLATE
// streams in base64url there.

import { fromBase64, toBase64 } from '../bits/base64.js';
import type { Overlap } from '../sampling/overlap.js';
import type { Reading } from '../types.js';
import { choiceField, numberField } from './address.js';
import { EXAMPLE_NAMES, EXAMPLES, type ExampleName } from './examples.js';

export interface LaneState {
  /** As on the command line: `gzip:level=6`. */
  readonly spec: string;
  /** Undefined: the compressor's best. */
  readonly reading: Reading | undefined;
  /** What was drawn; undefined: nothing yet, and the lane draws when it has read the text. */
  readonly drawn?: Uint8Array | undefined;
}

export interface TextState {
  readonly text: string;
  /** What is read before the text. */
  readonly first: ExampleName | 'nothing';
  readonly lanes: readonly LaneState[];
  readonly temperature: number;
  /** 256: all. */
  readonly topK: number;
  readonly seed: string;
  readonly overlap: Overlap | 'auto';
  readonly view: 'surprisal' | 'tokens';
}

/** Bytes of text at most; what is pasted beyond is left out. */
export const MAX_CONTEXT_BYTES = 2 ** 16;
export const MAX_LANES = 6;
export const OVERLAPS = ['auto', 'off', 'word', '4', '8', '12'] as const;
/** Characters of an address that common programs pass on whole. */
const MAX_LINK = 16_000;
/** Characters of text that stand in an address as they are. */
const MAX_PLAIN_TEXT = 400;
const READINGS: readonly Reading[] = ['decode', 'exact', 'recompress'];
const FIRSTS = [...EXAMPLE_NAMES, 'nothing'] as const;

export const DEFAULT_STATE: TextState = {
  text: EXAMPLES.tale.prompt,
  first: 'tale',
  lanes: [
    { spec: 'gzip', reading: undefined },
    { spec: 'ppm', reading: undefined },
  ],
  temperature: 0.8,
  topK: 256,
  seed: '1',
  overlap: 'auto',
  view: 'surprisal',
};

/** @returns with what the address leaves out because it would be too long, for people. */
export async function writeText(
  state: TextState,
): Promise<{ fields: URLSearchParams; leftOut: string }> {
  const { text, first, lanes, temperature, topK, seed, overlap, view } = state;
  const fields = new URLSearchParams();
  if (text.length <= MAX_PLAIN_TEXT) fields.set('text', text);
  else fields.set('packed', await pack(new TextEncoder().encode(text)));
  fields.set('first', first);
  for (const { spec, reading } of lanes) fields.append('c', reading ? `${spec}~${reading}` : spec);
  fields.set('temperature', String(temperature));
  if (topK < 256) fields.set('top-k', String(topK));
  fields.set('seed', seed);
  if (overlap !== 'auto') fields.set('overlap', overlap === 0 ? 'off' : String(overlap));
  if (view !== DEFAULT_STATE.view) fields.set('view', view);
  for (const { drawn } of lanes) fields.append('drawn', drawn?.length ? await pack(drawn) : '');
  const leftOut: string[] = [];
  for (const [name, what] of [
    ['drawn', 'what was drawn'],
    ['packed', 'the text'],
  ] as const) {
    if (String(fields).length <= MAX_LINK) break;
    fields.delete(name);
    leftOut.push(what);
  }
  const left = leftOut.join(' and ');
  return {
    fields,
    leftOut: left && `it is too long to carry ${left}, which “save JSON” keeps`,
  };
}

/** Fields that are missing or make no sense have their defaults. */
export async function readText(fields: URLSearchParams): Promise<TextState> {
  const { temperature, topK, seed } = DEFAULT_STATE;
  const drawn = await Promise.all(fields.getAll('drawn').slice(0, MAX_LANES).map(unpack));
  const lanes = fields
    .getAll('c')
    .slice(0, MAX_LANES)
    .map((text, i) => ({ ...readLane(text), drawn: drawn[i] }));
  const packed = fields.has('packed') ? await unpack(fields.get('packed')!) : undefined;
  const text = packed && new TextDecoder().decode(packed);
  const first = FIRSTS.find((name) => name === fields.get('first'));
  const overlap = choiceField(fields, 'overlap', OVERLAPS);
  return {
    text: text ?? fields.get('text') ?? (first === undefined ? DEFAULT_STATE.text : ''),
    first: first ?? DEFAULT_STATE.first,
    lanes: lanes.length > 0 ? lanes : DEFAULT_STATE.lanes,
    temperature: numberField(fields, 'temperature', { min: 0, max: 2, otherwise: temperature }),
    topK: Math.round(numberField(fields, 'top-k', { min: 1, max: 256, otherwise: topK })),
    seed: (fields.get('seed') ?? seed).slice(0, 100),
    overlap: overlapOf(overlap),
    view: fields.get('view') === 'tokens' ? 'tokens' : DEFAULT_STATE.view,
  };
}

export function overlapOf(choice: string): Overlap | 'auto' {
  if (choice === 'auto' || choice === 'word') return choice;
  return choice === 'off' ? 0 : Number(choice);
}

function readLane(text: string): LaneState {
  const [spec = '', reading] = text.slice(0, 200).split('~');
  return { spec, reading: READINGS.find((one) => one === reading) };
}

async function pack(bytes: Uint8Array): Promise<string> {
  const packed = await through(bytes, new CompressionStream('deflate-raw'));
  return toBase64(packed).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Undefined if it cannot be read; never more bytes than a text has at most. */
async function unpack(text: string): Promise<Uint8Array | undefined> {
  if (text === '') return new Uint8Array();
  const digits = text.replaceAll('-', '+').replaceAll('_', '/');
  try {
    const bytes = fromBase64(digits.padEnd(4 * Math.ceil(digits.length / 4), '='));
    return await through(bytes, new DecompressionStream('deflate-raw'));
  } catch {
    return undefined;
  }
}

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const reader = new Blob([bytes as BlobPart]).stream().pipeThrough(stream).getReader();
  const parts: BlobPart[] = [];
  for (let length = 0; length <= MAX_CONTEXT_BYTES; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value as BlobPart);
    length += value.length;
  }
  void reader.cancel();
  return new Uint8Array(await new Blob(parts).arrayBuffer()).subarray(0, MAX_CONTEXT_BYTES);
}
