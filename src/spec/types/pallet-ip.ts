/** PalletIp's types (BEHAVIOUR.md section 6). */
import { accountId, bytes, struct, u64, variants, type Of } from '../shape.js';

export const RoleType = variants('RoleType', { Hypervisor: bytes, Client: accountId, Vm: bytes, StorageMiner: bytes });
export type RoleType = Of<typeof RoleType>;

export const IpReleaseRequest = struct('IpReleaseRequest', {
  vm_name: bytes,
  ip: bytes,
  created_at: u64,
  role_type: RoleType,
});
export type IpReleaseRequest = Of<typeof IpReleaseRequest>;
