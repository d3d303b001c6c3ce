// The files whose tests check more cases with FUZZ=full than in `npm test` (deep.ts); not run otherwise.

import './arithmetic.test.js';
import './audio.test.js';
import './audio-mix.test.js';
import './black-boxes.test.js';
import './blend.test.js';
import './cli.test.js';
import './coding.test.js';
import './deflate-decode.test.js';
import './deflate-literals.test.js';
import './flac.test.js';
import './inflate.test.js';
import './jpeg.test.js';
import './lm.test.js';
import './lookahead.test.js';
import './lzma.test.js';
import './lzma-decode.test.js';
import './mixing.test.js';
import './overlap.test.js';
import './passage.test.js';
import './png.test.js';
import './ppm.test.js';
import './readers.test.js';
import './report-fragments.test.js';
import './spans.test.js';
import './suffix-automaton.test.js';
import './whole-bytes.test.js';
