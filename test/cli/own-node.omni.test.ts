/** A development node that is there, makes its blocks by itself, and knows none of the test accounts: a key of its own pays for them. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HexSchema } from '../../src/spec/answers.js';
import type { Hex } from '../../src/spec/hex.js';
import { rawChainSpec } from '../../src/targets/node/chain-spec.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import { findOmni, startOmni } from '../../src/targets/node/omni.js';
import { keyOfSuri } from '../../src/targets/node/suri.js';
import { accountKey, nonceOf } from '../../src/targets/runtime/genesis.js';
import { hexOfKey } from '../../src/targets/runtime/translation.js';
import { lab } from '../lab.js';
import { accounts, answerOf, settings } from '../targets/node/lab-chain.js';
import { withFolder } from '../targets/node/processes.js';
import { assay, type Ran } from './run-cli.js';

/** Milliseconds between two blocks. */
const BLOCK_TIME = 100;

interface Funded extends Ran {
  /** Calls that `//Alice` sent. */
  readonly sent: number;
  /** Test accounts that are there afterwards. */
  readonly accounts: number;
}

/** Runs the command line on a node on which only `//Alice` has anything, and is root. */
const onAlices = (...flags: readonly string[]): Promise<Funded> =>
  withFolder(async (folder) => {
    const alice = await keyOfSuri('//Alice');
    const spec = rawChainSpec({ runtime: lab, lab: settings, accounts: [], sudo: alice.account });
    const options = { spec, bin: findOmni() ?? '', folder: join(folder, 'node'), blockTime: BLOCK_TIME };
    const node = await startOmni({ ...options, limits: DEFAULT_LIMITS });
    const stored = async (account: Hex): Promise<Hex | null> =>
      HexSchema.nullable().parse(await answerOf(node.url, 'state_getStorage', hexOfKey(accountKey(account))));
    try {
      const args = ['check', '--target', node.url, '--runs', '1', '--steps', '12', '--seed', '1'];
      const ran = await assay([...args, ...flags], { cwd: folder });
      const there = await Promise.all(accounts.map(stored));
      return {
        ...ran,
        sent: nonceOf(await stored(alice.account)),
        accounts: there.filter((each) => each !== null).length,
      };
    } finally {
      await node.stop();
    }
  });

describe('a development node without the test accounts', () => {
  it('has them paid by //Alice, who is its root', async () => {
    const { code, stdout, stderr, ...after } = await onAlices();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/│ 0 differences[^│]*│ conforms/);
    expect(stdout).not.toContain('root calls');
    expect(after.accounts).toBe(accounts.length);
    // One call for each account, one for the storage that scenarios look up; the others are the scenario's.
    expect(after.sent).toBeGreaterThan(accounts.length + 1);
  });

  it('is not written to where the key that would pay has nothing', async () => {
    const { code, stderr, ...after } = await onAlices('--suri', '//Bob');
    expect(stderr).toMatch(
      /^assay: ws:\S+: \d+ test accounts have no funds there, and neither has the key that would pay for them: name one [^\n]*--suri[^\n]*\n$/,
    );
    expect(stderr).not.toContain('Bob');
    expect(code).toBe(2);
    expect(after).toMatchObject({ sent: 0, accounts: 0 });
  });
});
