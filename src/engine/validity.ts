/** What the pool is told of unsigned calls: validity and `provides` tags (BEHAVIOUR.md section 10). */
import type { Validity } from '../spec/answers.js';
import { argsType, type Call, type CallArgs, type CallName } from '../spec/calls.js';
import { blake2_256 } from '../spec/hashing.js';
import { concat, type Hex } from '../spec/hex.js';
import { encode } from '../spec/scale.js';
import { bytes, struct, text, u128, u64 } from '../spec/shape.js';
import type { Rules } from '../spec/rules.js';
import { U64_MAX } from './integers.js';

/** What stands before the hash in `enc((prefix, (name, hash)))`. */
const TagHead = struct('TagHead', { prefix: text, name: text });

const LONGEVITY = 5n;

interface TagRule<A> {
  readonly prefix: string;
  /** What stands between the block number and the time stamp, or behind the block number where there is none. */
  readonly data: (args: A) => readonly Hex[];
  readonly stamped: boolean;
}

const id = (request_id: bigint): Hex => encode(u128, request_id);

const tag = <A>(prefix: string, data: (args: A) => readonly Hex[], stamped = true): TagRule<A> => ({
  prefix,
  data,
  stamped,
});
const nodeAndId = (prefix: string) =>
  tag<{ node_id: Hex; request_id: bigint }>(prefix, ({ node_id, request_id }) => [node_id, id(request_id)]);
const executionUnit = tag<{ node_id: Hex }>('ExecutionUnitOffchain', ({ node_id }) => [node_id], false);

type UnsignedName = {
  [N in CallName]: N extends `Compute.${string}` | `ExecutionUnit.${string}` ? N : never;
}[CallName];

/** Every call that is accepted unsigned. */
const tagRules: { readonly [N in UnsignedName]?: TagRule<CallArgs<N>> } = {
  'Compute.submit_compute_request_assignment': tag('ComputeRequestAssignment', (args) => [
    args.miner_node_id,
    args.plan_id,
    id(args.request_id),
  ]),
  'Compute.update_miner_compute_request': tag('ComputeRequestFulfilled', (args) => [
    args.node_id,
    args.job_id,
    args.ip,
    id(args.request_id),
  ]),
  'Compute.mark_miner_compute_stop_request_fulfilled': nodeAndId('ComputeStopRequestFulfilled'),
  'Compute.submit_compute_deletion_request': tag('ComputeDeletionRequest', (args) => [
    args.node_id,
    id(args.request_id),
    encode(bytes, args.vm_name),
  ]),
  'Compute.submit_compute_boot_request_fulfillment': nodeAndId('ComputeBootRequestFulfilled'),
  'Compute.submit_compute_reboot_request_fulfillment': nodeAndId('ComputeRebootRequestFulfilled'),
  'Compute.submit_compute_resize_request_fulfillment': nodeAndId('ComputeResizeRequestFulfilled'),
  'Compute.mark_compute_request_fulfilled': nodeAndId('ComputeRequestFulfilled'),
  'Compute.update_miner_compute_request_hypervisor_ip': tag('ComputeRequestFulfilled', (args) => [
    args.node_id,
    encode(bytes, args.hypervisor_ip),
    id(args.request_id),
  ]),
  'Compute.handle_miner_compute_request_failure': nodeAndId('ComputeRequestFailure'),
  'Compute.update_miner_compute_request_vnc': tag('ComputeRequestFulfilled', (args) => [
    args.node_id,
    encode(u64, args.vnc_port),
    encode(bytes, args.vm_name),
    id(args.request_id),
  ]),
  'ExecutionUnit.put_node_specs': executionUnit,
  'ExecutionUnit.update_pin_check_metrics': executionUnit,
  'ExecutionUnit.update_metrics_data': executionUnit,
};

/** Whether the call's pallet has a say on unsigned calls; the others accept them in a block and fail them there. */
export const validatesUnsigned = (name: CallName): boolean =>
  name.startsWith('Compute.') || name.startsWith('ExecutionUnit.');

const stamp = (block: bigint): Hex =>
  encode(u64, BigInt.asUintN(64, block * 1000n + (block % 1000n) + (block & 0xffn)));

const heads = new Map<CallName, Hex>();

const headOf = (call: CallName, prefix: string): Hex => {
  const head = heads.get(call) ?? encode(TagHead, { prefix, name: call.slice(call.indexOf('.') + 1) });
  heads.set(call, head);
  return head;
};

/** The tag that a call provides in a block, or undefined where the call is not accepted unsigned. DEV-28: of all its arguments. */
export const providesTag = (call: Call, block: bigint, rules: Rules): Hex | undefined => {
  const rule = (tagRules as Readonly<Record<string, TagRule<unknown> | undefined>>)[call.name];
  if (rule === undefined) return undefined;
  const body = rules.promised('DEV-28') ? [encode(argsType(call.name), call.args)] : rule.data(call.args);
  const data = concat(encode(u64, block), ...body, ...(rule.stamped ? [stamp(block)] : []));
  return concat(headOf(call.name, rule.prefix), blake2_256(data));
};

/** What the pool says of an unsigned call, `block` being the one that would be built next. */
export const validityOf = (call: Call, block: bigint, rules: Rules): Validity => {
  const provided = providesTag(call, block, rules);
  if (provided === undefined)
    return validatesUnsigned(call.name) ? { invalid: 'Call' } : { unknown: 'NoUnsignedValidator' };
  return {
    ok: {
      priority: U64_MAX.toString(),
      requires: [],
      provides: [provided],
      longevity: LONGEVITY.toString(),
      propagate: true,
    },
  };
};
