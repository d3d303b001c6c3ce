import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/slow-*.test.ts'],
    server: { deps: { external: [/\/dist\//] } },
    maxWorkers: 2,
    globalSetup: 'test/build.ts',
    testTimeout: 60_000,
  },
});
