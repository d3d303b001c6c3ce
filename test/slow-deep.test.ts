// The files whose tests check more kinds of cases here than in `npm test` (deep.ts).

import './cli-blend.test.js';
import './cli-sample-ways.test.js';
import './deflate-encoder.test.js';
import './deflate-short.test.js';
import './flac-decode.test.js';
import './readme.test.js';
import './workers.test.js';
