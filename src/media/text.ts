// Text, and all else that has no other meaning: bytes.

import type { Medium } from './medium.js';

export const text: Medium = {
  name: 'text',
  kind: 'bytes',
  per: 'byte',
  counted: 'bytes',
  compressor: 'gzip',
  flags: [
    ...['promptFile', 'corpus', 'workers', 'length', 'topK', 'topP', 'minP', 'stop', 'alphabet'],
    ...[
      'utf8',
      'units',
      'overlap',
      'noCopy',
      'maxMatch',
      'beam',
      'horizon',
      'commit',
      'spans',
      'candidates',
    ],
    ...['proposal', 'beta', 'vocabulary', 'heat', 'scoreHeat', 'chunk', 'from', 'limit'],
  ],
  recognises: () => true,
  read: (file) => ({ format: { kind: 'bytes' }, data: file, notKept: [], assumed: [] }),
  cut({ data, format }, { chunk, from = 0, limit = Infinity }) {
    const bytes = data.subarray(0, limit * (chunk ?? Infinity));
    return { passage: { bytes, from, format, fresh: chunk }, trueBytes: bytes.length - from };
  },
  count: (bytes) => bytes,
  endings: [],
  write: ({ bytes, from }) => bytes.slice(from),
};
