/**
 * Which cells of coverage `assay check` reaches on the lab runtime at its default budget, as deployed and as promised, whatever the seed: the
 * carried regressions, what chance finds late, then generated scenarios. And what of it the generated scenarios reach alone.
 */
import { RUNS, STEPS } from '../../dist/cli/check.js';
import { Rules } from '../../dist/spec/rules.js';
import { rareScenarios } from '../../dist/properties/rare.js';
import { readRegressions } from '../../dist/properties/regressions.js';
import { runDifferential } from '../../dist/properties/differential-run.js';
import { RuntimeTarget } from '../../dist/targets/runtime-target.js';
import { claim, Finding, now, scratchFolder, SEED } from './claim.mjs';
import { runtime, scope, settings } from './lab.mjs';

const SEEDS = [SEED, SEED + 1, SEED + 2, SEED + 3, SEED + 4];

const out = scratchFolder();

/** What one run came to reach. */
const covered = async (rules, seed, first) => {
  const told = [];
  const finished = await runDifferential({
    ...{ rules, scope, seed, runs: RUNS, maxSteps: STEPS, named: 'the lab runtime', out, now },
    ...first,
    beyond: { concerns: scope.concernsKey, leaps: true },
    makeTarget: ({ fresh }) => new RuntimeTarget(runtime, { fresh, lab: settings(rules) }),
    emit: (event) => void told.push(event),
  });
  const coverage = told.find(({ type }) => type === 'coverage');
  if (coverage === undefined) throw new Finding(`seed ${seed}, ${rules}: ${finished.verdict}: ${finished.summary}`);
  const { missing, reached, beyond, unreachable } = coverage;
  return {
    missing,
    reachable: missing.length + Object.keys(reached).length - beyond.length,
    unreachable: Object.fromEntries(unreachable.map(({ reason, cells }) => [reason, cells.length])),
  };
};

await claim(async () => {
  const first = { regressions: await readRegressions('regressions'), rare: rareScenarios() };
  const profiles = [];
  for (const rules of [Rules.deployed, Rules.promised]) {
    const generatedAlone = [];
    let whole;
    for (const seed of SEEDS) {
      whole = await covered(rules, seed, first);
      if (whole.missing.length > 0)
        throw new Finding(`seed ${seed}, ${rules}: not reached: ${whole.missing.join(', ')}`);
      const alone = await covered(rules, seed, {});
      generatedAlone.push(alone.reachable - alone.missing.length);
    }
    const { reachable, unreachable } = whole;
    profiles.push({
      rules: rules.toString(),
      seeds: SEEDS.length,
      reachable,
      reached: reachable,
      generatedAlone,
      unreachable,
    });
  }
  return { scenarios: RUNS, maxSteps: STEPS, profiles };
});
