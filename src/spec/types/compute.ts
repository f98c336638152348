/** Compute's types, in SCALE order (BEHAVIOUR.md section 2). */
import { hexOfText } from '../hex.js';
import { accountId, bool, bytes, h256, names, option, struct, u128, u32, u64, type Of } from '../shape.js';

export const ImageMetadata = struct('ImageMetadata', { name: bytes, image_url: bytes });
export type ImageMetadata = Of<typeof ImageMetadata>;

export const ComputeRequestStatus = names('ComputeRequestStatus', [
  'Pending',
  'Stopped',
  'InProgress',
  'Running',
  'Failed',
  'Cancelled',
]);
export type ComputeRequestStatus = Of<typeof ComputeRequestStatus>;

/** Where a failure's reason has these words in it, the request has failed for good (section 5, call 18). */
export const NO_CLOUD_INIT = hexOfText('No Cloud-Init CID provided');

export const ComputeRequest = struct('ComputeRequest', {
  request_id: u128,
  plan_technical_description: bytes,
  plan_id: h256,
  status: ComputeRequestStatus,
  created_at: u64,
  owner: accountId,
  selected_image: ImageMetadata,
  is_assigned: bool,
  cloud_init_cid: option(bytes),
  miner_id: option(bytes),
});
export type ComputeRequest = Of<typeof ComputeRequest>;

/** `fullfilled` is the on-chain spelling. */
export const MinerComputeRequest = struct('MinerComputeRequest', {
  miner_node_id: bytes,
  miner_account_id: accountId,
  job_id: option(bytes),
  hypervisor_ip: option(bytes),
  fail_reason: option(bytes),
  vnc_port: option(u64),
  ip_assigned: option(bytes),
  request_id: u128,
  plan_id: h256,
  created_at: u64,
  fullfilled: bool,
});
export type MinerComputeRequest = Of<typeof MinerComputeRequest>;

const actionFields = {
  miner_node_id: bytes,
  job_id: option(bytes),
  request_id: u128,
  user_id: accountId,
  plan_id: h256,
  created_at: u64,
  fullfilled: bool,
};

export const MinerComputeDeletionRequest = struct('MinerComputeDeletionRequest', actionFields);
export const MinerComputeStopRequest = struct('MinerComputeStopRequest', actionFields);
export const MinerComputeBootRequest = struct('MinerComputeBootRequest', actionFields);
export const MinerComputeRebootRequest = struct('MinerComputeRebootRequest', actionFields);
export const MinerComputeResizeRequest = struct('MinerComputeResizeRequest', { ...actionFields, resize_gbs: u32 });

/** What a user asked a miner to do with a VM: the entries of the deletion, stop, boot and reboot lists. */
export type ActionRequest = Of<typeof MinerComputeStopRequest>;
export type MinerComputeResizeRequest = Of<typeof MinerComputeResizeRequest>;
