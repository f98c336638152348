import { ComputeError } from '../../failures.js';
import { expectStatus, findMinerEntry, mainAccount, newEntry, openEntry } from '../../lookups.js';
import type { Implementation } from '../call.js';

/**
 * Call 9. Fails: `ComputeRequestNotFound`; `Other` unless it is `Running` (DEV-24); `ComputeStopRequestAlreadyExists` (DEV-08). Event: `ComputeStopRequested`, also
 * where an open entry was there and nothing is added.
 */
export const requestStop: Implementation<'Compute.request_compute_stop'> = (chain, { plan_id }, caller) => {
  const owner = mainAccount(chain, caller);
  const { node, entry } = findMinerEntry(chain, owner, plan_id);
  expectStatus(chain, owner, entry.request_id, 'Running');
  const store = chain.state.Compute.MinerComputeStopRequests;
  const queue = store.get(node);
  if (openEntry(queue, owner, plan_id) !== -1) {
    if (chain.rules.promised('DEV-08')) throw ComputeError.ComputeStopRequestAlreadyExists;
  } else {
    store.put(node, [...queue, newEntry(chain, node, entry, owner, plan_id)]);
  }
  chain.deposit('Compute.ComputeStopRequested', { plan_id, owner, caller });
};
