/** An omni-node whose chain somebody uses: a load's calls, some in each block, and now and then one of ours. */
import { payersOf, genesisStorage, planLoad } from '../../src/load/plan/plan.js';
import { signPlan } from '../../src/load/plan/sign.js';
import { LOAD_SUDO } from '../../src/load/sized-state.js';
import { accountAt, signAt } from '../../src/spec/accounts.js';
import { HexSchema } from '../../src/spec/answers.js';
import { callOf } from '../../src/spec/calls.js';
import { hexOfText, type Hex } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import { RpcError } from '../../src/targets/node/connection.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import { findOmni } from '../../src/targets/node/omni.js';
import { openOnOmni, type OpenedNode } from '../../src/targets/node/open.js';
import { setMutant } from '../follow/scripted-chain.js';
import { lab } from '../lab.js';

/** Milliseconds between two blocks. */
const BLOCK_TIME = 50;
/** Calls that are sent for each block. */
const PER_BLOCK = 3;

const plan = planLoad({ scenario: 'submit', users: 10, rate: 40, duration: 30, seed: 1, requests: 100, queue: 10 });

const BUYER = '//Assay//buyer';

export interface UsedChain {
  readonly url: string;
  /** Uses it until it has so many blocks. */
  readonly use: (until: bigint) => Promise<void>;
  /** Switches a bug on. @returns the block that has the call */
  readonly switchOn: (mutant: number) => Promise<bigint>;
  /** Buys a VM without a wish for a miner. @returns the block that has the call */
  readonly buy: () => Promise<bigint>;
  readonly close: () => Promise<void>;
}

const usedChain = async (node: OpenedNode): Promise<UsedChain> => {
  const { parts, identity } = node;
  const { connection, encoder, translation, chain, reader } = parts;
  const signed = await signPlan(plan, encoder, translation, identity.genesisHash);
  const left = signed.arrivals.flatMap(({ extrinsic }) => extrinsic ?? []);
  const nonces = new Map<string, number>();

  const offer = async (extrinsic: Hex): Promise<void> => {
    try {
      await connection.request(HexSchema, 'author_submitExtrinsic', extrinsic);
    } catch (error) {
      // The pool may have the same request of a miner already.
      if (!(error instanceof RpcError)) throw error;
    }
  };
  const include = async (call: Hex, path: string): Promise<bigint> => {
    const nonce = nonces.get(path) ?? 0;
    nonces.set(path, nonce + 1);
    const sign = (message: Hex) => signAt(path, message);
    const sent = await chain.send(encoder.signed(call, { account: accountAt(path), nonce, sign }));
    if (sent.kind !== 'built') throw new Error(`a call got into no block: ${sent.kind}`);
    return (await reader.contents(sent.block)).number;
  };
  return {
    url: identity.url,
    use: async (until) => {
      for (let { number } = await reader.contents(await reader.head()); number < until; number += 1n) {
        for (const extrinsic of left.splice(0, PER_BLOCK)) await offer(extrinsic);
        await chain.advance(number, 1n, false);
      }
    },
    switchOn: (mutant) => {
      const step = setMutant(mutant);
      if (!('other' in step)) throw new Error('the lab has a call for that');
      return include(translation.encodeSudo(step.other), LOAD_SUDO);
    },
    buy: () =>
      include(
        translation.encodeCall(
          callOf('Marketplace.purchase_plan', {
            plan_id: `0x${'5a'.repeat(32)}`,
            plan_technical_description: hexOfText('{}'),
            image_name: hexOfText('debian'),
            image_url: hexOfText('https://image'),
            cloud_init_cid: null,
            pay_for: null,
            miner_id: null,
          }),
        ),
        BUYER,
      ),
    close: () => node.close(),
  };
};

export const startUsedChain = async (folder: string): Promise<UsedChain> => {
  const bin = findOmni();
  if (bin === null) throw new Error('tests of *.omni.test.ts need polkadot-omni-node on the PATH');
  const root = { account: accountAt(LOAD_SUDO), sign: (message: Hex) => signAt(LOAD_SUDO, message) };
  const chain = {
    runtime: lab,
    lab: { rules: Rules.deployed, releasePeriod: 20n, mutant: 0 },
    accounts: [...payersOf(plan), accountAt(BUYER)],
    sudo: root.account,
    storage: genesisStorage(plan),
  };
  return usedChain(await openOnOmni(chain, { folder, limits: DEFAULT_LIMITS, bin, blockTime: BLOCK_TIME, root }));
};
