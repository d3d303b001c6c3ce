// The files whose tests check more cases here than in `npm test` (deep.ts).

import './arithmetic.test.js';
import './audio.test.js';
import './cli-sample-ways.test.js';
import './cli.test.js';
import './coding.test.js';
import './deflate-decode.test.js';
import './deflate-encoder.test.js';
import './deflate-literals.test.js';
import './deflate-short.test.js';
import './flac-decode.test.js';
import './inflate.test.js';
import './jpeg.test.js';
import './lookahead.test.js';
import './lzma-decode.test.js';
import './lzma.test.js';
import './mixing.test.js';
import './overlap.test.js';
import './png.test.js';
import './ppm.test.js';
import './spans.test.js';
import './suffix-automaton.test.js';
import './workers.test.js';
