// The contract in more contexts than in `npm test` (deep.ts), apart from the other deep tests so that
// both workers are busy.

import './audio-mix.test.js';
import './blend.test.js';
import './contract.test.js';
