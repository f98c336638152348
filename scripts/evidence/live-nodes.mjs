/**
 * Live nodes through the command line: the same scenarios on the lab runtime in this process, in Chopsticks and on the omni-node, and
 * its three bugs found through RPC alone. The seeds are such that a bug shows early: how often it shows is for `mutants.mjs`.
 */
import { findOmni } from '../../dist/targets/node/omni.js';
import { claim, Finding, perSecond, scratchFolder, SEED } from './claim.mjs';
import { assay, suiteOf } from './command.mjs';

const SCENARIOS = 6;
const MAX_STEPS = 100;
const MIN_STEPS = 50;
/** By mutant. */
const SEEDS = { 1: 19, 2: 16, 3: 21 };
const HUNT = ['--runs', '20', '--steps', '120'];

const folder = scratchFolder();

const check = (target, ...words) =>
  assay('check', '--target', target, '--out', folder, '--no-require-coverage', ...words);

const uncoveredOf = (events) =>
  events.filter(({ type }) => type === 'not-covered').map(({ what, reason, count }) => ({ what, reason, count }));

const sameSteps = async (target) => {
  const { code, seconds, events } = await check(
    target,
    '--seed',
    SEED,
    '--runs',
    SCENARIOS,
    '--steps',
    MAX_STEPS,
    '--min-steps',
    MIN_STEPS,
  );
  const { steps, differences, summary, elapsed } = suiteOf(events, 'differential');
  if (code !== 0) throw new Finding(`live nodes: ${target} ended with ${code}: ${summary}`);
  const introduced = events.find(({ type }) => type === 'node-introduced');
  const pool = introduced && suiteOf(events, 'pool').summary;
  return {
    target,
    steps,
    differences,
    stepsPerSecond: perSecond(steps, elapsed),
    seconds,
    ...(introduced && { node: introduced.node, pool, notCovered: introduced.notCovered }),
    uncovered: uncoveredOf(events),
  };
};

const hunt = async (node, [mutant, seed]) => {
  const target = `${node}:?mutant=${mutant}`;
  const { code, seconds, events } = await check(target, '--seed', seed, ...HUNT);
  const counterexample = events.find(({ type }) => type === 'counterexample');
  if (code !== 1 || counterexample === undefined)
    throw new Finding(`live nodes: ${target} was not found: exit ${code}`);
  const { steps } = suiteOf(events, 'differential');
  return { target, seed, stepsUntilFound: steps, stepsOfTheCounterexample: counterexample.steps.length, seconds };
};

await claim(async () => {
  const nodes = ['chopsticks', ...(findOmni() === null ? [] : ['omni'])];
  const same = [];
  for (const target of ['runtime:runtime/lab.wasm', ...nodes]) same.push(await sameSteps(target));
  const mutants = [];
  for (const node of nodes) for (const each of Object.entries(SEEDS)) mutants.push(await hunt(node, each));
  return {
    scenarios: SCENARIOS,
    maxSteps: MAX_STEPS,
    same,
    mutants,
    ...(nodes.length < 2 && { omni: 'not measured: it is not on the PATH' }),
  };
});
