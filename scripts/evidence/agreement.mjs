/** Engine and lab runtime do the same over random steps: as deployed, as promised, and under random mixtures of the rules. */
import fc from 'fast-check';
import { Rules, deviationRules, revisionRules } from '../../dist/spec/rules.js';
import { claim, SEED, sum } from './claim.mjs';
import { differential, findingOf } from './lab.mjs';

const STEPS_OF_A_PROFILE = 100_000;
const RULE_SETS = 200;
const STEPS_OF_A_RULE_SET = 500;
const MAX_STEPS = 100;
const RELEASES = [9000, 9006];

/** Searches until `atLeast` steps were compared. @throws Finding at a difference */
const agree = async (rules, seed, { atLeast, runs }) => {
  const searches = [];
  while (sum(searches.map(({ steps }) => steps)) < atLeast) {
    const options = { rules, seed: seed + searches.length, runs, maxSteps: MAX_STEPS, out: 'counterexamples' };
    const searched = await differential(options);
    if (searched.verdict !== 'conforms') throw findingOf(searched);
    searches.push(searched);
  }
  return totalOf(searches);
};

const totalOf = (parts) => ({
  scenarios: sum(parts.map(({ scenarios }) => scenarios)),
  steps: sum(parts.map(({ steps }) => steps)),
  /** Calls that came to `Ok`: the rest are wrong on purpose, or too early or too late. */
  succeeded: sum(parts.map(({ counts, succeeded }) => succeeded ?? counts.succeeded)),
  differences: sum(parts.map(({ differences }) => differences)),
});

/** A profile, half of it under each release's revisions. */
const ofProfile = async (rules) => {
  const atLeast = STEPS_OF_A_PROFILE / RELEASES.length;
  const releases = [];
  for (const release of RELEASES) {
    releases.push({ release, ...(await agree(rules.revisedFor(release), SEED + release, { atLeast, runs: 200 })) });
  }
  return { ...totalOf(releases), releases };
};

const anyRules = fc
  .tuple(fc.subarray([...deviationRules]), fc.subarray([...revisionRules]))
  .map(([promised, revised]) => Rules.of(promised, revised));

/** Different ones. */
const ruleSets = () => {
  const sets = { minLength: RULE_SETS, maxLength: RULE_SETS, selector: (rules) => rules.toString() };
  const [drawn = []] = fc.sample(fc.uniqueArray(anyRules, sets), { seed: SEED, numRuns: 1 });
  return drawn;
};

const ofRandomRules = async () => {
  const parts = [];
  for (const [at, rules] of ruleSets().entries()) {
    parts.push(await agree(rules, SEED + 1000 * (at + 1), { atLeast: STEPS_OF_A_RULE_SET, runs: 10 }));
  }
  return {
    ruleSets: parts.length,
    ...totalOf(parts),
    fewestStepsOfARuleSet: Math.min(...parts.map(({ steps }) => steps)),
  };
};

await claim(async () => ({
  maxSteps: MAX_STEPS,
  deployed: await ofProfile(Rules.deployed),
  promised: await ofProfile(Rules.promised),
  randomRuleSets: await ofRandomRules(),
}));
