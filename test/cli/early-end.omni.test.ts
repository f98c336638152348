/** Runs on the omni-node that come to an early end. */
import { endsEarly } from './early-end.js';

/** Its blocks come by themselves: those that have something besides their timestamp are ours. */
endsEarly({
  target: 'omni',
  log: 'polkadot-omni-node.log',
  built: /Prepared block for proposing .* extrinsics_count: [2-9]/,
});
