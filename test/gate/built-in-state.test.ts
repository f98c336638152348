/** The gate's own state: something of everything that calls lead to, readable, and whole. */
import { describe, expect, it } from 'vitest';
import { builtInState } from '../../src/gate/built-in-state.js';
import { TwoMeanings } from '../../src/gate/values.js';
import { brokenIn } from '../../src/properties/broken-state.js';
import { readStateFile } from '../../src/properties/state-file.js';
import { hexOfText } from '../../src/spec/hex.js';
import { invariants } from '../../src/spec/invariants.js';
import { allItems, decodeValue, ITEM_DIGITS, locate, rawKey, storage } from '../../src/spec/storage.js';
import type {
  ActionRequest,
  ComputeRequest,
  ComputeRequestStatus,
  MinerComputeRequest,
} from '../../src/spec/types/compute.js';
import { loadRuntime } from '../../src/targets/runtime/runtime.js';
import { lab } from '../lab.js';
import { NOTED } from '../variants.js';

const state = builtInState(lab);

const valuesOf = (name: string): readonly unknown[] =>
  Object.entries(state.storage).flatMap(([key, value]) => {
    const item = locate(key)?.item;
    return item?.name === name ? [decodeValue(item, key, value)] : [];
  });
const entriesOf = (name: string): readonly unknown[] =>
  valuesOf(name).flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []));
const requests = entriesOf('ComputeRequests') as readonly ComputeRequest[];
const queued = entriesOf('MinerComputeRequests') as readonly MinerComputeRequest[];

describe('the built-in state', () => {
  it('has requests in every status that calls lead to', () => {
    const found = new Set(requests.map(({ status }) => status));
    // No call sets it: BEHAVIOUR.md section 5.
    const unreachable: readonly ComputeRequestStatus[] = ['Cancelled'];
    const all: readonly ComputeRequestStatus[] = [
      'Pending',
      'Stopped',
      'InProgress',
      'Running',
      'Failed',
      ...unreachable,
    ];
    expect([...found].toSorted()).toEqual(all.filter((status) => !unreachable.includes(status)).toSorted());
  });

  it.each([
    'MinerComputeRequests',
    'MinerComputeDeletionRequests',
    'MinerComputeStopRequests',
    'MinerComputeBootRequests',
    'MinerComputeRebootRequests',
    'MinerComputeResizeRequests',
  ])('has entries of two miners in %s, done and not done', (name) => {
    expect(valuesOf(name).length).toBeGreaterThanOrEqual(2);
    const done = new Set((entriesOf(name) as readonly ActionRequest[]).map(({ fullfilled }) => fullfilled));
    // A deletion that is done is no entry any more.
    expect([...done].toSorted()).toEqual(name === 'MinerComputeDeletionRequests' ? [false] : [false, true]);
  });

  it('has something in every item but those that no call fills', () => {
    const has = new Set(Object.keys(state.storage).map((key) => key.slice(0, ITEM_DIGITS)));
    const lacks = allItems.filter(({ prefix }) => !has.has(prefix)).map(({ pallet, name }) => `${pallet}.${name}`);
    expect(lacks).toEqual(['PalletIp.AssignedClientIps', 'ExecutionUnit.RequestsCount']);
    for (const name of Object.keys(storage.PalletIp).filter(
      (each) => each.endsWith('Ips') && each !== 'AssignedClientIps',
    ))
      expect(entriesOf(name).length, name).toBeGreaterThanOrEqual(2);
    expect(entriesOf('IpReleaseRequests').length).toBeGreaterThanOrEqual(2);
    expect(state.storage[rawKey(storage.Registration.NodeRegistration, hexOfText('12D3KooWNone'))]).toBe('0x00');
  });

  it('has options of a miner entry once with and once without a value', () => {
    // An entry with a `fail_reason` breaks INV-09.
    for (const field of ['job_id', 'hypervisor_ip', 'vnc_port', 'ip_assigned'] as const)
      expect(new Set(queued.map((entry) => entry[field] === null)), field).toEqual(new Set([true, false]));
  });

  it('breaks no invariant', () => {
    expect(brokenIn(state.storage, state.block ?? 0n, invariants)).toEqual([]);
  });

  it('is the same each time, and as docs/examples has it (scripts/example-state.mjs)', async () => {
    expect(builtInState(lab)).toEqual(state);
    const { storage: kept, block } = await readStateFile('docs/examples/state.json');
    expect({ storage: kept, block }).toEqual({ storage: state.storage, block: state.block });
  });

  it.each([
    ['the lab runtime', 'runtime/lab.wasm'],
    ['one with another layout', NOTED],
  ])('is in the layout of %s, value for value', async (_, file) => {
    const runtime = await loadRuntime(file);
    const meanings = new TwoMeanings(runtime, runtime);
    const all = Object.entries(builtInState(runtime).storage);
    expect(all.length).toBe(Object.keys(state.storage).length);
    expect(all.filter(([key]) => meanings.old.itemOf(key) === undefined)).toEqual([]);
    expect(all.filter(([key, value]) => meanings.undecodable('old', key, value) !== undefined)).toEqual([]);
  });
});
