/**
 * Who is in a planned load: users, miners' nodes, VMs that run and VMs that wait to be started. A function of the plan alone, so that
 * whoever has the plan can make the chain that it is for.
 */
import { accountAt } from '../../spec/accounts.js';
import { hexOfText, type Hex } from '../../spec/hex.js';
import type { Vm } from '../sized-state.js';
import { wide } from '../sized-state.js';
import type { Plan } from '../workload.js';
import { arrivalCount, peakRate } from './schedule.js';

/** What of a plan says who is in it. */
export type Sizing = Pick<Plan, 'scenario' | 'users' | 'rate' | 'duration' | 'requests' | 'queue'>;

export interface World {
  /** Derivation paths of users, by number. */
  readonly users: readonly string[];
  /** Of sub-accounts, which sign for the users of the same numbers: one in {@link USERS_A_SUB_ACCOUNT} has one. */
  readonly subAccounts: ReadonlyMap<string, string>;
  /** Registered nodes, by number. */
  readonly nodes: readonly Hex[];
  /** VMs that run, and what their users asked of them is asked for already. */
  readonly running: readonly Vm[];
  /** VMs whose requests are pending, and whose IPs are available. */
  readonly pending: readonly Vm[];
  /** The id of the next request. */
  readonly nextRequestId: bigint;
}

/** Users of one miner, and miners at most: each of them has its six lists filled with `queue` entries. */
const USERS_A_MINER = 5;
const MOST_MINERS = 16;

/**
 * Seconds of arrivals at the highest rate, two blocks of the real chain, from one answer about a list of a VM to the next: the pool
 * has one place for both. What is asked comes half-way between, because of a call and its answer in one block the answer is first.
 */
const TURN = 12;
/** One in so many arrivals is an answer of one of the four kinds. */
const ARRIVALS_AN_ANSWER = 14;
/** VMs at most, for there to be as few as possible beside what the chain is sized to. */
const MOST_RUNNING = 1_000;

/** VMs that run: at least one for each user. */
const runningCount = (plan: Sizing): number => {
  const apart = Math.ceil((TURN * peakRate(plan)) / ARRIVALS_AN_ANSWER);
  return Math.max(plan.users, Math.min(MOST_RUNNING, apart));
};

/** One VM in so many arrivals is started and deleted, but not more than some hundred: what is pending is searched through. */
const ARRIVALS_A_LIFE = 50;
const MOST_LIVES = 500;

/** VMs that wait to be started where calls arrive by the clock. */
const turnover = (plan: Sizing): number => Math.min(MOST_LIVES, Math.floor(arrivalCount(plan) / ARRIVALS_A_LIFE));

/** `10.64.0.0` and up. */
const ipAt = (number: number): Hex => hexOfText(`10.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`);

/** Of plans: their own one for each VM, and behind them those of which nobody has a VM. */
const OWN_PLANS = 2;
const FOREIGN_PLANS = 1_000_000_000;

/** Bought by many, and never assigned. */
export const BOUGHT_PLAN: Hex = wide('50', FOREIGN_PLANS);
/** A plan that nobody bought, another one for each number from 1 on. */
export const unknownPlan = (number: number): Hex => wide('50', FOREIGN_PLANS + number);

const at = <T>(items: readonly T[], number: number): T => {
  const found = items[number % items.length];
  if (found === undefined) throw new RangeError('expected at least one to choose from');
  return found;
};

/** Derivation paths of the users. */
export const userPaths = (users: number): readonly string[] =>
  Array.from({ length: users }, (_, number) => `//Assay//load//user//${number}`);

const USERS_A_SUB_ACCOUNT = 4;

/** Derivation paths of users who have a sub-account, each with that one's. */
export const subAccountPaths = (users: number): ReadonlyMap<string, string> =>
  new Map(
    userPaths(users)
      .filter((_, number) => number % USERS_A_SUB_ACCOUNT === 0)
      .map((path) => [path, `${path}//sub`]),
  );

/**
 * The world of a plan. Measured: 1 ms a user.
 * @param lives VMs that are lived through one call after the other
 */
export const worldOf = (plan: Sizing, lives: number): World => {
  const users = userPaths(plan.users);
  const accounts = users.map(accountAt);
  const miners = Math.min(MOST_MINERS, Math.ceil(plan.users / USERS_A_MINER));
  const nodes = Array.from({ length: miners }, (_, number) => hexOfText(`12D3KooWPlan${number}`));
  const running = runningCount(plan);
  const waiting = turnover(plan) + lives;
  const vm = (number: number, of: number): Vm => ({
    user: at(accounts, of),
    path: at(users, of),
    node: at(nodes, of),
    plan: wide('50', OWN_PLANS + number),
    request_id: BigInt(plan.requests + number),
    job: hexOfText(`vm-${number}`),
    ip: ipAt(number),
  });
  return {
    users,
    subAccounts: subAccountPaths(plan.users),
    nodes,
    running: Array.from({ length: running }, (_, number) => vm(number, number)),
    pending: Array.from({ length: waiting }, (_, number) => vm(running + number, number)),
    nextRequestId: BigInt(plan.requests + running + waiting),
  };
};
