/** Two runtimes step by step, each step from one state: what parts them is told once, and of whoever departs. */
import { describe, expect, it } from 'vitest';
import { judge, type Held } from '../../src/gate/blame.js';
import { Joint, type JointPlay } from '../../src/gate/joint.js';
import type { Measure, SideName } from '../../src/gate/sides.js';
import { translated } from '../../src/gate/values.js';
import { CAST_RELEASE_PERIOD, genesisOf, makeCast } from '../../src/properties/cast.js';
import { accountAt, signAt } from '../../src/spec/accounts.js';
import { callOf, signedMessage } from '../../src/spec/calls.js';
import { deviationRules, Rules } from '../../src/spec/rules.js';
import type { Hex } from '../../src/spec/hex.js';
import { decode } from '../../src/spec/scale.js';
import { Compute, palletPrefix, rawKey, storage } from '../../src/spec/storage.js';
import type { Genesis, Step } from '../../src/spec/steps.js';
import { witnessOf } from '../../src/spec/witnesses.js';
import {
  A,
  assign,
  buys,
  confirmDeletion,
  fulfil,
  fulfilStop,
  genesis,
  JOB,
  M,
  requestDelete,
  requestStop,
  running,
} from '../../src/spec/witnesses/cast.js';
import type { RuntimeTarget } from '../../src/targets/runtime-target.js';
import { loadRuntime } from '../../src/targets/runtime/runtime.js';
import { NOTED } from '../variants.js';
import { labSide, type LabSide } from './lab-gate.js';

const KEY = rawKey(Compute.ComputeRequests, accountAt(A));
const { deployed } = Rules;
const asDeployed: Measure = { old: deployed, next: deployed, found: deployed };

interface Game {
  readonly old?: LabSide;
  readonly next?: LabSide;
  readonly measure?: Measure;
  readonly leader?: SideName;
  readonly from?: Genesis;
}

const playOn = (
  steps: readonly Step[],
  { old = {}, next = {}, measure = asDeployed, leader = 'old', from = genesis() }: Game = {},
): JointPlay & { readonly joint: Joint } => {
  const joint = new Joint({ sides: { old: labSide(old), next: labSide(next) }, measure, leader });
  return { ...joint.play(from, () => steps), joint };
};

const expectOneState = ({ joint }: { readonly joint: Joint }): void => {
  const { runtimes, engines, meanings } = joint;
  // Runtimes also keep the pallets' storage versions there, which no step writes.
  const stateOf = (target: Pick<RuntimeTarget, 'readAll'>): readonly (readonly [Hex, Hex])[] =>
    Object.keys(storage)
      .flatMap((pallet) => Object.entries(target.readAll(palletPrefix(pallet))))
      .filter(([key]) => meanings.common(key) !== undefined)
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const state = stateOf(engines.old);
  expect(state.length).toBeGreaterThan(5);
  for (const target of [engines.next, engines.found, runtimes.old, runtimes.next])
    expect(stateOf(target)).toEqual(state);
};

describe('a bug in one step', () => {
  const cast = makeCast();
  const [{ node } = M] = cast.miners;
  const [sub] = cast.subAccounts;
  const bySub: Step = { ...requestStop(A), origin: { kind: 'signed', account: sub?.id ?? '0x' } };
  const stops: readonly Step[] = [buys(A), assign(node, 0n, A), fulfil(node, 0n), bySub, bySub];
  const from = genesisOf(cast, 0n);
  const told = { part: 'Compute.request_compute_stop', against: 'old' };

  it.each(['old', 'next'] as const)(
    'is told in each step that shows it, and parts no state, with "%s" in the lead',
    (leader) => {
      const played = playOn(stops, { next: { mutant: 3 }, leader, from });
      expect(played.divergences).toMatchObject([
        { ...told, blame: 'new', at: 4, mismatch: { aspect: 'events' } },
        { ...told, blame: 'new', at: 5, mismatch: { aspect: 'events' } },
      ]);
      expect(played.departures).toEqual({ old: 0, next: 2 });
      expectOneState(played);
    },
  );

  it('of the old one is blamed on the old one', () => {
    const played = playOn(stops, { old: { mutant: 3 }, from });
    expect(played.divergences).toMatchObject([
      { ...told, blame: 'old' },
      { ...told, blame: 'old' },
    ]);
    expect(played.departures).toEqual({ old: 2, next: 0 });
    expectOneState(played);
  });

  it('of both parts nothing, and is counted', () => {
    const played = playOn(stops, { old: { mutant: 3 }, next: { mutant: 3 }, from });
    expect(played.divergences).toEqual([]);
    expect(played.counts).toMatchObject({ shared: 2, announced: 0, unannounced: 0 });
    expect(played.departures).toEqual({ old: 2, next: 2 });
    expectOneState(played);
  });

  it('beside another one is blamed on both', () => {
    const next = { rules: deployed.with('DEV-08', 'promised') };
    const { divergences } = playOn(stops, { old: { mutant: 3 }, next, from });
    expect(divergences.map(({ blame }) => blame)).toEqual(['old', 'both']);
  });

  it('of nobody is told of nobody: all steps are priced', () => {
    const played = playOn(stops, { from });
    expect(played.divergences).toEqual([]);
    expect(played.counts).toMatchObject({ shared: 0, announced: 0, unannounced: 0 });
    expect(played.counts.same).toBeGreaterThanOrEqual(stops.length);
    expect(played.priced.map(({ call }) => call)).toEqual(stops.map((step) => ('call' in step ? step.call.name : '')));
    expectOneState(played);
  });

  it('is not priced where it shows', () => {
    const { priced } = playOn(stops, { next: { mutant: 3 }, from });
    expect(priced).toHaveLength(3);
  });
});

describe('a bug in the state', () => {
  const boot = 'Compute.submit_compute_boot_request_fulfillment';
  const booted: readonly Step[] = [
    ...running(),
    requestStop(A),
    fulfilStop(M, 0n),
    { ...requestStop(A), call: callOf('Compute.request_compute_boot', { plan_id: '0x' + '50'.repeat(32) }) },
    {
      call: callOf(boot, {
        node_id: M.node,
        request_id: 0n,
        signature: signAt(M.owner, signedMessage(boot, M.node, 0n)),
      }),
      origin: { kind: 'none' },
    },
  ];

  it.each([
    ['old', 'Running'],
    ['next', 'Stopped'],
  ] as const)('is in nobody’s way: with "%s" in the lead, all have its "%s"', (leader, status) => {
    const played = playOn([...booted, requestStop(A)], { next: { mutant: 2 }, leader });
    expect(played.divergences).toMatchObject([{ part: boot, blame: 'new', mismatch: { aspect: 'storage' } }]);
    const request = decode(Compute.ComputeRequests.value, played.joint.engines.old.read(KEY) ?? '0x');
    expect(request).toMatchObject([{ status }]);
    expectOneState(played);
  });

  it.each(['old', 'next'] as const)('of a late hook is told of the hook, with "%s" in the lead', (leader) => {
    const blocks = Array.from({ length: Number(CAST_RELEASE_PERIOD) + 3 }, (): Step => ({ advance: 1n }));
    const steps = [...running(), requestDelete(A), confirmDeletion(M, 0n, JOB), ...blocks];
    const played = playOn(steps, { next: { mutant: 1 }, leader });
    expect(played.divergences.length).toBeGreaterThan(0);
    for (const each of played.divergences)
      expect(each).toMatchObject({ part: 'PalletIp.on_initialize', blame: 'new', mismatch: { aspect: 'opening' } });
    expectOneState(played);
  });

  describe.each([[0], [2]])('beside another layout, with mutant %i', async (mutant) => {
    const runtime = await loadRuntime(NOTED);

    it('the engine and the old one have what the new one has, in theirs', () => {
      const played = playOn([...booted, requestStop(A)], { next: { runtime, mutant }, leader: 'next' });
      const { runtimes, engines, meanings } = played.joint;
      const own = runtimes.next.read(KEY) ?? '0x';
      const asSpecified = translated(meanings.next, meanings.old, KEY, own);
      expect(asSpecified).not.toBe(own);
      expect(engines.old.read(KEY)).toBe(asSpecified);
      expect(runtimes.old.read(KEY)).toBe(asSpecified);
      expect(decode(Compute.ComputeRequests.value, asSpecified ?? '0x')).toMatchObject([
        { status: mutant === 2 ? 'Stopped' : 'Running' },
      ]);
      expect(played.divergences).toMatchObject(mutant === 2 ? [{ part: boot }] : []);
      expect(played.divergences).toHaveLength(mutant / 2);
    });

    it('the new one has what the old one has, in its own', () => {
      const played = playOn(booted, { next: { runtime, mutant } });
      const { runtimes, meanings } = played.joint;
      const own = runtimes.next.read(KEY) ?? '0x';
      expect(translated(meanings.next, meanings.old, KEY, own)).toBe(runtimes.old.read(KEY));
      expect(decode(Compute.ComputeRequests.value, runtimes.old.read(KEY) ?? '0x')).toMatchObject([
        { status: 'Running' },
      ]);
    });
  });
});

describe.each(deviationRules.map((rule) => [rule]))('%s, when the new one follows it', (rule) => {
  const promised = deployed.with(rule, 'promised');
  const { genesis: from, steps } = witnessOf(rule) ?? { genesis: genesis(), steps: [] };
  const played = (measure: Measure, next: Rules = promised) => playOn(steps, { next: { rules: next }, measure, from });

  it('is no divergence where it was announced', () => {
    const { divergences, unannounced, counts } = played({ old: deployed, next: promised, found: promised });
    expect([divergences, unannounced]).toEqual([[], []]);
    expect(counts).toMatchObject({ shared: 0, unannounced: 0 });
    expect(counts.announced).toBeGreaterThan(0);
  });

  it('is told apart where it was found and nobody announced it', () => {
    const { divergences, unannounced, counts } = played({ old: deployed, next: deployed, found: promised });
    expect(divergences).toEqual([]);
    expect(counts).toMatchObject({ shared: 0, announced: 0 });
    expect(counts.unannounced).toBeGreaterThan(0);
    expect(unannounced).toHaveLength(counts.unannounced);
    expect(unannounced[0]).toMatchObject({ blame: 'new', against: 'old' });
  });

  it('is blamed on it where nothing explains it', () => {
    const { divergences } = played(asDeployed);
    expect(divergences.length).toBeGreaterThan(0);
    for (const each of divergences) expect(each).toMatchObject({ blame: 'new', against: 'old' });
  });

  it('was announced, and it does as the old one: not kept, where what was found does not explain it', () => {
    const { divergences } = played({ old: deployed, next: promised, found: promised }, deployed);
    expect(divergences.length).toBeGreaterThan(0);
    for (const each of divergences) expect(each).toMatchObject({ blame: 'new', against: 'announced' });
    const explained = played({ old: deployed, next: promised, found: deployed }, deployed);
    expect(explained.divergences).toEqual([]);
    expect(explained.counts.unannounced).toBeGreaterThan(0);
  });
});

describe('who is blamed', () => {
  const parted = { aspect: 'outcome', where: '', expected: 'ok', observed: 'panic' } as const;
  const held = (text: string): Held => ({
    between: text.includes('b') ? parted : undefined,
    old: text.includes('o') ? parted : undefined,
    next: text.includes('n') ? parted : undefined,
    found: text.includes('f') ? parted : undefined,
    isAnnounced: text.includes('a'),
    isFlipped: text.includes('x'),
  });
  const divergence = (blame: string, against = 'old'): unknown => ({ mismatch: parted, blame, against });

  it.each<[string, string, unknown]>([
    ['nobody, where all agree', '', 'same'],
    ['nobody, where they agree though something was announced', 'a', 'same'],
    ['nobody, where they agree on what the engine does not say', 'onf', 'shared'],
    ['nobody, where the new one does as the old under rules that were found', 'na', 'unannounced'],
    ['the new one, where nothing explains that it does as the old', 'nfa', divergence('new', 'announced')],
    ['nobody, where they part as was announced', 'ba', 'announced'],
    ['nobody yet, where the new one follows rules that were found', 'bn', 'unannounced'],
    ['the new one', 'bnf', divergence('new')],
    ['the new one, by its own rules, where the two part by them anyway', 'bnfax', divergence('new', 'found')],
    ['the old one', 'bo', divergence('old')],
    ['the old one, whatever was announced', 'boa', divergence('old')],
    ['both', 'bonf', divergence('both')],
    ['both, though the new one follows what was found', 'bon', divergence('both')],
    ['nobody knows whom, where each is as the engine says', 'b', divergence('unknown')],
  ])('%s', (_, text, judged) => {
    expect(judge(held(text))).toEqual(judged);
  });
});
