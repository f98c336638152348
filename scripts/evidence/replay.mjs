/** The recordings on the engine: how many steps, how many differences, how fast. */
import { Rules } from '../../dist/spec/rules.js';
import { EngineTarget } from '../../dist/targets/engine-target.js';
import { claim, median, spread } from './claim.mjs';
import { parseAll, replayAll } from './recordings.mjs';

const PASSES = 15;

const engineFor = (header) =>
  new EngineTarget({
    rules: Rules.deployed.revisedFor(header.spec_version),
    releasePeriod: BigInt(header.ip_release_period),
  });

await claim(async () => {
  const replays = [];
  const parses = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    replays.push(await replayAll(engineFor));
    parses.push(parseAll());
  }
  const [{ recordings, steps, differences }] = replays;
  const [cold, ...warm] = replays.map(({ stepsPerSecond }) => stepsPerSecond);
  return {
    recordings,
    steps,
    differences,
    /** In one thread; the machine is shared, so beside it the JSON.parse of the same lines. */
    stepsPerSecond: { cold, warm: spread(warm) },
    jsonParseOfTheSameLinesPerSecond: median(parses),
  };
});
