/** fast-check arbitraries of single commands, each kind out of its small numbers. */
import fc from 'fast-check';
import type { CallName } from '../../spec/calls.js';
import type { Hex } from '../../spec/hex.js';
import { AdvanceBlocks, LEAP_COUNT, LeapTo, PassReleasePeriod, RELEASE_COUNT } from './advance-blocks.js';
import { AskMetrics } from './ask-metrics.js';
import { ChangePool, POOL_CALL_COUNT, POOL_IPS, VM_POOL_CALLS } from './change-pool.js';
import type { Command } from './command.js';
import { CreateRequest } from './create-request.js';
import { NUMBERS } from './edges.js';
import { BRANCHES, LiveStep } from './live-step.js';
import { MinerAnswer } from './miner-answer.js';
import { RepeatCall } from './repeat-call.js';
import { ReportMetrics, REPORTS } from './report-metrics.js';
import { SendCall } from './send-call.js';
import { SpoiledCall } from './spoiled-call.js';
import { WriteStorage } from './write-storage.js';

type Commands = fc.Arbitrary<Command>;

export const small = (below: number): fc.Arbitrary<number> => fc.nat({ max: below - 1 });

/** What arguments are drawn from: enough for origin and arguments, then they go round. */
const numbers = fc.array(small(NUMBERS), { minLength: 1, maxLength: 12, size: 'max' });

/** What all purchases of a scenario have in common: nothing, or the plan and the miner that it is the number of, or plan and owner. */
export type Crowd = number;
export const NO_CROWD: Crowd = 0;
export const ONE_OWNER: Crowd = 5;

/** The first user, and the first sub-account, which stands for it. */
const ONE = [0, 3];

/** Who buys what. */
export const create = (crowd: Crowd): Commands => {
  if (crowd === ONE_OWNER)
    return fc.tuple(fc.constantFrom(...ONE), small(5)).map(([buyer, miner]) => new CreateRequest(buyer, 0, miner));
  if (crowd !== NO_CROWD) return small(5).map((buyer) => new CreateRequest(buyer, 0, crowd));
  const forWhom = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, small(6));
  return fc
    .tuple(small(5), small(2), small(5), small(2), forWhom)
    .map(([buyer, plan, miner, more, whom]) => new CreateRequest(buyer, plan, miner, more, whom));
};

/** What happens to requests: anything, or the same few things over and over. */
export const live = (branches: readonly number[] | null): Commands =>
  fc
    .tuple(small(16), branches === null ? small(BRANCHES) : fc.constantFrom(...branches), small(NUMBERS))
    .map(([request, branch, detail]) => new LiveStep(request, branch, detail));

export const answer: Commands = fc.tuple(small(8), small(3)).map(([entry, branch]) => new MinerAnswer(entry, branch));

export const again: Commands = small(8).map((back) => new RepeatCall(back));

/** The VMs' pool more than the others: only its IPs go anywhere. */
export const change: Commands = fc
  .tuple(fc.oneof({ weight: 2, arbitrary: small(POOL_CALL_COUNT) }, fc.constantFrom(...VM_POOL_CALLS)), small(POOL_IPS))
  .map(([number, ip]) => new ChangePool(number, ip));

/** The calls that are sent wrongly. Those of Compute have most to get wrong. */
export const wild = (calls: readonly CallName[]): Commands =>
  fc
    .tuple(fc.constantFrom(...calls, ...calls.filter((name) => name.startsWith('Compute.'))), numbers)
    .map(([call, drawn]) => new SendCall(call, drawn));

/** What is right but for one thing, or two. */
export const spoiled: Commands = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: live(null) },
      { weight: 3, arbitrary: answer },
      { weight: 1, arbitrary: create(NO_CROWD) },
      { weight: 2, arbitrary: change },
    ),
    small(8),
    small(NUMBERS),
  )
  .map(([right, part, number]) => new SpoiledCall(right, part, number));

/** Two nodes more than the others: what a second report changes is what there is to see. One in a hundred has a long list. */
export const report: Commands = fc
  .tuple(
    small(REPORTS.length),
    fc.oneof({ weight: 2, arbitrary: small(2) }, small(7)),
    numbers,
    small(100).map((number) => number === 99),
  )
  .map(([what, node, drawn, isLong]) => new ReportMetrics(what, node, drawn, isLong));

/** Mostly few blocks, sometimes past the release period. */
export const advance: Commands = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 25 }) },
    ),
    fc.boolean(),
  )
  .map(([blocks, jump]) => new AdvanceBlocks(blocks, jump));

export const release: Commands = small(RELEASE_COUNT).map((when) => new PassReleasePeriod(when));

export const leap: Commands = small(LEAP_COUNT).map((where) => new LeapTo(where));

export const ask: Commands = small(8).map((node) => new AskMetrics(node));

/** Some of what no call writes. */
export const write = (written: readonly string[], concerns: (key: Hex) => boolean): Commands =>
  fc
    .tuple(fc.constantFrom(...written), small(NUMBERS))
    .map(([what, number]) => new WriteStorage(what, number, concerns));
