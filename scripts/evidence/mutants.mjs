/**
 * The lab runtime's bugs that were put in on purpose: whether `assay check` finds each at its default budget, after how many steps, how
 * short what it shows gets, and how long that takes. The search alone: regressions that are carried are not played first.
 */
import { RUNS, STEPS } from '../../dist/cli/check.js';
import { Rules } from '../../dist/spec/rules.js';
import { CAST_RELEASE_PERIOD } from '../../dist/properties/cast.js';
import { runDifferential } from '../../dist/properties/differential-run.js';
import { mutants } from '../../dist/spec/mutants.js';
import { RuntimeTarget } from '../../dist/targets/runtime-target.js';
import { claim, Finding, median, now, rounded, scratchFolder, SEED } from './claim.mjs';
import { findingOf, runtime, scope } from './lab.mjs';

const SEEDS = [SEED, SEED + 1, SEED + 2];

const out = scratchFolder();
const rules = Rules.deployed;

/** Counts what it is given, up to where it is left. */
class CountingTarget extends RuntimeTarget {
  steps = 0;

  dispatch(call, origin) {
    this.steps += 1;
    return super.dispatch(call, origin);
  }

  advance(blocks, options) {
    this.steps += 1;
    return super.advance(blocks, options);
  }
}

/** As `assay check --target 'runtime:runtime/lab.wasm?mutant=N'` does it. */
const hunt = async (mutant, seed) => {
  const told = [];
  /** The first is searched, the second one shrinks what was found. */
  const made = [];
  const makeTarget = ({ fresh }) => {
    const target = new CountingTarget(runtime, { fresh, lab: { rules, mutant, releasePeriod: CAST_RELEASE_PERIOD } });
    made.push({ target, at: now() });
    return target;
  };
  const finished = await runDifferential({
    rules,
    scope,
    seed,
    runs: RUNS,
    maxSteps: STEPS,
    beyond: { concerns: scope.concernsKey, leaps: true },
    named: `runtime:runtime/lab.wasm?mutant=${mutant}`,
    out,
    makeTarget,
    emit: (event) => void told.push({ event, at: now() }),
    now,
  });
  const shown = told.find(({ event }) => event.type === 'counterexample');
  if (finished.verdict === 'conforms') return null;
  if (finished.verdict !== 'finding') throw findingOf({ ...finished, counterexample: shown?.event });
  const [searched, shrinking] = made;
  return {
    steps: searched.target.steps,
    length: shown.event.steps.length,
    milliseconds: shown.at - shrinking.at,
    shown: shown.event,
  };
};

const medianAndWorst = (figures) => ({ median: median(figures), worst: Math.max(...figures) });

/** What is not found is left out of the figures. */
const figuresOf = (found) => ({
  found: found.length,
  stepsUntilFound: medianAndWorst(found.map(({ steps }) => steps)),
  stepsOfTheCounterexample: medianAndWorst(found.map(({ length }) => length)),
});

const sure = await hunt(0, SEED);
if (sure !== null) throw new Finding('the lab runtime without a mutant parts from the engine');

await claim(async () => {
  const survivors = [];
  const each = [];
  const all = [];
  for (const { number, name, kind } of mutants) {
    if (kind !== 'behaviour') continue;
    const found = [];
    for (const seed of SEEDS) {
      const hunted = await hunt(number, seed);
      if (hunted === null) survivors.push({ mutant: number, name, seed });
      else found.push(hunted);
    }
    all.push(...found);
    if (found.length > 0) each.push({ mutant: number, name, ...figuresOf(found) });
  }
  if (survivors.length > 0) throw new Finding(`mutants survive: ${JSON.stringify(survivors)}`);
  return {
    budget: { runs: RUNS, maxSteps: STEPS },
    rules: 'deployed',
    seeds: SEEDS.length,
    mutants: each.length,
    ...figuresOf(all),
    /** From first sight to where it is shrunk, played once more and kept. */
    secondsToShrink: rounded(Math.max(...all.map(({ milliseconds }) => milliseconds)) / 1000, 2),
    each,
  };
});
