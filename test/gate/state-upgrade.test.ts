/** A state across the upgrade: what is lost, left undone or broken by it is told, what was so before is not. */
import { describe, expect, it } from 'vitest';
import { builtInState } from '../../src/gate/built-in-state.js';
import type { Side } from '../../src/gate/sides.js';
import { upgradeState, type StateUpgrade, type UpgradedState } from '../../src/gate/state-upgrade.js';
import { stateSummary, toldState, uncoveredOf } from '../../src/gate/told-state.js';
import { CAST_RELEASE_PERIOD } from '../../src/properties/cast.js';
import { InputError } from '../../src/properties/recording-file.js';
import { toHex, type Hex } from '../../src/spec/hex.js';
import { decode, encode } from '../../src/spec/scale.js';
import { Compute, palletPrefix, PalletIp, rawKey } from '../../src/spec/storage.js';
import { TIME, uintBytes, valueKey } from '../../src/targets/runtime/genesis.js';
import { loadRuntime } from '../../src/targets/runtime/runtime.js';
import { hexOfKey } from '../../src/targets/runtime/translation.js';
import { RuntimeTarget } from '../../src/targets/runtime-target.js';
import { lab } from '../lab.js';
import { targetOf } from '../targets/runtime/wat-runtime.js';
import { DROPPED, MIGRATED, NOTED } from '../variants.js';
import { labSide } from './lab-gate.js';

const sideOf = async (file: string): Promise<Side> => labSide({ runtime: await loadRuntime(file) });
const [noted, migrated, dropped] = (await Promise.all([NOTED, MIGRATED, DROPPED].map(sideOf))) as [Side, Side, Side];

const state = builtInState(lab);
const upgrade = (next: Side, from: UpgradedState = state, old = labSide()): StateUpgrade =>
  upgradeState(from, { old, next });
const told = (upgraded: StateUpgrade, limit = 100): readonly string[] =>
  toldState(upgraded, limit, 'npx assay gate').map(({ id }) => id);
const withKeys = (more: Readonly<Record<Hex, Hex>>): UpgradedState => ({
  ...state,
  storage: { ...state.storage, ...more },
});

const keys = Object.keys(state.storage).length;

describe('the built-in state', () => {
  it('is whole after an upgrade of the lab runtime to itself, and every value is compared', () => {
    const upgraded = upgrade(labSide());
    expect(told(upgraded)).toEqual([]);
    expect(upgraded.values).toBe(keys);
    expect(uncoveredOf(upgraded)).toEqual([]);
    expect(upgraded.invariants?.before).toEqual([]);
  });

  it('is whole after a migration that brings it into the new layout', () => {
    const upgraded = upgrade(migrated);
    expect(told(upgraded)).toEqual([]);
    expect(upgraded.values).toBe(keys);
    expect(uncoveredOf(upgraded)).toEqual([]);
  });

  it('has values that no longer decode without one, the first of them named', () => {
    const upgraded = upgrade(noted);
    const [finding, ...others] = toldState(upgraded, 100, '');
    expect(others).toEqual([]);
    expect(finding?.id).toBe('upgrade/Compute.ComputeRequests/undecodable');
    expect(finding?.sentence).toMatch(
      /^Compute\.ComputeRequests\[0x[0-9a-f]{64}\] no longer decodes after the upgrade \(byte \d+: .*; so it is with 3 values$/,
    );
  });

  it('loses entries by a migration that drops them, which breaks invariants that held', () => {
    const upgraded = upgrade(dropped);
    const [lost, ...broken] = toldState(upgraded, 100, '');
    expect(lost?.id).toBe('upgrade/Compute.MinerComputeRequests/lost');
    expect(lost?.sentence).toMatch(
      /^Compute\.MinerComputeRequests\["12D3KooWMiner\d"\]\[\d+\] is lost in the upgrade: no value, /,
    );
    const queue = Object.entries(state.storage).find(
      ([key]) => lost?.sentence.includes('Miner1') === true && key.startsWith(Compute.MinerComputeRequests.prefix),
    );
    const last = decode(Compute.MinerComputeRequests.value, queue?.[1] ?? '0x00').at(-1);
    expect(lost?.old).toContain(`request_id: ${last?.request_id}`);
    expect(broken.map(({ id }) => id)).toContain('upgrade/INV-09/Compute.ComputeRequests+Compute.MinerComputeRequests');
    expect(broken.every(({ id, severity }) => id.startsWith('upgrade/INV-') && severity !== undefined)).toBe(true);
  });
});

describe('a state that is not as it should be', () => {
  const owner = Object.keys(state.storage).find((key) => key.startsWith(Compute.ComputeRequests.prefix)) ?? '0x';
  const twice = ['10.1.0.1', '10.1.0.2'].map((text) => toHex(Buffer.from(text)));
  const shared = { [rawKey(PalletIp.AvailableClientIps, null)]: encode(PalletIp.AvailableClientIps.value, twice) };

  it('is no upgrade’s doing: what was broken before is told as such', () => {
    const upgraded = upgrade(labSide(), withKeys(shared));
    expect(told(upgraded)).toEqual([]);
    expect(upgraded.invariants?.before.map(({ id }) => id)).toEqual(['INV-01']);
    expect(stateSummary(upgraded, state, 9_000)).toContain('INV-01 broken before');
  });

  it('hides nothing: what an upgrade breaks besides is told', () => {
    const value = Compute.ComputeRequests.value;
    const failed = decode(value, state.storage[owner] ?? '0x00').map((each) => ({ ...each, is_assigned: true }));
    const upgraded = upgrade(dropped, withKeys({ ...shared, [owner]: encode(value, failed) }));
    expect(upgraded.invariants?.before.map(({ id }) => id).toSorted()).toEqual(['INV-01', 'INV-09']);
    expect(told(upgraded).some((id) => id.startsWith('upgrade/INV-09/'))).toBe(true);
    expect(told(upgraded).some((id) => id.startsWith('upgrade/INV-01/'))).toBe(false);
  });

  it('did not decode before either: that is told, and not held against the new one', () => {
    const upgraded = upgrade(labSide(), withKeys({ [owner]: '0x0461' }));
    expect(told(upgraded)).toEqual([]);
    expect(upgraded.uncompared.undecodable).toEqual([owner]);
    const reasons = uncoveredOf(upgraded).map(({ reason }) => reason);
    expect(reasons).toContain('it is no value of the old runtime either');
    expect(reasons).toContain('no invariant was asked about it: the old runtime has it otherwise than specified');
  });

  it('is of another chain where nothing of it decodes', () => {
    const storage = Object.fromEntries(Object.keys(state.storage).map((key) => [key, '0x0461']));
    // Names of IPs decode from anything that looks like a list.
    const requests = Object.fromEntries(
      Object.entries(storage).filter(([key]) => key.startsWith(Compute.ComputeRequests.prefix)),
    );
    expect(() => upgrade(labSide(), { ...state, storage: requests })).toThrow(InputError);
    expect(() => upgrade(labSide(), { ...state, storage: requests })).toThrow(
      /the state built-in: none of its \d+ values is one of --old's/,
    );
  });

  it('has keys that no item is for: they are counted, and no storage version is one', () => {
    const prefix = palletPrefix('Compute');
    const unknown = prefix + 'ab'.repeat(16);
    const version = prefix + '4e7b9012096b41c4eb3aaf947f6ea429';
    const upgraded = upgrade(labSide(), withKeys({ [unknown]: '0x00', [version]: '0x0000' }));
    expect(upgraded.uncompared.unknown).toEqual([unknown]);
    expect(told(upgraded)).toEqual([]);
    expect(stateSummary(upgraded, state, 9_000)).toContain('1 of items that not both have');
  });

  it('says by its storage version that its migration has run', () => {
    const version = palletPrefix('Compute') + '4e7b9012096b41c4eb3aaf947f6ea429';
    const upgraded = upgrade(migrated, withKeys({ [version]: '0x0100' }));
    expect(told(upgraded)).toEqual(['upgrade/Compute.ComputeRequests/undecodable']);
  });
});

describe('the clock', () => {
  it("goes on at a whole chain's own time, and block", () => {
    const now = 1_700_000_000_123n;
    const others = { [hexOfKey(TIME)]: toHex(uintBytes(now, 8)), [hexOfKey(valueKey('System', 'Number'))]: '0x0500' };
    const target = new RuntimeTarget(lab);
    target.beginAfter(1_000n, Object.entries({ ...others, ...state.storage }));
    target.openNext();
    const stored = Buffer.from(target.read(hexOfKey(TIME))?.slice(2) ?? '', 'hex');
    expect(stored.readBigUInt64LE()).toBeGreaterThan(now);
    expect(stored.readBigUInt64LE()).toBeLessThan(now + 2n * 6_000n);
    expect(target.read(hexOfKey(valueKey('System', 'Number')))).toBe(toHex(uintBytes(1_001n, 8)));
    const upgraded = upgrade(dropped, { ...state, others, block: 1_000n });
    expect(told(upgraded)).toContain('upgrade/Compute.MinerComputeRequests/lost');
  });

  it('lets what is due in the first blocks be released by both', () => {
    const block = (state.block ?? 0n) + CAST_RELEASE_PERIOD;
    const upgraded = upgrade(labSide(), { ...state, block });
    expect(told(upgraded)).toEqual([]);
    expect(told(upgrade(labSide({ mutant: 1 }), { ...state, block }))).toEqual([]);
  });
});

describe('what can not build its blocks', () => {
  it.each<[string, string]>([
    ['panics', 'unreachable'],
    ['never ends', '(loop (br 0)) (i64.const 0)'],
  ])('is told of the new runtime where it %s', async (_, body) => {
    const target = await targetOf({ bodies: { Core_initialize_block: body } }, { limit: 100 });
    const next: Side = { ...labSide(), runtime: target.runtime, makeTarget: () => target };
    const upgraded = upgrade(next);
    expect(told(upgraded)).toEqual(['upgrade/block']);
    expect(upgraded.values).toBe(0);
  });

  it('is an error of what was given where it is the old one', async () => {
    const target = await targetOf({ bodies: { Core_initialize_block: 'unreachable' } });
    const old: Side = { ...labSide(), runtime: target.runtime, makeTarget: () => target };
    expect(() => upgrade(labSide(), state, old)).toThrow(InputError);
    expect(() => upgrade(labSide(), state, old)).toThrow(/^the state built-in: --old can't build a block on it: /);
  });
});

describe('what the first block takes', () => {
  it('is weighed by the new runtime itself, and fails above the limit only', () => {
    const { cost } = upgrade(migrated);
    const plain = upgrade(labSide()).cost;
    expect(cost?.writes).toBeGreaterThan(plain?.writes ?? 0);
    expect(cost?.time).toBe(BigInt(cost?.reads ?? 0) * 25_000_000n + BigInt(cost?.writes ?? 0) * 100_000_000n);
    expect(cost?.most).toBe(2_000_000_000_000n);
    expect(told(upgrade(migrated), 1)).toEqual([]);
    expect(told(upgrade(migrated), 0)).toEqual(['cost/migration']);
  });

  it('is told in the summary, with what is not known of the state', () => {
    const summary = stateSummary(upgrade(migrated), { block: null, specVersion: 8_999 }, 9_000);
    expect(summary).toMatch(/^\d+ values compared; the first block with the new code: \d+ reads and \d+ writes, /);
    expect(summary).toContain('no block is named');
    expect(summary).toContain('spec_version 8999 then, and not the 9000 of the old runtime');
  });
});
