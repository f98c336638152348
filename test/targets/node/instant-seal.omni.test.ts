/**
 * DEV-02 on a node that seals a block for each extrinsic that its pool takes: the call that panics gets its block, is not in it,
 * and that is all. The node was said to seal empty blocks from then on without a pause.
 */
import { describe, expect, it } from 'vitest';
import { makeCast } from '../../../src/properties/cast.js';
import { signAt } from '../../../src/spec/accounts.js';
import { callOf, encodeCall, type Call } from '../../../src/spec/calls.js';
import { Rules } from '../../../src/spec/rules.js';
import { BlockReader, type Block } from '../../../src/targets/node/block-reader.js';
import { rawChainSpec } from '../../../src/targets/node/chain-spec.js';
import { RunningChain, type Sent } from '../../../src/targets/node/chain.js';
import { NodeConnection } from '../../../src/targets/node/connection.js';
import { identify } from '../../../src/targets/node/identity.js';
import { DEFAULT_LIMITS } from '../../../src/targets/node/limits.js';
import { findOmni, startOmni } from '../../../src/targets/node/omni.js';
import { ExtrinsicEncoder } from '../../../src/targets/runtime/extrinsic.js';
import { Translation } from '../../../src/targets/runtime/translation.js';
import { lab } from '../../lab.js';
import { accounts, settings, sudo } from './lab-chain.js';
import { withFolder } from './processes.js';

const bin = findOmni() ?? '';
const [user = { id: '0x', path: '' }] = makeCast().users;
const plan_id = '0x' + '11'.repeat(32);

/** How long a block that must not come is waited for: a node that seals without a pause makes hundreds in this time. */
const limits = { ...DEFAULT_LIMITS, block: 5_000 };

const purchase = callOf('Marketplace.purchase_plan', {
  plan_id,
  plan_technical_description: '0x',
  image_name: '0x',
  image_url: '0x',
  cloud_init_cid: null,
  pay_for: null,
  miner_id: null,
});

/** Of the first request, to a node that nobody registered. */
const assignment = callOf('Compute.submit_compute_request_assignment', {
  miner_node_id: '0x01',
  plan_id,
  request_id: 0n,
  owner: user.id,
});

interface InstantChain {
  /** What the node's clients see: each send waits for what becomes of it. */
  readonly sendUnsigned: (call: Call) => Promise<Sent>;
  readonly sendSigned: (call: Call, nonce: number) => Promise<Sent>;
  /** Waits for the block. @throws NodeFailure where it does not come within the limit */
  readonly block: (number: bigint) => Promise<Block>;
}

const withInstantSeal = (rules: Rules, use: (chain: InstantChain) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    const spec = rawChainSpec({ runtime: lab, lab: { ...settings, rules }, accounts, sudo });
    const node = await startOmni({ spec, bin, folder, blockTime: 1_000, seal: 'instant', limits });
    try {
      const connection = await NodeConnection.open(node.url, { limits });
      const identity = await identify(connection);
      const reader = new BlockReader(connection, new Translation(identity.layout, identity.metadata));
      const chain = await RunningChain.watch(connection, reader);
      const encoder = new ExtrinsicEncoder(identity.metadata, identity);
      await use({
        sendUnsigned: (call) => chain.send(encoder.bare(encodeCall(call))),
        sendSigned: (call, nonce) => {
          const signer = { account: user.id, nonce, sign: (message: string) => signAt(user.path, message) };
          return chain.send(encoder.signed(encodeCall(call), signer));
        },
        block: async (number) => {
          await chain.advance(number - 1n, 1n);
          return reader.read(await reader.hashOf(number));
        },
      });
      await connection.close();
    } finally {
      await node.stop();
    }
  });

describe('a node that seals at once', () => {
  it('seals one block without the call that panics, no other by itself, and goes on', () =>
    withInstantSeal(Rules.deployed, async ({ sendUnsigned, sendSigned, block }) => {
      expect(await sendSigned(purchase, 0)).toMatchObject({ kind: 'built' });
      expect(await sendUnsigned(assignment)).toMatchObject({
        kind: 'left out',
        why: 'the pool gave it up as invalid',
      });
      const { extrinsics } = await block(2n);
      // The inherent.
      expect(extrinsics).toHaveLength(1);
      await expect(block(3n)).rejects.toThrow('the node made no new block within 5 s');
      expect(await sendSigned(purchase, 1)).toEqual({ kind: 'built', block: (await block(3n)).hash });
    }));

  it('puts the call into its block where DEV-02 is repaired, and seals no other', () =>
    withInstantSeal(Rules.parse('DEV-02=promised'), async ({ sendUnsigned, sendSigned, block }) => {
      await sendSigned(purchase, 0);
      expect(await sendUnsigned(assignment)).toEqual({ kind: 'built', block: (await block(2n)).hash });
      await expect(block(3n)).rejects.toThrow('the node made no new block within 5 s');
    }));
});
