/** The gate over pairs of lab runtimes: what is announced passes, what is not is found and blamed. */
import { describe, expect, it } from 'vitest';
import { callsOf } from '../../src/gate/told.js';
import { deviationRules, revisionRules, Rules, type Rule } from '../../src/spec/rules.js';
import type { Finding } from '../../src/spec/run-events.js';
import { loadRuntime } from '../../src/targets/runtime/runtime.js';
import { lab } from '../lab.js';
import { MIGRATED, MOVED, NOTED } from '../variants.js';
import { accepting, announcing, gate, TODAY } from './lab-gate.js';

const [noted, migrated, moved] = await Promise.all([loadRuntime(NOTED), loadRuntime(MIGRATED), loadRuntime(MOVED)]);

const ids = (all: readonly { readonly id: string }[]): string[] => all.map(({ id }) => id);

const everySuite = {
  interface: 'conforms',
  fingerprint: 'conforms',
  behaviour: 'conforms',
  upgrade: 'conforms',
  cost: 'conforms',
};

describe('a runtime against itself', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('conforms under seed %i', async (seed) => {
    const { verdicts, findings } = await gate({}, {}, { seed });
    expect(findings).toEqual([]);
    expect(verdicts).toEqual(everySuite);
  });

  it('conforms whatever rules both follow, and with a bug in both', async () => {
    const rules = Rules.parse('promised,DEV-05=deployed,REV-01=9006');
    const { verdicts, findings, suites } = await gate({ rules, mutant: 3 }, { rules, mutant: 3 });
    expect(findings).toEqual([]);
    expect(verdicts).toEqual(everySuite);
    // Both depart from the engine, and alike.
    expect(suites.find(({ suite }) => suite.startsWith('behaviour'))?.summary).toMatch(
      /[1-9]\d* are alike and not as the engine/,
    );
  });

  it('is vacuous where nothing was played', async () => {
    const { verdicts } = await gate({}, {}, { runs: 1, minSteps: 0, maxSteps: 0 });
    expect(verdicts).toMatchObject({ behaviour: 'vacuous', cost: 'vacuous' });
  });
});

describe('what parts two runtimes', () => {
  it('is told with what the step changes in each of them', async () => {
    const { open } = await gate({}, { mutant: 2 });
    const [found] = open.filter(({ kind, changesNew = [] }) => kind === 'behaviour' && changesNew.length > 0);
    const statusIn = (changes: Finding['changes'] = []) => changes.filter(({ where }) => where.endsWith('.status'));
    expect(found).toMatchObject({ against: 'old', part: 'Compute.submit_compute_boot_request_fulfillment' });
    expect(statusIn(found?.changes)).toMatchObject([{ before: '"Stopped"', after: '"Running"' }]);
    expect(statusIn(found?.changesNew)).toEqual([]);
  });
});

/** The settings that a rule flips to. */
const flipOf = (rule: Rule) => ({
  [rule]: revisionRules.some((each) => each === rule) ? ('9006' as const) : ('promised' as const),
});

const flipped = (rule: Rule): Rules => Rules.deployed.with(rule, flipOf(rule)[rule] ?? 'promised');

describe.each([...deviationRules, ...revisionRules])('%s flipped', (rule) => {
  const rules = flipped(rule);

  it('is found, with one of its calls and the command that shows it', async () => {
    const { open, verdicts } = await gate({}, { rules });
    const flip = open.find(({ kind }) => kind === 'rule');
    expect(flip).toMatchObject({ id: `rule/${rule}`, new: flipOf(rule)[rule], blame: 'new' });
    expect(callsOf(rule)).toContain(flip?.part);
    expect(flip?.command).toContain(`rules=${rule}`);
    expect(flip?.steps?.length).toBeGreaterThan(0);
    expect(verdicts).toMatchObject({
      fingerprint: 'finding',
      behaviour: 'conforms',
      interface: 'conforms',
      upgrade: 'conforms',
    });
    // All else that is told is what the flip costs.
    expect(open.filter(({ kind }) => kind !== 'rule' && kind !== 'cost')).toEqual([]);
    for (const { part } of open) expect(callsOf(rule)).toContain(part);
  });

  it('passes where it is announced', async () => {
    const { open, findings, verdicts } = await gate({}, { rules }, { expectations: announcing(flipOf(rule)) });
    expect(open).toEqual([]);
    expect(ids(findings)).toContain(`rule/${rule}`);
    expect(verdicts).toEqual({ ...everySuite, expectations: 'conforms' });
  });
});

// One in three: each is a gate of its own, and takes as long as all it finds.
describe.each([...deviationRules, ...revisionRules].filter((_, at) => at % 3 === 0))('%s flipped', (rule) => {
  it('does not hide a bug beside it', async () => {
    const rules = flipped(rule);
    const { open } = await gate({}, { rules, mutant: 3 }, { expectations: announcing(flipOf(rule)) });
    expect(ids(open)).toEqual(['behaviour/Compute.request_compute_stop/events/Compute.ComputeStopRequested.caller']);
    expect(open[0]).toMatchObject({ part: 'Compute.request_compute_stop', blame: 'new' });
  });
});

describe('a bug that shows where a rule flipped', () => {
  const rules = Rules.of(['DEV-04']);
  const stop = 'behaviour/Compute.request_compute_stop/events/Compute.ComputeStopRequested.caller';
  /** Enough for a sub-account of the second user of a plan to stop its VM. */
  const options = { runs: 120, minSteps: 50, seed: 1_100_700_281 };

  it('is named by what departs from the announced rules, not by what was announced', async () => {
    const { open } = await gate(
      {},
      { rules, mutant: 3 },
      { ...options, expectations: announcing({ 'DEV-04': 'promised' }) },
    );
    expect(ids(open)).toEqual([stop]);
  });

  it('is named likewise where nobody announced the flip', async () => {
    const { open } = await gate({}, { rules, mutant: 3 }, options);
    expect(ids(open)).toEqual(['rule/DEV-04', stop]);
  });
});

describe('a bug in the new runtime', () => {
  it.each([
    [1, 'behaviour/PalletIp.on_initialize/opening/PalletIp.VmAvailableIps'],
    [2, 'behaviour/Compute.submit_compute_boot_request_fulfillment/storage/Compute.ComputeRequests.status'],
    [3, 'behaviour/Compute.request_compute_stop/events/Compute.ComputeStopRequested.caller'],
    [101, 'cost/Compute.request_compute_stop/reads'],
  ])('number %i is found, shortened and named %s', async (mutant, id) => {
    const { open } = await gate({}, { mutant }, { seed: 5 });
    expect(ids(open)).toEqual([id]);
    expect(open[0]?.steps?.length).toBeLessThanOrEqual(9);
    expect(open[0]?.command).toBeDefined();
  });

  it('that the old one has is blamed on the old one: mended, and nobody said so', async () => {
    const { open } = await gate({ mutant: 3 }, {});
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({ blame: 'old', part: 'Compute.request_compute_stop' });
  });

  it('other than the one that the old one has is blamed on both where both show', async () => {
    const { open } = await gate({ mutant: 2 }, { mutant: 3 }, { seed: 5 });
    expect(open.map(({ part, blame }) => [part, blame])).toEqual(
      expect.arrayContaining([
        ['Compute.submit_compute_boot_request_fulfillment', 'old'],
        ['Compute.request_compute_stop', 'new'],
      ]),
    );
  });
});

describe('another interface', () => {
  const priority = 'interface/Compute.ComputeRequests/value.priority';

  it('without a migration breaks the state, with its first value told', async () => {
    const { open } = await gate({}, { runtime: noted });
    // In the built-in state, then in one that steps lead to.
    const undecodable = 'upgrade/Compute.ComputeRequests/undecodable';
    expect(ids(open)).toEqual([priority, undecodable, undecodable]);
    for (const { sentence } of open.slice(1)) expect(sentence).toMatch(/no longer decodes.*byte \d+/);
    expect(open[2]?.steps).toHaveLength(1);
  });

  it('with a migration breaks readers only', async () => {
    const { open, verdicts } = await gate({}, { runtime: migrated });
    expect(ids(open)).toEqual([priority]);
    expect(open[0]?.effect).toBe('breaks indexers');
    expect(verdicts).toEqual({ ...everySuite, interface: 'finding' });
  });

  it('with a call elsewhere breaks callers, and nothing that is sent by the new metadata', async () => {
    const { open, verdicts } = await gate({}, { runtime: moved });
    expect(ids(open).toSorted()).toEqual([
      'interface/Compute.request_compute_stop/index',
      'interface/version/transaction_version',
    ]);
    expect(new Set(open.map(({ effect }) => effect))).toEqual(new Set(['breaks callers']));
    expect(verdicts).toEqual({ ...everySuite, interface: 'finding' });
  });

  it('passes where it is announced', async () => {
    const { open, verdicts } = await gate(
      {},
      { runtime: migrated },
      { expectations: accepting('interface', [priority]) },
    );
    expect(open).toEqual([]);
    expect(verdicts).toEqual({ ...everySuite, expectations: 'conforms' });
  });

  it('does not hide what behaves otherwise in the other layout', async () => {
    const { open } = await gate(
      {},
      { runtime: migrated, mutant: 2 },
      { seed: 5, expectations: accepting('interface', [priority]) },
    );
    expect(ids(open)).toEqual([
      'behaviour/Compute.submit_compute_boot_request_fulfillment/storage/Compute.ComputeRequests.status',
    ]);
  });
});

describe('a chain without the stand-in for a marketplace', () => {
  const sellsNothing = true;

  it('has its requests written by injection, in its own layout, and says so', async () => {
    for (const runtime of [lab, migrated]) {
      const { events, verdicts, suites } = await gate({ sellsNothing }, { sellsNothing, runtime });
      expect(verdicts).toMatchObject({ fingerprint: 'conforms', behaviour: 'conforms', upgrade: 'conforms' });
      expect(suites.find(({ suite }) => suite.startsWith('behaviour'))?.summary).toContain('0 of the new one');
      const uncovered = events
        .filter((event) => event.type === 'not-covered')
        .map(({ what, reason }) => [what, reason]);
      expect(uncovered).toContainEqual(['call Marketplace.purchase_plan', expect.stringContaining('by injection')]);
    }
  });

  it('has its bugs found, and a rule that flipped', async () => {
    const options = { seed: 5 };
    const { open } = await gate({ sellsNothing }, { sellsNothing, runtime: migrated, mutant: 2 }, options);
    expect(ids(open)).toContain(
      'behaviour/Compute.submit_compute_boot_request_fulfillment/storage/Compute.ComputeRequests.status',
    );
    const flipped = await gate({ sellsNothing }, { sellsNothing, rules: Rules.of(['DEV-04']) }, options);
    expect(ids(flipped.open)).toEqual(['rule/DEV-04']);
  });
});

describe('calls that can not be given', () => {
  const stepsOf = ({ suites }: Awaited<ReturnType<typeof gate>>): number =>
    suites.reduce((sum, { steps }) => sum + steps, 0);
  const isRootless = true;

  it('to either are left out and told, and the scenario goes on; to one of them end it, without an alarm', async () => {
    const rootless = await gate({ isRootless }, { isRootless });
    expect(rootless.verdicts).toMatchObject({ behaviour: 'conforms', upgrade: 'conforms', cost: 'conforms' });
    const ended = await gate({}, { isRootless });
    expect(ended.verdicts.behaviour).toBe('conforms');
    for (const { events } of [rootless, ended])
      expect(events).toContainEqual(expect.objectContaining({ type: 'not-covered', what: 'root calls' }));
    expect(stepsOf(rootless)).toBeGreaterThan(1.5 * stepsOf(ended));
  });
});

describe('expectations', () => {
  const stop = 'behaviour/Compute.request_compute_stop/events/Compute.ComputeStopRequested.caller';

  it('accept a finding by its id, which is then known', async () => {
    const { open, findings, verdicts } = await gate({}, { mutant: 3 }, { expectations: accepting('findings', [stop]) });
    expect(open).toEqual([]);
    expect(findings[0]).toMatchObject({ id: stop, status: 'accepted' });
    expect(verdicts.behaviour).toBe('deviates');
  });

  it('that expired fail by themselves, and cover nothing', async () => {
    const expectations = accepting('findings', [stop], { expires: '2026-11-24' });
    const { open } = await gate({}, { mutant: 3 }, { expectations, today: TODAY });
    expect(ids(open)).toEqual([stop, `expectation/${stop}/expired`]);
  });

  it('of a flip that expired hold the new runtime against the old rules', async () => {
    const expectations = announcing({ 'DEV-04': 'promised' }, { expires: '2026-11-24' });
    const { open } = await gate({}, { rules: Rules.of(['DEV-04']) }, { expectations });
    expect(ids(open)).toEqual(['rule/DEV-04', 'expectation/rule/DEV-04/expired']);
  });

  it('that do not come true fail', async () => {
    const { open } = await gate({}, {}, { expectations: announcing({ 'DEV-04': 'promised' }) });
    expect(ids(open)).toEqual(['expectation/rule/DEV-04/not-come-true']);
  });
});

describe('what is no upgrade', () => {
  it('is refused where the new release is lower', async () => {
    await expect(gate({ runtime: moved }, {})).rejects.toThrow(/spec_version 9000, lower than the 9001 .* swapped/);
  });
});
