/**
 * Differential steps a second on one core, all included: generation, engine, runtime, comparison, mock signatures with one
 * real in 200. The argument is a scenario's greatest length; in a fresh process for each, so that the first pass is cold.
 */
import { Rules } from '../../dist/spec/rules.js';
import { claim, now, perSecond, rounded, scratchFolder, SEED, spread, sum } from './claim.mjs';
import { differential, findingOf, loadMilliseconds } from './lab.mjs';
import { parseAll } from './recordings.mjs';

const PASSES = 11;
const STEPS_OF_A_PASS = 20_000;
/** Of a scenario's greatest length, what scenarios come to: the generator draws shorter ones too. */
const MEAN_SHARE = 0.4;

const maxSteps = Number(process.argv[2] ?? 60);
const runs = Math.round(STEPS_OF_A_PASS / (maxSteps * MEAN_SHARE));
const out = scratchFolder();

/** Scenarios of its own in each, so that nothing is remembered from the one before. */
const passOnce = async (pass) => {
  const started = now();
  const searched = await differential({ rules: Rules.deployed, seed: SEED + pass, runs, maxSteps, out });
  const stepsPerSecond = perSecond(searched.steps, now() - started);
  if (searched.verdict !== 'conforms') throw findingOf(searched);
  return { ...searched, stepsPerSecond };
};

await claim(async () => {
  const passes = [];
  const parses = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    passes.push(await passOnce(pass));
    parses.push(parseAll());
  }
  const total = (kind) => sum(passes.map(({ counts }) => counts[kind]));
  const calls = total('none') + total('signed') + total('root');
  const [cold, ...warm] = passes.map(({ stepsPerSecond }) => stepsPerSecond);
  return {
    maxSteps,
    steps: sum(passes.map(({ steps }) => steps)),
    calls,
    /** Of all calls: by an account, and by root through `Sudo.sudo`, which is signed too. */
    signedShare: rounded(total('signed') / calls, 3),
    rootShare: rounded(total('root') / calls, 3),
    loadMilliseconds,
    stepsPerSecond: { cold, warm: spread(warm) },
    /** Between the passes: what the machine had to give. */
    jsonParseOfRecordedLinesPerSecond: spread(parses.slice(1)),
  };
});
