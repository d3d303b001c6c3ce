// Tests that check many cases check a few in `npm test` and all in `npm run test:slow`, by way of
// slow-deep.test.ts and slow-deep-contract.test.ts.

/** True in `npm run test:slow`. */
export const DEEP = process.env.DEEP === '1';

/** How many cases to check. */
export const cases = (few: number, many: number): number => (DEEP ? many : few);
