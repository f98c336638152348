/** What Compute needs of Registration (BEHAVIOUR.md section 7), and FRAME's signature type (section 5). */
import { accountId, bytes, fixed, names, option, struct, u64, variants, type Of } from '../shape.js';

export const NodeType = names('NodeType', ['Validator', 'StorageMiner', 'StorageS3', 'ComputeMiner', 'GpuMiner']);
export type NodeType = Of<typeof NodeType>;

export const NodeStatus = names('Status', ['Online', 'Degraded', 'Offline']);

export const NodeInfo = struct('NodeInfo', {
  node_id: bytes,
  node_type: NodeType,
  ipfs_node_id: option(bytes),
  status: NodeStatus,
  registered_at: u64,
  owner: accountId,
});
export type NodeInfo = Of<typeof NodeInfo>;

export const MultiSignature = variants('MultiSignature', { Ed25519: fixed(64), Sr25519: fixed(64), Ecdsa: fixed(65) });
export type MultiSignature = Of<typeof MultiSignature>;
