import { findMinerEntry, mainAccount, newEntry, openEntry } from '../../lookups.js';
import type { Implementation } from '../call.js';

/**
 * Call 14. Fails: `ComputeRequestNotFound`. Event: `ComputeResizeRequested`, also where an open entry was there and
 * nothing is added (DEV-08: then another size replaces the entry's, and the same size gives no event).
 */
export const requestResize: Implementation<'Compute.request_compute_resize'> = (
  chain,
  { plan_id, resize_to_gbs: resize_gbs },
  caller,
) => {
  const owner = mainAccount(chain, caller);
  const { node, entry } = findMinerEntry(chain, owner, plan_id);
  const store = chain.state.Compute.MinerComputeResizeRequests;
  const queue = store.get(node);
  const at = openEntry(queue, owner, plan_id);
  const open = queue[at];
  if (open === undefined) {
    store.put(node, [...queue, { ...newEntry(chain, node, entry, owner, plan_id), resize_gbs }]);
  } else if (chain.rules.promised('DEV-08')) {
    if (open.resize_gbs === resize_gbs) return;
    store.put(node, queue.with(at, { ...open, resize_gbs }));
  }
  chain.deposit('Compute.ComputeResizeRequested', { plan_id, owner, caller });
};
