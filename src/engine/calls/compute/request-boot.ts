import { expectStatus, findMinerEntry, mainAccount, newEntry, openEntry } from '../../lookups.js';
import type { Implementation } from '../call.js';

/**
 * Call 10. Fails: `ComputeRequestNotFound`; `Other` unless it is `Stopped` (DEV-24). Event: `ComputeBootRequested`, also where an open entry was there and nothing is
 * added (DEV-08: then none).
 */
export const requestBoot: Implementation<'Compute.request_compute_boot'> = (chain, { plan_id }, caller) => {
  const owner = mainAccount(chain, caller);
  const { node, entry } = findMinerEntry(chain, owner, plan_id);
  expectStatus(chain, owner, entry.request_id, 'Stopped');
  const store = chain.state.Compute.MinerComputeBootRequests;
  const queue = store.get(node);
  if (openEntry(queue, owner, plan_id) !== -1) {
    if (chain.rules.promised('DEV-08')) return;
  } else {
    store.put(node, [...queue, newEntry(chain, node, entry, owner, plan_id)]);
  }
  chain.deposit('Compute.ComputeBootRequested', { plan_id, owner, caller });
};
