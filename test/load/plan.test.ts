/** Plans: the same for the same options, no two calls alike, nonces without gaps, and no plan of what makes no sense. */
import { describe, expect, it } from 'vitest';
import { genesisStorage, MOST_USERS, planLoad, type PlanOptions } from '../../src/load/plan/plan.js';
import { callOfPlan } from '../../src/load/plan/sign.js';
import { Plan, SCENARIOS, type PlannedCall } from '../../src/load/workload.js';
import { InputError } from '../../src/properties/recording-file.js';
import { encodeCall } from '../../src/spec/calls.js';
import { decode } from '../../src/spec/scale.js';
import { rawKey, storage } from '../../src/spec/storage.js';
import { small } from './plan-options.js';

const callsOf = ({ arrivals, lives }: Plan): readonly PlannedCall[] => [...arrivals, ...lives.flat()];

describe('a plan', () => {
  it.each(SCENARIOS)('of %s is the same for the same options, and a document of the format', (scenario) => {
    const plan = planLoad({ ...small, scenario });
    expect(planLoad({ ...small, scenario })).toEqual(plan);
    expect(genesisStorage(planLoad({ ...small, scenario }))).toEqual(genesisStorage(plan));
    expect(Plan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it('has another order of calls for another seed', () => {
    const names = (seed: number) => planLoad({ ...small, seed }).arrivals.map(({ call }) => call);
    expect(names(4)).not.toEqual(names(3));
  });

  it.each(['submit', 'lifecycle', 'spike', 'soak'] as const)(
    'of %s has no two calls with the same bytes',
    (scenario) => {
      const calls = callsOf(planLoad({ ...small, scenario, ...(scenario === 'lifecycle' && { lives: 30 }) }));
      const bytes = calls.map(
        (each) =>
          `${encodeCall(callOfPlan(each))} ${each.signer === null ? '' : `${each.signer.path} ${each.signer.nonce}`}`,
      );
      expect(bytes.length).toBeGreaterThan(400);
      expect(new Set(bytes).size).toBe(bytes.length);
    },
  );

  it.each([
    // One user in four has a sub-account that signs, too.
    ['submit', small.users + Math.ceil(small.users / 4)],
    ['lifecycle', small.users],
  ] as const)('of %s counts the nonces of each signer from 0, without a gap', (scenario, signers) => {
    const next = new Map<string, number>();
    for (const { signer } of callsOf(
      planLoad({ ...small, scenario, ...(scenario === 'lifecycle' && { lives: 30 }) }),
    )) {
      if (signer === null) continue;
      expect(signer.nonce).toBe(next.get(signer.path) ?? 0);
      next.set(signer.path, signer.nonce + 1);
    }
    expect(next.size).toBe(signers);
  });

  it.each([1, 2, 3, 4, 5])('is signed to about a half, under seed %d', (seed) => {
    const { arrivals } = planLoad({ ...small, seed });
    const share = arrivals.filter(({ signer }) => signer !== null).length / arrivals.length;
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.55);
  });

  it('sends what its scenario says, and nothing else', () => {
    const counts = (scenario: PlanOptions['scenario']) => {
      const { arrivals, lives, reads } = planLoad({ ...small, scenario });
      return [arrivals.length, lives.length, reads.length > 0];
    };
    expect(counts('read')).toEqual([0, 0, true]);
    expect(counts('submit')).toEqual([1_500, 0, false]);
    expect(counts('spike')).toEqual([4_200, 0, false]);
    expect(counts('soak')).toEqual([1_500, 0, true]);
    expect(counts('lifecycle')).toEqual([0, small.users, false]);
  });

  it('begins with as many requests and queued entries as it says, besides its own', () => {
    const own = genesisStorage(planLoad({ ...small, requests: 0, queue: 0 }));
    const more = genesisStorage(planLoad({ ...small, requests: 20, queue: 4 }));
    const { ComputeRequests, MinerComputeStopRequests, NextRequestId } = storage.Compute;
    const owners = (state: typeof own) =>
      Object.keys(state).filter((key) => key.startsWith(ComputeRequests.prefix)).length;
    expect(owners(more) - owners(own)).toBe(20);
    const next = (state: typeof own) => decode(NextRequestId.value, state[rawKey(NextRequestId, null)] ?? '0x');
    expect(next(more) - next(own)).toBe(20n);
    const queues = Object.keys(own).filter((key) => key.startsWith(MinerComputeStopRequests.prefix));
    expect(queues.length).toBeGreaterThan(1);
    for (const key of queues) {
      const entries = (state: typeof own) => decode(MinerComputeStopRequests.value, state[key] ?? '0x').length;
      expect(entries(more) - entries(own)).toBe(4);
    }
  });
});

describe('no plan is made of', () => {
  it.each<[string, Partial<PlanOptions>, string]>([
    ['no users', { users: 0 }, `--users: expected a whole number from 1 to ${MOST_USERS}, came 0`],
    ['half a user', { users: 1.5 }, 'came 1.5'],
    ['a rate of nothing', { rate: 0 }, '--rate: expected calls a second, more than 0, such as 200 or 0.5, came 0'],
    ['a rate that k6 has no number for', { rate: 1 / 3 }, '--rate: expected'],
    ['no time', { duration: -1 }, '--duration: expected seconds, more than 0, came -1'],
    ['a rate without end', { rate: Infinity }, '--rate: expected'],
    ['a negative seed', { seed: -1 }, '--seed: expected'],
    ['a fraction of a request', { requests: 0.5 }, '--requests: expected'],
    ['a queue below nothing', { queue: -1 }, '--queue: expected'],
    [
      'too many calls',
      { rate: 1_000, duration: 501 },
      'expected at most 500000 calls of a plan, came 501000: plan a lower rate',
    ],
    ['too many calls in a spike', { scenario: 'spike', rate: 1_000, duration: 200 }, 'came 560000'],
    ['no calls at all', { scenario: 'spike', rate: 0.1, duration: 1 }, 'expected at least one call, came none'],
    ['lives of another scenario', { lives: 3 }, '--lives: expected the scenario lifecycle, came submit: leave it out'],
    ['no lives', { scenario: 'lifecycle', lives: 0 }, '--lives: expected a whole number from 1 to 33333, came 0'],
  ])('%s', (_, options, message) => {
    expect(() => planLoad({ ...small, ...options })).toThrow(InputError);
    expect(() => planLoad({ ...small, ...options })).toThrow(message);
  });
});
