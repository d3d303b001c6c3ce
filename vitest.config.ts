import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const SLOW = 'test/**/slow-*.test.ts';

/** Slow files that take longest, so that neither worker begins one of them last. */
const LONGEST =
  /slow-(full|paper|explorer|deep|lzma|lm|queue|notebooks|report|deflate|coding|readers|site)/;

/** Files that start processes, which takes the longer the more memory their worker has by then. */
const STARTS_PROCESSES =
  /test\/(readme|guide|command|cli|core|api|compare|black-boxes|flac|packed-format|results)/;

/** Files with such names first. */
const first = (names: RegExp) =>
  class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const isFirst = ({ moduleId }: TestSpecification): number => Number(names.test(moduleId));
      return (await super.sort(files)).sort((a, b) => isFirst(b) - isFirst(a));
    }
  };

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
          sequence: { sequencer: first(LONGEST) },
        }
      : {
          include: ['test/**/*.test.ts'],
          exclude: [SLOW],
          isolate: false,
          sequence: { sequencer: first(STARTS_PROCESSES) },
          testTimeout: 60_000,
        }),
  },
}));
