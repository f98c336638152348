/** An omni-node with a chain of ours, for tests of `*.omni.test.ts`. */
import { signAt } from '../../../src/spec/accounts.js';
import { DEFAULT_LIMITS } from '../../../src/targets/node/limits.js';
import { findOmni } from '../../../src/targets/node/omni.js';
import { openOnOmni, type OpenedNode } from '../../../src/targets/node/open.js';
import type { LabSettings } from '../../../src/targets/runtime/genesis.js';
import { cast, ownChain } from './same-steps.js';

/** Milliseconds. */
const BLOCK_TIME = 50;

export const openOwnOmni = (folder: string, set: Partial<LabSettings> = {}): Promise<OpenedNode> => {
  const bin = findOmni();
  if (bin === null) throw new Error('tests of *.omni.test.ts need polkadot-omni-node on the PATH');
  const { id, path } = cast.sudo;
  const root = { account: id, sign: (message: string) => signAt(path, message) };
  return openOnOmni(ownChain(set), { folder, limits: DEFAULT_LIMITS, bin, blockTime: BLOCK_TIME, root });
};
