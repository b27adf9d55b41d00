// How the tests run: real files, real Git, real SQLite; each test makes its own folders, so all run in parallel.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // They end what hangs. That a machine is busy is no fault: eight programs on two processors take their time.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
    globalSetup: ['test/support/temporary-folder.ts'],
    setupFiles: ['test/support/setup.ts'],
  },
});
