/**
 * Engine against lab runtime: they agree under every mixture of rules, and what parts them is found, shrunk, and replays on
 * whichever target somebody names. The second half is what makes the first mean something.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDifferential } from '../../src/properties/differential-run.js';
import { findRecordings, openRecording } from '../../src/properties/recording-file.js';
import { replay } from '../../src/properties/replay.js';
import { everything, type LayoutScope } from '../../src/properties/scope.js';
import { Rules } from '../../src/spec/rules.js';
import { RunEvent, type Counterexample, type SuiteFinished } from '../../src/spec/run-events.js';
import { BlockError } from '../../src/targets/failures.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { NotCovered, type Answer, type Target } from '../../src/targets/target.js';
import { anyRules } from '../arbitrary-rules.js';
import { labScope, labTarget } from '../lab.js';
import { play, rulesOf } from './playing.js';

const recordings = await findRecordings(['recordings']);

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(out, { recursive: true }));

interface Search {
  readonly rules?: Rules;
  readonly makeTarget?: () => Target;
  readonly scope?: LayoutScope;
  readonly seed?: number;
  readonly runs?: number;
  readonly signal?: AbortSignal;
}

interface Found {
  readonly finished: SuiteFinished;
  readonly found: readonly Counterexample[];
  readonly events: readonly RunEvent[];
}

const compare = async ({
  rules = Rules.deployed,
  makeTarget,
  scope = labScope,
  seed = 1,
  runs = 200,
  signal,
}: Search): Promise<Found> => {
  const events: RunEvent[] = [];
  const finished = await runDifferential({
    rules,
    scope,
    named: 'runtime:x',
    seed,
    runs,
    maxSteps: 60,
    out,
    emit: (event) => events.push(RunEvent.parse(event)),
    now: () => 0,
    makeTarget: makeTarget ?? (() => labTarget({ rules })),
    ...(signal && { signal }),
  });
  return { finished, found: events.filter((event) => event.type === 'counterexample'), events };
};

const file = ([counterexample]: readonly Counterexample[]): string => counterexample?.file ?? '';

const replayOn = async (recording: string, target: Target) =>
  replay(await openRecording(recording), { makeTarget: () => target, emit: () => undefined, now: () => 0 });

describe('engine and lab runtime', () => {
  it.each([
    ['deployed', Rules.deployed],
    ['promised', Rules.promised],
    ['promised with both revisions', Rules.promised.revisedFor(9006)],
  ])('agree as %s', async (_, rules) => {
    const { finished, found } = await compare({ rules, seed: 11, runs: 250 });
    expect(found).toEqual([]);
    expect(finished).toMatchObject({ verdict: 'conforms', scenarios: 250 });
    expect(finished.steps).toBeGreaterThan(4000);
  });

  it.each(fc.sample(anyRules, { seed: 4, numRuns: 20 }).map((rules, seed) => [rules.toString(), rules, seed] as const))(
    'agree under the mixture %s',
    async (_, rules, seed) => {
      const { finished, found } = await compare({ rules, seed, runs: 15 });
      expect(found).toEqual([]);
      expect(finished.verdict).toBe('conforms');
    },
  );

  it.each(recordings)('both agree with the real pallets: %s', async (recording) => {
    const { finished, events } = await play(recording, (header) =>
      labTarget({ rules: rulesOf(header), releasePeriod: BigInt(header.ip_release_period) }),
    );
    expect(finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    expect(events.filter(({ type }) => type === 'not-covered')).toEqual([]);
  });

  it.each(['DEV-01', 'DEV-03', 'DEV-08', 'DEV-11', 'DEV-16'] as const)(
    'part where the lab alone has %s repaired',
    async (rule) => {
      const { finished } = await compare({ makeTarget: () => labTarget({ rules: Rules.of([rule]) }) });
      expect(finished.verdict).toBe('finding');
    },
  );
});

describe('a mutant of the lab runtime', () => {
  it.each([1, 2, 3])(
    'number %i is found in the default budget, shrunk to at most 8 steps, and replays',
    async (mutant) => {
      const { finished, found } = await compare({ makeTarget: () => labTarget({ mutant }), seed: 3, runs: 400 });
      expect(finished).toMatchObject({ verdict: 'finding', differences: 1 });
      expect(found).toHaveLength(1);
      expect(found[0]?.steps.length).toBeLessThanOrEqual(8);
      expect(found[0]?.command).toBe(`npx assay replay ${file(found)} --target runtime:x`);
      expect(await replayOn(file(found), labTarget({ mutant }))).toMatchObject({ verdict: 'finding' });
      expect(await replayOn(file(found), labTarget())).toMatchObject({ verdict: 'conforms', differences: 0 });
      expect(await replayOn(file(found), new EngineTarget({ releasePeriod: 20n }))).toMatchObject({
        verdict: 'conforms',
      });
    },
  );

  it('is found again from the seed, at the same steps', async () => {
    const makeTarget = () => labTarget({ mutant: 3 });
    const [one, other] = [await compare({ makeTarget, seed: 3 }), await compare({ makeTarget, seed: 3 })];
    expect(one.found[0]?.steps).toEqual(other.found[0]?.steps);
    expect(one.finished).toEqual(other.finished);
  });
});

/** A lab runtime with some of its methods replaced. */
const altered = (change: (target: Target) => Partial<Target>): Target => {
  const target = labTarget();
  return new Proxy<Target>(target, {
    get: (of, name) => {
      const own = change(of);
      const value: unknown = Reflect.get(name in own ? own : of, name);
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });
};

describe('a target', () => {
  it('without a call that creates requests gets what creation writes, and the report says so', async () => {
    const makeTarget = () =>
      altered((target) => ({
        dispatch: (call, origin) => {
          if (call.name === 'Marketplace.purchase_plan') throw new NotCovered('call Marketplace.purchase_plan: none');
          return target.dispatch(call, origin);
        },
      }));
    const calls = labScope.calls.filter((name) => name !== 'Marketplace.purchase_plan');
    const { finished, events } = await compare({ makeTarget, runs: 60, scope: { ...labScope, calls } });
    expect(finished.verdict).toBe('conforms');
    const [uncovered] = events.filter((event) => event.type === 'not-covered');
    expect(uncovered?.what).toBe('call Marketplace.purchase_plan');
    expect(uncovered?.reason).toContain('written by injection');
    expect(uncovered?.count).toBeGreaterThan(10);
  });

  it('that answers no call makes the run vacuous, never a pass', async () => {
    const dispatch = (): never => {
      throw new NotCovered('the runtime called ext_moon, a host function that this host does not have');
    };
    const { finished, events } = await compare({ makeTarget: () => altered(() => ({ dispatch })), runs: 20 });
    expect(finished.verdict).toBe('vacuous');
    const [uncovered] = events.filter((event) => event.type === 'not-covered');
    expect(uncovered?.what).toContain('ext_moon');
  });

  it('that does not tell its release period is not asked to release', async () => {
    const makeTarget = () => altered(() => ({ releasePeriod: null }));
    const { finished, events } = await compare({ makeTarget });
    expect(finished.verdict).toBe('conforms');
    const [uncovered] = events.filter((event) => event.type === 'not-covered');
    expect(uncovered?.what).toBe('call Compute.submit_compute_deletion_request');
    expect(uncovered?.reason).toContain('?period=N');
  });

  it('whose difference does not come again is an error of the tool, never a finding', async () => {
    let dispatched = 0;
    const makeTarget = () =>
      altered((target) => ({
        dispatch: async (call, origin): Promise<Answer> => {
          dispatched += 1;
          const answer = await target.dispatch(call, origin);
          return dispatched === 50 ? { ...answer, outcome: { invalid: 'Stale' } } : answer;
        },
      }));
    const { finished, found } = await compare({ makeTarget });
    expect(found).toEqual([]);
    expect(finished).toMatchObject({
      verdict: 'error',
      summary: expect.stringContaining('not when it was run again') as string,
    });
  });

  it('that can not build its blocks ends the run with that error', async () => {
    const makeTarget = () =>
      altered(() => ({
        advance: () => {
          throw new BlockError('x.wasm: block 101 can not be built');
        },
      }));
    await expect(compare({ makeTarget })).rejects.toThrow('block 101 can not be built');
  });

  it('is let go when the run is interrupted, with what was done so far', async () => {
    const abort = new AbortController();
    abort.abort();
    const { finished } = await compare({ signal: abort.signal });
    expect(finished).toMatchObject({
      scenarios: 0,
      verdict: 'vacuous',
      summary: expect.stringContaining('interrupted') as string,
    });
  });

  it('is compared in what its layout has as specified, and in nothing else', () => {
    expect(labScope.calls).toEqual(everything.calls);
    expect(labScope.concernsEvent('Compute.ComputeRequestCreated')).toBe(true);
    expect(labScope.concernsEvent('Balances.Transfer')).toBe(false);
    expect(labScope.concernsKey('0x' + '26'.repeat(32))).toBe(false);
  });
});
