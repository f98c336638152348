import type { Hex } from '../../../spec/hex.js';
import type { Chain } from '../../chain.js';
import { ExecutionUnitError } from '../../failures.js';
import { wrapU32 } from '../../integers.js';

/** Calls of one node between two clearings. */
const LIMIT = 20;
/** Blocks between two clearings. */
const PERIOD = 10n;

/** REV-01, right after the origin check: counts the node's calls. Fails: `TooManyRequests`. */
export const limitRequests = (chain: Chain, node_id: Hex): void => {
  if (!chain.rules.revised('REV-01')) return;
  const { RequestsCount } = chain.state.ExecutionUnit;
  const count = wrapU32(RequestsCount.get(node_id) + 1);
  if (count > LIMIT) throw ExecutionUnitError.TooManyRequests;
  RequestsCount.put(node_id, count);
};

/** REV-01's `on_initialize`. */
export const clearRequestCounts = (chain: Chain): void => {
  if (!chain.rules.revised('REV-01') || chain.block % PERIOD !== 0n) return;
  const { RequestsCount } = chain.state.ExecutionUnit;
  for (const [node_id] of RequestsCount.entries()) RequestsCount.remove(node_id);
};
