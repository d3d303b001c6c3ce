// What the page of texts shows, as fields of its address.

import type { Reading } from '../types.js';
import { numberField } from './address.js';

export interface LaneState {
  /** As on the command line: `gzip:level=6`. */
  readonly spec: string;
  /** Undefined: the compressor's best. */
  readonly reading: Reading | undefined;
}

export interface TextState {
  readonly text: string;
  /** Whether the bundled tale is read first. */
  readonly readsTale: boolean;
  readonly lanes: readonly LaneState[];
  readonly temperature: number;
  /** 256: all. */
  readonly topK: number;
  readonly seed: string;
  readonly view: 'surprise' | 'tokens';
}

export const MAX_LANES = 6;
/** Characters of text that a link carries. */
const MAX_LINK_TEXT = 4000;
const READINGS: readonly Reading[] = ['decode', 'exact', 'recompress'];

export const DEFAULT_STATE: TextState = {
  text: 'Once upon a time, when the moon was in the mill pond, the river said to the miller',
  readsTale: true,
  lanes: [
    { spec: 'gzip', reading: undefined },
    { spec: 'ppm', reading: undefined },
  ],
  temperature: 0.8,
  topK: 256,
  seed: '1',
  view: 'surprise',
};

/** A text that is too long is left out. */
export function writeText(state: TextState): URLSearchParams {
  const { text, readsTale, lanes, temperature, topK, seed, view } = state;
  const fields = new URLSearchParams();
  if (text.length <= MAX_LINK_TEXT) fields.set('text', text);
  fields.set('first', readsTale ? 'tale' : 'nothing');
  for (const { spec, reading } of lanes) fields.append('c', reading ? `${spec}~${reading}` : spec);
  fields.set('temperature', String(temperature));
  if (topK < 256) fields.set('top-k', String(topK));
  fields.set('seed', seed);
  if (view !== DEFAULT_STATE.view) fields.set('view', view);
  return fields;
}

/** Whatever it says that is no state is passed over. */
export function readText(fields: URLSearchParams): TextState {
  const { temperature, topK, seed } = DEFAULT_STATE;
  const lanes = fields.getAll('c').slice(0, MAX_LANES).map(readLane);
  return {
    text: fields.get('text') ?? DEFAULT_STATE.text,
    readsTale: fields.get('first') !== 'nothing',
    lanes: lanes.length > 0 ? lanes : DEFAULT_STATE.lanes,
    temperature: numberField(fields, 'temperature', { min: 0, max: 2, otherwise: temperature }),
    topK: Math.round(numberField(fields, 'top-k', { min: 1, max: 256, otherwise: topK })),
    seed: (fields.get('seed') ?? seed).slice(0, 100),
    view: fields.get('view') === 'tokens' ? 'tokens' : DEFAULT_STATE.view,
  };
}

function readLane(text: string): LaneState {
  const [spec = '', reading] = text.slice(0, 200).split('~');
  return { spec, reading: READINGS.find((one) => one === reading) };
}
