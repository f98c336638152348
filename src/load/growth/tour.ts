/**
 * A tour: steps in which every call of the specification succeeds once at least, in a state of any size. Three VMs of one user: one
 * lives its whole life, one fails, one is deleted by force. Miners sign, so that the tour passes as promised, too (DEV-01).
 */
import { accountAt, signAt } from '../../spec/accounts.js';
import { callNamed, callOf, signedMessage, type Call, type CallName } from '../../spec/calls.js';
import { hexOfText } from '../../spec/hex.js';
import { NO_SIGNATURE } from '../../spec/signatures.js';
import { addIp, end, purchase, removeIp, start, use, type CallStep } from '../life.js';
import { SYSTEM_INFO } from '../node-report.js';
import { LOAD_SUDO, register, type SizedState, type Vm } from '../sized-state.js';

/** Openings of blocks: what the hook does with nothing to do, with one IP that is due, with all that wait due at once. */
export const OPENINGS = {
  idle: 'opening a block',
  oneDue: 'opening a block, one IP due',
  allDue: 'opening a block, all IPs due',
} as const;

/** What has a cost of its own. */
export type Part = CallName | (typeof OPENINGS)[keyof typeof OPENINGS];

/** Who owns the VM's node, and signs for it. */
const MINER = '//Assay//load//miner';

/** In no state's pools, and no VM's. */
const SPARE_IP = hexOfText('10.9.9.7');

/** The user's VMs: their requests are created one after the other. */
export interface Tourists {
  readonly living: Vm;
  readonly failing: Vm;
  readonly forced: Vm;
}

export const touristsOf = (vm: Vm): Tourists => ({
  living: vm,
  failing: { ...vm, request_id: vm.request_id + 1n, job: hexOfText('2b3c-4d5e') },
  forced: { ...vm, request_id: vm.request_id + 2n, job: hexOfText('3c4d-5e6f'), ip: hexOfText('10.9.9.8') },
});

/** Makes the node that of a miner who signs. */
export const withMiner = ({ state, vm }: SizedState): void => register(state, vm.node, accountAt(MINER));

const rootly = (call: Call): CallStep => ({ call, origin: { kind: 'root', account: accountAt(LOAD_SUDO) } });
const unsigned = (call: Call): CallStep => ({ call, origin: { kind: 'none' } });

/** Into the three pools that no VM's IP comes from, an IP each. */
const addToOtherPools = (): readonly CallStep[] => [
  rootly(callOf('PalletIp.add_available_hypervisor_ip', { ip: hexOfText('10.9.8.1') })),
  rootly(callOf('PalletIp.add_available_client_ip', { ip: hexOfText('10.9.8.2') })),
  rootly(callOf('PalletIp.add_available_storage_miner_ip', { ip: hexOfText('10.9.8.3') })),
];

/** ... and out of them. */
const removeFromOtherPools = (): readonly CallStep[] => [
  rootly(callOf('PalletIp.remove_available_hypervisor_ip', { ip: hexOfText('10.9.8.1') })),
  rootly(callOf('PalletIp.remove_available_client_ip', { ip: hexOfText('10.9.8.2') })),
  rootly(callOf('PalletIp.remove_available_storage_miner_ip', { ip: hexOfText('10.9.8.3') })),
];

const metrics = ({ node: node_id }: Vm): readonly CallStep[] => {
  const ofNode = { node_id, signature: NO_SIGNATURE };
  return [
    unsigned(
      callOf('ExecutionUnit.put_node_specs', { ...ofNode, system_info: SYSTEM_INFO, node_type: 'ComputeMiner' }),
    ),
    unsigned(
      callOf('ExecutionUnit.update_pin_check_metrics', { ...ofNode, total_pin_checks: 2, successful_pin_checks: 1 }),
    ),
    unsigned(
      callOf('ExecutionUnit.update_metrics_data', {
        ...ofNode,
        storage_proof_time_ms: 1,
        latency_ms: 2,
        peer_count: 3,
        failed_challenges_count: 4,
        successful_challenges: 5,
        total_challenges: 9,
        uptime_minutes: 60,
        total_minutes: 70,
        consecutive_reliable_days: 1,
        recent_downtime_hours: 0,
        node_type: 'ComputeMiner',
        block_number: 1,
      }),
    ),
  ];
};

/** Assigned, and then reported as failed: it is asked for again. */
const fail = (vm: Vm): readonly CallStep[] => [
  ...start(vm).slice(0, 1),
  unsigned(
    callOf('Compute.handle_miner_compute_request_failure', {
      node_id: vm.node,
      request_id: vm.request_id,
      fail_reason: hexOfText('no space left on device'),
    }),
  ),
];

const forceDelete = ({ plan: plan_id, user: account_id }: Vm): CallStep =>
  rootly(callOf('Compute.force_request_compute_delete', { plan_id, account_id }));

/** The same step with the miner's signature, where the call takes one over its request. */
const signed = (step: CallStep): CallStep => {
  const { name, args } = step.call;
  if (!('signature' in args && 'request_id' in args)) return step;
  const signature = signAt(MINER, signedMessage(name, args.node_id, args.request_id));
  return { ...step, call: callNamed(name, { ...args, signature }) };
};

/** The steps, in order. What they begin with: {@link withMiner}, and none of the VMs' IPs. */
export const tourOf = ({ living, failing, forced }: Tourists): readonly CallStep[] =>
  [
    ...[living, forced, { ...living, ip: SPARE_IP }].map(addIp),
    ...addToOtherPools(),
    ...metrics(living),
    ...[living, failing, forced].map(purchase),
    ...start(living),
    ...fail(failing),
    ...use(living),
    ...end(living),
    ...start(forced),
    forceDelete(forced),
    removeIp({ ...living, ip: SPARE_IP }),
    ...removeFromOtherPools(),
  ].map(signed);
