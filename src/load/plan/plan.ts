/**
 * A load test, planned: who calls what, when, with which nonce. A function of its options alone, so that a run can be repeated, and
 * what it sends can be looked at, signed and played on the engine before any chain is there.
 */
import { InputError } from '../../properties/recording-file.js';
import { LARGEST_SEED } from '../../properties/seed.js';
import { fieldsToJson } from '../../spec/json.js';
import { end, start, use } from '../life.js';
import type { Vm } from '../sized-state.js';
import { LOAD_FORMAT, type Plan, type PlannedCall, type ScenarioName } from '../workload.js';
import { mixedCalls, stepOf } from './arrivals.js';
import type { MixedCall } from './mix.js';
import { readsOf } from './reads.js';
import { arrivalCount, arrivalTimes, peakRate } from './schedule.js';
import { worldOf, type World } from './world.js';

export { genesisStorage, payersOf } from './genesis.js';

export interface PlanOptions {
  readonly scenario: ScenarioName;
  /** Accounts that sign; each has at least one VM. 1 to {@link MOST_USERS}. */
  readonly users: number;
  /** A second, in thousandths at the finest: arrivals of `submit`, `spike` before its peak, and `soak`; reads of `read` and `soak`. */
  readonly rate: number;
  /** Seconds; of `lifecycle` those in which a life may begin. */
  readonly duration: number;
  /** 0 to {@link LARGEST_SEED}. */
  readonly seed: number;
  /** What the chain begins with: other users' requests, entries in each list of each of the plan's miners. */
  readonly requests: number;
  readonly queue: number;
  /** Of `lifecycle`. Default: one for each user. */
  readonly lives?: number;
}

export const MOST_USERS = 10_000;
/** Calls of a plan. Its JSON is one string, which may have 512 MB, and a signed call takes up to 700 bytes of it. */
const MOST_CALLS = 500_000;
/** What the chain is sized to: its spec is one string, too. Of a request it takes 490 bytes, and a queue stands there 96 times. */
const MOST_REQUESTS = 1_000_000;
const MOST_QUEUED = 10_000;
const FINEST_RATE = 1_000;

/** Calls of one life. */
const stepsOf = (vm: Vm): readonly MixedCall[] =>
  [...start(vm), ...use(vm), ...end(vm)].map((step) => stepOf(step, vm));
const STEPS = 15;

const wholeNumber = (name: string, value: number, least: number, most: number): void => {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InputError(`--${name}: expected a whole number from ${least} to ${most}, came ${value}`);
};

/** @throws InputError */
const checked = (options: PlanOptions): PlanOptions => {
  const { scenario, users, rate, duration, seed, requests, queue, lives } = options;
  wholeNumber('users', users, 1, MOST_USERS);
  wholeNumber('seed', seed, 0, LARGEST_SEED);
  wholeNumber('requests', requests, 0, MOST_REQUESTS);
  wholeNumber('queue', queue, 0, MOST_QUEUED);
  const isFine = Math.abs(rate * FINEST_RATE - Math.round(rate * FINEST_RATE)) < 1e-6;
  if (!(rate > 0 && Number.isFinite(rate) && isFine))
    throw new InputError(`--rate: expected calls a second, more than 0, such as 200 or 0.5, came ${rate}`);
  if (!(duration > 0 && Number.isFinite(duration)))
    throw new InputError(`--duration: expected seconds, more than 0, came ${duration}`);
  if (lives !== undefined && scenario !== 'lifecycle')
    throw new InputError(`--lives: expected the scenario lifecycle, came ${scenario}: leave it out`);
  if (lives !== undefined) wholeNumber('lives', lives, 1, Math.floor(MOST_CALLS / STEPS));
  const arrivals = arrivalCount(options);
  if (arrivals > MOST_CALLS)
    throw new InputError(
      `--rate ${rate} --duration ${duration}: expected at most ${MOST_CALLS} calls of a plan, came ${arrivals}: ` +
        'plan a lower rate or a shorter time',
    );
  if (scenario !== 'lifecycle' && scenario !== 'read' && arrivals === 0)
    throw new InputError(
      `--rate ${rate} --duration ${duration}: expected at least one call, came none: plan a longer time`,
    );
  return options;
};

/** Gives each call of a user the user's next nonce. */
class Nonces {
  private readonly next = new Map<string, number>();

  planned({ call, path }: MixedCall): PlannedCall {
    return { call: call.name, args: fieldsToJson(call.args), signer: path === null ? null : this.signer(path) };
  }

  private signer(path: string): { path: string; nonce: number } {
    const nonce = this.next.get(path) ?? 0;
    this.next.set(path, nonce + 1);
    return { path, nonce };
  }
}

const arrivalsOf = (options: PlanOptions, world: World, nonces: Nonces): Plan['arrivals'] => {
  const times = arrivalTimes(options);
  const calls = mixedCalls(world, times.length, peakRate(options), options.seed);
  return calls.map((each, number) => ({ ...nonces.planned(each), at: times[number] ?? 0 }));
};

/**
 * A plan, the same for the same options; nobody has signed it.
 * @throws InputError where an option is out of its range, or the plan would be too large
 */
export const planLoad = (options: PlanOptions): Plan => {
  const { scenario, users, rate, duration, seed, requests, queue, lives = users } = checked(options);
  const world = worldOf(options, scenario === 'lifecycle' ? lives : 0);
  const nonces = new Nonces();
  const isRead = scenario === 'read' || scenario === 'soak';
  return {
    format: LOAD_FORMAT,
    scenario,
    seed,
    users,
    rate,
    duration,
    requests,
    queue,
    signedFor: null,
    arrivals: arrivalsOf(options, world, nonces),
    lives: scenario === 'lifecycle' ? world.pending.map((vm) => stepsOf(vm).map((each) => nonces.planned(each))) : [],
    reads: isRead ? [...readsOf(world, seed)] : [],
  };
};
