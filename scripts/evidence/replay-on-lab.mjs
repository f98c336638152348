/** The recordings of the real pallets on the lab runtime: they hold it to what the chain did, as they hold the engine. */
import { Rules } from '../../dist/spec/rules.js';
import { RuntimeTarget } from '../../dist/targets/runtime-target.js';
import { claim } from './claim.mjs';
import { runtime } from './lab.mjs';
import { replayAll } from './recordings.mjs';

const labFor = ({ spec_version, ip_release_period }) => {
  const rules = Rules.deployed.revisedFor(spec_version);
  return new RuntimeTarget(runtime, { lab: { rules, mutant: 0, releasePeriod: BigInt(ip_release_period) } });
};

await claim(() => replayAll(labFor));
