/** PalletIp's internal functions and its hook (BEHAVIOUR.md section 6). */
import type { Hex } from '../spec/hex.js';
import type { IpReleaseRequest } from '../spec/types/pallet-ip.js';
import type { Chain } from './chain.js';
import { PalletIpError } from './failures.js';
import { wrapU64 } from './integers.js';

/** Fails: `VmAlreadyHasIp`, `NoAvailableIp`. Event: `IpAssigned`. */
export const assignIpToVm = (chain: Chain, vm_uuid: Hex, ip: Hex): void => {
  const { RoleToIp, IpToRole, VmAvailableIps, AssignedVmIps } = chain.state.PalletIp;
  const role = { Vm: vm_uuid };
  if (RoleToIp.has(role)) throw PalletIpError.VmAlreadyHasIp;
  const available = VmAvailableIps.get();
  const at = available.indexOf(ip);
  if (at === -1) throw PalletIpError.NoAvailableIp;
  VmAvailableIps.put(available.toSpliced(at, 1));
  AssignedVmIps.put([...AssignedVmIps.get(), vm_uuid]);
  IpToRole.put(ip, role);
  RoleToIp.put(role, ip);
  chain.deposit('PalletIp.IpAssigned', { ip });
};

/** Fails: `VmHasNoIp`. Event: `IpReturned`. The IP waits for its release. */
export const releaseIp = (chain: Chain, vm_name: Hex): void => {
  const { RoleToIp, IpToRole, AssignedVmIps, IpReleaseRequests } = chain.state.PalletIp;
  const role = { Vm: vm_name };
  const ip = RoleToIp.get(role);
  const assigned = AssignedVmIps.get();
  const at = assigned.indexOf(vm_name);
  if (ip === null || at === -1) throw PalletIpError.VmHasNoIp;
  AssignedVmIps.put(assigned.toSpliced(at, 1));
  IpToRole.remove(ip);
  RoleToIp.remove(role);
  IpReleaseRequests.put([...IpReleaseRequests.get(), { vm_name, ip, created_at: chain.block, role_type: role }]);
  chain.deposit('PalletIp.IpReturned', { vm_uuid: vm_name, ip });
};

/** `on_initialize`: what has waited for the release period goes back, in list order; the list is written in every block. */
export const returnReleasedIps = (chain: Chain): void => {
  const { IpReleaseRequests, VmAvailableIps } = chain.state.PalletIp;
  const isDue = ({ created_at }: IpReleaseRequest): boolean => wrapU64(created_at + chain.releasePeriod) <= chain.block;
  const waiting = IpReleaseRequests.get();
  const due = waiting.filter(isDue);
  if (due.length > 0) VmAvailableIps.put([...VmAvailableIps.get(), ...due.map(({ ip }) => ip)]);
  IpReleaseRequests.put(due.length > 0 ? waiting.filter((request) => !isDue(request)) : waiting);
};
