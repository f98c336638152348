/** The state of a real node: recorded whole, with the clock that its blocks had, and upgraded from the file and from the node itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInState } from '../../src/gate/built-in-state.js';
import { rawChainSpec } from '../../src/targets/node/chain-spec.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import { findOmni, startOmni } from '../../src/targets/node/omni.js';
import { TIME } from '../../src/targets/runtime/genesis.js';
import { hexOfKey } from '../../src/targets/runtime/translation.js';
import { lab } from '../lab.js';
import { accounts, settings, sudo } from '../targets/node/lab-chain.js';
import { withFolder } from '../targets/node/processes.js';
import { DROPPED } from '../variants.js';
import { assay, root, type Ran } from './run-cli.js';

const LAB = join(root, 'runtime/lab.wasm');

describe('the state of an omni-node', () => {
  it(
    'is whole after an upgrade to the same code, and not after one that loses entries',
    () =>
      withFolder(async (folder) => {
        const spec = rawChainSpec({ runtime: lab, lab: settings, accounts, sudo, storage: builtInState(lab).storage });
        const options = { spec, bin: findOmni() ?? '', folder: join(folder, 'node'), blockTime: 100 };
        const node = await startOmni({ ...options, limits: DEFAULT_LIMITS });
        const gate = (next: string, state: string): Promise<Ran> =>
          assay(['gate', '--old', LAB, '--new', next, '--state', state, '--runs', '1', '--out', join(folder, 'found')]);
        try {
          const file = join(folder, 'state.json');
          expect(await assay(['record', '--state', node.url, '--whole', '--out', file])).toMatchObject({
            code: 0,
            stderr: '',
          });
          const { storage } = JSON.parse(readFileSync(file, 'utf8')) as { storage: Record<string, string> };
          expect(Object.keys(storage)).toContain(hexOfKey(TIME));
          expect(await gate(LAB, file)).toMatchObject({ code: 0, stderr: '' });
          const lost = await gate(join(root, DROPPED), node.url);
          expect(lost.code).toBe(1);
          expect(lost.stdout).toContain('upgrade/Compute.MinerComputeRequests/lost');
        } finally {
          await node.stop();
        }
      }),
    120_000,
  );
});
