/**
 * Steps that the lab runtime in this process and a node can both be given: generated scenarios, each as steps and as the blocks
 * that these make, with the extrinsics' bytes, the events that each block must end with, and the state at the end.
 */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { Rules } from '../../dist/spec/rules.js';
import { storage } from '../../dist/spec/storage.js';
import { EngineTarget } from '../../dist/targets/engine-target.js';
import { genesisOf, makeCast } from '../../dist/properties/cast.js';
import { plan } from '../../dist/properties/generate.js';
import { optionsOf, playEngine, resolve } from '../../dist/properties/play-plan.js';
import { palletPrefix } from '../../dist/spec/storage.js';
import { ExtrinsicEncoder } from '../../dist/targets/runtime/extrinsic.js';
import {
  accountKey,
  baseState,
  encodeSettings,
  fundedAccounts,
  GENESIS_HASH,
  LAB_SETTINGS,
  valueKey,
} from '../../dist/targets/runtime/genesis.js';
import { hexOfKey, Translation } from '../../dist/targets/runtime/translation.js';
import { RuntimeTarget } from '../../dist/targets/runtime-target.js';
import { fromHex, toHex } from '../../dist/spec/hex.js';
import { SEED } from './claim.mjs';
import { runtime, scope, settings } from './lab.mjs';

const RULES = Rules.deployed;
const MAX_STEPS = 60;
const CANDIDATES = 100;

/** `System.Events`. */
export const EVENTS = hexOfKey(valueKey('System', 'Events'));
const cast = makeCast();
/** Without paths nobody signs: all signatures are the mock one, which both take. */
const genesis = { ...genesisOf(cast, 0n), paths: {} };
const translation = new Translation(runtime.layout, runtime.metadata);
const { spec_version: specVersion, transaction_version: transactionVersion } = runtime.version;
const encoder = new ExtrinsicEncoder(runtime.metadata, { specVersion, transactionVersion, genesisHash: GENESIS_HASH });

export const makeTarget = () => new RuntimeTarget(runtime, { lab: settings(RULES) });

/** Raw storage of the chain's genesis, in key order, with the code: what a raw chain spec holds. */
export const genesisStorage = () => {
  const state = baseState(runtime, translation);
  state.set(LAB_SETTINGS, encodeSettings(settings(RULES)));
  for (const [key, value] of fundedAccounts(runtime.metadata, [...new Set([...genesis.accounts, genesis.sudo])]))
    state.set(key, value);
  state.set(valueKey('Sudo', 'Key'), fromHex(genesis.sudo));
  for (const [hex, value] of Object.entries(genesis.storage)) state.set(translation.runtimeKey(hex), fromHex(value));
  const pairs = [...state].map(([key, value]) => [hexOfKey(key), toHex(value)]);
  return Object.fromEntries(pairs.toSorted(([left], [right]) => (left < right ? -1 : 1)));
};

const nonceOf = (target, account) => {
  const info = target.read(hexOfKey(accountKey(account)));
  return info === null ? 0 : Buffer.from(fromHex(info)).readUInt32LE();
};

const extrinsicOf = (target, { call, origin }) => {
  const encoded = translation.encodeCall(call);
  if (origin.kind === 'none') return encoder.bare(encoded);
  const { account } = origin;
  const inner = origin.kind === 'root' ? translation.encodeSudo(encoded) : encoded;
  return encoder.signed(inner, { account, nonce: nonceOf(target, account) });
};

/** Collects the blocks that steps make, as the lab runtime makes them. */
class BlockList {
  blocks = [];
  extrinsics = [];

  constructor(target) {
    this.target = target;
    target.reset(genesis);
    this.number = genesis.block;
  }

  /** @returns whether the step can be given to a node: what panics would come back in later blocks there. */
  take(step) {
    if ('advance' in step) {
      this.advance(step);
      return true;
    }
    this.extrinsics.push(extrinsicOf(this.target, step));
    return !('panic' in this.target.dispatch(step.call, step.origin).outcome);
  }

  advance({ advance, jump = false }) {
    const openings = jump ? 1 : Number(advance);
    for (let opening = 0; opening < openings; opening += 1) {
      this.end();
      this.target.advance(jump ? advance : 1n, { jump });
      this.number += jump ? advance : 1n;
    }
  }

  end() {
    this.blocks.push({
      number: Number(this.number),
      extrinsics: this.extrinsics,
      events: this.target.read(EVENTS),
    });
    this.extrinsics = [];
  }
}

/** Raw storage by key, of all pallets under test. */
const finalState = (target) =>
  Object.fromEntries(Object.keys(storage).flatMap((pallet) => Object.entries(target.readAll(palletPrefix(pallet)))));

/** A scenario as steps and as blocks; null where one of its calls panics. */
const scenarioOf = ({ commands }) => {
  const model = new EngineTarget(optionsOf(RULES));
  model.reset(genesis);
  const list = new BlockList(makeTarget());
  const steps = [];
  for (const step of resolve(model.engine, cast, commands)) {
    playEngine(model.engine, step);
    if (!list.take(step)) return null;
    steps.push(step);
  }
  list.end();
  return { genesis, steps, blocks: list.blocks, finalState: finalState(list.target) };
};

/** Scenarios of `atLeast` steps together, all from the same genesis. */
export const sameSteps = (atLeast) => {
  const scenarios = [];
  let steps = 0;
  for (const drawn of fc.sample(plan(MAX_STEPS, scope.calls), { seed: SEED, numRuns: CANDIDATES })) {
    const scenario = drawn.nextRequestId === 0n ? scenarioOf(drawn) : null;
    if (scenario === null) continue;
    scenarios.push(scenario);
    steps += scenario.steps.length;
    if (steps >= atLeast) break;
  }
  return scenarios;
};

/** Plays a scenario on the lab runtime, and nothing beside it. */
export const playOnLab = (target, scenario) =>
  target.together(() => {
    target.reset(scenario.genesis);
    for (const step of scenario.steps) {
      if ('advance' in step) target.advance(step.advance, step);
      else target.dispatch(step.call, step.origin);
    }
  });
