/** The pool suite on a pool that is right, on pools that are wrong in one thing each, and on nodes that have none. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runPool, type PoolOptions } from '../../src/properties/pool-run.js';
import type { Origin } from '../../src/spec/answers.js';
import { callNames, type Call } from '../../src/spec/calls.js';
import { Rules } from '../../src/spec/rules.js';
import { RunEvent, type Difference } from '../../src/spec/run-events.js';
import { NodeFailure } from '../../src/targets/failures.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import { openOnChopsticks } from '../../src/targets/node/open.js';
import type { Answer } from '../../src/targets/target.js';
import { ownChain } from '../targets/node/same-steps.js';
import { countdown, DEATH, interruption } from './node-like.js';
import { PoolLike, type Wrong } from './pool-like.js';

const REPAIRED = Rules.parse('DEV-02=promised');
/** Five of each. */
const VALIDATED = 5 * callNames.length;

const askPool = async (options: Pick<PoolOptions, 'target'> & Partial<PoolOptions>) => {
  const events: RunEvent[] = [];
  const emit = (event: RunEvent): void => void events.push(RunEvent.parse(event));
  const run = runPool({ rules: Rules.deployed, seed: 1, now: () => 0, emit, ...options });
  const [settled] = await Promise.allSettled([run]);
  const [finished] = events.flatMap((event) => (event.type === 'suite-finished' ? [event] : []));
  return {
    finished,
    thrown: settled.status === 'rejected' ? (settled.reason as unknown) : null,
    started: events[0],
    differences: events.filter((event) => event.type === 'difference'),
    uncovered: events.flatMap((event) => (event.type === 'not-covered' ? [event] : [])),
    shares: events.flatMap((event) => (event.type === 'progress' ? [event.share] : [])),
  };
};

const SEEN = [
  'one tag: the second refused (1014)',
  'the same bytes: the second refused (1013)',
  'other tags: both included',
  'priority: the unsigned before the signed',
];
/** DEV-28: two reasons for one failure have two tags. */
const seenUnder = (rules: Rules): readonly string[] =>
  rules.promised('DEV-28') ? ['tags of all arguments: both included', ...SEEN.slice(1)] : SEEN;

describe('a pool that is right', () => {
  it.each([
    [Rules.deployed, 'DEV-02: taken, and left out'],
    [REPAIRED, 'DEV-02: taken, and included'],
    [Rules.promised, 'DEV-02: taken, and included'],
  ])('conforms under %s in all that is asked', async (rules, last) => {
    const told = await askPool({ target: new PoolLike(rules), rules });
    expect(told.started).toMatchObject({ type: 'suite-started', kind: 'pool', seed: 1 });
    expect(told).toMatchObject({ thrown: null, differences: [], uncovered: [] });
    expect(told.finished).toMatchObject({
      verdict: 'conforms',
      differences: 0,
      steps: VALIDATED + 9,
      summary: ['0 differences', `validity of ${VALIDATED} calls`, ...seenUnder(rules), last].join('; '),
    });
    expect(told.shares).toEqual(told.shares.toSorted((left = 0, right = 0) => left - right));
  });

  it('is offered the calls again where a block came between them', async () => {
    // The tenth offer of two calls with one tag is the last.
    const { finished, uncovered } = await askPool({ target: new PoolLike(Rules.deployed, { hasty: 9 }) });
    expect(finished?.summary).toContain(SEEN.join('; '));
    expect(uncovered).toEqual([]);
  });

  it('is not covered where a block comes between them every time', async () => {
    const { finished, uncovered, differences } = await askPool({
      target: new PoolLike(Rules.deployed, { hasty: Infinity }),
    });
    expect(differences).toEqual([]);
    expect(finished).toMatchObject({ verdict: 'conforms' });
    expect(uncovered.map(({ what, reason }) => `${what}: ${reason}`)).toEqual([
      'two calls with one tag: 30 times a block was built between the two',
      'the same bytes twice: 30 times a block was built between the two',
      'a signed call, then an unsigned one: 30 times a block was built between the two',
    ]);
  });
});

/** Scenarios begin behind block 110; each check is decided in a block of its own, and a request is created in block 115. */
const wrongs: readonly (readonly [Wrong, Rules, Partial<Difference>])[] = [
  [
    'forgets other calls sooner',
    Rules.deployed,
    { step: 1, block: '110', where: 'validity longevity', observed: '"4"' },
  ],
  [
    'takes a tag twice',
    Rules.deployed,
    {
      step: 2,
      block: '111',
      where: 'two calls with one tag',
      observed: 'included in block 111 at 1; included in block 111 at 2',
    },
  ],
  [
    'refuses a tag as banned',
    Rules.deployed,
    {
      step: 2,
      block: '111',
      where: 'two calls with one tag',
      observed: 'included in block 111 at 1; refused (1012: Transaction is temporarily banned)',
    },
  ],
  [
    'takes bytes twice',
    Rules.deployed,
    {
      step: 3,
      block: '112',
      where: 'the same bytes twice',
      observed: 'included in block 112 at 1; included in block 112 at 2',
    },
  ],
  [
    'takes one unsigned call a block',
    Rules.deployed,
    {
      step: 4,
      block: '113',
      where: 'two calls with other tags',
      observed: 'included in block 113 at 1; refused (1014: Priority is too low)',
    },
  ],
  [
    'keeps the order of arrival',
    Rules.deployed,
    {
      step: 5,
      block: '114',
      where: 'a signed call, then an unsigned one',
      observed: 'included in block 114 at 1; included in block 114 at 2',
    },
  ],
  [
    'includes what panics',
    Rules.deployed,
    {
      step: 6,
      block: '116',
      where: 'an assignment to an unregistered node',
      observed: 'included in block 116 at 1',
    },
  ],
  [
    'leaves out assignments',
    REPAIRED,
    {
      step: 6,
      block: '115',
      where: 'an assignment to an unregistered node',
      observed: 'taken, but left out (the pool gave it up as invalid)',
    },
  ],
];

describe('a pool that is wrong', () => {
  it.each(wrongs)('and %s is found', async (wrong, rules, expected) => {
    const { finished, differences } = await askPool({ target: new PoolLike(rules, { wrong }), rules });
    // Longevity is told of all unsigned calls that are accepted, 14 of the names.
    const count = wrong === 'forgets other calls sooner' ? 5 * 14 : 1;
    expect(finished).toMatchObject({ verdict: 'finding', differences: count });
    expect(differences).toHaveLength(count);
    for (const each of differences) expect(each).toMatchObject({ scenario: 0, aspect: 'pool', ...expected });
  });

  it('is shown with the calls that were offered', async () => {
    const { differences } = await askPool({
      target: new PoolLike(Rules.deployed, { wrong: 'keeps the order of arrival' }),
    });
    expect(differences[0]?.what).toMatch(
      /^Compute\.request_compute_stop\(plan_id: plan 0\), signed user 0; then Compute\.handle_\w+\(node_id: .*\), unsigned$/,
    );
    expect(differences[0]?.expected).toBe('both are included, the unsigned one before the signed one');
  });

  it('is found where it is held against other rules', async () => {
    const deployed = await askPool({ target: new PoolLike(Rules.deployed), rules: REPAIRED });
    expect(deployed.finished?.verdict).toBe('finding');
    expect(deployed.differences).toMatchObject([{ step: 6, expected: 'it is included (CannotLookup)' }]);
    const repaired = await askPool({ target: new PoolLike(REPAIRED) });
    expect(repaired.finished?.verdict).toBe('finding');
    expect(repaired.differences).toMatchObject([{ step: 6, expected: 'the pool takes it, and no block includes it' }]);
  });
});

describe('what can not be asked', () => {
  it('is not covered: calls that the runtime does not have', async () => {
    const target = new PoolLike(Rules.deployed, { has: ({ name }) => !name.startsWith('Marketplace.') });
    const { finished, uncovered } = await askPool({ target });
    expect(finished).toMatchObject({ verdict: 'conforms' });
    expect(uncovered).toMatchObject([
      { what: 'validity of call Marketplace.purchase_plan', reason: 'this runtime does not have it', count: 5 },
      { what: 'an assignment to an unregistered node', count: 1 },
    ]);
  });

  it('leaves nothing where the runtime has no call at all: vacuous', async () => {
    const { finished, differences } = await askPool({ target: new PoolLike(Rules.deployed, { has: () => false }) });
    expect(finished).toMatchObject({ verdict: 'vacuous', steps: 0 });
    expect(differences).toEqual([]);
  });

  it('is not covered: an assignment where no request could be created', async () => {
    class Unwilling extends PoolLike {
      override async dispatch(call: Call, origin: Origin): Promise<Answer> {
        return { ...(await super.dispatch(call, origin)), outcome: { badOrigin: true } };
      }
    }
    const { finished, uncovered } = await askPool({ target: new Unwilling(Rules.deployed) });
    expect(finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    expect(uncovered).toMatchObject([
      { what: 'an assignment to an unregistered node', reason: 'no request could be created: BadOrigin', count: 1 },
    ]);
  });
});

describe('a run that ends early', () => {
  it.each([3, VALIDATED + 1])('tells what was done when the node ends at question %i, then throws', async (after) => {
    const target = new PoolLike(Rules.deployed, { dies: countdown(after) });
    const { finished, thrown } = await askPool({ target });
    expect(thrown).toBeInstanceOf(NodeFailure);
    const validated = Math.min(after - 1, VALIDATED);
    expect(finished).toMatchObject({ verdict: 'error', differences: 0 });
    expect(finished?.summary).toMatch(
      new RegExp(`^${DEATH}; until then 0 differences; validity of ${validated} calls`),
    );
  });

  it('is a finding all the same where a difference was seen', async () => {
    const target = new PoolLike(Rules.deployed, { wrong: 'takes a tag twice', dies: countdown(VALIDATED + 1) });
    const { finished, thrown } = await askPool({ target });
    expect(thrown).toBeInstanceOf(NodeFailure);
    expect(finished).toMatchObject({ verdict: 'finding', differences: 1 });
  });

  it('is no failure where it is interrupted', async () => {
    const { signal, dies } = interruption(30);
    const { finished, thrown } = await askPool({ target: new PoolLike(Rules.deployed, { dies, signal }), signal });
    expect(thrown).toBeNull();
    expect(finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    expect(finished?.summary).toMatch(/^0 differences; validity of \d\d calls \(interrupted\)$/);
  });
});

describe('Chopsticks', () => {
  it('is asked for validity; the rest is not covered, for calls go past its pool', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-'));
    const node = await openOnChopsticks(ownChain(), { folder, limits: DEFAULT_LIMITS });
    try {
      const { finished, differences, uncovered } = await askPool({ target: node.target });
      expect(differences).toEqual([]);
      expect(finished).toMatchObject({
        verdict: 'conforms',
        summary: `0 differences; validity of ${VALIDATED} calls`,
      });
      expect(uncovered).toHaveLength(5);
      for (const { reason } of uncovered)
        expect(reason).toBe('the pool: a steered node takes calls past its pool, which knows no tags');
    } finally {
      await node.close();
      await rm(folder, { recursive: true });
    }
  });
});
