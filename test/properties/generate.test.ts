/** What generated scenarios are made of: how varied they are, how deep they get, which edges they touch. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { U128_MAX, U32_MAX } from '../../src/engine/integers.js';
import { genesisOf, makeCast } from '../../src/properties/cast.js';
import { FAIL_REASONS } from '../../src/properties/commands/edges.js';
import { plan, type Plan } from '../../src/properties/generate.js';
import { begin, optionsOf, playEngine, resolve } from '../../src/properties/play-plan.js';
import { callNames } from '../../src/spec/calls.js';
import { byteLength, containsBytes, hexOfText, isHex, type Hex } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import { decode } from '../../src/spec/scale.js';
import type { Step } from '../../src/spec/steps.js';
import { rawKey, storage } from '../../src/spec/storage.js';

const cast = makeCast();
const beyond = { concerns: () => true, leaps: true };
const [RUNS, STEPS] = [400, 100];

const plans = fc.sample(plan(STEPS, callNames, 0, beyond), { seed: 2, numRuns: RUNS });

interface PlayedPlan {
  readonly plan: Plan;
  readonly steps: readonly Step[];
  /** VMs of one plan that run on one miner at the end, at most, and of how many owners. */
  readonly together: number;
  readonly owners: number;
  /** Calls with what became of them. */
  readonly outcomes: readonly (readonly [string, string])[];
}

const played = plans.map((each): PlayedPlan => {
  const engine = createEngine(optionsOf(Rules.deployed));
  const genesis = genesisOf(cast, each.nextRequestId);
  begin(engine, genesis);
  const steps: Step[] = [];
  const outcomes: (readonly [string, string])[] = [];
  for (const step of resolve(engine, cast, each.commands)) {
    steps.push(step);
    if ('call' in step)
      outcomes.push([step.call.name, Object.keys(engine.dispatch(step.call, step.origin).outcome)[0] ?? '']);
    else playEngine(engine, step);
  }
  const ownerOf = new Map(
    engine.state.Compute.ComputeRequests.present().flatMap(([owner, list]) =>
      list.map(({ request_id }) => [request_id, owner] as const),
    ),
  );
  /** Owners of the VMs of one plan that run on one miner. */
  const places = new Map<string, (Hex | undefined)[]>();
  for (const [node, entries] of engine.state.Compute.MinerComputeRequests.present()) {
    for (const { fullfilled, plan_id, request_id } of entries) {
      const place = node + plan_id;
      if (fullfilled) places.set(place, [...(places.get(place) ?? []), ownerOf.get(request_id)]);
    }
  }
  const owners = [...places.values()];
  return {
    plan: each,
    steps,
    together: Math.max(0, ...owners.map((of) => of.length)),
    owners: Math.max(0, ...owners.map((of) => new Set(of).size)),
    outcomes,
  };
});

const steps = played.flatMap((each) => each.steps);
const sent = steps.flatMap((step) => ('call' in step ? [step] : []));
const kinds = (of: Plan): Set<string> => new Set(of.commands.map((command) => command.constructor.name));

/** Everything in a value that is not a record or a list. */
function* leaves(value: unknown): Generator {
  if (Array.isArray(value)) for (const each of value) yield* leaves(each);
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* leaves(each);
  else yield value;
}

const values = sent.flatMap(({ call }) => [...leaves(call.args)]);
const byteStrings = values.filter((value): value is Hex => typeof value === 'string' && isHex(value));

const reasons = sent.flatMap(({ call }) =>
  call.name === 'Compute.handle_miner_compute_request_failure' ? [call.args.fail_reason] : [],
);

describe('generated scenarios', () => {
  it('are the same again with the same seed, and others with another', () => {
    const texts = (seed: number): string[] =>
      fc.sample(plan(STEPS), { seed, numRuns: 20 }).map(({ commands }) => commands.map(String).join());
    expect(texts(4)).toEqual(texts(4));
    expect(texts(5)).not.toEqual(texts(4));
  });

  it('have commands of every kind', () => {
    const all = new Set(plans.flatMap((each) => [...kinds(each)]));
    expect([...all].toSorted()).toEqual([
      'AdvanceBlocks',
      'AskMetrics',
      'ChangePool',
      'CreateRequest',
      'LeapTo',
      'LiveStep',
      'MinerAnswer',
      'PassReleasePeriod',
      'RepeatCall',
      'ReportMetrics',
      'SendCall',
      'SpoiledCall',
      'WriteStorage',
    ]);
  });

  it.each([
    ['a service in which nothing is wrong', ['LiveStep', 'MinerAnswer', 'CreateRequest', 'AdvanceBlocks']],
    ['IPs that come and go, and calls that are wrong', ['ChangePool', 'AdvanceBlocks', 'SendCall']],
    ['wrong calls', ['SendCall', 'CreateRequest', 'LiveStep', 'RepeatCall']],
    ['metrics', ['ReportMetrics', 'AdvanceBlocks', 'AskMetrics', 'LeapTo', 'WriteStorage']],
  ])('are some of them all about %s', (_, all) => {
    // Any scenario may begin with VMs that run and end with a few wrong calls.
    const others = plans.filter(({ commands }) => commands.length > 20).map(({ commands }) => commands.slice(0, -4));
    const about = others.filter((commands) => commands.every((command) => all.includes(command.constructor.name)));
    expect(about.length).toBeGreaterThan(0);
  });

  it('are some of them healthy lives in which one call is wrong', () => {
    const forks = plans.filter(({ commands }) => {
      const wrong = commands.slice(0, -4).filter(({ constructor: { name } }) => /Spoiled|Repeat|Send|Write/.test(name));
      return commands.length > 12 && wrong.length === 1;
    });
    expect(forks.length).toBeGreaterThan(5);
  });

  it('are short and deep', () => {
    const lengths = plans.map(({ commands }) => commands.length).toSorted((left, right) => left - right);
    expect(lengths[RUNS / 4]).toBeLessThan(20);
    expect(lengths[Math.floor(RUNS * 0.85)]).toBeGreaterThan(50);
    expect(lengths.at(-1)).toBeLessThanOrEqual(STEPS);
    expect(steps.length).toBeGreaterThan(RUNS * 20);
    expect(steps.length).toBeLessThan(RUNS * 35);
  });

  it.each([
    [1, 0],
    [7, 0],
    [10, 10],
    [40, 20],
  ])('of %i steps at most and %i at least are no longer and no shorter', (most, least) => {
    for (const { commands } of fc.sample(plan(most, callNames, least), { seed: 9, numRuns: 100 })) {
      expect(commands.length).toBeLessThanOrEqual(most);
      expect(commands.length).toBeGreaterThanOrEqual(least);
    }
  });

  it('do nothing but call and wait where nothing else is asked for', () => {
    const usual = fc.sample(plan(STEPS), { seed: 3, numRuns: 100 });
    const all = new Set(usual.flatMap((each) => [...kinds(each)]));
    for (const kind of ['WriteStorage', 'AskMetrics', 'LeapTo']) expect(all).not.toContain(kind);
  });

  it('write what is asked for alone', () => {
    const concerns = (key: Hex): boolean => key.startsWith(storage.PalletIp.VmAvailableIps.prefix);
    const engine = createEngine(optionsOf(Rules.deployed));
    const written: string[] = [];
    for (const each of fc.sample(plan(STEPS, callNames, 0, { concerns, leaps: false }), { seed: 3, numRuns: 100 })) {
      engine.reset(genesisOf(cast, each.nextRequestId));
      for (const step of resolve(engine, cast, each.commands)) {
        if ('inject' in step) written.push(...Object.keys(step.inject));
        if ('advance' in step) expect(step.advance).toBeLessThan(1_001n);
        playEngine(engine, step);
      }
    }
    expect(new Set(written)).toEqual(new Set([storage.PalletIp.VmAvailableIps.prefix]));
  });

  it('send no wrong call that is not of those named, and bear that none is', () => {
    const name = 'PalletIp.add_available_vm_ip';
    for (const { commands } of fc.sample(plan(STEPS, [name]), { seed: 3, numRuns: 50 })) {
      for (const command of commands)
        if (command.constructor.name === 'SendCall') expect(String(command)).toContain(name);
    }
    expect(fc.sample(plan(STEPS, []), { seed: 3, numRuns: 20 })).toHaveLength(20);
  });

  it('shrink by leaving commands out', () => {
    const { counterexample } = fc.check(
      fc.property(plan(STEPS), ({ commands }) => !commands.some(({ constructor: { name } }) => name === 'RepeatCall')),
      { seed: 1 },
    );
    expect(counterexample?.[0].commands.map(({ constructor: { name } }) => name)).toEqual(['RepeatCall']);
  });
});

describe('what generated scenarios come to', () => {
  it('is the success of every call, several times', () => {
    for (const name of callNames) {
      const succeeded = played.flatMap(({ outcomes }) => outcomes).filter(([of, kind]) => of === name && kind === 'ok');
      expect([name, succeeded.length]).toEqual([name, expect.any(Number)]);
      expect(succeeded.length).toBeGreaterThan(8);
    }
  });

  it('is every call with every origin', () => {
    const seen = new Set(sent.map(({ call, origin }) => `${call.name} ${origin.kind}`));
    const missing = callNames.flatMap((name) =>
      (['none', 'signed', 'root'] as const).filter((kind) => !seen.has(`${name} ${kind}`)).map((kind) => [name, kind]),
    );
    expect(missing).toEqual([]);
  });

  it('is several VMs of one plan on one miner, of one owner and of several', () => {
    expect(played.filter(({ together }) => together >= 3).length).toBeGreaterThan(20);
    expect(played.filter(({ owners }) => owners >= 2).length).toBeGreaterThan(20);
  });

  it('is bytes of every length at which the length itself grows, none at all, and bytes that are no text', () => {
    const lengths = new Set(byteStrings.map(byteLength));
    for (const length of [0, 63, 64, 16_383, 16_384]) expect(lengths).toContain(length);
    expect(byteStrings).toContain('0xc328');
  });

  it('is every width at its ends, beside them, in its middle', () => {
    const numbers = new Set(
      values.filter((value) => typeof value === 'number' || typeof value === 'bigint').map(BigInt),
    );
    for (const bits of [32n, 64n, 128n]) {
      const most = (1n << bits) - 1n;
      for (const edge of [0n, 1n, 2n, most, most - 1n, 1n << (bits - 1n), 1n << (bits / 2n)])
        expect(numbers).toContain(edge);
    }
  });

  it('is lists of ten thousand entries, seldom', () => {
    const long = sent.filter(
      ({ call }) =>
        call.name === 'ExecutionUnit.put_node_specs' &&
        call.args.system_info.zfs_info.length + call.args.system_info.raid_info.length >= 10_000,
    );
    const pools = steps.filter(
      (step) => 'inject' in step && Object.values(step.inject).some((value) => (value?.length ?? 0) > 10_000 * 8),
    );
    expect(long.length).toBeGreaterThan(0);
    expect(pools.length).toBeGreaterThan(0);
    expect(long.length + pools.length).toBeLessThan(60);
  });

  it('is failures with the final text at the start, in the middle, at the end, and almost', () => {
    const text = hexOfText('No Cloud-Init CID provided');
    const final = FAIL_REASONS.filter((reason) => containsBytes(reason, text));
    expect(final.some((reason) => reason !== text && reason.startsWith(text))).toBe(true);
    expect(final.some((reason) => reason !== text && reason.endsWith(text.slice(2)))).toBe(true);
    expect(final.some((reason) => !reason.startsWith(text) && !reason.endsWith(text.slice(2)))).toBe(true);
    expect(FAIL_REASONS.length - final.length).toBeGreaterThan(3);
    expect(FAIL_REASONS.filter((reason) => !reasons.includes(reason))).toEqual([]);
  });

  it('is ids at the edge of their type, and more than 32 and 64 bits of them', () => {
    const first = new Set(plans.map(({ nextRequestId }) => nextRequestId));
    for (const id of [0n, BigInt(U32_MAX), (1n << 64n) - 1n, U128_MAX - 2n]) expect(first).toContain(id);
    const assigned = sent.flatMap(({ call }) => ('request_id' in call.args ? [call.args.request_id] : []));
    expect(assigned).toContain(U128_MAX);
  });

  it('is signatures of which about a quarter is wrong', () => {
    const engine = createEngine(optionsOf(Rules.of(['DEV-01'])));
    engine.reset(genesisOf(cast, 0n));
    const signed = sent.filter(
      ({ call, origin }) => 'signature' in call.args && 'request_id' in call.args && origin.kind === 'none',
    );
    const isRefused = ({ call, origin }: (typeof signed)[number]): boolean =>
      JSON.stringify(engine.dispatch(call, origin).outcome).includes('InvalidSignature');
    const asked = signed.slice(0, 200);
    const refused = asked.filter(isRefused).length / asked.length;
    expect(refused).toBeGreaterThan(0.1);
    expect(refused).toBeLessThan(0.5);
  });
});

describe('the cast', () => {
  const genesis = genesisOf(cast, 0n);
  const { ColdkeyNodeRegistration, NodeRegistration } = storage.Registration;
  const registered = (item: typeof NodeRegistration, node: Hex) => {
    const raw = genesis.storage[rawKey(item, node)];
    return raw === undefined ? undefined : decode(item.value, raw);
  };

  it('has nodes of every kind of registration', () => {
    const [first, second, twice, degraded] = cast.miners.map(({ node }) => ({
      coldKey: registered(ColdkeyNodeRegistration, node),
      node: registered(NodeRegistration, node),
    }));
    expect(first?.coldKey).toMatchObject({ node_type: 'ComputeMiner' });
    expect(first?.node).toBeUndefined();
    expect(second?.coldKey).toBeUndefined();
    expect(twice?.coldKey?.owner).not.toBe(twice?.node?.owner);
    expect(degraded).toMatchObject({ coldKey: null, node: { status: 'Degraded', node_type: 'ComputeMiner' } });
    expect(registered(NodeRegistration, cast.storageMiner.node)).toMatchObject({ node_type: 'StorageMiner' });
    const [nobody = '0x', none = '0x'] = cast.strangers;
    expect(registered(NodeRegistration, nobody)).toBeUndefined();
    expect(registered(NodeRegistration, none)).toBeNull();
  });

  it('has a sub-account of a sub-account', () => {
    const [first, second] = cast.subAccounts;
    expect(first?.main).toBe(cast.users[0]?.id);
    expect(second?.main).toBe(first?.id);
    expect(genesis.accounts).toContain(second?.id);
  });
});
