/**
 * Tests that need polkadot-omni-node are called `*.omni.test.ts`, those that need k6 `*.k6.test.ts` or `*.k6.omni.test.ts`, those that
 * need a browser `*.chromium.test.ts`, those that need a pseudo terminal `*.pty.test.ts`; they are left out, with a line that says so, where
 * it is not there.
 */
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { findK6, K6_MISSING } from './src/load/run/k6-program.js';
import { findOmni } from './src/targets/node/omni.js';
import { CHROMIUM_MISSING, findChromium } from './test/chromium.js';
import { hasPty, PTY_MISSING } from './test/pty.js';

interface Needed {
  readonly tests: readonly string[];
  readonly isThere: () => boolean;
  readonly missing: string;
  /** Where it is 1, the tests must run. */
  readonly required: string;
}

const NEEDED: readonly Needed[] = [
  {
    tests: ['test/**/*.omni.test.ts'],
    isThere: () => findOmni() !== null,
    missing: 'polkadot-omni-node is neither named by ASSAY_NODE_BIN nor on the PATH',
    required: 'ASSAY_REQUIRE_OMNI',
  },
  {
    tests: ['test/**/*.k6.test.ts', 'test/**/*.k6.omni.test.ts'],
    isThere: () => findK6() !== null,
    missing: K6_MISSING,
    required: 'ASSAY_REQUIRE_K6',
  },
  {
    tests: ['test/**/*.chromium.test.ts'],
    isThere: () => findChromium() !== null,
    missing: CHROMIUM_MISSING,
    required: 'ASSAY_REQUIRE_CHROMIUM',
  },
  {
    tests: ['test/**/*.pty.test.ts'],
    isThere: hasPty,
    missing: PTY_MISSING,
    required: 'ASSAY_REQUIRE_PTY',
  },
];

const leftOut = ({ tests, isThere, missing, required }: Needed): readonly string[] => {
  if (isThere()) return [];
  if (process.env[required] === '1') throw new Error(`${required}=1, but ${missing}`);
  console.warn(`${missing}: ${tests.join(', ')} are left out`);
  return tests;
};

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...NEEDED.flatMap(leftOut)],
    testTimeout: 120_000,
    // Tests of nodes mostly wait for them: on two cores, two at a time would leave them idle.
    maxWorkers: Math.max(3, availableParallelism() - 1),
  },
});
