/** The four pools of available IPs. */
import type { Hex } from '../../../spec/hex.js';
import type { State } from '../../state.js';
import type { Value } from '../../store.js';

export type Pool = 'VmAvailableIps' | 'AvailableHypervisorIps' | 'AvailableClientIps' | 'AvailableStorageMinerIps';

export const pools: readonly Pool[] = [
  'VmAvailableIps',
  'AvailableHypervisorIps',
  'AvailableClientIps',
  'AvailableStorageMinerIps',
];

export const poolOf = (state: State, pool: Pool): Value<readonly Hex[]> => state.PalletIp[pool];
