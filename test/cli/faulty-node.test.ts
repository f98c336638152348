/** A node that works but for one thing: that it refuses, never answers, or answers with something else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChopsticks } from '../../src/targets/node/chopsticks.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import type { StartedNode } from '../../src/targets/node/process.js';
import { labSpec } from '../targets/node/lab-chain.js';
import { withProxy, type Answers } from '../targets/node/proxy.js';
import { assay } from './run-cli.js';

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

const refused = { error: { code: -32_603, message: 'not here,\n  not now' } };
const nonsense = { result: 'yes' };

/** What is wrong, what is said of it, and whether calls were to be sent by then. */
const faults: readonly (readonly [string, Answers, RegExp, boolean])[] = [
  ['refuses its code', { state_getStorage: refused }, /the node refused state_getStorage: .*not here, not now$/, false],
  ['never tells its methods', { rpc_methods: null }, /no Substrate node answered there within 2 s$/, false],
  [
    'tells no sensible chain',
    { system_chain: { result: 7 } },
    /the node answered system_chain with something else: /,
    false,
  ],
  ['refuses to go back', { dev_setHead: refused }, /the node refused dev_setHead: .*not here, not now/, true],
  ['refuses to build', { dev_newBlock: refused }, /the node refused dev_newBlock: .*not here, not now/, true],
  ['never builds', { dev_newBlock: null }, /the node did not answer dev_newBlock within 2 s/, true],
  ['builds nothing sensible', { dev_newBlock: nonsense }, /the node answered dev_newBlock with something else: /, true],
  ['never tells a block', { chain_getBlock: null }, /the node did not answer chain_getBlock within 2 s/, true],
  ['has no such block', { chain_getBlock: { result: null } }, /the node has no block 0x[0-9a-f]{64}/, true],
];

describe('a node that', () => {
  it.each(faults)('%s: is one sentence, and no verdict', (_, answers, sentence, begun) =>
    withProxy(node.url, answers, async ({ url }) => {
      const args = ['check', '--target', url, '--seed', '1', '--runs', '1', '--wait', 'connect=2,reply=2'];
      const { code, stdout, stderr } = await assay(args, { cwd: folder });
      expect(stderr).toMatch(/^assay: ws:[^\n]*\n$/);
      expect(stderr.trim()).toMatch(sentence);
      expect(code).toBe(2);
      expect(stdout.includes('asking the pool')).toBe(begun);
      expect(/│ error +│$/m.test(stdout)).toBe(begun);
    }),
  );
});
