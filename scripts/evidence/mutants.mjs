/** The lab runtime's bugs that were put in on purpose: whether a search with the default budget finds them, and how short they get. */
import { Rules } from '../../dist/index.js';
import { claim, median, scratchFolder, SEED, sum } from './claim.mjs';
import { differential, findingOf } from './lab.mjs';

const MUTANTS = [1, 2, 3];
const SEEDS = 10;
/** What `assay check` takes where nothing is said. */
const RUNS = 400;
const MAX_STEPS = 60;

const out = scratchFolder();

/** Steps up to and with the one that showed it; what shrinking took comes later. */
const stepsUntilFound = ({ counterexample, scenarioSteps }) => {
  const scenario = Number(counterexample.path.split(':')[0]);
  return sum(scenarioSteps.slice(0, scenario + 1));
};

const medianAndWorst = (figures) =>
  figures.length === 0 ? null : { median: median(figures), worst: Math.max(...figures) };

const huntOnce = async (mutant, seed) => {
  const hunted = await differential({ rules: Rules.deployed, mutant, seed, runs: RUNS, maxSteps: MAX_STEPS, out });
  if (!['finding', 'conforms'].includes(hunted.verdict)) throw findingOf(hunted);
  return hunted;
};

const hunt = async (mutant) => {
  const hunts = [];
  for (let seed = SEED; seed < SEED + SEEDS; seed += 1) {
    hunts.push(await huntOnce(mutant, seed));
  }
  const found = hunts.filter(({ counterexample }) => counterexample !== undefined);
  return {
    mutant,
    seeds: SEEDS,
    found: found.length,
    stepsUntilFound: medianAndWorst(found.map(stepsUntilFound)),
    stepsOfTheCounterexample: medianAndWorst(found.map(({ counterexample }) => counterexample.steps.length)),
  };
};

await claim(async () => {
  const mutants = [];
  for (const mutant of MUTANTS) mutants.push(await hunt(mutant));
  return { budget: { runs: RUNS, maxSteps: MAX_STEPS }, rules: 'deployed', mutants };
});
