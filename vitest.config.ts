import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const SLOW = 'test/**/slow-*.test.ts';

/** Slow files that take minutes, so that neither worker begins one of them last. */
const LONGEST = /slow-(deep|lm|paper|inflate|readers|notebooks|deflate|lzma|coding)/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): number => Number(LONGEST.test(moduleId));
    return (await super.sort(files)).sort((a, b) => isLong(b) - isLong(a));
  }
}

/** `vitest run` runs the tests that take seconds, `vitest run --mode slow` those that take minutes. */
export default defineConfig(({ mode }) => ({
  test: {
    server: { deps: { external: [/\/dist\//] } },
    globalSetup: 'test/build.ts',
    setupFiles: 'test/equal.ts',
    maxWorkers: 2,
    ...(mode === 'slow'
      ? {
          include: [SLOW],
          exclude: process.env.FUZZ === 'full' ? [] : ['test/slow-full.test.ts'],
          env: { DEEP: '1' },
          testTimeout: 600_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
          sequence: { sequencer: LongestFirst },
        }
      : {
          include: ['test/**/*.test.ts'],
          exclude: [SLOW],
          isolate: false,
          testTimeout: 60_000,
        }),
  },
}));
