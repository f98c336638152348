/** fast-check arbitraries of scenarios: commands with small numbers, and where they begin. */
import fc from 'fast-check';
import { U128_MAX } from '../engine/integers.js';
import { callNames, type CallName } from '../spec/calls.js';
import { AdvanceBlocks, PassReleasePeriod } from './commands/advance-blocks.js';
import { ChangePool, POOL_CALL_COUNT } from './commands/change-pool.js';
import type { Command } from './commands/command.js';
import { CreateRequest } from './commands/create-request.js';
import { LiveStep, MinerAnswer } from './commands/live-step.js';
import { RepeatCall } from './commands/repeat-call.js';
import { SendCall } from './commands/send-call.js';

const small = (max: number): fc.Arbitrary<number> => fc.nat({ max });

/** Numbers that a wild call draws from: enough for origin and arguments, then they go round. */
const NUMBERS = { minLength: 1, maxLength: 12, size: 'max' } as const;

/** Blocks of an advance: mostly few, sometimes past the release period. */
const blocks = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 25 }) },
);

/** One command; more than half of them lead deeper, the others are wrong on purpose. `calls` are those that are sent so. */
const command = (calls: readonly CallName[]): fc.Arbitrary<Command> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(small(15), small(15)).map(([request, branch]) => new LiveStep(request, branch)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(small(3), small(1), small(2))
        .map(([buyer, plan, miner]) => new CreateRequest(buyer, plan, miner)),
    },
    { weight: 3, arbitrary: small(7).map((entry) => new MinerAnswer(entry)) },
    { weight: 1, arbitrary: small(7).map((back) => new RepeatCall(back)) },
    { weight: 1, arbitrary: fc.tuple(blocks, fc.boolean()).map(([count, jump]) => new AdvanceBlocks(count, jump)) },
    { weight: 1, arbitrary: small(2).map((beyond) => new PassReleasePeriod(beyond)) },
    {
      weight: 1,
      arbitrary: fc.tuple(small(POOL_CALL_COUNT - 1), small(3)).map(([change, ip]) => new ChangePool(change, ip)),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...calls), fc.array(small(15), NUMBERS))
        .map(([call, numbers]) => new SendCall(call, numbers)),
    },
  );

/** A scenario before it is resolved. */
export interface Plan {
  /** Where ids begin: at zero, or so that they are used up soon. */
  readonly nextRequestId: bigint;
  readonly commands: readonly Command[];
}

/** Scenarios of `minSteps` to `maxSteps` commands; calls that are wrong on purpose are of `calls`. */
export const plan = (maxSteps: number, calls: readonly CallName[] = callNames, minSteps = 0): fc.Arbitrary<Plan> =>
  fc.record({
    nextRequestId: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0n) },
      { weight: 1, arbitrary: fc.constant(U128_MAX - 2n) },
    ),
    commands: fc.array(command(calls), { minLength: minSteps, maxLength: maxSteps, size: 'max' }),
  });
