/** A chain spec that begins with what a plan needs, under the runtime's own keys. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { genesisStorage, payersOf, planLoad } from '../../src/load/plan/plan.js';
import { withNonces } from '../../src/load/run/loaded-chain.js';
import { palletPrefix, storage } from '../../src/spec/storage.js';
import { rawChainSpec } from '../../src/targets/node/chain-spec.js';
import { accountKey } from '../../src/targets/runtime/genesis.js';
import { hexOfKey } from '../../src/targets/runtime/translation.js';
import { lab } from '../lab.js';
import { settings, sudo } from '../targets/node/lab-chain.js';

const plan = planLoad({ scenario: 'submit', users: 2, rate: 10, duration: 3, seed: 1, requests: 7, queue: 3 });

const Spec = z.object({ genesis: z.object({ raw: z.object({ top: z.record(z.string(), z.string()) }) }) });

describe('the chain that a plan runs on', () => {
  it('begins with all storage that the plan needs, and accounts that can pay', () => {
    const own = genesisStorage(plan);
    const options = { runtime: lab, lab: settings, accounts: payersOf(plan), sudo, storage: own };
    const { top } = Spec.parse(JSON.parse(rawChainSpec(options))).genesis.raw;
    const pallets = Object.keys(storage).map(palletPrefix);
    const tested = Object.entries(top).filter(([key]) => pallets.some((prefix) => key.startsWith(prefix)));
    expect(Object.fromEntries(tested)).toEqual(own);
    expect(payersOf(plan).every((account) => hexOfKey(accountKey(account)) in top)).toBe(true);
  });
});

describe('a plan that goes on where accounts are', () => {
  it('counts each nonce from what the chain has, and changes nothing else', () => {
    const [path = ''] = plan.arrivals.flatMap(({ signer }) => signer?.path ?? []);
    const later = withNonces(plan, new Map([[path, 40]]));
    const noncesOf = ({ arrivals }: typeof plan, of: string): number[] =>
      arrivals.flatMap(({ signer }) => (signer?.path === of ? [signer.nonce] : []));
    expect(noncesOf(later, path)).toEqual(noncesOf(plan, path).map((nonce) => nonce + 40));
    expect(withNonces(plan, new Map())).toEqual(plan);
    expect(later.arrivals.map(({ signer: _, ...call }) => call)).toEqual(
      plan.arrivals.map(({ signer: _, ...call }) => call),
    );
  });
});
