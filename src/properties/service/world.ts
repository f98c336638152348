/** What the off-chain world reads of the chain: all of it here, so that serving and judging mean the same by it. */
import type { Engine } from '../../engine/engine.js';
import type { State } from '../../engine/state.js';
import type { Hex } from '../../spec/hex.js';
import type { ComputeRequest, ComputeRequestStatus, MinerComputeRequest } from '../../spec/types/compute.js';
import type { NodeInfo } from '../../spec/types/registration.js';

/** The chain as anybody can read it; an engine is one. */
export type World = Pick<Engine, 'state' | 'block' | 'releasePeriod'>;

/** A request with the owner in whose list it is. */
export interface Owned {
  readonly owner: Hex;
  readonly request: ComputeRequest;
}

/** An entry of a list of a miner's, with the node. */
export interface Queued<E> {
  readonly node: Hex;
  readonly entry: E;
}

/** Every request, owners in key order: how a validator comes upon them. */
export const requestsOf = ({ Compute }: State): readonly Owned[] =>
  [...Compute.ComputeRequests.entries()].flatMap(([owner, list]) => list.map((request) => ({ owner, request })));

/** The status of the first request with this id; undefined where there is none. */
export const statusOf = ({ owners, Compute }: State, request_id: bigint): ComputeRequestStatus | undefined => {
  const [owner] = owners.holdersOf(request_id);
  if (owner === undefined) return undefined;
  return Compute.ComputeRequests.get(owner).find((request) => request.request_id === request_id)?.status;
};

/** The entries of a request in all miners' lists, miners in key order. */
export const entriesOf = ({ miners, Compute }: State, request_id: bigint): readonly Queued<MinerComputeRequest>[] =>
  miners.holdersOf(request_id).flatMap((node) =>
    Compute.MinerComputeRequests.get(node)
      .filter((entry) => entry.request_id === request_id)
      .map((entry) => ({ node, entry })),
  );

/** As the chain looks it up: cold keys first; a stored `None` counts as absent (section 7). */
export const registrationOf = ({ Registration }: State, node: Hex): NodeInfo | null =>
  Registration.ColdkeyNodeRegistration.get(node) ?? Registration.NodeRegistration.get(node);

export const isComputeMiner = (state: State, node: Hex): boolean =>
  registrationOf(state, node)?.node_type === 'ComputeMiner';

/** Registered compute miners in the order in which validators try them (section 8), degraded ones too. */
export const computeMiners = (state: State): readonly Hex[] => {
  const { NodeRegistration, ColdkeyNodeRegistration } = state.Registration;
  const nodes = [NodeRegistration, ColdkeyNodeRegistration].flatMap((map) => [...map.entries()].map(([node]) => node));
  return [...new Set(nodes)].filter((node) => isComputeMiner(state, node));
};
