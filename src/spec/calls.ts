/**
 * Every call: index, arguments in order, origin (BEHAVIOUR.md sections 5 to 8). Argument names are those of the chain's
 * metadata, which strips a leading underscore.
 */
import { EMPTY, type Hex } from './hex.js';
import { decode, encode, encodeDigits } from './scale.js';
import { accountId, bytes, h256, option, struct, u128, u32, u64, u8, type Of, type Type } from './shape.js';
import { SystemInfo } from './types/execution-unit.js';
import { MultiSignature, NodeType } from './types/registration.js';

/** The origin that a call accepts: none is an unsigned extrinsic, root goes through `Sudo.sudo`. */
export type OriginKind = 'none' | 'signed' | 'root';

export interface CallDefinition<A> {
  /** Pallet and call index: the first two bytes of an encoded call. */
  readonly index: readonly [number, number];
  readonly origin: OriginKind;
  readonly args: Type<A>;
}

const call = <F extends Readonly<Record<string, Type<unknown>>>>(
  pallet: number,
  index: number,
  origin: OriginKind,
  args: F,
): CallDefinition<Of<ReturnType<typeof struct<F>>>> => ({
  index: [pallet, index],
  origin,
  args: struct('arguments', args),
});

const compute = <F extends Readonly<Record<string, Type<unknown>>>>(index: number, origin: OriginKind, args: F) =>
  call(67, index, origin, args);

const nodeAndRequest = { node_id: bytes, request_id: u128 };
const signed = { ...nodeAndRequest, signature: MultiSignature };
const ofPlan = { plan_id: h256 };
const ofIp = { ip: bytes };

export const calls = {
  'Compute.submit_compute_request_assignment': compute(3, 'none', {
    miner_node_id: bytes,
    plan_id: h256,
    request_id: u128,
    owner: accountId,
  }),
  'Compute.update_miner_compute_request': compute(4, 'none', { ...nodeAndRequest, job_id: bytes, ip: bytes }),
  'Compute.mark_miner_compute_stop_request_fulfilled': compute(5, 'none', signed),
  'Compute.submit_compute_deletion_request': compute(6, 'none', { ...nodeAndRequest, vm_name: bytes }),
  'Compute.submit_compute_boot_request_fulfillment': compute(8, 'none', signed),
  'Compute.request_compute_stop': compute(9, 'signed', ofPlan),
  'Compute.request_compute_boot': compute(10, 'signed', ofPlan),
  'Compute.request_compute_delete': compute(11, 'signed', ofPlan),
  'Compute.request_compute_reboot': compute(12, 'signed', ofPlan),
  'Compute.submit_compute_reboot_request_fulfillment': compute(13, 'none', signed),
  'Compute.request_compute_resize': compute(14, 'signed', { plan_id: h256, resize_to_gbs: u32 }),
  'Compute.submit_compute_resize_request_fulfillment': compute(15, 'none', signed),
  'Compute.mark_compute_request_fulfilled': compute(16, 'none', nodeAndRequest),
  'Compute.update_miner_compute_request_hypervisor_ip': compute(17, 'none', {
    ...nodeAndRequest,
    hypervisor_ip: bytes,
  }),
  'Compute.handle_miner_compute_request_failure': compute(18, 'none', { ...nodeAndRequest, fail_reason: bytes }),
  'Compute.update_miner_compute_request_vnc': compute(19, 'none', { ...nodeAndRequest, vnc_port: u64, vm_name: bytes }),
  'Compute.force_request_compute_delete': compute(20, 'root', { plan_id: h256, account_id: accountId }),

  'PalletIp.add_available_vm_ip': call(74, 0, 'root', ofIp),
  'PalletIp.add_available_hypervisor_ip': call(74, 1, 'root', ofIp),
  'PalletIp.add_available_client_ip': call(74, 2, 'root', ofIp),
  'PalletIp.add_available_storage_miner_ip': call(74, 3, 'root', ofIp),
  'PalletIp.remove_available_vm_ip': call(74, 4, 'root', ofIp),
  'PalletIp.remove_available_hypervisor_ip': call(74, 5, 'root', ofIp),
  'PalletIp.remove_available_client_ip': call(74, 6, 'root', ofIp),
  'PalletIp.remove_available_storage_miner_ip': call(74, 7, 'root', ofIp),

  /** The stand-in of section 7. */
  'Marketplace.purchase_plan': call(56, 7, 'signed', {
    plan_id: h256,
    plan_technical_description: bytes,
    image_name: bytes,
    image_url: bytes,
    cloud_init_cid: option(bytes),
    pay_for: option(accountId),
    miner_id: option(bytes),
  }),

  'ExecutionUnit.put_node_specs': call(54, 1, 'none', {
    node_id: bytes,
    system_info: SystemInfo,
    signature: MultiSignature,
    node_type: NodeType,
  }),
  'ExecutionUnit.update_pin_check_metrics': call(54, 2, 'none', {
    node_id: bytes,
    signature: MultiSignature,
    total_pin_checks: u32,
    successful_pin_checks: u32,
  }),
  'ExecutionUnit.update_metrics_data': call(54, 3, 'none', {
    node_id: bytes,
    signature: MultiSignature,
    storage_proof_time_ms: u32,
    latency_ms: u32,
    peer_count: u32,
    failed_challenges_count: u32,
    successful_challenges: u32,
    total_challenges: u32,
    uptime_minutes: u32,
    total_minutes: u32,
    consecutive_reliable_days: u32,
    recent_downtime_hours: u32,
    node_type: NodeType,
    block_number: u32,
  }),
};

/** `Pallet.call_name` of a call that this specification describes. */
export type CallName = keyof typeof calls;
export type CallArgs<N extends CallName> = (typeof calls)[N] extends CallDefinition<infer A> ? A : never;
/** A call of a given name, or any call. */
export type Call<N extends CallName = CallName> = { [K in N]: { readonly name: K; readonly args: CallArgs<K> } }[N];

const asDefinition = (name: CallName): CallDefinition<unknown> => calls[name];
/** Every call, by name. */
export const callNames: readonly CallName[] = (Object.keys(calls) as CallName[]).toSorted();

const byIndex = new Map(callNames.map((name) => [calls[name].index.join('.'), name]));

export const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name);

/** A call with its arguments, checked by the compiler. */
export const callOf = <N extends CallName>(name: N, args: CallArgs<N>): Call<N> => ({ name, args });

/** A call whose name is known only when the program runs; `args` must be of {@link argsType}. */
export const callNamed = (name: CallName, args: unknown): Call => ({ name, args }) as Call;

/** The arguments' type of a call whose name is known only when the program runs. */
export const argsType = (name: CallName): Type<unknown> => asDefinition(name).args;

const digits = (byte: number): string => byte.toString(16).padStart(2, '0');
const prefixes = Object.fromEntries(
  callNames.map((name) => [name, '0x' + calls[name].index.map(digits).join('')]),
) as Readonly<Record<CallName, Hex>>;

/** SCALE of the call itself: two index bytes and the arguments. */
export const encodeCall = (of: Call): Hex => prefixes[of.name] + encodeDigits(argsType(of.name), of.args);

/**
 * The call that `hex` encodes, or undefined where its index is not one that this specification describes.
 * @throws DecodeError where the arguments do not decode.
 */
export const decodeCall = (hex: Hex): Call | undefined => {
  const index = [2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)).join('.');
  const name = byIndex.get(index);
  if (name === undefined) return undefined;
  return { name, args: decode(argsType(name), EMPTY + hex.slice(6)) } as Call;
};

const SignedMessage = struct('SignedMessage', { call_index: u8, ...nodeAndRequest });

/** The message that DEV-01 `promised` verifies: `enc((call_index, node_id, request_id))` (RULES.md). */
export const signedMessage = (name: CallName, node_id: Hex, request_id: bigint): Hex =>
  encode(SignedMessage, { call_index: calls[name].index[1], node_id, request_id });
