import type { Hex } from '../../../spec/hex.js';
import type { Chain } from '../../chain.js';
import { PalletIpError } from '../../failures.js';
import { poolOf, type Pool } from './pools.js';

/** Calls 4 to 7 of PalletIp, root. Fails: `NoAvailableIp`. Event: `IpRemoved`. An emptied list keeps its key. */
export const removeAvailable =
  (pool: Pool) =>
  (chain: Chain, { ip }: { readonly ip: Hex }): void => {
    const available = poolOf(chain.state, pool);
    const at = available.get().indexOf(ip);
    if (at === -1) throw PalletIpError.NoAvailableIp;
    available.put(available.get().toSpliced(at, 1));
    chain.deposit('PalletIp.IpRemoved', { ip });
  };
