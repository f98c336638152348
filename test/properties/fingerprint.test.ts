/** Which rules a runtime follows is read off its answers to the witnesses: every rule, in every mixture, bugs beside them or not. */
import { describe, expect, it } from 'vitest';
import { fingerprint, unclearRules, type Fingerprint } from '../../src/properties/fingerprint.js';
import type { LayoutScope } from '../../src/properties/scope.js';
import type { CallName } from '../../src/spec/calls.js';
import { deviationRules, revisionRules, Rules, type DeviationRule } from '../../src/spec/rules.js';
import type { RuntimeTarget } from '../../src/targets/runtime-target.js';
import { NotCovered, type Answer } from '../../src/targets/target.js';
import { labScope, labTarget } from '../lab.js';

const read = (rules: Rules, mutant = 0, scope: LayoutScope = labScope): Promise<Fingerprint> =>
  fingerprint({ target: labTarget({ rules, mutant }), scope, base: Rules.deployed });

/** Mixtures that are the same in every run: each rule by a bit of a number of its own. */
const mixtures = Array.from({ length: 100 }, (_, seed) => {
  const bits = Math.imul(seed + 1, 0x9e37_79b1) >>> 2;
  return Rules.of(deviationRules.filter((_rule, bit) => (bits >> bit) & 1));
});

const settings: readonly (readonly [string, readonly Rules[]])[] = [
  ['none is promised', [Rules.deployed]],
  ['all are', [Rules.promised]],
  ['one is promised', deviationRules.map((rule) => Rules.deployed.with(rule, 'promised'))],
  ['all but one are', deviationRules.map((rule) => Rules.promised.with(rule, 'deployed'))],
  ['they are mixed', mixtures],
];

describe('the rules of the lab runtime', () => {
  it('are tried in mixtures that have each rule at either setting, no two alike', () => {
    expect(new Set(mixtures.map(String)).size).toBe(mixtures.length);
    for (const rule of deviationRules)
      expect(new Set(mixtures.map((rules) => rules.setting(rule)))).toEqual(new Set(['deployed', 'promised']));
  });

  /** Of each kind of settings, beside a bug. */
  const FEW = 20;
  const beside = [2, 3].flatMap((mutant) => settings.map(([name, all]) => [name, mutant, all.slice(0, FEW)] as const));

  it.each([...settings.map(([name, all]) => [name, 0, all] as const), ...beside])(
    'are read where %s, with mutant %i',
    async (_, mutant, all) => {
      for (const rules of all) {
        const found = await read(rules, mutant);
        expect(found.rules.toString()).toBe(rules.toString());
        expect(unclearRules(found)).toEqual([]);
      }
    },
  );
});

const PURCHASE = 'Marketplace.purchase_plan' satisfies CallName;

/** The lab runtime, with something else for the answers to one call. */
const answering = (rules: Rules, name: CallName, instead: (answer: () => Answer) => Answer): RuntimeTarget => {
  const target = labTarget({ rules });
  const dispatch = target.dispatch.bind(target);
  target.dispatch = (call, origin) => {
    const answer = (): Answer => dispatch(call, origin);
    return call.name === name ? instead(answer) : answer();
  };
  return target;
};

/** As one whose `purchase_plan` this tool can't send. */
const refusing = (rules: Rules): RuntimeTarget =>
  answering(rules, PURCHASE, () => {
    throw new NotCovered(`${PURCHASE} is not sent`);
  });

describe('without purchase_plan, where what it writes is injected', () => {
  const calls = labScope.calls.filter((name) => name !== PURCHASE);
  const scope = { ...labScope, calls };
  /** All others are read; this one is about that call alone. */
  const UNREAD: readonly DeviationRule[] = ['DEV-17'];

  it.each<[string, readonly Rules[]]>(settings.slice(0, 4).map(([name, all]) => [name, all.slice(0, 8)]))(
    'all rules but DEV-17 are read where %s',
    async (_, all) => {
      for (const rules of all) {
        const found = await read(rules, 0, scope);
        expect(unclearRules(found)).toEqual(UNREAD);
        expect(found.rules.toString()).toBe(rules.with('DEV-17', 'deployed').toString());
      }
    },
  );

  it('DEV-17 stays as it was assumed', async () => {
    const found = await fingerprint({ target: labTarget({ rules: Rules.deployed }), scope, base: Rules.promised });
    expect(found.rules.toString()).toBe('DEV-17=promised');
  });

  it.each<[string, Rules]>([
    ['deployed', Rules.deployed],
    ['promised', Rules.promised],
  ])('so it is where the runtime turns out not to take it, as %s', async (_, rules) => {
    const found = await fingerprint({ target: refusing(rules), scope: labScope, base: Rules.deployed });
    expect(unclearRules(found)).toEqual(UNREAD);
    expect(found.rules.toString()).toBe(rules.with('DEV-17', 'deployed').toString());
  });
});

describe('a runtime that does neither what is deployed nor what is promised', () => {
  it.each<[string, Rules]>([
    ['deployed', Rules.deployed],
    ['promised', Rules.promised],
  ])('leaves the rules open that this decides, as %s were assumed', async (_, base) => {
    const target = answering(base, 'Compute.request_compute_stop', (answer) => ({
      ...answer(),
      outcome: { panic: true },
    }));
    const found = await fingerprint({ target, scope: labScope, base });
    expect(unclearRules(found)).toEqual(['DEV-04', 'DEV-08']);
    expect(found.rules.toString()).toBe(base.toString());
  });
});

describe('what is assumed', () => {
  it('of rules changes nothing that is read', async () => {
    const rules = Rules.of(['DEV-04', 'DEV-11'], revisionRules);
    const base = Rules.of(deviationRules, revisionRules);
    const found = await fingerprint({ target: labTarget({ rules }), scope: labScope, base });
    expect(found.rules.toString()).toBe(rules.toString());
  });

  it('is all that is known of revisions: where it is wrong, rules of the calls that they change stay as assumed', async () => {
    const base = Rules.of(deviationRules, revisionRules);
    const found = await fingerprint({ target: labTarget({ rules: Rules.deployed }), scope: labScope, base });
    expect(unclearRules(found)).toEqual(['DEV-26', 'DEV-27']);
    expect(found.rules.toString()).toBe(Rules.of(['DEV-26', 'DEV-27'], revisionRules).toString());
  });

  it('is not told from: each rule has the step that decided, last in its witness', async () => {
    const { readings, steps } = await read(Rules.deployed);
    expect(readings.map(({ rule }) => rule)).toEqual(deviationRules);
    for (const { decisive, witness } of readings) expect(witness.steps.at(-1)).toBe(decisive);
    expect(steps).toBeGreaterThan(deviationRules.length);
  });
});
