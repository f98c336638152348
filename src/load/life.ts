/**
 * The life of a VM as the hot request and IP paths have it, every step of it a call that succeeds: bought, assigned, given a
 * job and an IP, fulfilled, stopped, booted, rebooted, resized, deleted (BEHAVIOUR.md sections 4 to 6 and 9). What it did is
 * undone at its end, so that it can be played again for ever in a state that stays as large as it was.
 */
import { accountAt } from '../spec/accounts.js';
import type { Origin } from '../spec/answers.js';
import { callOf, type Call } from '../spec/calls.js';
import { EMPTY, hexOfText } from '../spec/hex.js';
import { NO_SIGNATURE } from '../spec/signatures.js';
import { LOAD_SUDO, type Vm } from './sized-state.js';

export interface CallStep {
  readonly call: Call;
  readonly origin: Origin;
}

const HYPERVISOR = hexOfText('192.168.0.1');
const VNC_PORT = 5_900n;
const NONE: Origin = { kind: 'none' };

const unsigned = (call: Call): CallStep => ({ call, origin: NONE });
const rootly = (call: Call): CallStep => ({ call, origin: { kind: 'root', account: accountAt(LOAD_SUDO) } });
const signedBy =
  ({ user }: Vm) =>
  (call: Call): CallStep => ({ call, origin: { kind: 'signed', account: user } });

/** The IP enters its pool. */
export const addIp = ({ ip }: Vm): CallStep => rootly(callOf('PalletIp.add_available_vm_ip', { ip }));

/** ... and leaves it again. */
export const removeIp = ({ ip }: Vm): CallStep => rootly(callOf('PalletIp.remove_available_vm_ip', { ip }));

/** The user buys it: `request_id` must be the next one. */
export const purchase = (vm: Vm): CallStep =>
  signedBy(vm)(
    callOf('Marketplace.purchase_plan', {
      plan_id: vm.plan,
      plan_technical_description: EMPTY,
      image_name: EMPTY,
      image_url: EMPTY,
      cloud_init_cid: null,
      pay_for: null,
      miner_id: null,
    }),
  );

/** From a pending request and an available IP to a VM that runs. */
export const start = (vm: Vm): readonly CallStep[] => {
  const ids = { node_id: vm.node, request_id: vm.request_id };
  return [
    unsigned(
      callOf('Compute.submit_compute_request_assignment', {
        miner_node_id: vm.node,
        plan_id: vm.plan,
        request_id: vm.request_id,
        owner: vm.user,
      }),
    ),
    unsigned(callOf('Compute.update_miner_compute_request', { ...ids, job_id: vm.job, ip: vm.ip })),
    unsigned(callOf('Compute.update_miner_compute_request_hypervisor_ip', { ...ids, hypervisor_ip: HYPERVISOR })),
    unsigned(callOf('Compute.mark_compute_request_fulfilled', ids)),
    unsigned(callOf('Compute.update_miner_compute_request_vnc', { ...ids, vnc_port: VNC_PORT, vm_name: vm.job })),
  ];
};

/** What a user does with a VM that runs, each time with what the miner answers. */
export const use = (vm: Vm): readonly CallStep[] => {
  const signed = signedBy(vm);
  const plan = { plan_id: vm.plan };
  const done = { node_id: vm.node, request_id: vm.request_id, signature: NO_SIGNATURE };
  return [
    signed(callOf('Compute.request_compute_stop', plan)),
    unsigned(callOf('Compute.mark_miner_compute_stop_request_fulfilled', done)),
    signed(callOf('Compute.request_compute_boot', plan)),
    unsigned(callOf('Compute.submit_compute_boot_request_fulfillment', done)),
    signed(callOf('Compute.request_compute_reboot', plan)),
    unsigned(callOf('Compute.submit_compute_reboot_request_fulfillment', done)),
    signed(callOf('Compute.request_compute_resize', { ...plan, resize_to_gbs: 100 })),
    unsigned(callOf('Compute.submit_compute_resize_request_fulfillment', done)),
  ];
};

/** The VM is deleted, and its IP waits for its release. */
export const end = (vm: Vm): readonly CallStep[] => [
  signedBy(vm)(callOf('Compute.request_compute_delete', { plan_id: vm.plan })),
  unsigned(
    callOf('Compute.submit_compute_deletion_request', {
      node_id: vm.node,
      request_id: vm.request_id,
      vm_name: vm.job,
    }),
  ),
];

/** A life that the user pays for; with a release period of one block the IP is back in its pool in the block after it. */
export const life = (vm: Vm): readonly CallStep[] => [addIp(vm), purchase(vm), ...start(vm), ...use(vm), ...end(vm)];
