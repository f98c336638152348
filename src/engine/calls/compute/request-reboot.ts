import { expectStatus, findMinerEntry, mainAccount, newEntry, openEntry } from '../../lookups.js';
import type { Implementation } from '../call.js';

/**
 * Call 12. Fails: `ComputeRequestNotFound`; `Other` unless it is `Running` (DEV-24). Event: `ComputeRebootRequested`, also where an open entry was there and nothing is
 * added (DEV-08: then none).
 */
export const requestReboot: Implementation<'Compute.request_compute_reboot'> = (chain, { plan_id }, caller) => {
  const owner = mainAccount(chain, caller);
  const { node, entry } = findMinerEntry(chain, owner, plan_id);
  expectStatus(chain, owner, entry.request_id, 'Running');
  const store = chain.state.Compute.MinerComputeRebootRequests;
  const queue = store.get(node);
  if (openEntry(queue, owner, plan_id) !== -1) {
    if (chain.rules.promised('DEV-08')) return;
  } else {
    store.put(node, [...queue, newEntry(chain, node, entry, owner, plan_id)]);
  }
  chain.deposit('Compute.ComputeRebootRequested', { plan_id, owner, caller });
};
