/** A bug found on a real node; `npm run evidence` finds each there and in Chopsticks. */
import { describe, it } from 'vitest';
import { huntThroughRpc } from './rpc-mutants.js';

describe('a bug of the lab runtime is found through RPC alone', () => {
  it('on the omni-node: the event of a stop names the wrong caller', { timeout: 900_000 }, async () => {
    await huntThroughRpc('omni', 3, /event 0: Compute\.ComputeStopRequested/);
  });
});
