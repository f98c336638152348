import { ExecutionUnitError } from '../../failures.js';
import { saturateU32, wrapU32 } from '../../integers.js';
import type { Implementation } from '../call.js';
import { limitRequests } from './limit-requests.js';

/**
 * Call 2 of ExecutionUnit. Fails: `TooManyRequests` (REV-01), `MetricsNotFound`. Sums wrap (DEV-26: they stop at the
 * edge). Event: `PinCheckMetricsUpdated`.
 */
export const updatePinChecks: Implementation<'ExecutionUnit.update_pin_check_metrics'> = (chain, args) => {
  const { node_id } = args;
  limitRequests(chain, node_id);
  const { NodeMetrics } = chain.state.ExecutionUnit;
  const record = NodeMetrics.get(node_id);
  if (record === null) throw ExecutionUnitError.MetricsNotFound;
  const within = chain.rules.promised('DEV-26') ? saturateU32 : wrapU32;
  NodeMetrics.put(node_id, {
    ...record,
    total_pin_checks: within(record.total_pin_checks + args.total_pin_checks),
    successful_pin_checks: within(record.successful_pin_checks + args.successful_pin_checks),
  });
  chain.deposit('ExecutionUnit.PinCheckMetricsUpdated', { node_id });
};
