import type { Hex } from '../../../spec/hex.js';
import type { Chain } from '../../chain.js';
import { PalletIpError } from '../../failures.js';
import { poolOf, pools, type Pool } from './pools.js';

/** DEV-03: also in another pool, held by a role, or waiting for its release. */
const isElsewhere = ({ state }: Chain, ip: Hex): boolean =>
  pools.some((pool) => poolOf(state, pool).get().includes(ip)) ||
  state.PalletIp.IpToRole.has(ip) ||
  state.PalletIp.IpReleaseRequests.get().some((request) => request.ip === ip);

/** Calls 0 to 3 of PalletIp, root. Fails: `IpAlreadyExists`. Event: `IpAdded`. */
export const addAvailable =
  (pool: Pool) =>
  (chain: Chain, { ip }: { readonly ip: Hex }): void => {
    const available = poolOf(chain.state, pool);
    if (available.get().includes(ip) || (chain.rules.promised('DEV-03') && isElsewhere(chain, ip))) {
      throw PalletIpError.IpAlreadyExists;
    }
    available.put([...available.get(), ip]);
    chain.deposit('PalletIp.IpAdded', { ip });
  };
