import { ExecutionUnitError } from '../../failures.js';
import { U32_MAX, divide, saturateU32, wrapU32 } from '../../integers.js';
import type { Implementation } from '../call.js';
import { limitRequests } from './limit-requests.js';

/** Block time in seconds. */
const BLOCK_SECONDS = 6n;

/** The argument, unless it is one of the two values that mean "not measured". */
const measuredOr = (argument: number, stored: number): number =>
  argument === 0 || argument === U32_MAX ? stored : argument;

/**
 * Call 3 of ExecutionUnit. Fails: `TooManyRequests` (REV-01), `MetricsNotFound`; a panic in block 0 or where the number
 * of latency checks wraps to 0 (DEV-26: sums stop at the edge). Event: `PinCheckMetricsUpdated` (none under REV-02).
 */
export const updateMetrics: Implementation<'ExecutionUnit.update_metrics_data'> = (chain, args) => {
  const { node_id, storage_proof_time_ms, latency_ms, peer_count } = args;
  limitRequests(chain, node_id);
  const { NodeMetrics } = chain.state.ExecutionUnit;
  const record = NodeMetrics.get(node_id);
  if (record === null) throw ExecutionUnitError.MetricsNotFound;
  const within = chain.rules.promised('DEV-26') ? saturateU32 : wrapU32;
  const total_latency_ms = within(record.total_latency_ms + latency_ms);
  const total_times_latency_checked = within(record.total_times_latency_checked + 1);
  NodeMetrics.put(node_id, {
    ...record,
    storage_proof_time_ms,
    latency_ms,
    peer_count,
    storage_growth_rate: wrapU32(divide(record.current_storage_bytes, chain.block * BLOCK_SECONDS)),
    total_latency_ms,
    total_times_latency_checked,
    avg_response_time_ms: Number(divide(BigInt(total_latency_ms), BigInt(total_times_latency_checked))),
    failed_challenges_count: within(record.failed_challenges_count + args.failed_challenges_count),
    successful_challenges: within(record.successful_challenges + args.successful_challenges),
    total_challenges: within(record.total_challenges + args.total_challenges),
    uptime_minutes: measuredOr(args.uptime_minutes, record.uptime_minutes),
    total_minutes: measuredOr(args.total_minutes, record.total_minutes),
    consecutive_reliable_days: measuredOr(args.consecutive_reliable_days, record.consecutive_reliable_days),
    recent_downtime_hours: measuredOr(args.recent_downtime_hours, record.recent_downtime_hours),
  });
  if (!chain.rules.revised('REV-02')) chain.deposit('ExecutionUnit.PinCheckMetricsUpdated', { node_id });
};
