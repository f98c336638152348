/**
 * Engine against targets whose blocks are not ours: they agree where the target is right, what is wrong is found and kept, and
 * a target that dies in the middle leaves all that was done until then.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDifferential } from '../../src/properties/differential-run.js';
import { openRecording } from '../../src/properties/recording-file.js';
import { replay } from '../../src/properties/replay.js';
import { Rules } from '../../src/spec/rules.js';
import { RunEvent, type Counterexample, type SuiteFinished } from '../../src/spec/run-events.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Target } from '../../src/targets/target.js';
import { anyRules } from '../arbitrary-rules.js';
import { labScope, labTarget } from '../lab.js';
import { countdown, DEATH, interruption, NodeLike, type NodeLikeOptions } from './node-like.js';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(out, { recursive: true }));

const engineNode = (rules = Rules.deployed, options: NodeLikeOptions = {}): NodeLike =>
  new NodeLike(new EngineTarget({ rules, releasePeriod: 20n }), options);

const labNode = (lab: Parameters<typeof labTarget>[0] = {}, options: NodeLikeOptions = {}): NodeLike =>
  new NodeLike(labTarget(lab), options);

interface Search {
  readonly makeTarget: () => Target;
  readonly rules?: Rules;
  readonly seed?: number;
  readonly runs?: number;
  readonly maxSteps?: number;
  readonly signal?: AbortSignal;
}

interface Told {
  /** Null where the run threw. */
  readonly finished: SuiteFinished | null;
  readonly thrown: unknown;
  readonly suites: readonly SuiteFinished[];
  readonly found: readonly Counterexample[];
  readonly uncovered: Readonly<Record<string, string>>;
}

const compare = async ({ makeTarget, rules = Rules.deployed, ...search }: Search): Promise<Told> => {
  const events: RunEvent[] = [];
  const options = { seed: 1, runs: 20, maxSteps: 40, ...search };
  const run = runDifferential({
    ...options,
    rules,
    scope: labScope,
    named: 'node:x',
    out,
    emit: (event) => events.push(RunEvent.parse(event)),
    now: () => 0,
    makeTarget,
  });
  const [result] = await Promise.allSettled([run]);
  return {
    finished: result.status === 'fulfilled' ? result.value : null,
    thrown: result.status === 'rejected' ? result.reason : null,
    suites: events.filter((event) => event.type === 'suite-finished'),
    found: events.filter((event) => event.type === 'counterexample'),
    uncovered: Object.fromEntries(
      events.flatMap((event) => (event.type === 'not-covered' ? [[event.what, event.reason]] : [])),
    ),
  };
};

const replayOn = async (file: string, target: Target): Promise<SuiteFinished> =>
  replay(await openRecording(file), { makeTarget: () => target, emit: () => undefined, now: () => 0 });

const mixtures = fc
  .sample(anyRules, { seed: 8, numRuns: 12 })
  .map((rules, seed) => [rules.toString(), rules, seed] as const);

describe('a target that puts each call into a block of its own', () => {
  it.each(mixtures)('agrees with the engine under the mixture %s', async (_, rules, seed) => {
    const ofEngine = await compare({ makeTarget: () => engineNode(rules), rules, seed });
    expect(ofEngine.found).toEqual([]);
    expect(ofEngine.finished).toMatchObject({ verdict: 'conforms', scenarios: 20 });
    const ofLab = await compare({ makeTarget: () => labNode({ rules }), rules, seed });
    expect(ofLab.found).toEqual([]);
    expect(ofLab.finished).toMatchObject({ verdict: 'conforms', scenarios: 20 });
  });

  it('is compared in much of what can be done', async () => {
    const { finished, uncovered } = await compare({ makeTarget: () => labNode(), runs: 60 });
    expect(finished?.steps).toBeGreaterThan(600);
    expect(Object.keys(uncovered)).toEqual(['calls that the pool refuses']);
  });

  it.each([1, 2, 3])(
    'shows mutant %i, shrunk in few plays, and keeps it as a recording of the engine’s answers',
    async (mutant) => {
      const nodes: NodeLike[] = [];
      const makeTarget = () => {
        const node = labNode({ mutant });
        nodes.push(node);
        return node;
      };
      const { finished, found } = await compare({ makeTarget, seed: 4, runs: 400, maxSteps: 60 });
      expect(finished).toMatchObject({ verdict: 'finding', differences: 1 });
      expect(found[0]?.steps.length).toBeLessThanOrEqual(8);
      const [, shrinking, again] = nodes;
      expect(shrinking?.plays).toBeLessThan(120);
      expect(again?.plays).toBe(1);
      for (const right of [new EngineTarget({ releasePeriod: 20n }), labTarget()]) {
        expect(await replayOn(found[0]?.file ?? '', right)).toMatchObject({ verdict: 'conforms', differences: 0 });
      }
    },
  );
});

/** Targets in the order in which a run makes them: the one that is searched, the one for shrinking, the last one. */
const inTurn = (...options: readonly NodeLikeOptions[]): (() => NodeLike) => {
  let made = 0;
  return () => {
    made += 1;
    return labNode({ mutant: 3 }, options[made - 1] ?? {});
  };
};

const death = expect.objectContaining({ name: 'NodeFailure', message: DEATH }) as unknown;

describe('a target that dies', () => {
  it('ends the run: what was done is told, then the failure is thrown', async () => {
    const { suites, thrown, found } = await compare({ makeTarget: () => labNode({}, { dies: countdown(400) }) });
    expect(thrown).toEqual(death);
    expect(found).toEqual([]);
    expect(suites).toMatchObject([{ verdict: 'error', differences: 0 }]);
    const [{ summary, scenarios, steps } = { summary: '', scenarios: 0, steps: 0 }] = suites;
    expect(scenarios).toBeGreaterThan(3);
    expect(steps).toBeGreaterThan(100);
    expect(summary).toBe(`${DEATH}; until then 0 differences in ${scenarios} scenarios`);
  });

  it('before the difference that it showed came again leaves it, unshrunk: an error, never a finding', async () => {
    const makeTarget = inTurn({}, { dies: countdown(0) });
    const { suites, thrown, found } = await compare({ makeTarget, seed: 3, runs: 400 });
    expect(thrown).toEqual(death);
    expect(suites).toMatchObject([{ verdict: 'error', differences: 1 }]);
    expect(suites[0]?.summary).toContain('seen once and not run again');
    expect(suites[0]?.summary).toContain(`; then ${DEATH}`);
    expect(found).toHaveLength(1);
    expect(found[0]?.steps.length).toBeGreaterThan(8);
    expect(await replayOn(found[0]?.file ?? '', labTarget({ mutant: 3 }))).toMatchObject({ verdict: 'finding' });
  });

  it.each<[string, readonly NodeLikeOptions[]]>([
    ['while it is shrunk', [{}, { dies: (plays) => plays > 2 }]],
    ['when it is run for the last time', [{}, {}, { dies: countdown(3) }]],
  ])('%s leaves a difference that came again as short as it was by then: a finding', async (_, options) => {
    const { suites, thrown, found } = await compare({ makeTarget: inTurn(...options), seed: 3, runs: 400 });
    expect(thrown).toEqual(death);
    expect(suites).toMatchObject([{ verdict: 'finding', differences: 1 }]);
    expect(suites[0]?.summary).toContain(`; then ${DEATH}`);
    expect(await replayOn(found[0]?.file ?? '', labTarget({ mutant: 3 }))).toMatchObject({ verdict: 'finding' });
  });

  it('when it is closed does not hide what went wrong before, and is told where nothing did', async () => {
    const closes = () => Promise.reject(new Error('it would not close'));
    const dead = await compare({ makeTarget: () => labNode({}, { dies: countdown(100), closes }) });
    expect(dead.thrown).toEqual(death);
    const alive = await compare({ makeTarget: () => labNode({}, { closes }), runs: 1 });
    expect(alive.thrown).toMatchObject({ message: 'it would not close' });
    expect(alive.suites).toMatchObject([{ verdict: 'conforms' }]);
  });
});

describe('an interruption', () => {
  it('ends the run with what was done, and is no error', async () => {
    const options = interruption(300);
    const { finished, thrown } = await compare({ makeTarget: () => labNode({}, options), signal: options.signal });
    expect(thrown).toBeNull();
    expect(finished).toMatchObject({ verdict: 'conforms', summary: '0 differences (interrupted)' });
    expect(finished?.scenarios).toBeLessThan(20);
  });

  it('before any call was answered says nothing of the target', async () => {
    const options = interruption(0);
    const { finished } = await compare({ makeTarget: () => labNode({}, options), signal: options.signal });
    expect(finished).toMatchObject({ verdict: 'vacuous', scenarios: 0, summary: '0 differences (interrupted)' });
  });

  it('while a difference is shrunk keeps it as short as it was by then', async () => {
    const abort = new AbortController();
    const { signal } = abort;
    const dies = (plays: number): boolean => {
      if (plays > 2) abort.abort();
      return false;
    };
    const makeTarget = inTurn({ signal }, { signal, dies });
    const { finished, found, thrown } = await compare({ makeTarget, signal, seed: 3, runs: 400 });
    expect(thrown).toBeNull();
    expect(finished).toMatchObject({ verdict: 'finding', differences: 1 });
    expect(finished?.summary).toMatch(/steps\) \(interrupted\)$/);
    expect(found).toHaveLength(1);
  });

  it('that ended the node as well is no failure of the node', async () => {
    const abort = new AbortController();
    const dies = countdown(200);
    const killed = () => {
      const isDead = dies();
      if (isDead) abort.abort();
      return isDead;
    };
    const { thrown, finished } = await compare({
      makeTarget: () => labNode({}, { dies: killed }),
      signal: abort.signal,
    });
    expect(thrown).toBeNull();
    expect(finished).toMatchObject({ verdict: 'conforms', summary: '0 differences (interrupted)' });
  });
});
