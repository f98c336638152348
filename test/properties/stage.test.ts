/** A target's stage sees what the engine's sees: the same breaks, of as many things, wherever the lab runtime stands in for the engine. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { genesisOf, makeCast, type Cast } from '../../src/properties/cast.js';
import { plan, type Plan } from '../../src/properties/generate.js';
import { sceneOf } from '../../src/properties/hunt.js';
import { optionsOf } from '../../src/properties/play-plan.js';
import { EngineStage, TargetStage, type Stage } from '../../src/properties/stage.js';
import { watch, type Scene, type Watched } from '../../src/properties/watch.js';
import { hexOfText } from '../../src/spec/hex.js';
import { invariants, type Seen } from '../../src/spec/invariants.js';
import { Rules } from '../../src/spec/rules.js';
import type { Step } from '../../src/spec/steps.js';
import { addIp, A, buys, fulfil, M } from '../../src/spec/witnesses/cast.js';
import { NotCovered } from '../../src/targets/target.js';
import { labTarget } from '../lab.js';

let cast: Cast;
beforeAll(() => {
  cast = makeCast();
});

const SCENARIOS = 20;

/** Of a scenario: what broke, how many things each invariant spoke of, how many steps were taken. */
const cameTo = ({ broken, spoke, steps, uncovered }: Watched) => ({
  // Where it is broken twice, the order of a map's keys says which is told.
  broken: [...broken.keys()].map(({ id }) => id),
  spoke: [...spoke].map(([{ id }, count]) => [id, count]).toSorted(),
  steps: steps.length,
  uncovered,
});

const withoutEnd = ({ genesis, steps }: Scene): Scene => ({ genesis, steps });

const MIXED = Rules.parse(
  'promised,DEV-06=deployed,DEV-12=deployed,DEV-16=deployed,DEV-28=deployed,REV-01=9006,REV-02=9006',
);

describe('the stage of a target', () => {
  it.each([
    ['all deployed', Rules.deployed],
    ['all promised', Rules.promised],
    ['a mixture', MIXED],
  ])('sees the same as that of the engine, under %s', async (_, rules) => {
    const onEngine = new EngineStage(createEngine(optionsOf(rules)));
    const onTarget = new TargetStage(labTarget({ rules }), createEngine(optionsOf(rules)));
    const sample = fc.sample(plan(40), { seed: 5, numRuns: SCENARIOS });
    // What breaks ends a scenario: later ones are watched without it, so that they go deeper.
    let watched = invariants;
    let steps = 0;
    for (const each of sample) {
      const expected = await watch(onEngine, sceneOf(cast, each), watched);
      const came = await watch(onTarget, sceneOf(cast, each), watched);
      expect(cameTo(came)).toEqual(cameTo(expected));
      watched = watched.filter((invariant) => !expected.broken.has(invariant));
      steps += came.steps.length;
    }
    expect(steps).toBeGreaterThan(100);
  });

  it('sees each step of a scenario as that of the engine does', async () => {
    const stages: readonly Stage[] = [
      new EngineStage(createEngine(optionsOf(Rules.deployed))),
      new TargetStage(labTarget(), createEngine(optionsOf(Rules.deployed))),
    ];
    const told = await Promise.all(
      stages.map((stage) =>
        everySeen(stage, [addIp(hexOfText('10.0.0.9')), { advance: 2n }, fulfil(M.node, 0n), buys(A)]),
      ),
    );
    expect(told[1]).toEqual(told[0]);
    expect(told[0]?.map(({ hasChanged }) => hasChanged)).toEqual([true, true, false, false, true]);
  });

  it('shares what a step left as it was, and not what it changed', () => {
    const stage = new EngineStage(createEngine(optionsOf(Rules.deployed)));
    stage.begin(genesisOf(cast, 0n));
    const { before, state } = stage.take(buys(A));
    expect(state.requests).not.toBe(before.requests);
    expect(state.minerQueue).toBe(before.minerQueue);
    expect(state.actionQueues).toBe(before.actionQueues);
    expect(state.pools).toBe(before.pools);
    const failed = stage.take(fulfil(M.node, 7n));
    expect(failed.state).toBe(failed.before);
    expect(failed.state).toBe(state);
  });

  it('says what the pool says of calls that were sent in the open block, and of no others', async () => {
    const target = new TargetStage(labTarget(), createEngine(optionsOf(Rules.deployed)));
    await target.begin(genesisOf(cast, 0n));
    const step = fulfil(M.node, 0n);
    const call = 'call' in step ? step.call : null;
    const sent = await target.take(step);
    expect(call && sent?.validityOf(call)).toMatchObject({ ok: { longevity: '5' } });
    const later = await target.take({ advance: 1n });
    expect(call && later?.validityOf(call)).toBeNull();
  });

  it('takes what the target can not do for no step', async () => {
    const target = labTarget();
    target.dispatch = () => {
      throw new NotCovered('calls');
    };
    const stage = new TargetStage(target, createEngine(optionsOf(Rules.deployed)));
    const one: Plan = {
      nextRequestId: 0n,
      commands: [{ resolve: () => buys(A) }, { resolve: () => ({ advance: 1n }) }],
    };
    const { steps, uncovered } = await watch(stage, withoutEnd(sceneOf(cast, one)), invariants);
    expect({ steps, uncovered }).toEqual({ steps: [{ advance: 1n }], uncovered: 1 });
  });
});

/** What is seen of steps, but for what can't be compared: functions, and the order of maps' keys. */
async function everySeen(stage: Stage, steps: readonly Step[]) {
  const told = [seenText(await stage.begin(genesisOf(cast, 0n)))];
  for (const step of steps) {
    const seen = await stage.take(step);
    if (seen) told.push(seenText(seen));
  }
  return told;
}

function seenText({ before, state, hasChanged, block, releasePeriod, answer }: Seen) {
  const [was, is] = [before, state].map((view) => ({ ...view, registrationOf: null, mainAccount: null }));
  const events = answer?.events.map(({ name, fields }) => ({ name, fields }));
  return { was, is, hasChanged, block, releasePeriod, outcome: answer?.outcome, events };
}
