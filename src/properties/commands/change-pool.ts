/** IPs come and go: root fills the four pools and empties them, the same IP in several of them too. */
import { callOf, type CallName } from '../../spec/calls.js';
import type { Step } from '../../spec/steps.js';
import { choose, type Command, type Model } from './command.js';

const POOL_CALLS = [
  'PalletIp.add_available_vm_ip',
  'PalletIp.remove_available_vm_ip',
  'PalletIp.add_available_hypervisor_ip',
  'PalletIp.add_available_client_ip',
  'PalletIp.add_available_storage_miner_ip',
  'PalletIp.remove_available_hypervisor_ip',
  'PalletIp.remove_available_client_ip',
  'PalletIp.remove_available_storage_miner_ip',
] as const satisfies readonly CallName[];

/** How many there are to choose from. */
export const POOL_CALL_COUNT = POOL_CALLS.length;

/** One IP, into a pool or out of it. */
export class ChangePool implements Command {
  constructor(
    private readonly change: number,
    private readonly ip: number,
  ) {}

  resolve({ cast }: Model): Step {
    const call = callOf(choose(POOL_CALLS, this.change), { ip: choose(cast.ips, this.ip) });
    return { call, origin: { kind: 'root', account: cast.sudo.id } };
  }

  toString(): string {
    return `ChangePool(${choose(POOL_CALLS, this.change)}, ip ${this.ip})`;
  }
}
