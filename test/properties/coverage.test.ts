/** What a run reaches is counted, and the table of what it can reach is right: held against the engine under any mixture of rules. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { Coverage, groundOf, metBy } from '../../src/properties/coverage.js';
import { runDifferential, type DifferentialOptions } from '../../src/properties/differential-run.js';
import { everything } from '../../src/properties/scope.js';
import type { Origin } from '../../src/spec/answers.js';
import { callNames, callOf, type Call } from '../../src/spec/calls.js';
import { cells, type Cell } from '../../src/spec/coverage.js';
import { Rules } from '../../src/spec/rules.js';
import { RunEvent, type CoverageEvent, type SuiteFinished } from '../../src/spec/run-events.js';
import { encode } from '../../src/spec/scale.js';
import { NO_SIGNATURE } from '../../src/spec/signatures.js';
import { ExecutionUnit, rawKey } from '../../src/spec/storage.js';
import { A, assign, buys, fulfil, genesis, M, requestStop, running } from '../../src/spec/witnesses/cast.js';
import { metricsOf } from '../../src/spec/witnesses/metrics.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Target } from '../../src/targets/target.js';
import { anyRules } from '../arbitrary-rules.js';
import { playRare, tellStories, wander } from './coverage-world.js';
import { NodeLike, type NodeLikeOptions } from './node-like.js';

const ofCalls = ({ kind }: Cell): boolean => kind !== 'antecedent';
const onEngine = (rules: Rules) => groundOf(rules, new EngineTarget());
const profiles = [Rules.deployed, Rules.promised, Rules.deployed.revisedFor(9006), Rules.promised.revisedFor(9006)];

describe('the table of what can be reached', () => {
  // 600 steps for each rule set.
  it('is what stories on the engine reach, all of it and nothing else, under any mixture of rules', () => {
    const check = (rules: Rules): void => {
      const coverage = new Coverage();
      tellStories(rules, coverage);
      const { missing, beyond } = coverage.report(onEngine(rules), ofCalls);
      const text = rules.toString();
      expect({ rules: text, missing, beyond }).toEqual({ rules: text, missing: [], beyond: [] });
    };
    fc.assert(fc.property(anyRules, check), { seed: 1, numRuns: 100, examples: profiles.map((rules) => [rules]) });
  });

  it.each(
    [...profiles, ...fc.sample(anyRules, { seed: 2, numRuns: 4 })].map(
      (rules, seed) => [rules.toString(), rules, seed] as const,
    ),
  )('has all that generated scenarios reach as %s', (_, rules, seed) => {
    const coverage = new Coverage();
    expect(wander(rules, coverage, { seed, runs: 1_500 })).toBeGreaterThan(25_000);
    expect(coverage.report(onEngine(rules), ofCalls).beyond).toEqual([]);
  });
});

describe('what chance finds late', () => {
  const rareCells = (rules: Rules, seed: number): readonly string[] => {
    const coverage = new Coverage();
    playRare(rules, coverage);
    wander(rules, coverage, { seed, runs: 400 });
    return coverage.report(onEngine(rules), ofCalls).missing;
  };

  it.each(profiles.slice(0, 2).map((rules) => [rules.toString(), rules] as const))(
    'is reached with it whatever the seed, as %s',
    (_, rules) => {
      for (const seed of [1, 2, 3]) expect({ seed, missing: rareCells(rules, seed) }).toEqual({ seed, missing: [] });
    },
  );
});

/** Plays calls of the witnesses' cast, as a run does. */
const counted = (steps: readonly { readonly call: Call; readonly origin: Origin }[], rules = Rules.deployed) => {
  const coverage = new Coverage();
  const engine = createEngine({ rules, onRule: coverage.onRule });
  engine.reset(genesis());
  for (const { call, origin } of steps) play(engine, coverage, call, origin);
  return Object.fromEntries(coverage.counts({ rules }));
};

const play = (engine: Engine, coverage: Coverage, call: Call, origin: Origin): void => {
  const met = metBy(engine, call, origin);
  coverage.called(call, origin, engine.dispatch(call, origin).outcome, met);
};

const ofSteps = (...steps: ReturnType<typeof running>) => steps.flatMap((step) => ('call' in step ? [step] : []));

describe('a counter', () => {
  const named = 'Compute.submit_compute_request_assignment';

  it('counts outcomes, and the status before the call of the request that it names', () => {
    const twice = [assign(M.node, 0n, A), assign(M.node, 0n, A)];
    expect(counted(ofSteps(assign(M.node, 0n, A), buys(A), ...twice))).toMatchObject({
      [`call/${named}/Other`]: 1,
      [`call/${named}/ok`]: 2,
      [`status/none/${named}`]: 1,
      [`status/Pending/${named}`]: 1,
      [`status/InProgress/${named}`]: 1,
      'call/Marketplace.purchase_plan/ok': 1,
    });
  });

  it('counts the status of the request that a lookup finds, and where it finds none', () => {
    expect(counted(ofSteps(requestStop(A), ...running(), requestStop(A)))).toMatchObject({
      'status/none/Compute.request_compute_stop': 1,
      'status/Running/Compute.request_compute_stop': 1,
    });
  });

  it.each<[string, Origin]>([
    ['BadOrigin', { kind: 'signed', account: genesis().sudo }],
    ['Sudo.RequireSudo', { kind: 'root', account: '0x' + '11'.repeat(32) }],
  ])('counts no status where a call is refused with %s', (outcome, origin) => {
    const forced = callOf('Compute.force_request_compute_delete', {
      plan_id: '0x' + '50'.repeat(32),
      account_id: genesis().sudo,
    });
    expect(counted([{ call: forced, origin }])).toEqual({ [`call/${forced.name}/${outcome}`]: 1 });
  });

  it('counts the rules that a call asks, at the setting that they have, and not those that it looks with itself', () => {
    const steps = ofSteps(buys(A), assign(M.node, 0n, A), fulfil(M.node, 0n));
    const rulesOf = (rules: Rules) => Object.keys(counted(steps, rules)).filter((id) => id.startsWith('rule/'));
    expect(rulesOf(Rules.deployed).toSorted()).toEqual(
      ['05', '07', '12', '19', '25'].map((number) => `rule/DEV-${number}/deployed`),
    );
    expect(rulesOf(Rules.of(['DEV-05']))).toContain('rule/DEV-05/promised');
    // Nobody's lookup: DEV-04 is asked by the engine alone.
    expect(Object.keys(counted(ofSteps(...running(), requestStop(A))))).not.toContain('rule/DEV-04/deployed');
  });

  it('tells apart what no call brings about: a cell, or one that nobody listed', () => {
    const rules = Rules.deployed;
    const coverage = new Coverage();
    const engine = createEngine({ rules, onRule: coverage.onRule });
    engine.reset(genesis());
    const full = { ...metricsOf(M.node), total_times_latency_checked: 2 ** 32 - 1 };
    const { NodeMetrics } = ExecutionUnit;
    engine.inject({ [rawKey(NodeMetrics, M.node)]: encode(NodeMetrics.value, full) });
    const call = callOf('ExecutionUnit.update_metrics_data', {
      node_id: M.node,
      signature: NO_SIGNATURE,
      storage_proof_time_ms: 0,
      latency_ms: 0,
      peer_count: 0,
      failed_challenges_count: 0,
      successful_challenges: 0,
      total_challenges: 0,
      uptime_minutes: 0,
      total_minutes: 0,
      consecutive_reliable_days: 0,
      recent_downtime_hours: 0,
      node_type: 'ComputeMiner',
      block_number: 0,
    });
    play(engine, coverage, call, { kind: 'none' });
    coverage.called(call, { kind: 'none' }, { invalid: 'Stale' }, null);
    const { reached, beyond } = coverage.report(onEngine(rules), ofCalls);
    expect(beyond).toEqual([`call/${call.name}/panic`, `call/${call.name}/InvalidTransaction::Stale`]);
    expect(reached.get(`call/${call.name}/panic`)).toBe(1);
  });

  it('is deaf to what is done aside, and is told what invariants spoke of', () => {
    const coverage = new Coverage();
    const engine = createEngine({ onRule: coverage.onRule });
    engine.reset(genesis());
    expect(coverage.aside(() => engine.advance(1n))).toHaveLength(1);
    expect([...coverage.counts({ rules: Rules.deployed }).keys()]).toEqual([]);
    coverage.antecedent('INV-01', 0);
    coverage.antecedent('INV-01', 3);
    coverage.antecedent('INV-01', 4);
    expect([...coverage.counts({ rules: Rules.deployed })]).toEqual([['antecedent/INV-01', 7]]);
    const { reached, missing } = coverage.report(onEngine(Rules.deployed), ({ kind }) => kind === 'antecedent');
    expect([...reached]).toEqual([['antecedent/INV-01', 7]]);
    expect(missing).toContain('antecedent/INV-02');
  });
});

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(out, { recursive: true }));

interface Ran {
  readonly finished: SuiteFinished;
  readonly events: readonly RunEvent[];
  readonly covered: CoverageEvent | undefined;
}

const run = async (options: Partial<DifferentialOptions> = {}): Promise<Ran> => {
  const events: RunEvent[] = [];
  const finished = await runDifferential({
    rules: Rules.deployed,
    scope: everything,
    named: 'engine',
    seed: 1,
    runs: 20,
    maxSteps: 40,
    out,
    emit: (event) => events.push(RunEvent.parse(event)),
    now: () => 0,
    makeTarget: () => new EngineTarget({ releasePeriod: 20n }),
    ...options,
  });
  return { finished, events, covered: events.find((event) => event.type === 'coverage') };
};

const outOfReach = (covered: CoverageEvent | undefined): ReadonlyMap<string, string> =>
  new Map(covered?.unreachable.flatMap(({ reason, cells: of }) => of.map((id) => [id, reason] as const)));

describe('a differential run', () => {
  it('tells at its end which cells it reached, which it missed, and why the others are out of reach', async () => {
    const { events, covered } = await run();
    const told = [...Object.keys(covered?.reached ?? {}), ...(covered?.missing ?? []), ...outOfReach(covered).keys()];
    expect(told.toSorted()).toEqual(
      cells
        .filter(ofCalls)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(covered?.reached['call/Marketplace.purchase_plan/ok']).toBeGreaterThan(10);
    expect(outOfReach(covered).get('rule/DEV-04/promised')).toBe('it needs the other setting');
    expect(outOfReach(covered).get('status/Cancelled/Compute.request_compute_stop')).toBe(
      'no call gives a request this status',
    );
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['coverage', 'suite-finished']);
  });

  it('is vacuous where it missed one and must not, else says so', async () => {
    const strict = await run({ requireCoverage: true });
    expect(strict.covered?.required).toBe(true);
    expect(strict.finished.verdict).toBe('vacuous');
    const lax = await run();
    expect(lax.covered).toEqual({ ...strict.covered, required: false });
    expect(lax.finished).toEqual({ ...strict.finished, verdict: 'conforms' });
    const missing = lax.covered?.missing.length ?? 0;
    const all = missing + Object.keys(lax.covered?.reached ?? {}).length;
    expect(lax.finished.summary).toBe(`0 differences; ${missing} of ${all} reachable cells not reached`);
  });

  it('need not reach everything where a path leads to one scenario', async () => {
    const { finished, covered } = await run({ requireCoverage: true, path: '3' });
    expect(covered).toMatchObject({ required: false });
    expect(finished.verdict).toBe('conforms');
  });

  it('tells nothing of it where a difference ended it, or Ctrl-C', async () => {
    const makeTarget = () => new EngineTarget({ releasePeriod: 20n, rules: Rules.of(['DEV-05']) });
    const parted = await run({ makeTarget, requireCoverage: true, runs: 200 });
    expect(parted.finished.verdict).toBe('finding');
    expect(parted.covered).toBeUndefined();
    const ended = new AbortController();
    const emit = ({ type }: RunEvent): void => (type === 'progress' ? ended.abort() : undefined);
    const interrupted = await run({ signal: ended.signal, emit, requireCoverage: true });
    expect(interrupted.covered).toBeUndefined();
  });
});

const node = (options: NodeLikeOptions = {}): Target => new NodeLike(new EngineTarget({ releasePeriod: 20n }), options);

describe('what a target can do decides what can be reached', () => {
  it('on a node, where each call has a block and storage is not ours', async () => {
    const rules = Rules.promised.revisedFor(9006);
    const makeTarget = (): Target => new NodeLike(new EngineTarget({ releasePeriod: 20n, rules }), { began: {} });
    const { covered } = await run({ rules, makeTarget, runs: 4 });
    const reasons = outOfReach(covered);
    expect(reasons.get('call/ExecutionUnit.put_node_specs/ExecutionUnit.TooManyRequests')).toBe(
      'it needs many calls in one block (here each call has a block of its own)',
    );
    expect(reasons.get('call/Marketplace.purchase_plan/Arithmetic::Overflow')).toMatch(
      /^it needs a beginning at the last/,
    );
  });

  it('where nobody can create requests, nothing of them', async () => {
    const scope = { ...everything, calls: callNames.filter((name) => name !== 'Marketplace.purchase_plan') };
    const { covered } = await run({
      makeTarget: () => node({ refuses: ({ name }) => name === 'Marketplace.purchase_plan' }),
      scope,
    });
    const reasons = outOfReach(covered);
    expect(reasons.get('call/Compute.mark_compute_request_fulfilled/ok')).toMatch(
      /^it needs that somebody can create requests/,
    );
    expect(reasons.get('call/Marketplace.purchase_plan/ok')).toBe('it needs a call that the target does not have');
    expect(reasons.get('rule/DEV-12/deployed')).toMatch(/^it needs that somebody can create requests/);
    expect(reasons.has('call/Compute.mark_compute_request_fulfilled/Other')).toBe(false);
  });

  it('where root calls are not taken, nothing of root, with the reason', async () => {
    const { covered } = await run({ makeTarget: () => node({ refuses: (_, { kind }) => kind === 'root' }), runs: 40 });
    expect(outOfReach(covered).get('call/PalletIp.add_available_vm_ip/ok')).toMatch(/^it needs root calls \(/);
    expect(outOfReach(covered).get('call/PalletIp.add_available_vm_ip/Sudo.RequireSudo')).toMatch(
      /^it needs a pallet Sudo \(/,
    );
    expect(outOfReach(covered).has('call/PalletIp.add_available_vm_ip/BadOrigin')).toBe(false);
  });

  it('where the release period is not told, no deletion is confirmed', () => {
    const ground = groundOf(Rules.deployed, { capabilities: new Set(['inject', 'diffs']), releasePeriod: null });
    const reasonOf = (id: string) => cells.find((each) => each.id === id)?.unreachable(ground);
    expect(reasonOf('call/Compute.submit_compute_deletion_request/ok')).toMatch(
      /^it needs the release period of IPs \(/,
    );
    expect(reasonOf('rule/DEV-06/deployed')).toMatch(/^it needs the release period of IPs \(/);
    expect(reasonOf('rule/DEV-05/deployed')).toBeNull();
  });

  it('and the calls of a pallet that is not there', () => {
    const calls = callNames.filter((name) => !name.startsWith('Compute.'));
    const ground = groundOf(Rules.deployed, new EngineTarget(), calls);
    const reachable = cells.filter((each) => ofCalls(each) && each.unreachable(ground) === null).map(({ id }) => id);
    expect(reachable.filter((id) => id.includes('/Compute.'))).toEqual([]);
    expect(reachable.filter((id) => id.startsWith('rule/')).toSorted()).toEqual(
      [
        'DEV-03/deployed',
        'DEV-17/deployed',
        'DEV-26/deployed',
        'DEV-27/deployed',
        'DEV-28/deployed',
        'REV-01/9000',
        'REV-02/9000',
      ].map((rule) => `rule/${rule}`),
    );
  });
});
