// How much is checked. `npm run test:slow` checks more kinds of cases than `npm test` in the files of
// slow-deep.test.ts and slow-deep-contract.test.ts, and runs a fifth of the random cases of its own.
// `FUZZ=full npm run test:slow` runs all random cases, and the files of slow-full.test.ts with more
// cases than `npm test`.

/** True in `npm run test:slow`. */
export const DEEP = process.env.DEEP === '1';

/** True in `FUZZ=full npm run test:slow`. */
export const FULL = DEEP && process.env.FUZZ === 'full';

/** How many cases to check: `many` with FUZZ=full. */
export const cases = (few: number, many: number): number => (FULL ? many : few);

/** How many of `all` random cases to run: the first fifth, or all with FUZZ=full. */
export const fuzzCount = (all: number): number => (FULL ? all : Math.ceil(all / 5));
