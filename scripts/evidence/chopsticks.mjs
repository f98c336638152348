/**
 * The lab runtime in this process against the same runtime in Chopsticks: the same extrinsics in the same blocks, each block's
 * events and the state at each scenario's end compared byte by byte. Chopsticks is given whole blocks, which is the fastest that
 * it has, and its best pass counts.
 */
import { storage } from '../../dist/spec/storage.js';
import { palletPrefix } from '../../dist/spec/storage.js';
import { claim, Finding, now, perSecond, rounded, spread, sum } from './claim.mjs';
import { NotMeasured, VERSION, withChopsticks } from './chopsticks-node.mjs';
import { EVENTS, genesisStorage, makeTarget, playOnLab, sameSteps } from './same-steps.mjs';

const STEPS = 200;
const ROUNDS = 3;
const LAB_PASSES = 20;
const PAGE = 1000;

/** Builds a scenario's blocks. @returns the last one's hash, and each one's events */
const build = async (chopsticks, genesis, { blocks }) => {
  await chopsticks.request('dev_setHead', genesis);
  let last = 0;
  const asked = [];
  let head = genesis;
  for (const { number, extrinsics } of blocks) {
    const jump = number === last + 1 ? {} : { unsafeBlockHeight: number };
    const given = extrinsics.length === 0 ? {} : { transactions: extrinsics };
    const built = await chopsticks.request('dev_newBlock', { ...given, ...jump });
    // What goes wrong in a block it only writes to its log.
    if (built === head) throw new NotMeasured(`Chopsticks did not build block ${number}`);
    head = built;
    asked.push(chopsticks.request('state_getStorage', EVENTS, head));
    last = number;
  }
  return { head, events: await Promise.all(asked) };
};

/** Raw storage of the pallets under test. */
const stateAt = async (chopsticks, head) => {
  const state = {};
  for (const pallet of Object.keys(storage)) {
    const keys = await chopsticks.request('state_getKeysPaged', palletPrefix(pallet), PAGE, null, head);
    for (const key of keys) state[key] = await chopsticks.request('state_getStorage', key, head);
  }
  return state;
};

const sameEvents = ({ blocks }, events) => {
  for (const [at, { number, events: expected }] of blocks.entries()) {
    if (events[at] === expected) continue;
    throw new Finding(`Chopsticks, block ${number}: expected the events ${expected}, came ${events[at]}`);
  }
};

const sameState = ({ finalState }, state) => {
  for (const key of new Set([...Object.keys(finalState), ...Object.keys(state)])) {
    if (finalState[key] === state[key]) continue;
    throw new Finding(`Chopsticks, at the end, ${key}: expected ${finalState[key]}, came ${state[key]}`);
  }
};

/** All scenarios through Chopsticks; the comparison is outside of the measured time. */
const passOnChopsticks = async (chopsticks, scenarios, steps) => {
  const genesis = await chopsticks.request('chain_getBlockHash', 0);
  const started = now();
  const built = [];
  for (const scenario of scenarios) built.push(await build(chopsticks, genesis, scenario));
  const rate = (steps / (now() - started)) * 1000;
  for (const [at, scenario] of scenarios.entries()) {
    sameEvents(scenario, built[at].events);
    sameState(scenario, await stateAt(chopsticks, built[at].head));
  }
  return rate;
};

/** All scenarios on the lab runtime, some times over. */
const passesOnLab = (target, scenarios, steps) => {
  const rates = [];
  for (let pass = 0; pass < LAB_PASSES; pass += 1) {
    const started = now();
    for (const scenario of scenarios) playOnLab(target, scenario);
    rates.push(perSecond(steps, now() - started));
  }
  return rates;
};

/** In turns, so that a busy machine is busy for both. */
const race = (scenarios, steps) =>
  withChopsticks(genesisStorage(), async (chopsticks) => {
    const target = makeTarget();
    passesOnLab(target, scenarios, steps);
    const lab = [];
    const rates = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.push(rounded(await passOnChopsticks(chopsticks, scenarios, steps), 1));
      lab.push(...passesOnLab(target, scenarios, steps));
    }
    return { lab: spread(lab), chopsticks: spread(rates) };
  });

await claim(async () => {
  const scenarios = sameSteps(STEPS);
  const blocks = scenarios.flatMap((scenario) => scenario.blocks);
  const steps = sum(scenarios.map((scenario) => scenario.steps.length));
  try {
    const { lab, chopsticks } = await race(scenarios, steps);
    return {
      version: VERSION,
      scenarios: scenarios.length,
      steps,
      extrinsics: sum(blocks.map(({ extrinsics }) => extrinsics.length)),
      blocks: blocks.length,
      /** Of blocks' events and of the state at a scenario's end: where there is one, the run ends with it. */
      differences: 0,
      labStepsPerSecond: lab,
      chopsticksStepsPerSecond: chopsticks,
      /** The lab's median to Chopsticks' best. */
      ratio: Math.round(lab.median / chopsticks.max),
    };
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    return { version: VERSION, notMeasured: error.message };
  }
});
