/** The same 300 steps on a real node: they agree, but for what its pool does not let through. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openOwnOmni } from './own-omni.js';
import { playSameSteps } from './same-steps.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the same 300 steps', () => {
  it('on the omni-node, but for what its pool refuses', { timeout: 600_000 }, async () => {
    const node = await openOwnOmni(folder);
    try {
      const { steps, differences, uncovered } = await playSameSteps(node.target);
      expect(differences).toEqual([]);
      expect(steps).toBeGreaterThanOrEqual(300);
      for (const what of uncovered.keys()) expect(what).toMatch(/^calls that the pool refuses/);
    } finally {
      await node.close();
    }
  });
});
