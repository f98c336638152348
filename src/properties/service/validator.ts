/**
 * What validators do about pending requests (BEHAVIOUR.md section 8). Read to the letter, a validator looks at the status
 * alone: were `is_assigned` looked at, no request would ever be skipped because its miner failed it, as the deployed pallet
 * leaves the flag set then. What was assumed beside the letter: who serves has room (metrics and the plan's JSON are asked
 * by `hasRoom`, if anybody wants them), and a validator remembers by itself, for as long as one `serve` lasts, who failed a request
 * and takes the next miner: the skipping of section 8 reads the failed entry, which a runtime with DEV-20 `promised` drops.
 */
import type { State } from '../../engine/state.js';
import { callOf } from '../../spec/calls.js';
import type { Hex } from '../../spec/hex.js';
import type { ComputeRequest } from '../../spec/types/compute.js';
import { unsigned, type Duty } from './duty.js';
import { computeMiners, entriesOf, registrationOf, requestsOf, type World } from './world.js';

/** Whether a node's metrics leave room for a request's plan. */
export type HasRoom = (node: Hex, request: ComputeRequest) => boolean;

/** Who failed which request. */
export class FailureMemory {
  private readonly failed = new Set<string>();

  add(node: Hex, request_id: bigint): void {
    this.failed.add(`${node} ${request_id}`);
  }

  has(node: Hex, request_id: bigint): boolean {
    return this.failed.has(`${node} ${request_id}`);
  }
}

/**
 * Those of the registered compute miners that may serve a request, first choice first: the one asked for alone, where one was; none that is
 * `Degraded`.
 */
export const candidates = (
  state: State,
  miners: readonly Hex[],
  request: ComputeRequest,
  hasRoom: HasRoom,
): readonly Hex[] =>
  miners.filter(
    (node) =>
      (request.miner_id ?? node) === node &&
      registrationOf(state, node)?.status !== 'Degraded' &&
      hasRoom(node, request),
  );

/** "If the chosen miner has already failed this request, the request is skipped: no second choice is tried." */
const hasFailed = (state: State, node: Hex, { request_id }: ComputeRequest): boolean =>
  entriesOf(state, request_id).some((each) => each.node === node && each.entry.fail_reason !== null);

/** Call 3 for every pending request that has somebody to go to. */
export function* assignments({ state }: World, hasRoom: HasRoom, memory: FailureMemory): Generator<Duty> {
  const miners = computeMiners(state);
  for (const { owner, request } of requestsOf(state)) {
    if (request.status !== 'Pending') continue;
    const possible = candidates(state, miners, request, hasRoom);
    const [first] = possible;
    if (first === undefined || hasFailed(state, first, request)) continue;
    const { plan_id, request_id } = request;
    const miner_node_id = possible.find((node) => !memory.has(node, request_id));
    if (miner_node_id === undefined) continue;
    const args = { miner_node_id, plan_id, request_id, owner };
    yield {
      name: `assign ${owner} ${request_id} ${miner_node_id}`,
      step: () => unsigned(callOf('Compute.submit_compute_request_assignment', args)),
      list: () => state.Compute.ComputeRequests.get(owner),
    };
  }
}
