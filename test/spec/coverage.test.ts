/** Cells are a table: every call, status, rule, error and invariant is in it, under an id that stays, and what is out of reach says why. */
import { describe, expect, it } from 'vitest';
import { calls, callNames } from '../../src/spec/calls.js';
import { cells, lacksOf, meetingOf, outcomeName, type Ground, type Need } from '../../src/spec/coverage.js';
import { antecedents } from '../../src/spec/coverage/antecedents.js';
import { errors } from '../../src/spec/events.js';
import { invariants } from '../../src/spec/invariants.js';
import { allRules, Rules } from '../../src/spec/rules.js';

const everywhere = (rules: Rules, can: readonly string[] = ['inject', 'diffs']): Ground => {
  const all = new Set(callNames);
  return { rules, calls: all, lacks: lacksOf({ can: new Set(can), calls: all, hasReleasePeriod: true }) };
};

const ids = cells.map(({ id }) => id);
const reasonOf = (id: string, ground = everywhere(Rules.deployed)): string | null | undefined =>
  cells.find((each) => each.id === id)?.unreachable(ground);

describe('the cells', () => {
  it('have ids of their own', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(id).toMatch(
        /^(call\/\w+\.\w+\/[\w.:]+|status\/\w+\/\w+\.\w+|rule\/[DR]EV-\d\d\/\w+|antecedent\/INV-\d\d)$/,
      );
    }
  });

  it('are of every call: that it works, and that it is refused to who may not', () => {
    for (const name of callNames) {
      expect(ids).toEqual(
        expect.arrayContaining(['ok', 'BadOrigin', 'Sudo.RequireSudo'].map((outcome) => `call/${name}/${outcome}`)),
      );
      const isRefusedByPool = name.startsWith('Compute.') && calls[name].origin !== 'none';
      expect(ids.includes(`call/${name}/InvalidTransaction::Call`)).toBe(isRefusedByPool);
    }
  });

  it('are of every error of the pallets', () => {
    const named = new Set(ids.flatMap((id) => (id.startsWith('call/') ? [id.split('/')[2]] : [])));
    const all = Object.entries(errors).flatMap(([pallet, names]) =>
      names.flatMap((error) => (error === null ? [] : [`${pallet}.${error}`])),
    );
    expect(all.filter((error) => !named.has(error))).toEqual([]);
  });

  it('are of every status for each call that is about a request', () => {
    const about = callNames.filter((name) => meetingOf(name) !== null);
    expect(about).toHaveLength(17);
    expect(ids.filter((id) => id.startsWith('status/'))).toHaveLength(about.length * 7);
  });

  it('are of every rule at both of its settings, one of them out of reach, and of every invariant', () => {
    for (const rule of allRules) {
      const settings = ids.filter((id) => id.startsWith(`rule/${rule}/`)).map((id) => reasonOf(id));
      expect(settings.toSorted()).toEqual(['it needs the other setting', null]);
    }
    expect(ids.filter((id) => id.startsWith('antecedent/'))).toEqual(invariants.map(({ id }) => `antecedent/${id}`));
  });
});

describe('an invariant speaks of something', () => {
  it('that is known, unless the run plays nothing twice, or each call has a block of its own', () => {
    expect([...antecedents.keys()].filter((id) => !invariants.some((each) => each.id === id))).toEqual([]);
    expect(reasonOf('antecedent/INV-34')).toBeNull();
    const once = {
      ...everywhere(Rules.promised, []),
      lacks: new Map<Need, string>([['second plays', 'each is played once']]),
    };
    expect(reasonOf('antecedent/INV-34', once)).toBe('it needs scenarios that are played twice (each is played once)');
    expect(reasonOf('antecedent/INV-32', everywhere(Rules.promised, []))).toMatch(
      /^it needs many calls in one block \(/,
    );
  });
});

describe('what is out of reach says why', () => {
  it.each([
    ['call/Compute.mark_miner_compute_stop_request_fulfilled/Compute.InvalidSignature', 'it needs DEV-01 promised'],
    ['call/Marketplace.purchase_plan/Arithmetic::Overflow', 'it needs DEV-17 promised'],
    [
      'call/ExecutionUnit.update_metrics_data/panic',
      'it takes 2^32 measurements of a node, or block 0, in which there are no calls',
    ],
    [
      'call/Compute.update_miner_compute_request/Compute.NoAvailableIp',
      'declared by Compute and never returned (DEV-15): the error of that name comes from PalletIp',
    ],
    ['status/Cancelled/Compute.request_compute_stop', 'no call gives a request this status'],
    ['call/ExecutionUnit.put_node_specs/ExecutionUnit.TooManyRequests', 'it needs REV-01 9006'],
  ])('as deployed: %s', (id, reason) => {
    expect(reasonOf(id)).toBe(reason);
  });

  it.each([
    ['call/Compute.submit_compute_request_assignment/panic', 'it needs DEV-02 deployed'],
    [
      'call/Compute.submit_compute_request_assignment/Other',
      'it needs (DEV-11 deployed or (DEV-05 deployed or DEV-17 deployed))',
    ],
    ['status/Failed/Compute.request_compute_stop', expect.stringMatching(/^it needs DEV-12 deployed and \(/)],
  ])('as promised: %s', (id, reason) => {
    expect(reasonOf(id, everywhere(Rules.promised))).toEqual(reason);
  });

  it('where a target has no abilities, as of what it lacks', () => {
    const ground = everywhere(Rules.promised, []);
    expect(reasonOf('call/Marketplace.purchase_plan/Arithmetic::Overflow', ground)).toBe(
      'it needs a beginning at the last request ids: storage that can be written (the target takes none)',
    );
  });
});

it('outcomes are called as people are told of them, without the name of their type', () => {
  expect(outcomeName({ other: true })).toBe('Other');
  expect(outcomeName({ dispatchError: { Arithmetic: 'Overflow' } })).toBe('Arithmetic::Overflow');
  expect(outcomeName({ module: { pallet: 'Sudo', error: 'RequireSudo' } })).toBe('Sudo.RequireSudo');
});
