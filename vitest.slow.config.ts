import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/slow-*.test.ts'],
    server: { deps: { external: [/\/dist\//] } },
    globalSetup: 'test/build.ts',
    testTimeout: 600_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
