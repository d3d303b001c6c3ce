import { defineConfig } from 'vitest/config';

const SLOW = 'test/**/slow-*.test.ts';

/** `vitest run` runs the tests that take seconds, `vitest run --mode slow` those that take minutes. */
export default defineConfig(({ mode }) => ({
  test: {
    server: { deps: { external: [/\/dist\//] } },
    globalSetup: 'test/build.ts',
    setupFiles: 'test/equal.ts',
    ...(mode === 'slow'
      ? {
          include: [SLOW],
          env: { DEEP: '1' },
          testTimeout: 600_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
        }
      : {
          include: ['test/**/*.test.ts'],
          exclude: [SLOW],
          maxWorkers: 2,
          isolate: false,
          testTimeout: 60_000,
        }),
  },
}));
