/** A chain's code from a real node. */
import { describe, expect, it } from 'vitest';
import { NodeFailure } from '../../../src/targets/failures.js';
import { fetchCode } from '../../../src/targets/node/code.js';
import { DEFAULT_LIMITS } from '../../../src/targets/node/limits.js';
import { lab } from '../../lab.js';
import { answerOf } from './lab-chain.js';
import { openOwnOmni } from './own-omni.js';
import { withFolder } from './processes.js';

const options = { limits: DEFAULT_LIMITS };
const NOBODY = '0x' + '12'.repeat(32);

describe('the code of a chain on an omni-node', () => {
  it('is that of the runtime in its spec, by number, by hash and at the newest final block', () =>
    withFolder(async (folder) => {
      const node = await openOwnOmni(folder);
      const { url } = node.identity;
      try {
        const first = await fetchCode(url, 0, options);
        expect(first).toMatchObject({ number: 0n, hash: node.identity.genesisHash });
        expect(Buffer.compare(first.code, lab.code)).toBe(0);
        const hash = String(await answerOf(url, 'chain_getBlockHash'));
        const byHash = await fetchCode(url, hash, options);
        expect(byHash).toEqual(await fetchCode(url, Number(byHash.number), options));
        const final = await fetchCode(url, null, options);
        expect(await answerOf(url, 'chain_getBlockHash', Number(final.number))).toBe(final.hash);
        expect([byHash, final].map(({ code }) => Buffer.compare(code, lab.code))).toEqual([0, 0]);
        for (const absent of [1e9, NOBODY]) {
          const read = fetchCode(url, absent, options);
          await expect(read).rejects.toThrow(NodeFailure);
          await expect(read).rejects.toThrow(`${url}: the node has no block ${absent}: its newest is `);
        }
      } finally {
        await node.close();
      }
    }));
});
