import type { CallArgs } from '../../../spec/calls.js';
import type { Chain } from '../../chain.js';
import { CannotLookup, ComputeError, Panic } from '../../failures.js';
import {
  findRequest,
  markAssigned,
  registrationOf,
  unknownId,
  updateStatus,
  type OwnedRequest,
} from '../../lookups.js';
import type { Implementation } from '../call.js';

type Name = 'Compute.submit_compute_request_assignment';

/** DEV-05, DEV-07 and DEV-19 judge the request that was found, in this order. */
const judge = ({ rules }: Chain, { owner, request }: OwnedRequest, args: CallArgs<Name>): void => {
  const { miner_id } = request;
  const refused =
    (rules.promised('DEV-05') && (request.status !== 'Pending' || request.is_assigned)) ||
    (rules.promised('DEV-07') && (request.plan_id !== args.plan_id || owner !== args.owner)) ||
    (rules.promised('DEV-19') && miner_id !== null && miner_id !== args.miner_node_id);
  if (refused) throw ComputeError.ComputeRequestNotFound;
};

/**
 * Call 3. Fails: `Other` (DEV-11: `ComputeRequestNotFound`) for an unknown id; `ComputeRequestNotFound` (DEV-05, DEV-07,
 * DEV-19); `Other` (DEV-12); a panic (DEV-02: `CannotLookup`) for an unregistered node, `CannotLookup` for one that is no compute
 * miner (DEV-29). Event: `ComputeRequestSubmitted`.
 */
export const submitAssignment: Implementation<Name> = (chain, args) => {
  const { miner_node_id, plan_id, request_id, owner } = args;
  const found = findRequest(chain, request_id);
  if (found === undefined) throw unknownId(chain);
  judge(chain, found, args);
  markAssigned(chain, request_id);
  updateStatus(chain, request_id, 'Pending', 'InProgress');
  const registration = registrationOf(chain, miner_node_id);
  if (registration === null) throw chain.rules.promised('DEV-02') ? CannotLookup : Panic;
  if (registration.node_type !== 'ComputeMiner' && chain.rules.promised('DEV-29')) throw CannotLookup;
  const { MinerComputeRequests } = chain.state.Compute;
  MinerComputeRequests.put(miner_node_id, [
    ...MinerComputeRequests.get(miner_node_id),
    {
      miner_node_id,
      miner_account_id: registration.owner,
      job_id: null,
      hypervisor_ip: null,
      fail_reason: null,
      vnc_port: null,
      ip_assigned: null,
      request_id,
      plan_id,
      created_at: chain.block,
      fullfilled: false,
    },
  ]);
  chain.deposit('Compute.ComputeRequestSubmitted', { miner: miner_node_id, request_id, owner });
};
