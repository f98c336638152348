/**
 * Who plays in the witnesses, and the moves they make: two users, two registered compute miners, a sudo, one plan. Each
 * move is right in every way, so that it succeeds under any rule set until a witness does what its deviation is about.
 */
import { accountAt, signAt } from '../accounts.js';
import { callOf, signedMessage, type Call } from '../calls.js';
import { hexOfText, type Hex } from '../hex.js';
import { encode } from '../scale.js';
import { NO_SIGNATURE } from '../signatures.js';
import { rawKey, Registration } from '../storage.js';
import type { Genesis, Step } from '../steps.js';
import type { SystemInfo } from '../types/execution-unit.js';
import type { MultiSignature } from '../types/registration.js';
import { specs } from './metrics.js';

/** A path of `accounts.ts`. */
type Path = string;

export interface Miner {
  readonly node: Hex;
  /** Who registered the node, and signs for it. */
  readonly owner: Path;
}

export const A: Path = '//Assay//user//0';
export const B: Path = '//Assay//user//1';
const SUDO: Path = '//Assay//sudo';
export const M: Miner = { node: hexOfText('assay-m'), owner: '//Assay//miner//0' };
export const N: Miner = { node: hexOfText('assay-n'), owner: '//Assay//miner//1' };
/** Registered, but to store: no compute miner. */
export const STORAGE_MINER: Hex = hexOfText('assay-storage');
/** A node that nobody registered. */
export const STRANGER: Hex = hexOfText('assay-stranger');
/** The plan that is bought. */
export const P: Hex = '0x' + '50'.repeat(32);
/** Another plan. */
export const Q: Hex = '0x' + '51'.repeat(32);
export const IP: Hex = hexOfText('10.0.0.1');
export const OTHER_IP: Hex = hexOfText('10.0.0.2');
/** Jobs as VM managers number them; a worker names the first one's VM `vm-1a2b`. */
export const JOB: Hex = hexOfText('1a2b-3c4d');
export const OTHER_JOB: Hex = hexOfText('5e6f-7a8b');
export const VM_OF_JOB: Hex = hexOfText('vm-1a2b');

/** Block 1, three registrations, nothing else. */
export const genesis = (): Genesis => ({
  block: 1n,
  sudo: accountAt(SUDO),
  accounts: [A, B, SUDO].map(accountAt),
  storage: Object.fromEntries(
    [M, N, { node: STORAGE_MINER, owner: N.owner }].map(({ node, owner }) => [
      rawKey(Registration.NodeRegistration, node),
      encode(Registration.NodeRegistration.value, {
        node_id: node,
        node_type: node === STORAGE_MINER ? 'StorageMiner' : 'ComputeMiner',
        ipfs_node_id: null,
        status: 'Online',
        registered_at: 0n,
        owner: accountAt(owner),
      }),
    ]),
  ),
});

const unsigned = (call: Call): Step => ({ call, origin: { kind: 'none' } });
const signed = (by: Path, call: Call): Step => ({ call, origin: { kind: 'signed', account: accountAt(by) } });
const root = (call: Call): Step => ({ call, origin: { kind: 'root', account: accountAt(SUDO) } });

/** A user buys the plan: the next request id is theirs. */
export const buys = (user: Path, miner_id: Hex | null = null): Step =>
  signed(
    user,
    callOf('Marketplace.purchase_plan', {
      plan_id: P,
      plan_technical_description: hexOfText('{"cpu_cores":2}'),
      image_name: hexOfText('debian-12'),
      image_url: hexOfText('QmDebian12'),
      cloud_init_cid: null,
      pay_for: null,
      miner_id,
    }),
  );

/** Call 3. */
export const assign = (miner_node_id: Hex, request_id: bigint, owner: Path, plan_id = P): Step =>
  unsigned(
    callOf('Compute.submit_compute_request_assignment', {
      miner_node_id,
      plan_id,
      request_id,
      owner: accountAt(owner),
    }),
  );

/** Call 4: the miner has started a VM, which gets {@link IP} where nothing else is said. */
export const startJob = ({ node }: Miner, request_id: bigint, job_id: Hex, ip = IP): Step =>
  unsigned(callOf('Compute.update_miner_compute_request', { node_id: node, request_id, job_id, ip }));

/** Call 16. */
export const fulfil = (node_id: Hex, request_id: bigint): Step =>
  unsigned(callOf('Compute.mark_compute_request_fulfilled', { node_id, request_id }));

/** Call 18. */
export const reportFailure = ({ node }: Miner, request_id: bigint, fail_reason = hexOfText('out of memory')): Step =>
  unsigned(
    callOf('Compute.handle_miner_compute_request_failure', {
      node_id: node,
      request_id,
      fail_reason,
    }),
  );

/** Call 9. */
export const requestStop = (user: Path): Step => signed(user, callOf('Compute.request_compute_stop', { plan_id: P }));

/** Call 10. */
export const requestBoot = (user: Path): Step => signed(user, callOf('Compute.request_compute_boot', { plan_id: P }));

/** Call 12. */
export const requestReboot = (user: Path): Step =>
  signed(user, callOf('Compute.request_compute_reboot', { plan_id: P }));

/** What its size is to be, in GB. */
export const requestResize = (user: Path, resize_to_gbs: number): Step =>
  signed(user, callOf('Compute.request_compute_resize', { plan_id: P, resize_to_gbs }));

type Answer =
  | 'Compute.submit_compute_boot_request_fulfillment'
  | 'Compute.submit_compute_reboot_request_fulfillment'
  | 'Compute.submit_compute_resize_request_fulfillment';

/** Signed by the node's owner. */
const answers =
  (name: Answer) =>
  ({ node, owner }: Miner, request_id: bigint): Step => {
    const signature = signAt(owner, signedMessage(name, node, request_id));
    return unsigned(callOf(name, { node_id: node, request_id, signature }));
  };

export const fulfilBoot = answers('Compute.submit_compute_boot_request_fulfillment');
export const fulfilReboot = answers('Compute.submit_compute_reboot_request_fulfillment');
export const fulfilResize = answers('Compute.submit_compute_resize_request_fulfillment');

export const tellHypervisorIp = ({ node }: Miner, request_id: bigint): Step =>
  unsigned(
    callOf('Compute.update_miner_compute_request_hypervisor_ip', {
      node_id: node,
      request_id,
      hypervisor_ip: hexOfText('192.168.0.1'),
    }),
  );

export const tellVnc = ({ node }: Miner, request_id: bigint): Step =>
  unsigned(
    callOf('Compute.update_miner_compute_request_vnc', {
      node_id: node,
      request_id,
      vnc_port: 5900n,
      vm_name: VM_OF_JOB,
    }),
  );

/** The forced one, by root. */
export const forceDelete = (account_id: Hex): Step =>
  root(callOf('Compute.force_request_compute_delete', { plan_id: P, account_id }));

/** Call 5, signed by the node's owner where nothing else is said. */
export const fulfilStop = ({ node, owner }: Miner, request_id: bigint, signature?: MultiSignature): Step => {
  const name = 'Compute.mark_miner_compute_stop_request_fulfilled';
  const own = (): MultiSignature => signAt(owner, signedMessage(name, node, request_id));
  return unsigned(callOf(name, { node_id: node, request_id, signature: signature ?? own() }));
};

/** Call 11. */
export const requestDelete = (user: Path): Step =>
  signed(user, callOf('Compute.request_compute_delete', { plan_id: P }));

/** Call 6. */
export const confirmDeletion = ({ node }: Miner, request_id: bigint, vm_name: Hex): Step =>
  unsigned(callOf('Compute.submit_compute_deletion_request', { node_id: node, request_id, vm_name }));

/** PalletIp's call 0, of {@link IP} where nothing else is said. */
export const addIp = (ip = IP): Step => root(callOf('PalletIp.add_available_vm_ip', { ip }));

/** ExecutionUnit's call 1: what M says of itself. */
export const reportSpecs = (has: Partial<SystemInfo> = {}): Step =>
  unsigned(
    callOf('ExecutionUnit.put_node_specs', {
      node_id: M.node,
      system_info: { ...specs, ...has },
      signature: NO_SIGNATURE,
      node_type: 'ComputeMiner',
    }),
  );

/** ExecutionUnit's call 2, of M. */
export const reportPinChecks = (total_pin_checks: number): Step =>
  unsigned(
    callOf('ExecutionUnit.update_pin_check_metrics', {
      node_id: M.node,
      signature: NO_SIGNATURE,
      total_pin_checks,
      successful_pin_checks: 0,
    }),
  );

/** ExecutionUnit's call 3. */
export const reportMetrics = (node_id: Hex): Step =>
  unsigned(
    callOf('ExecutionUnit.update_metrics_data', {
      node_id,
      signature: { Sr25519: '0x' + '00'.repeat(64) },
      storage_proof_time_ms: 1,
      latency_ms: 20,
      peer_count: 3,
      failed_challenges_count: 4,
      successful_challenges: 5,
      total_challenges: 9,
      uptime_minutes: 60,
      total_minutes: 70,
      consecutive_reliable_days: 8,
      recent_downtime_hours: 2,
      node_type: 'ComputeMiner',
      block_number: 1,
    }),
  );

/** Request 0 of user A runs on miner M, with a job that holds {@link IP}: five steps. */
export const running = (): readonly Step[] => [
  addIp(),
  buys(A),
  assign(M.node, 0n, A),
  startJob(M, 0n, JOB),
  fulfil(M.node, 0n),
];
