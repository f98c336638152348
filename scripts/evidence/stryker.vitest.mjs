/** What Stryker tries each mutant of the engine with: the tests that are about what it does. Fast ones, as each runs a thousand times. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/engine/*.test.ts', 'test/spec/promised-*.test.ts', 'test/properties/broken-alone.test.ts'],
    // Half a minute of counting, about what the others see as well.
    exclude: ['test/engine/cost.test.ts'],
    testTimeout: 60_000,
  },
});
