/** Which implementation belongs to which call of the specification. */
import type { CallName } from '../../spec/calls.js';
import type { Implementation } from './call.js';
import { confirmDeletion } from './compute/confirm-deletion.js';
import { forceDelete, requestDelete } from './compute/delete-request.js';
import { fulfilBoot } from './compute/fulfil-boot.js';
import { fulfilReboot } from './compute/fulfil-reboot.js';
import { fulfilResize } from './compute/fulfil-resize.js';
import { fulfilStop } from './compute/fulfil-stop.js';
import { markFulfilled } from './compute/mark-fulfilled.js';
import { reportFailure } from './compute/report-failure.js';
import { requestBoot } from './compute/request-boot.js';
import { requestReboot } from './compute/request-reboot.js';
import { requestResize } from './compute/request-resize.js';
import { requestStop } from './compute/request-stop.js';
import { submitAssignment } from './compute/submit-assignment.js';
import { updateHypervisorIp } from './compute/update-hypervisor-ip.js';
import { updateJobAndIp } from './compute/update-job-and-ip.js';
import { updateVncPort } from './compute/update-vnc-port.js';
import { putNodeSpecs } from './execution-unit/put-node-specs.js';
import { updateMetrics } from './execution-unit/update-metrics.js';
import { updatePinChecks } from './execution-unit/update-pin-checks.js';
import { purchasePlan } from './marketplace/purchase-plan.js';
import { addAvailable } from './pallet-ip/add-available.js';
import { removeAvailable } from './pallet-ip/remove-available.js';

export const implementations: { readonly [N in CallName]: Implementation<N> } = {
  'Compute.submit_compute_request_assignment': submitAssignment,
  'Compute.update_miner_compute_request': updateJobAndIp,
  'Compute.mark_miner_compute_stop_request_fulfilled': fulfilStop,
  'Compute.submit_compute_deletion_request': confirmDeletion,
  'Compute.submit_compute_boot_request_fulfillment': fulfilBoot,
  'Compute.request_compute_stop': requestStop,
  'Compute.request_compute_boot': requestBoot,
  'Compute.request_compute_delete': requestDelete,
  'Compute.request_compute_reboot': requestReboot,
  'Compute.submit_compute_reboot_request_fulfillment': fulfilReboot,
  'Compute.request_compute_resize': requestResize,
  'Compute.submit_compute_resize_request_fulfillment': fulfilResize,
  'Compute.mark_compute_request_fulfilled': markFulfilled,
  'Compute.update_miner_compute_request_hypervisor_ip': updateHypervisorIp,
  'Compute.handle_miner_compute_request_failure': reportFailure,
  'Compute.update_miner_compute_request_vnc': updateVncPort,
  'Compute.force_request_compute_delete': forceDelete,
  'PalletIp.add_available_vm_ip': addAvailable('VmAvailableIps'),
  'PalletIp.add_available_hypervisor_ip': addAvailable('AvailableHypervisorIps'),
  'PalletIp.add_available_client_ip': addAvailable('AvailableClientIps'),
  'PalletIp.add_available_storage_miner_ip': addAvailable('AvailableStorageMinerIps'),
  'PalletIp.remove_available_vm_ip': removeAvailable('VmAvailableIps'),
  'PalletIp.remove_available_hypervisor_ip': removeAvailable('AvailableHypervisorIps'),
  'PalletIp.remove_available_client_ip': removeAvailable('AvailableClientIps'),
  'PalletIp.remove_available_storage_miner_ip': removeAvailable('AvailableStorageMinerIps'),
  'Marketplace.purchase_plan': purchasePlan,
  'ExecutionUnit.put_node_specs': putNodeSpecs,
  'ExecutionUnit.update_pin_check_metrics': updatePinChecks,
  'ExecutionUnit.update_metrics_data': updateMetrics,
};
