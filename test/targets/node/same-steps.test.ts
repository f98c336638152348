/** The same 300 steps: the engine, the lab runtime in this process, and in Chopsticks agree; what is not covered is known. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Rules } from '../../../src/spec/rules.js';
import { EngineTarget } from '../../../src/targets/engine-target.js';
import { DEFAULT_LIMITS } from '../../../src/targets/node/limits.js';
import { openOnChopsticks } from '../../../src/targets/node/open.js';
import { optionsOf } from '../../../src/properties/play-plan.js';
import { labTarget } from '../../lab.js';
import { ownChain, playSameSteps } from './same-steps.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the same 300 steps', () => {
  it('on the engine', async () => {
    const { steps, differences, uncovered } = await playSameSteps(new EngineTarget(optionsOf(Rules.deployed)));
    expect(differences).toEqual([]);
    expect(steps).toBeGreaterThanOrEqual(300);
    expect([...uncovered]).toEqual([]);
  });

  it('on the lab runtime in this process', async () => {
    const { steps, differences, uncovered } = await playSameSteps(labTarget());
    expect(differences).toEqual([]);
    expect(steps).toBeGreaterThanOrEqual(300);
    expect([...uncovered]).toEqual([]);
  });

  it('on Chopsticks, which covers them all', { timeout: 300_000 }, async () => {
    const node = await openOnChopsticks(ownChain(), { folder, limits: DEFAULT_LIMITS });
    try {
      const { steps, differences, uncovered } = await playSameSteps(node.target);
      expect(differences).toEqual([]);
      expect(steps).toBeGreaterThanOrEqual(300);
      expect([...uncovered]).toEqual([]);
    } finally {
      await node.close();
    }
  });
});
