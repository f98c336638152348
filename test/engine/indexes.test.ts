/** Each index of the engine's state against the scan that BEHAVIOUR.md section 3 describes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chain } from '../../src/engine/chain.js';
import type { Engine } from '../../src/engine/engine.js';
import { ComputeError, Failure } from '../../src/engine/failures.js';
import { findMinerEntry, findRequest } from '../../src/engine/lookups.js';
import type { State } from '../../src/engine/state.js';
import { plan } from '../../src/properties/generate.js';
import type { Hex } from '../../src/spec/hex.js';
import { anyRules } from '../arbitrary-rules.js';
import { engineFor, play } from '../play.js';

const scanHolders = (lists: Iterable<readonly [string, readonly { request_id: bigint }[]]>, id: bigint): string[] =>
  [...lists].filter(([, entries]) => entries.some((entry) => entry.request_id === id)).map(([key]) => key);

const scanRequest = (state: State, id: bigint): string | undefined => {
  for (const [owner, requests] of state.Compute.ComputeRequests.entries()) {
    if (requests.some((request) => request.request_id === id)) return owner;
  }
  return undefined;
};

/** Section 3, "find the miner entry", word by word. */
const scanMinerEntry = (chain: Chain, account: Hex, plan_id: Hex): object | undefined => {
  const own = chain.state.Compute.ComputeRequests.get(account);
  for (const [node, list] of chain.state.Compute.MinerComputeRequests.entries()) {
    const matching = list.filter((entry) => entry.plan_id === plan_id && entry.fullfilled);
    for (const entry of chain.rules.promised('DEV-04') ? matching : matching.slice(0, 1)) {
      const isOwn = own.some((request) => request.plan_id === plan_id && request.request_id === entry.request_id);
      if (isOwn) return { node, entry };
    }
  }
  return undefined;
};

const chainOf = (engine: Engine): Chain => ({
  state: engine.state,
  rules: engine.rules,
  block: engine.block,
  releasePeriod: engine.releasePeriod,
  verify: () => false,
  deposit: () => undefined,
});

const found = (chain: Chain, account: Hex, plan_id: Hex): object | undefined => {
  try {
    return findMinerEntry(chain, account, plan_id);
  } catch (failure) {
    if (failure === ComputeError.ComputeRequestNotFound && failure instanceof Failure) return undefined;
    throw failure;
  }
};

const idsOf = (state: State): bigint[] => {
  const requests = state.Compute.ComputeRequests.present().flatMap(([, list]) => list.map((each) => each.request_id));
  const entries = state.Compute.MinerComputeRequests.present().flatMap(([, list]) =>
    list.map((each) => each.request_id),
  );
  return [...new Set([...requests, ...entries, 0n, 1n])];
};

describe('indexes', () => {
  it('answer like the scan after every step, under any mixture of rules', () => {
    let compared = 0;
    let several = 0;
    fc.assert(
      fc.property(anyRules, plan(60), (rules, scenario) => {
        const engine = engineFor(rules, scenario);
        play(engine, scenario, () => {
          const { state } = engine;
          const chain = chainOf(engine);
          for (const id of idsOf(state)) {
            const owners = scanHolders(state.Compute.ComputeRequests.entries(), id);
            if (owners.length > 1) several += 1;
            expect(state.owners.holdersOf(id)).toEqual(owners);
            expect(state.miners.holdersOf(id)).toEqual(scanHolders(state.Compute.MinerComputeRequests.entries(), id));
            expect(findRequest(chain, id)?.owner).toBe(scanRequest(state, id));
            compared += 1;
          }
          for (const [account, requests] of state.Compute.ComputeRequests.present()) {
            for (const { plan_id } of requests) {
              expect(found(chain, account, plan_id)).toEqual(scanMinerEntry(chain, account, plan_id));
              compared += 1;
            }
          }
        });
      }),
      { numRuns: 150, seed: 3 },
    );
    expect(compared).toBeGreaterThan(10_000);
    // Ids that several owners hold (saturated ids) are where the order of keys decides.
    expect(several).toBeGreaterThan(0);
  });
});
