/** Which deviation breaks which invariant alone: what `brokenBy` says, shown step by step. */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { serve } from '../../src/properties/service/serve.js';
import { unserved } from '../../src/properties/service/unserved.js';
import { endOf, EngineStage } from '../../src/properties/stage.js';
import { accountAt } from '../../src/spec/accounts.js';
import { invariants, type Seen } from '../../src/spec/invariants.js';
import { deviationRules, Rules } from '../../src/spec/rules.js';
import { remembering, verifySignature } from '../../src/spec/signatures.js';
import type { Step } from '../../src/spec/steps.js';
import { M, N } from '../../src/spec/witnesses/cast.js';
import { beginning, PERIOD } from '../spec/invariants/scene.js';
import { brokenAlone } from './broken-alone.js';

const verify = remembering(verifySignature);
const signers = new Map([M, N].map(({ owner }) => [accountAt(owner), owner]));

/** All that steps break, and the service after them: of each invariant from the first time on. */
const brokenBy = (rules: Rules, steps: readonly Step[]) => {
  const stage = new EngineStage(createEngine({ rules, releasePeriod: PERIOD, verify }));
  const looks = invariants.map(({ id, watch }) => ({ id, look: watch() }));
  const breaks = (seen: Seen): string[] => looks.flatMap(({ id, look }) => (look(seen).broken === null ? [] : [id]));
  let last = stage.begin(beginning());
  breaks(last);
  const before = new Set<string>();
  const atTheLast = new Set<string>();
  for (const [at, step] of steps.entries()) {
    last = stage.take(step);
    for (const id of breaks(last)) (at === steps.length - 1 ? atTheLast : before).add(id);
  }
  const later = new Set<string>();
  for (const step of serve(stage.engine, { signers, maxRounds: 40 }))
    for (const id of breaks(stage.take(step))) later.add(id);
  const unsaid = endOf(last, { unserved: unserved(stage.engine), repeated: { parted: null } });
  for (const id of breaks(unsaid)) atTheLast.add(id);
  return { before, atTheLast, all: [...new Set([...before, ...atTheLast, ...later])].toSorted() };
};

const listed = invariants.flatMap(({ id, brokenBy: rules }) => rules.map((rule) => `${id} by ${rule}`)).toSorted();

describe('each deviation alone', () => {
  const scenes = brokenAlone().map((scene, at) => ({
    ...scene,
    name: `${at + 1}: ${scene.invariants.join(', ')} by ${scene.rule}`,
  }));

  it('has a sequence for each invariant that names it, and for no other', () => {
    const shown = scenes.flatMap(({ rule, invariants: broken }) => broken.map((id) => `${id} by ${rule}`));
    expect(shown.toSorted()).toEqual(listed);
  });

  it.each(scenes)('$name', ({ rule, invariants: broken, steps }) => {
    const { before, atTheLast, all } = brokenBy(Rules.promised.with(rule, 'deployed'), steps);
    for (const id of broken)
      expect({ id, isAtLast: atTheLast.has(id), isBefore: before.has(id) }).toEqual({
        id,
        isAtLast: true,
        isBefore: false,
      });
    expect(all.filter((id) => !listed.includes(`${id} by ${rule}`))).toEqual([]);
  });

  it.each(scenes)('$name, and by nothing where it is promised, too', ({ steps }) => {
    expect(brokenBy(Rules.promised, steps).all).toEqual([]);
  });

  it('breaks something, but for DEV-05, which DEV-12 holds back', () => {
    const breaking = new Set(scenes.map(({ rule }) => rule));
    expect(deviationRules.filter((rule) => !breaking.has(rule))).toEqual(['DEV-05']);
  });
});
