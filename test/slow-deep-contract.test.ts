// The contract of every row as it is by default, in more contexts than in `npm test` (deep.ts).

import './contract.test.js';
