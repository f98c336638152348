/**
 * Live nodes through the command line: the same scenarios on the lab runtime in this process, in Chopsticks and on the omni-node, and
 * its three bugs found through RPC alone. The seeds are such that a bug shows early: how often it shows is for `mutants.mjs`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOmni } from '../../dist/targets/node/omni.js';
import { claim, Finding, now, perSecond, rounded, scratchFolder, SEED } from './claim.mjs';

const CLI = 'dist/cli/main.js';
const SCENARIOS = 6;
const MAX_STEPS = 100;
const MIN_STEPS = 50;
/** By mutant. */
const SEEDS = { 1: 14, 2: 8, 3: 4 };
const HUNT = ['--runs', '20', '--steps', '120'];

const folder = scratchFolder();

/** Runs `assay check`. @returns its run events, its exit code, and seconds */
const check = async (target, ...words) => {
  const json = join(folder, 'events.ndjson');
  const args = [
    CLI,
    'check',
    '--target',
    target,
    '--json',
    json,
    '--out',
    folder,
    '--no-require-coverage',
    ...words.map(String),
  ];
  const started = now();
  const running = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const end = () => running.kill('SIGTERM');
  process.once('exit', end);
  const [code] = await once(running, 'exit');
  process.off('exit', end);
  const seconds = rounded((now() - started) / 1000, 1);
  const events = readFileSync(json, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { code, seconds, events };
};

const suiteOf = (events, kind) => {
  const { suite } = events.find((event) => event.type === 'suite-started' && event.kind === kind);
  return events.find((event) => event.type === 'suite-finished' && event.suite === suite);
};

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
