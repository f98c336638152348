/**
 * The lab runtime in this process against the same runtime in Chopsticks: the same extrinsics in the same blocks, each block's
 * events and the state at the end compared byte by byte. Chopsticks is given whole blocks, which is the fastest that it has,
 * is warm, and its best pass counts.
 */
import { palletPrefix } from '../../dist/spec/storage.js';
import { storage } from '../../dist/index.js';
import { hexOfKey } from '../../dist/targets/runtime/translation.js';
import { valueKey } from '../../dist/targets/runtime/genesis.js';
import { claim, Finding, now, perSecond, rounded, spread, sum } from './claim.mjs';
import { NotMeasured, VERSION, withChopsticks } from './chopsticks-node.mjs';
import { genesisStorage, makeTarget, playOnLab, sameSteps } from './same-steps.mjs';

const STEPS = 200;
const CHOPSTICKS_PASSES = 3;
const LAB_PASSES = 60;
const LAB_WARM_UP = 20;
const PAGE = 1000;

const EVENTS = hexOfKey(valueKey('System', 'Events'));

/** Builds a scenario's blocks. @returns what each block's events were asked for with: answers come later */
const build = async (chopsticks, genesis, { blocks }) => {
  await chopsticks.request('dev_setHead', genesis);
  let last = 0;
  const asked = [];
  let head = genesis;
  for (const { number, extrinsics } of blocks) {
    const jump = number === last + 1 ? {} : { unsafeBlockHeight: number };
    head = await chopsticks.request('dev_newBlock', { ...(extrinsics.length > 0 && { transactions: extrinsics }), ...jump });
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

const passesOnChopsticks = (scenarios, steps) =>
  withChopsticks(genesisStorage(), async (chopsticks) => {
    const rates = [];
    for (let pass = 0; pass < CHOPSTICKS_PASSES; pass += 1) {
      rates.push(rounded(await passOnChopsticks(chopsticks, scenarios, steps), 1));
    }
    return rates;
  });

const passesOnLab = (scenarios, steps) => {
  const target = makeTarget();
  const rates = [];
  for (let pass = 0; pass < LAB_PASSES; pass += 1) {
    const started = now();
    for (const scenario of scenarios) playOnLab(target, scenario);
    rates.push(perSecond(steps, now() - started));
  }
  return spread(rates.slice(LAB_WARM_UP));
};

await claim(async () => {
  const scenarios = sameSteps(STEPS);
  const blocks = scenarios.flatMap((scenario) => scenario.blocks);
  const steps = sum(scenarios.map((scenario) => scenario.steps.length));
  try {
    const [cold, ...warm] = await passesOnChopsticks(scenarios, steps);
    const lab = passesOnLab(scenarios, steps);
    const best = Math.max(cold, ...warm);
    return {
      version: VERSION,
      scenarios: scenarios.length,
      steps,
      extrinsics: sum(blocks.map(({ extrinsics }) => extrinsics.length)),
      blocks: blocks.length,
      blocksWithOtherEvents: 0,
      labStepsPerSecond: lab,
      chopsticksStepsPerSecond: { cold, warm, best },
      ratio: Math.round(lab.median / best),
    };
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    return { version: VERSION, notMeasured: error.message };
  }
});
