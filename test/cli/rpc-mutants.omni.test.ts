/** The lab runtime's bugs, found on a real node. */
import { describe, it } from 'vitest';
import { huntThroughRpc } from './rpc-mutants.js';

describe('a bug of the lab runtime is found through RPC alone', () => {
  it.each([
    [1, /opening block \d+: PalletIp/],
    [2, /Compute\.ComputeRequests.*status/],
    [3, /event 0: Compute\.ComputeStopRequested/],
  ] as const)('on the omni-node: mutant %i', { timeout: 900_000 }, async (mutant, about) => {
    await huntThroughRpc('omni', mutant, about);
  });
});
