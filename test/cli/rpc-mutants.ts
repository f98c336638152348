/** Bugs of the lab runtime that are looked for through a node's RPC alone, by the built command line, and replayed there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { assay } from './run-cli.js';

/** Seeds with which each shows early; how often they show is for `npm run evidence`. */
export const EARLY_SEEDS = { 1: 19, 2: 16, 3: 21 } as const;

/** Finds a bug on a node, and replays its counterexample: a difference with the bug, none without it. */
export const huntThroughRpc = async (node: 'chopsticks' | 'omni', mutant: 1 | 2 | 3, about: RegExp): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-'));
  try {
    const buggy = `${node}:?mutant=${mutant}`;
    const seed = String(EARLY_SEEDS[mutant]);
    const budget = ['--runs', '20', '--steps', '120', '--seed', seed];
    const found = await assay(['check', '--target', buggy, ...budget, '--out', folder]);
    expect(found.stderr).toBe('');
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(about);
    const [, file = ''] = /replay it: npx assay replay (\S+) /.exec(found.stdout) ?? [];
    const again = await assay(['replay', file, '--target', buggy]);
    expect(again.stdout).toContain('1 differences');
    expect(again.code).toBe(1);
    const without = await assay(['replay', file, '--target', node]);
    expect(without.stdout).toContain('0 differences');
    expect(without.code).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
