/**
 * A signed plan as the document of the k6 script. Numbers stand for calls' names and the lists are bare, because a plan has up to
 * some hundred thousand calls, and each is parsed anew by the virtual user that sends it.
 */
import { InputError } from '../../properties/recording-file.js';
import type { Hex } from '../../spec/hex.js';
import type { K6Lane, K6Workload, Thresholds } from '../k6/workload.js';
import type { Plan, PlannedCall } from '../workload.js';
import type { LoadChain } from './load-chain.js';
import { rateSteps } from './schedule.js';

/** Virtual users that live lives. Each has a connection, of which a node takes 100 unless told otherwise. */
const MOST_LANES = 40;

/** Milliseconds for the watch to connect; and calls that it learns by heart in a millisecond (measured: 22 on a busy machine). */
const LEAD = 2_000;
const LEARNT = 10;

/** Blocks, and milliseconds besides, that a call may take into one. An unsigned call is valid for five. */
const PATIENCE = { blocks: 10, besides: 20_000 };

const bytesOf = ({ call, extrinsic }: PlannedCall): Hex => {
  if (extrinsic !== undefined) return extrinsic;
  throw new InputError(`the plan's ${call} has no bytes yet: sign the plan for the chain first`);
};

/** Numbers for names, in the order in which they are asked for. */
class Numbering {
  private readonly numbers = new Map<string, number>();

  of(name: string): number {
    const known = this.numbers.get(name) ?? this.numbers.size;
    this.numbers.set(name, known);
    return known;
  }

  get names(): readonly string[] {
    return [...this.numbers.keys()];
  }
}

/** All lives of one user are in one lane, because their nonces follow one another. */
const lanesOf = ({ users, lives }: Plan): readonly K6Lane[] => {
  const lanes = Array.from({ length: Math.min(MOST_LANES, users, lives.length) }, (): number[] => []);
  for (const number of lives.keys()) lanes[(number % users) % lanes.length]?.push(number);
  return lanes;
};

/**
 * The document for a run of the plan.
 * @param chain what it was signed for
 * @param thresholds by metric, in the place of the script's own ones; an empty list takes one away
 * @throws InputError where the plan is not signed
 */
export const k6Workload = (plan: Plan, chain: LoadChain, thresholds: Thresholds = {}): K6Workload => {
  const { scenario, duration } = plan;
  const numbering = new Numbering();
  const arrivals = plan.arrivals.map((each) => [each.at, numbering.of(each.call), bytesOf(each)] as const);
  const lives = plan.lives.map((steps) => steps.map((each) => [numbering.of(each.call), bytesOf(each)] as const));
  const lanes = lanesOf(plan);
  const total = arrivals.length + lives.reduce((sum, steps) => sum + steps.length, 0);
  const patience = PATIENCE.blocks * chain.blockTime + PATIENCE.besides;
  const head = {
    scenario,
    lead: LEAD + Math.ceil(total / LEARNT),
    duration,
    submits: arrivals.length > 0 ? rateSteps(plan) : [],
    reads: plan.reads.length > 0 ? [{ rate: plan.rate, seconds: duration }] : [],
    lanes: lanes.length,
    total,
    stepLimit: patience,
    drain: patience,
    blockWeight: chain.blockWeight,
    calls: numbering.names,
    thresholds,
  };
  return { head, arrivals, lives, lanes, reads: plan.reads };
};
