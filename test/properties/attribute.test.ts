/** Why something is broken: its own rule, two rules, no rule at all, or what can't be known. */
import { describe, expect, it } from 'vitest';
import { Attributor, causeText, idOf, type Attributed } from '../../src/properties/attribute.js';
import { playFor } from '../../src/properties/hunt.js';
import type { Plan } from '../../src/properties/generate.js';
import { Interrupted } from '../../src/targets/failures.js';
import type { Invariant } from '../../src/spec/invariants.js';
import { Rules } from '../../src/spec/rules.js';
import { A, buys, M, fulfil } from '../../src/spec/witnesses/cast.js';
import { always, brokenByPurchases, byId, cast, huntFor, saying } from './hunting.js';

const SEED = 7;

const attributorUnder = (rules: Rules, signal?: AbortSignal): Attributor =>
  new Attributor(cast, { rules, seed: SEED, ...(signal && { signal }) });

const empty: Plan = { nextRequestId: 0n, commands: [] };

const attributed = async (attributor: Attributor, invariant: Invariant, plan: Plan): Promise<Attributed> => {
  const cause = await attributor.attribute({ invariant, plan });
  if (cause === null) throw new Error('it did not come again');
  return cause;
};

describe('a break as deployed', () => {
  const attributor = attributorUnder(Rules.deployed);

  it.each([
    ['INV-01', ['DEV-03']],
    ['INV-02', ['DEV-17']],
    ['INV-06', ['DEV-06', 'DEV-20', 'DEV-21', 'DEV-22']],
    ['INV-09', ['DEV-17', 'DEV-20']],
    ['INV-12', ['DEV-16']],
    ['INV-15', ['DEV-12']],
    ['INV-20', ['DEV-01']],
    ['INV-22', ['DEV-04', 'DEV-07', 'DEV-17']],
    ['INV-25', ['DEV-02']],
    ['INV-26', ['DEV-11']],
    ['INV-32', ['DEV-28']],
  ] as const)('of %s is put down to one of %j, with steps that break it under that one alone', async (id, rules) => {
    const { breaks } = await huntFor({ rules: Rules.deployed, invariants: [byId(id)], runs: 600 });
    const [found] = breaks;
    if (found === undefined) throw new Error('nothing was found');
    const came = await attributed(attributor, found.invariant, found.plan);
    expect(came.cause.kind).toBe('rules');
    const [rule, ...others] = came.cause.kind === 'rules' ? came.cause.rules : [];
    expect(others).toEqual([]);
    expect(rules).toContain(rule);
    expect(came.rules.toString()).toBe(Rules.promised.with(rule ?? 'DEV-01', 'deployed').toString());
    const again = await playFor(came.rules, cast, found.invariant)(came.shortest.plan);
    expect(again.failure).toBe(came.shortest.failure);
    expect((await playFor(Rules.promised, cast, found.invariant)(came.shortest.plan)).failure).toBeNull();
    expect(idOf(found.invariant, came)).toBe(`invariant/${id}/${rule}`);
  });
});

describe('a break of two rules together', () => {
  it('is put down to both, and to neither alone', async () => {
    // What failed is assigned again only where both let it: it is then in the lists of two miners.
    const rules = Rules.promised.with('DEV-05', 'deployed').with('DEV-20', 'deployed').with('DEV-16', 'deployed');
    const { breaks } = await huntFor({ rules, invariants: [byId('INV-03')], runs: 400 });
    const [found] = breaks;
    if (found === undefined) throw new Error('nothing was found');
    const { cause, shortest, ...came } = await attributed(attributorUnder(rules), found.invariant, found.plan);
    expect(cause).toEqual({ kind: 'rules', rules: ['DEV-05', 'DEV-20'] });
    expect(causeText(cause)).toBe('DEV-05+DEV-20');
    expect(came.rules.toString()).toBe(rules.with('DEV-16', 'promised').toString());
    expect(shortest.steps.length).toBeLessThanOrEqual(4);
  });
});

describe('a break that no rule explains', () => {
  it('is a finding, shown under all promised', async () => {
    const fake = brokenByPurchases();
    const plan = { ...empty, commands: [always(fulfil(M.node, 3n)), always(buys(A))] };
    const { cause, rules, shortest } = await attributed(attributorUnder(Rules.deployed), fake, plan);
    expect(cause).toEqual({ kind: 'finding' });
    expect(rules.isPromised()).toBe(true);
    expect(shortest.steps).toHaveLength(1);
    expect(idOf(fake, { cause, shortest })).toBe('invariant/INV-00/new/Marketplace.purchase_plan');
  });

  it('is a finding, too, where another scenario shows it', async () => {
    // Of all deviations only the last id coming twice is deployed, and nothing about ids is needed.
    const rules = Rules.promised.with('DEV-17', 'deployed');
    const { breaks } = await huntFor({ rules, invariants: [brokenByPurchases()], runs: 50 });
    const [found] = breaks;
    if (found === undefined) throw new Error('nothing was found');
    expect((await attributed(attributorUnder(rules), found.invariant, found.plan)).cause).toEqual({ kind: 'finding' });
  });
});

describe('a break whose cause can not be found', () => {
  it('is unattributed, and shown under the rules of the target', async () => {
    const asked = buys(A);
    let begun = 0;
    // Broken at the beginning, by what the pool says of a call: no step asks for a rule. The second play is that in which rules are noted.
    const fake = saying(() => {
      begun += 1;
      const isNoting = begun === 2;
      return ({ validityOf }) => {
        if (isNoting || !('call' in asked)) return { broken: null, spoke: 0 };
        const tags = ['0x', '0x00'].map((fail_reason) =>
          JSON.stringify(
            validityOf({
              name: 'Compute.handle_miner_compute_request_failure',
              args: { node_id: M.node, request_id: 0n, fail_reason },
            }),
          ),
        );
        return { broken: tags[0] === tags[1] ? 'two calls have one tag' : null, spoke: 1 };
      };
    });
    const { cause, rules, shortest } = await attributed(attributorUnder(Rules.deployed), fake, empty);
    expect(cause).toEqual({ kind: 'unattributed' });
    expect(rules.toString()).toBe('deployed');
    expect(idOf(fake, { cause, shortest })).toBe('invariant/INV-00/unattributed/time');
  });
});

describe('attribution', () => {
  it('is null where what was found does not come again', async () => {
    const fake = saying(() => () => ({ broken: null, spoke: 1 }));
    expect(await attributorUnder(Rules.deployed).attribute({ invariant: fake, plan: empty })).toBeNull();
  });

  it('ends when it is interrupted', async () => {
    const attributor = attributorUnder(Rules.deployed, AbortSignal.abort());
    const plan = { ...empty, commands: [always(buys(A))] };
    await expect(attributor.attribute({ invariant: brokenByPurchases(), plan })).rejects.toThrow(Interrupted);
  });
});
