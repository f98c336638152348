/** Rule sets: every mixture is written and read back, and what is no rule set is refused by name. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RuleError, Rules, deviationRules, revisionRules, type Rule } from '../../src/spec/rules.js';

const allRules: readonly Rule[] = [...deviationRules, ...revisionRules];

const settings = (rules: Rules): string[] => allRules.map((rule) => rules.setting(rule));

const isReadOrRefused = (text: string): boolean => {
  try {
    return Rules.parse(text) instanceof Rules;
  } catch (error) {
    return error instanceof RuleError;
  }
};

const mixtures = fc
  .tuple(fc.subarray([...deviationRules]), fc.subarray([...revisionRules]))
  .map(([promised, revised]) => Rules.of(promised, revised));

describe('a rule set', () => {
  it('of any mixture is read back from its text', () => {
    fc.assert(
      fc.property(mixtures, (rules) => {
        expect(settings(Rules.parse(rules.toString()))).toEqual(settings(rules));
      }),
    );
  });

  it('written out in full gives every rule its setting, whatever the base', () => {
    fc.assert(
      fc.property(mixtures, mixtures, (rules, base) => {
        const text = allRules.map((rule) => `${rule}=${rules.setting(rule)}`).join(',');
        expect(settings(Rules.parse(text, base))).toEqual(settings(rules));
      }),
    );
  });

  it('changes in the rule that is set, and in no other', () => {
    const changes = fc.constantFrom(
      ...deviationRules.flatMap((rule) => [[rule, 'deployed'] as const, [rule, 'promised'] as const]),
      ...revisionRules.flatMap((rule) => [[rule, '9000'] as const, [rule, '9006'] as const]),
    );
    fc.assert(
      fc.property(mixtures, changes, (base, [rule, setting]) => {
        const expected = allRules.map((each) => (each === rule ? setting : base.setting(each)));
        expect(settings(base.with(rule, setting))).toEqual(expected);
      }),
    );
  });

  it('is not changed by making another of it', () => {
    fc.assert(
      fc.property(mixtures, (rules) => {
        const before = settings(rules);
        rules.with('DEV-04', 'promised');
        rules.with('REV-01', '9006');
        rules.revisedFor(9006);
        Rules.parse('promised', rules);
        expect(settings(rules)).toEqual(before);
      }),
    );
  });

  it.each(['promised', 'deployed'] as const)('that says %s leaves the revisions alone', (word) => {
    fc.assert(
      fc.property(mixtures, (base) => {
        const rules = Rules.parse(word, base);
        for (const rule of deviationRules) expect(rules.setting(rule)).toBe(word);
        for (const rule of revisionRules) expect(rules.setting(rule)).toBe(base.setting(rule));
      }),
    );
  });

  it('may begin with a word and go on with exceptions, with spaces between', () => {
    const rules = Rules.parse('promised, DEV-04=deployed , REV-02=9006');
    expect(deviationRules.filter((rule) => !rules.promised(rule))).toEqual(['DEV-04']);
    expect(revisionRules.filter((rule) => rules.revised(rule))).toEqual(['REV-02']);
  });

  it('is told in the shortest text', () => {
    expect(Rules.deployed.toString()).toBe('deployed');
    expect(Rules.promised.toString()).toBe('promised');
    expect(Rules.promised.revisedFor(9006).toString()).toBe('promised,REV-01=9006,REV-02=9006');
    expect(Rules.of(['DEV-04'], ['REV-01']).toString()).toBe('DEV-04=promised,REV-01=9006');
  });
});

describe('the revisions', () => {
  it.each([
    [9000, '9000'],
    [9005, '9000'],
    [9006, '9006'],
    [9100, '9006'],
  ])('of spec_version %i are those of %s, and its deviations stay', (version, setting) => {
    fc.assert(
      fc.property(mixtures, (base) => {
        const rules = base.revisedFor(version);
        for (const rule of revisionRules) expect(rules.setting(rule)).toBe(setting);
        for (const rule of deviationRules) expect(rules.setting(rule)).toBe(base.setting(rule));
      }),
    );
  });
});

describe('a text that is no rule set is refused', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'an unknown rule',
      'DEV-99=promised',
      'unknown rule "DEV-99=promised": expected "deployed", "promised", or a list',
    ],
    ['a rule in small letters', 'dev-04=promised', 'unknown rule "dev-04=promised"'],
    ['nothing', '', 'unknown rule ""'],
    ['an empty part', 'DEV-04=promised,', 'unknown rule ""'],
    ['a word that stands second', 'DEV-04=promised,deployed', 'unknown rule "deployed"'],
    ['DEV-14, which changes no behaviour', 'DEV-14=promised', 'DEV-14 changes no behaviour, so it is no rule'],
    ['DEV-15, which changes no behaviour', 'DEV-15=promised', 'DEV-15 changes no behaviour, so it is no rule'],
    ['DEV-18, which changes no behaviour', 'DEV-18=deployed', 'DEV-18 changes no behaviour, so it is no rule'],
    ['a rule set twice', 'DEV-04=promised,DEV-04=promised', 'rule DEV-04 is set twice'],
    [
      'a setting that there is not',
      'DEV-04=fixed',
      'rule DEV-04 has the settings "deployed" and "promised", came "fixed"',
    ],
    ['no setting', 'DEV-04', 'rule DEV-04 has the settings "deployed" and "promised", came ""'],
    ["a revision's setting for a deviation", 'DEV-04=9006', 'came "9006"'],
    ["a deviation's setting for a revision", 'REV-01=promised', 'rule REV-01 has the settings "9000" and "9006"'],
    ['two settings at once', 'DEV-04=promised=deployed', 'DEV-04'],
  ];

  it.each(cases)('%s', (_, text, message) => {
    expect(() => Rules.parse(text)).toThrow(RuleError);
    expect(() => Rules.parse(text)).toThrow(message);
  });

  it('whatever it is, without another error', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom(...allRules).map((rule) => `${rule}=`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(isReadOrRefused(text)).toBe(true);
      }),
    );
  });
});
