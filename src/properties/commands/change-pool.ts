/** IPs come and go: root fills the four pools and empties them, the same IP in several of them too. */
import { callOf, type CallName } from '../../spec/calls.js';
import type { Hex } from '../../spec/hex.js';
import type { Step } from '../../spec/steps.js';
import { choose, pick, type Command, type Model } from './command.js';

const ADD = [
  'PalletIp.add_available_vm_ip',
  'PalletIp.add_available_hypervisor_ip',
  'PalletIp.add_available_client_ip',
  'PalletIp.add_available_storage_miner_ip',
] as const satisfies readonly CallName[];

const REMOVE = [
  'PalletIp.remove_available_vm_ip',
  'PalletIp.remove_available_hypervisor_ip',
  'PalletIp.remove_available_client_ip',
  'PalletIp.remove_available_storage_miner_ip',
] as const satisfies readonly CallName[];

const POOLS = ['VmAvailableIps', 'AvailableHypervisorIps', 'AvailableClientIps', 'AvailableStorageMinerIps'] as const;

const POOL_CALLS = [...ADD, ...REMOVE];

/** How many there are to choose from. */
export const POOL_CALL_COUNT = POOL_CALLS.length;

/** Those of the pool out of which VMs get theirs. */
export const VM_POOL_CALLS: readonly number[] = [0, ADD.length];

/** IPs that a call may be about are below it: the cast's, those that wait for their release, those that VMs have or that are there. */
export const POOL_IPS = 18;
const OF_EACH = POOL_IPS / 3;

/** One IP, into a pool or out of it. */
export class ChangePool implements Command {
  constructor(
    private readonly change: number,
    private readonly ip: number,
  ) {}

  resolve(model: Model): Step {
    const { cast } = model;
    const number = this.ip % OF_EACH;
    const ip = pick(this.candidates(model), number) ?? choose(cast.ips, number);
    const call = callOf(choose(POOL_CALLS, this.change), { ip });
    return { call, origin: { kind: 'root', account: cast.sudo.id } };
  }

  private candidates({ engine, cast }: Model): readonly Hex[] {
    const { PalletIp } = engine.state;
    const change = this.change % POOL_CALLS.length;
    switch (Math.floor(this.ip / OF_EACH)) {
      case 0:
        return cast.ips;
      case 1:
        return PalletIp.IpReleaseRequests.get().map(({ ip }) => ip);
      default:
        return change < ADD.length
          ? PalletIp.RoleToIp.present().map(([, ip]) => ip)
          : PalletIp[choose(POOLS, change)].get();
    }
  }

  toString(): string {
    return `ChangePool(${choose(POOL_CALLS, this.change)}, ip ${this.ip})`;
  }
}
