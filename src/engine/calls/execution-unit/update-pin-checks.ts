import { ExecutionUnitError } from '../../failures.js';
import { wrapU32 } from '../../integers.js';
import type { Implementation } from '../call.js';
import { limitRequests } from './limit-requests.js';

/** Call 2 of ExecutionUnit. Fails: `TooManyRequests` (REV-01), `MetricsNotFound`. Event: `PinCheckMetricsUpdated`. */
export const updatePinChecks: Implementation<'ExecutionUnit.update_pin_check_metrics'> = (chain, args) => {
  const { node_id } = args;
  limitRequests(chain, node_id);
  const { NodeMetrics } = chain.state.ExecutionUnit;
  const record = NodeMetrics.get(node_id);
  if (record === null) throw ExecutionUnitError.MetricsNotFound;
  NodeMetrics.put(node_id, {
    ...record,
    total_pin_checks: wrapU32(record.total_pin_checks + args.total_pin_checks),
    successful_pin_checks: wrapU32(record.successful_pin_checks + args.successful_pin_checks),
  });
  chain.deposit('ExecutionUnit.PinCheckMetricsUpdated', { node_id });
};
