/** What one operation of the lab runtime as a target costs, in microseconds: over generated scenarios, warm, the clock around each. */
import { Rules } from '../../dist/spec/rules.js';
import { runDifferential } from '../../dist/properties/differential-run.js';
import { RuntimeTarget } from '../../dist/targets/runtime-target.js';
import { claim, median, now, rounded, scratchFolder, SEED, silent, sum } from './claim.mjs';
import { runtime, scope, settings } from './lab.mjs';

const WARM_UP = 300;
const RUNS = 1_000;
const MAX_STEPS = 60;
const out = scratchFolder();

const KINDS = { none: 'unsigned', signed: 'signed', root: 'root' };

/** Keeps the time of each operation. */
class TimedTarget extends RuntimeTarget {
  times = { unsigned: [], signed: [], root: [], reallySigned: [], validity: [], block: [] };

  dispatch(call, origin) {
    const { real } = this.signatures;
    const started = now();
    const answer = super.dispatch(call, origin);
    const took = now() - started;
    this.times[this.signatures.real > real ? 'reallySigned' : KINDS[origin.kind]].push(took);
    return answer;
  }

  validate(call) {
    const started = now();
    const validity = super.validate(call);
    this.times.validity.push(now() - started);
    return validity;
  }

  /** The end of one block and the opening of the next; blocks that come in a row each count for one. */
  advance(blocks, options = {}) {
    const started = now();
    const opened = super.advance(blocks, options);
    const built = options.jump ? 1 : Number(blocks);
    const each = (now() - started) / built;
    for (let block = 0; block < built; block += 1) this.times.block.push(each);
    return opened;
  }
}

/** @returns the times of `runs` scenarios */
const timesOf = async (seed, runs) => {
  const target = new TimedTarget(runtime, { lab: settings(Rules.deployed) });
  const options = { rules: Rules.deployed, scope, named: 'the lab runtime', makeTarget: () => target };
  await runDifferential({ ...options, seed, runs, maxSteps: MAX_STEPS, out, emit: silent, now });
  return target.times;
};

const figuresOf = (times) => ({
  times: times.length,
  median: rounded(median(times) * 1000, 1),
  mean: rounded((sum(times) / times.length) * 1000, 1),
});

await claim(async () => {
  await timesOf(SEED, WARM_UP);
  const times = await timesOf(SEED + 1, RUNS);
  return Object.fromEntries(Object.entries(times).map(([operation, each]) => [operation, figuresOf(each)]));
});
