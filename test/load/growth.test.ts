/** Growth as a run: what it tells of the lab runtime, which limits fail it, and that what could not be measured is said. */
import { describe, expect, it } from 'vitest';
import { callNames, type CallName } from '../../src/spec/calls.js';
import { Rules } from '../../src/spec/rules.js';
import { RunEvent, type Curves, type Figures, type Finding, type SuiteFinished } from '../../src/spec/run-events.js';
import { rawKey, storage } from '../../src/spec/storage.js';
import { decode } from '../../src/spec/scale.js';
import { MEASURES, type Measure } from '../../src/load/growth/cost.js';
import { parseBudget, runGrowth, type GrowthOptions } from '../../src/load/growth/growth-run.js';
import { growing, survey, type Survey } from '../../src/load/growth/survey.js';
import { OPENINGS } from '../../src/load/growth/tour.js';
import { Walk } from '../../src/load/growth/walk.js';
import { AXES } from '../../src/load/sized-state.js';
import { RuntimeTarget } from '../../src/targets/runtime-target.js';
import { loadRuntime } from '../../src/targets/runtime/runtime.js';
import { labScope, labTarget } from '../lab.js';

const STOP = 'Compute.request_compute_stop';
const SIZES = [1, 4, 16];
const ALL_CALLS: ReadonlySet<CallName> = new Set(labScope.calls);

interface Run {
  readonly told: readonly RunEvent[];
  readonly finished: SuiteFinished | undefined;
}

const run = async (more: Partial<GrowthOptions> = {}): Promise<Run> => {
  const told: RunEvent[] = [];
  await runGrowth({
    emit: (event) => void told.push(event),
    now: () => performance.now(),
    signal: new AbortController().signal,
    named: 'the lab',
    makeTarget: () => labTarget(),
    sizes: SIZES,
    tours: 3,
    ...more,
  });
  return { told, finished: told.find((event) => event.type === 'suite-finished') };
};

const figuresOf = ({ told }: Run): readonly Figures[] => told.filter((event) => event.type === 'figures');
const curvesOf = ({ told }: Run): readonly Curves[] => told.filter((event) => event.type === 'curves');
const findingsOf = ({ told }: Run): readonly Finding[] => told.filter((event) => event.type === 'finding');
const uncovered = ({ told }: Run): readonly string[] =>
  told.flatMap((event) => (event.type === 'not-covered' ? [`${event.what}: ${event.reason}`] : []));

/** Counted only. */
const count = (target: RuntimeTarget, sizes: readonly number[] = SIZES): Promise<Survey> =>
  survey({ target, calls: ALL_CALLS, sizes: [], tours: 0, moreSizes: sizes, goesOn: () => Promise.resolve(true) });

const whole = await run();

describe('a run', () => {
  it('measures all calls of the specification and three openings of blocks', () => {
    expect(uncovered(whole)).toEqual([]);
    expect(whole.finished).toMatchObject({ suite: 'growth of the lab', verdict: 'conforms', differences: 0 });
    expect(whole.finished?.summary).toBe(
      '32 calls and openings of blocks on 6 axes: 9 grow with requests, 16 grow with owned, 6 grow with miners, 17 grow with queue, 12 grow with ips, 4 grow with releases',
    );
    const [operations] = figuresOf(whole);
    expect(new Set(operations?.rows.map(([name]) => name))).toEqual(
      new Set([...callNames, ...Object.values(OPENINGS)]),
    );
  });

  it('tells events of the documented form', () => {
    for (const event of whole.told) expect(RunEvent.parse(event)).toEqual(event);
    expect(whole.told[0]).toMatchObject({ type: 'suite-started', kind: 'growth' });
    expect(whole.told.at(-1)).toBe(whole.finished);
  });

  it('tells tables whose rows have a cell for each column', () => {
    expect(figuresOf(whole).map(({ id }) => id)).toEqual(
      ['operations', 'bytes', 'time', 'formulas', 'admitted', 'capacity'].map((id) => `growth/${id}`),
    );
    for (const { columns, rows } of figuresOf(whole)) {
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).toHaveLength(columns.length);
    }
  });

  it('says of an assignment what it costs', () => {
    const formulas = figuresOf(whole).find(({ id }) => id === 'growth/formulas')?.rows ?? [];
    const assignment = formulas.filter(([call, axis]) => String(call).endsWith('assignment') && axis === 'requests');
    expect(assignment.map((row) => row.slice(2))).toEqual([
      ['reads', expect.stringMatching(/^\d+ \+ 4 per request$/), 'linear'],
      ['bytes read', expect.stringMatching(/^[\d ]+ \+ 474 per request$/), 'linear'],
    ]);
  });

  it('draws a line for each call that grows, and none for others', () => {
    const lines = (id: string): readonly string[] =>
      curvesOf(whole)
        .find((each) => each.id === id)
        ?.lines.map(({ name }) => name) ?? [];
    expect(lines('growth/requests/reads')).toHaveLength(9);
    expect(lines('growth/miners/reads')).toHaveLength(6);
    expect(lines('growth/releases/bytes')).toHaveLength(4);
    expect(lines('growth/owned/reads')).toEqual([]);
    for (const { id, x, lines: all } of curvesOf(whole).filter((each) => !each.id.endsWith('/time'))) {
      expect(id).toContain(x.label);
      for (const { points } of all) expect(points.map(([size]) => size)).toEqual(SIZES);
    }
  });

  it('shows how far it is', () => {
    const shares = whole.told.flatMap((event) => (event.type === 'progress' ? [event.share ?? 0] : []));
    expect(shares).toHaveLength(AXES.length * SIZES.length);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    expect(shares[0]).toBe(0);
  });
});

describe('a scan that was put in on purpose', () => {
  it('changes the class of the one call that it is in', async () => {
    const [plain, mutant] = [await count(labTarget()), await count(labTarget({ mutant: 101 }))];
    const changed = mutant.growths.filter(({ part, axis, counted }) => {
      const before = plain.growths.find((each) => each.part === part && each.axis === axis);
      return MEASURES.some((measure) => before?.counted[measure].fit.class !== counted[measure].fit.class);
    });
    expect(changed.map(({ part, axis }) => [part, axis])).toEqual([[STOP, 'requests']]);
    expect(changed.map(growing)).toEqual([['reads', 'bytes read']]);
    expect(changed[0]?.counted.reads.fit).toMatchObject({ class: 'linear', slope: 2, isExact: true });
  });

  it('is beyond a budget that the call keeps without it', async () => {
    const budgets = [parseBudget('request_compute_stop:reads=60@16')];
    const makeTarget = (): RuntimeTarget => labTarget({ mutant: 101 });
    const findings = findingsOf(await run({ filter: STOP, budgets, makeTarget }));
    expect(findings.map(({ id }) => id)).toContain(`growth/${STOP}/requests/reads@16`);
    const without = findingsOf(await run({ filter: STOP, budgets }));
    expect(without.map(({ id }) => id)).toEqual([`growth/${STOP}/miners/reads@16`]);
  });
});

describe('limits', () => {
  it('that are kept to the last operation pass; one less is an open finding, and fails the run', async () => {
    const { growths } = await count(labTarget());
    const reads = Math.max(
      ...growths.filter(({ part }) => part === STOP).map(({ costs }) => costs.get(16)?.reads ?? Infinity),
    );
    const kept = await run({ filter: STOP, budgets: [parseBudget(`reads=${reads}@16`)] });
    expect(kept.finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    const broken = await run({ filter: STOP, budgets: [parseBudget(`reads=${reads - 1}@16`)] });
    expect(broken.finished).toMatchObject({ verdict: 'finding', differences: 1 });
    expect(broken.finished?.summary).toMatch(/^1 beyond their limit; /);
    expect(findingsOf(broken)[0]?.sentence).toContain(`takes ${reads} reads at 16 miners, more than its budget`);
  });

  it('on the class are for every axis and everything that is counted, never for time', async () => {
    const { finished, ...found } = await run({ failAbove: 'constant', filter: 'request_compute_stop' });
    expect(finished?.verdict).toBe('finding');
    const findings = findingsOf({ finished, ...found });
    expect(findings.map(({ id }) => id)).toEqual([
      `growth/${STOP}/owned/bytes-read`,
      `growth/${STOP}/miners/reads`,
      `growth/${STOP}/miners/bytes-read`,
      `growth/${STOP}/queue/bytes-read`,
      `growth/${STOP}/queue/bytes-written`,
    ]);
    expect(new Set(findings.map(({ kind, status, part }) => [kind, status, part].join()))).toEqual(
      new Set([`growth,open,${STOP}`]),
    );
    expect((await run({ failAbove: 'linear', filter: STOP })).finished?.verdict).toBe('conforms');
  });

  it('at a size that is none of the usual ones are counted there', async () => {
    const found = await run({ filter: STOP, budgets: [parseBudget('reads=0@7')] });
    expect(findingsOf(found)).toHaveLength(AXES.length);
    expect(findingsOf(found)[0]?.id).toBe(`growth/${STOP}/requests/reads@7`);
  });

  it('that the filter leaves nothing to hold against are refused', async () => {
    const budgets = [parseBudget('request_compute_boot:reads=0@7')];
    await expect(run({ filter: STOP, budgets })).rejects.toThrow(/^--budget .*: --filter .* leaves its call out/);
  });
});

describe('what can not be measured', () => {
  it('is told where the runtime does not have it', async () => {
    const later = await loadRuntime('runtime/later.wasm');
    const found = await run({ makeTarget: () => new RuntimeTarget(later) });
    const missing = callNames.filter((name) => name.startsWith('Compute.'));
    const told = uncovered(found);
    for (const name of missing) expect(told).toContain(`${name}: this runtime does not have it`);
    expect(told).toContain(
      'Marketplace.purchase_plan: this runtime does not have it: what creation writes was written by injection',
    );
    expect(found.finished?.verdict).toBe('conforms');
    expect(found.finished?.summary).toMatch(/^14 calls and openings .*: none grow with requests, .*9 grow with ips/);
  });

  it('is told with its outcome where a call does not succeed, and is in no table', async () => {
    const makeTarget = (): RuntimeTarget => {
      const target = labTarget();
      const dispatch = target.dispatch.bind(target);
      target.dispatch = (call, origin) => {
        const answer = dispatch(call, origin);
        return call.name === STOP ? { ...answer, outcome: { other: true } } : answer;
      };
      return target;
    };
    const found = await run({ makeTarget });
    expect(uncovered(found)).toEqual([`${STOP}: DispatchError::Other in a state with requests at 1`]);
    expect(figuresOf(found).flatMap(({ rows }) => rows.map(([name]) => name))).not.toContain(STOP);
    expect(found.finished?.summary).toMatch(/^31 calls/);
  });

  it('is told of openings where nobody says when an IP is due', async () => {
    const makeTarget = (): RuntimeTarget => Object.assign(labTarget(), { releasePeriod: null });
    const found = await run({ makeTarget, filter: 'opening' });
    expect(uncovered(found)).toEqual(
      [OPENINGS.oneDue, OPENINGS.allDue].map(
        (part) => `${part}: the metadata does not tell IpReleasePeriod: give it as period=N`,
      ),
    );
  });

  it('is refused where nothing would be, or nothing could be told from it', async () => {
    await expect(run({ filter: 'nothing' })).rejects.toThrow(/^--filter nothing: expected a part of one of Compute/);
    await expect(run({ sizes: [1, 10, 10] })).rejects.toThrow(/^--sizes 1,10,10: expected 3 different sizes or more/);
    await expect(run({ sizes: [0, 1, 10] })).rejects.toThrow(/from 1 on/);
  });
});

describe('an interrupted run', () => {
  it('tells the axes that were done', async () => {
    const abort = new AbortController();
    const told: RunEvent[] = [];
    let states = 0;
    await run({
      signal: abort.signal,
      emit: (event) => {
        told.push(event);
        if (event.type === 'progress' && (states += 1) > SIZES.length) abort.abort();
      },
    });
    const finished = told.at(-1);
    expect(finished).toMatchObject({
      verdict: 'conforms',
      summary: '32 calls and openings of blocks on 1 axis: 9 grow with requests (interrupted)',
    });
  });

  it('that has done nothing is vacuous', async () => {
    const found = await run({ signal: AbortSignal.abort() });
    expect(found.finished).toMatchObject({
      verdict: 'vacuous',
      summary: 'nothing was measured along a whole axis (interrupted)',
    });
  });
});

describe('a tour', () => {
  it.each(['promised', 'deployed', 'DEV-01=promised', 'DEV-12=promised'])('succeeds as %s', (rules) => {
    const { failed, counted } = Walk.at(labTarget({ rules: Rules.parse(rules) }), ALL_CALLS, 'queue', 3).count();
    expect([...failed]).toEqual([]);
    expect(counted.size).toBe(callNames.length + Object.keys(OPENINGS).length);
  });

  it('begins by injection where no call creates requests, and costs the same', () => {
    const withoutPurchase = new Set([...ALL_CALLS].filter((name) => name !== 'Marketplace.purchase_plan'));
    const [plain, injected] = [ALL_CALLS, withoutPurchase].map((calls) =>
      Walk.at(labTarget(), calls, 'owned', 3).count(),
    );
    expect([...(injected?.failed ?? [])]).toEqual([]);
    const of = (measure: Measure, walked = plain) =>
      [...(walked?.counted ?? [])]
        .filter(([part]) => part.startsWith('Compute.'))
        .map(([part, { cost }]) => [part, cost[measure]]);
    for (const measure of ['reads', 'writes'] as const) expect(of(measure, injected)).toEqual(of(measure));
  });

  it('ends with all IPs that waited back in their pool', () => {
    const target = labTarget();
    Walk.at(target, ALL_CALLS, 'releases', 5).count();
    const { VmAvailableIps, IpReleaseRequests } = storage.PalletIp;
    const available = decode(VmAvailableIps.value, target.read(rawKey(VmAvailableIps, null)) ?? '0x00');
    // One IP was there before.
    expect(available).toHaveLength(6);
    expect(target.read(rawKey(IpReleaseRequests, null))).toBe('0x00');
  });
});
