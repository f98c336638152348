/**
 * The invariants on the engine: a million steps, service included, in which all is promised and nothing breaks, with how many things each
 * spoke of; and which of them each deviation breaks alone, all others as promised, after how many steps.
 */
import { invariants } from '../../dist/spec/invariants.js';
import { deviationRules, Rules } from '../../dist/spec/rules.js';
import { makeCast } from '../../dist/properties/cast.js';
import { hunt } from '../../dist/properties/hunt.js';
import { claim, Finding, median, now, perSecond, SEED, silent, sum } from './claim.mjs';

const STEPS = 1_000_000;
const MAX_STEPS = 60;
/** Scenarios of each search as promised. */
const RUNS = 2_000;
/** Of each deviation alone. */
const SEEDS = 3;
const RUNS_ALONE = 1_500;

const cast = makeCast();

const huntOnce = (rules, seed, runs) =>
  hunt('evidence', cast, {
    ...{ rules, invariants, seed, runs, maxSteps: MAX_STEPS },
    ...{ out: 'counterexamples', emit: silent, now },
  });

const asPromised = async () => {
  const started = now();
  const spoke = new Map(invariants.map(({ id }) => [id, 0]));
  let [scenarios, steps] = [0, 0];
  for (let seed = SEED; steps < STEPS; seed += 1) {
    const hunted = await huntOnce(Rules.promised, seed, RUNS);
    const [broken] = hunted.breaks;
    if (broken)
      throw new Finding(`${broken.invariant.id} as promised, seed ${seed}, scenario ${broken.run}: ${broken.broken}`);
    scenarios += hunted.scenarios;
    steps += hunted.steps;
    for (const [{ id }, count] of hunted.spoke) spoke.set(id, spoke.get(id) + count);
  }
  const mute = [...spoke].filter(([id, count]) => count === 0 && id !== 'INV-34').map(([id]) => id);
  if (mute.length > 0) throw new Finding(`${mute.join(', ')} spoke of nothing in ${steps} steps`);
  return { scenarios, steps, perSecond: perSecond(steps, now() - started), spoke: Object.fromEntries(spoke) };
};

/** What a deviation breaks alone: in how many searches, and after how many of their steps. */
const alone = async (rule) => {
  const rules = Rules.promised.with(rule, 'deployed');
  const searches = [];
  for (let seed = SEED; seed < SEED + SEEDS; seed += 1) searches.push(await huntOnce(rules, seed, RUNS_ALONE));
  const found = new Map();
  for (const { invariant, after, broken } of searches.flatMap(({ breaks }) => breaks)) {
    if (!invariant.brokenBy.includes(rule))
      throw new Finding(`${rule} alone breaks ${invariant.id}, which does not name it: ${broken}`);
    found.set(invariant.id, [...(found.get(invariant.id) ?? []), after]);
  }
  const listed = invariants.filter(({ brokenBy }) => brokenBy.includes(rule)).map(({ id }) => id);
  return {
    rule,
    steps: sum(searches.map(({ steps }) => steps)),
    breaks: listed
      .filter((id) => found.has(id))
      .map((id) => {
        const after = found.get(id);
        return {
          invariant: id,
          searches: after.length,
          stepsUntilFound: { median: median(after), worst: Math.max(...after) },
        };
      }),
    /** Too rare for these searches: `test/properties/broken-alone.ts` has a sequence for each. */
    notFound: listed.filter((id) => !found.has(id)),
  };
};

await claim(async () => {
  const promised = await asPromised();
  const deviations = [];
  for (const rule of deviationRules) deviations.push(await alone(rule));
  return { maxSteps: MAX_STEPS, promised, budgetAlone: { searches: SEEDS, scenarios: RUNS_ALONE }, deviations };
});
