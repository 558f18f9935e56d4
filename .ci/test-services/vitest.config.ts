import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Generous, since a busy machine is no failure; the long variants of `npm run test:full` take longer still.
const timeout = (process.env['EVENTMEND_FULL'] ? 60 : 3) * 60_000;

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: timeout,
    hookTimeout: timeout,
    // One file a core leaves a machine of two cores idle half of the time: many tests wait for processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
