/** A bug found in Chopsticks; `npm run evidence` finds each there and on the omni-node. */
import { describe, it } from 'vitest';
import { huntThroughRpc } from './rpc-mutants.js';

describe('a bug of the lab runtime is found through RPC alone', () => {
  it('in Chopsticks: the event of a stop names the wrong caller', { timeout: 600_000 }, async () => {
    await huntThroughRpc('chopsticks', 3, /event 0: Compute.ComputeStopRequested/);
  });
});
