/**
 * What a miner's worker does about its own lists (BEHAVIOUR.md section 9), in the order of that section. Each list is read
 * when its turn comes. Assumed beside the letter: the VM manager knows every job that the chain shows, and each job is `Completed` when
 * it is first asked for, unless the miner's conduct says otherwise. Resize entries are served by nobody.
 */
import type { State } from '../../engine/state.js';
import { callOf, type CallName } from '../../spec/calls.js';
import { concat, hexOfText, type Hex } from '../../spec/hex.js';
import type { ActionRequest, ComputeRequestStatus, MinerComputeRequest } from '../../spec/types/compute.js';
import type { MultiSignature } from '../../spec/types/registration.js';
import type { Conduct } from './conduct.js';
import { unsigned, type Duty } from './duty.js';
import { statusOf } from './world.js';

const HYPERVISOR_IP = hexOfText('192.168.0.1');
const VNC_PORT = 5900n;
const VM = hexOfText('vm-');

export interface Worker {
  readonly node: Hex;
  readonly conduct: Conduct;
  /** A name that the VM manager gives a new job. */
  readonly newJob: (request_id: bigint) => Hex;
  /** The node's owner's signature; null where nobody can make it: the entry is not served then. */
  readonly sign: (name: CallName, request_id: bigint) => MultiSignature | null;
  /** Told of every request that was given up. */
  readonly failed: (request_id: bigint) => void;
}

/** `vm-` and what stands before the first `-` of the job, if it has one. */
export const vmNameOf = (job_id: Hex | null): Hex => {
  const digits = (job_id ?? '0x').slice(2);
  for (let at = 0; at < digits.length; at += 2) {
    if (digits.startsWith('2d', at)) return concat(VM, `0x${digits.slice(0, at)}`);
  }
  return VM + digits;
};

/** A duty of each entry of the miner's queue that `isDue`. */
function* ofQueue(
  { Compute }: State,
  node: Hex,
  isDue: (entry: MinerComputeRequest) => boolean,
  duty: (entry: MinerComputeRequest) => Omit<Duty, 'list'>,
): Generator<Duty> {
  const list = (): readonly MinerComputeRequest[] => Compute.MinerComputeRequests.get(node);
  for (const entry of list()) if (entry.fail_reason === null && isDue(entry)) yield { ...duty(entry), list };
}

/** Call 4: the VM is started with the last IP of the pool. Without an IP there is nothing to start. */
function* starts(state: State, { node, newJob }: Worker): Generator<Duty> {
  const ip = (): Hex | undefined => state.PalletIp.VmAvailableIps.get().at(-1);
  const due = ofQueue(
    state,
    node,
    ({ fullfilled, job_id }) => !fullfilled && job_id === null,
    ({ request_id }) => ({
      name: `start ${node} ${request_id}`,
      step: () =>
        unsigned(
          callOf('Compute.update_miner_compute_request', {
            node_id: node,
            request_id,
            job_id: newJob(request_id),
            ip: ip() ?? '0x',
          }),
        ),
    }),
  );
  for (const duty of due) if (ip() !== undefined) yield duty;
}

/** Call 16, or 18 by a miner that fails. */
function jobs(state: State, { node, conduct, failed }: Worker): Generator<Duty> {
  return ofQueue(
    state,
    node,
    ({ fullfilled, job_id }) => !fullfilled && job_id !== null,
    ({ request_id }) => {
      const ids = { node_id: node, request_id };
      const { failReason: fail_reason } = conduct;
      if (fail_reason === null) {
        const step = () => unsigned(callOf('Compute.mark_compute_request_fulfilled', ids));
        return { name: `fulfil ${node} ${request_id}`, step };
      }
      const step = () => unsigned(callOf('Compute.handle_miner_compute_request_failure', { ...ids, fail_reason }));
      return { name: `fail ${node} ${request_id}`, step, done: () => failed(request_id) };
    },
  );
}

/** Calls 19 and 17, once each. */
function* whereabouts(state: State, { node }: Worker): Generator<Duty> {
  yield* ofQueue(
    state,
    node,
    ({ job_id, vnc_port }) => job_id !== null && vnc_port === null,
    ({ request_id, job_id }) => {
      const args = { node_id: node, request_id, vnc_port: VNC_PORT, vm_name: vmNameOf(job_id) };
      const step = () => unsigned(callOf('Compute.update_miner_compute_request_vnc', args));
      return { name: `vnc ${node} ${request_id}`, step };
    },
  );
  yield* ofQueue(
    state,
    node,
    ({ job_id, fullfilled, hypervisor_ip }) => job_id !== null && fullfilled && hypervisor_ip === null,
    ({ request_id }) => {
      const args = { node_id: node, request_id, hypervisor_ip: HYPERVISOR_IP };
      const step = () => unsigned(callOf('Compute.update_miner_compute_request_hypervisor_ip', args));
      return { name: `hypervisor ${node} ${request_id}`, step };
    },
  );
}

/** What a miner does with an open entry of a list of what users ask for, and of a request in which status. */
interface Action {
  readonly queue: 'MinerComputeStopRequests' | 'MinerComputeBootRequests' | 'MinerComputeRebootRequests';
  readonly call:
    | 'Compute.mark_miner_compute_stop_request_fulfilled'
    | 'Compute.submit_compute_boot_request_fulfillment'
    | 'Compute.submit_compute_reboot_request_fulfillment';
  /** Null: in any. */
  readonly status: ComputeRequestStatus | null;
}

const ACTIONS: readonly Action[] = [
  { queue: 'MinerComputeStopRequests', call: 'Compute.mark_miner_compute_stop_request_fulfilled', status: 'Running' },
  { queue: 'MinerComputeBootRequests', call: 'Compute.submit_compute_boot_request_fulfillment', status: 'Stopped' },
  { queue: 'MinerComputeRebootRequests', call: 'Compute.submit_compute_reboot_request_fulfillment', status: null },
];

/** Calls 5, 8 and 13. */
function* actions(state: State, { node, sign }: Worker, { queue, call, status }: Action): Generator<Duty> {
  const list = (): readonly ActionRequest[] => state.Compute[queue].get(node);
  for (const { fullfilled, request_id } of list()) {
    if (fullfilled || (status !== null && statusOf(state, request_id) !== status)) continue;
    const signature = sign(call, request_id);
    if (signature === null) continue;
    const step = () => unsigned(callOf(call, { node_id: node, request_id, signature }));
    yield { name: `${call} ${node} ${request_id}`, step, list };
  }
}

/** Call 6. */
function* deletions({ Compute }: State, { node }: Worker): Generator<Duty> {
  const list = (): readonly ActionRequest[] => Compute.MinerComputeDeletionRequests.get(node);
  for (const { request_id, job_id } of list()) {
    const args = { node_id: node, request_id, vm_name: vmNameOf(job_id) };
    const step = () => unsigned(callOf('Compute.submit_compute_deletion_request', args));
    yield { name: `delete ${node} ${request_id}`, step, list };
  }
}

/** One round of a miner's worker. */
export function* answers(state: State, worker: Worker): Generator<Duty> {
  yield* starts(state, worker);
  yield* jobs(state, worker);
  yield* whereabouts(state, worker);
  for (const action of ACTIONS) yield* actions(state, worker, action);
  yield* deletions(state, worker);
}

/** Whether the miner has something to start and lacks nothing but an IP. */
export const waitsForIp = ({ Compute, PalletIp }: State, node: Hex): boolean =>
  PalletIp.VmAvailableIps.get().length === 0 &&
  Compute.MinerComputeRequests.get(node).some(
    ({ fullfilled, job_id, fail_reason }) => !fullfilled && job_id === null && fail_reason === null,
  );
