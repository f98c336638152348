/** Tests that need polkadot-omni-node are called `*.omni.test.ts`, and are left out, with a line that says so, where it is not there. */
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { findOmni } from './src/targets/node/omni.js';

const OMNI_TESTS = 'test/**/*.omni.test.ts';

const leftOut = (): string[] => {
  if (findOmni() !== null) return [];
  const missing = 'polkadot-omni-node is neither named by ASSAY_NODE_BIN nor on the PATH';
  if (process.env.ASSAY_REQUIRE_OMNI === '1') throw new Error(`ASSAY_REQUIRE_OMNI=1, but ${missing}`);
  console.warn(`${missing}: ${OMNI_TESTS} are left out`);
  return [OMNI_TESTS];
};

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...leftOut()],
    testTimeout: 120_000,
    // Tests of nodes mostly wait for them: on two cores one at a time would be idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
