/** A node of one's own that is there already: it is left as it was found, and may die or fall silent like any other. */
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startChopsticks } from '../../src/targets/node/chopsticks.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import type { StartedNode } from '../../src/targets/node/process.js';
import { answerOf, labSpec } from '../targets/node/lab-chain.js';
import { runs, withFolder } from '../targets/node/processes.js';
import { descendantsOf } from './descendants.js';
import { assay, startAssay, type Ran, type Running } from './run-cli.js';

interface There {
  readonly node: StartedNode;
  /** The process id of the node itself. */
  readonly pid: number;
  readonly folder: string;
}

/** Gives `use` a Chopsticks that is there, and ends it. */
const withNode = <T>(use: (there: There) => Promise<T>): Promise<T> =>
  withFolder(async (folder) => {
    const options = { folder: join(folder, 'node'), blockNumberWidth: 8, limits: DEFAULT_LIMITS } as const;
    const node = await startChopsticks({ spec: labSpec() }, options);
    try {
      const [[pid = 0] = []] = await descendantsOf(node.pid);
      return await use({ node, pid, folder });
    } finally {
      await node.stop();
    }
  });

const head = ({ url }: StartedNode): Promise<unknown> => answerOf(url, 'chain_getBlockHash');

/** Milliseconds in which a run has ended, whatever was done to it. */
const PATIENCE = 20_000;

/** Acts on a check as soon as the node stands elsewhere than before, and waits for its end. */
const caught = async ({ node, folder }: There, act: (running: Running) => void): Promise<Ran> => {
  const before = await head(node);
  const args = ['check', '--target', node.url, '--seed', '1', '--runs', '1000'];
  const running = startAssay(args, { cwd: folder });
  try {
    const moved = async (): Promise<void> => expect(await head(node)).not.toBe(before);
    await vi.waitFor(moved, { timeout: 60_000, interval: 50 });
    const started = performance.now();
    act(running);
    const ran = await running.ended;
    expect(performance.now() - started).toBeLessThan(PATIENCE);
    return ran;
  } finally {
    running.kill('SIGKILL');
  }
};

describe('a node that is there', () => {
  it('goes on, and stands where it stood: after a check, and after Ctrl-C', () =>
    withNode(async (there) => {
      const { node, folder } = there;
      await answerOf(node.url, 'dev_newBlock', { count: 2 });
      const before = await head(node);
      const args = ['check', '--target', node.url, '--seed', '1', '--runs', '2', '--steps', '10'];
      const { code, stdout, stderr } = await assay(args, { cwd: folder });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('│ 0 differences');
      expect(await head(node)).toBe(before);
      const interrupted = await caught(there, (running) => running.kill('SIGINT'));
      expect(interrupted).toMatchObject({ code: 130, stderr: '' });
      expect(await head(node)).toBe(before);
      expect(await runs(node.pid)).toBe(true);
    }));

  it('may be silent when Ctrl-C comes, or die: it is not waited for long, and what was done is told', () =>
    withNode(async (there) => {
      const interrupted = await caught(there, (running) => {
        process.kill(there.pid, 'SIGSTOP');
        running.kill('SIGINT');
      });
      process.kill(there.pid, 'SIGCONT');
      expect(interrupted).toMatchObject({ code: 130, stderr: '' });
      expect(interrupted.stdout).toContain('(interrupted)');
      const { code, stdout, stderr } = await caught(there, () => void process.kill(there.pid, 'SIGKILL'));
      expect(stderr).toMatch(/^assay: ws:[^\n]*: the connection was lost while the node [^\n]*\n$/);
      expect(code).toBe(2);
      expect(stdout).toMatch(/│ error +│$/m);
    }));
});
