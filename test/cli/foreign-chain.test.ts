/** A chain that is not one's own: it is looked at, and written to only after a confirmation. */
import { join } from 'node:path';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChopsticks } from '../../src/targets/node/chopsticks.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import type { StartedNode } from '../../src/targets/node/process.js';
import { answerOf, labSpec } from '../targets/node/lab-chain.js';
import { withProxy, type Proxy } from '../targets/node/proxy.js';
import { assay, type Ran } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
let node: StartedNode;

beforeAll(async () => {
  const options = { folder: join(folder, 'node'), blockNumberWidth: 8, limits: DEFAULT_LIMITS } as const;
  node = await startChopsticks({ spec: labSpec() }, options);
});
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

/** Where the node stands. */
const head = (): Promise<unknown> => answerOf(node.url, 'chain_getBlockHash');

/** What writes: blocks and storage, and calls. */
const WRITES = /^(dev|author|evm|engine)_/;

interface Foreign extends Ran {
  readonly url: string;
  readonly asked: Proxy['asked'];
}

/** Runs the command line against the same node, which says that it is of a public chain. */
const onLive = (args: (url: string) => readonly string[]): Promise<Foreign> =>
  withProxy(node.url, { system_chainType: { result: 'Live' } }, async ({ url, asked }) => {
    const before = await head();
    const ran = await assay(args(url));
    expect(await head()).toBe(before);
    expect(asked).toContain('state_getMetadata');
    expect(asked.filter((method) => WRITES.test(method))).toEqual([]);
    return { ...ran, url, asked };
  });

describe('a chain that is not your own', () => {
  it('is introduced, and looked at; nothing is sent to it', async () => {
    const { code, stdout, stderr } = await onLive((url) => ['check', '--target', url]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/assay chopsticks-v1, chain "assay" \(Live\), .* │ conforms/);
    expect(stdout).toMatch(/not covered: calls +│/);
    expect(stdout).toMatch(/there: Compute 67, PalletIp 74, .* │ conforms/);
    expect(stdout).toMatch(/│ nothing was sent: it is not one of your own: +│ vacuous/);
    expect(code).toBe(0);
  });

  it('is not covered where coverage is required', async () => {
    const { code, stderr } = await onLive((url) => ['check', '--target', url, '--require-coverage', '--quiet']);
    expect(stderr).toBe('');
    expect(code).toBe(1);
  });

  it('is not written to without a terminal, whatever is allowed: the fork is named', async () => {
    const { code, stderr, url } = await onLive((each) => ['check', '--target', each, '--allow-writes']);
    expect(stderr).toBe(
      `assay: --allow-writes: ${url} is no development node on this machine (chain "assay", Live): writing to it has to be ` +
        `confirmed by hand, and there is no terminal: fork it instead, with --target chopsticks:${url}\n`,
    );
    expect(code).toBe(2);
  });

  it('is not recorded', async () => {
    const out = join(folder, 'never-written.jsonl');
    const { code, stderr, url } = await onLive((each) => ['record', '--target', each, '--out', out]);
    expect(stderr).toBe(
      `assay: --target ${url}: it is not one of your own: fork it (--target chopsticks:URL), or --allow-writes and confirm\n`,
    );
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });
});
