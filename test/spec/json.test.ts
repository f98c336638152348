/** The JSON form of recordings: what is written is read back, what is not of the form is refused by its path. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argsType } from '../../src/spec/calls.js';
import { FormError, fromJson, isJsonOf, toJson } from '../../src/spec/json.js';
import * as shapes from '../../src/spec/shape.js';
import type { Type } from '../../src/spec/shape.js';
import { ComputeRequest, ComputeRequestStatus } from '../../src/spec/types/compute.js';
import { NodeMetricsData } from '../../src/spec/types/execution-unit.js';
import { IpReleaseRequest, RoleType } from '../../src/spec/types/pallet-ip.js';
import { valueOf } from '../shape-arbitrary.js';
import { specifiedTypes } from './specified-types.js';

const RUNS = { numRuns: 50 };

const isRefusedOrRead = (type: Type<unknown>, json: unknown): boolean => {
  try {
    const value = fromJson(type, json);
    return isDeepStrictEqual(fromJson(type, toJson(value)), value);
  } catch (error) {
    return error instanceof FormError;
  }
};

/** What a file holds of a value. */
const throughText = (value: unknown): unknown => JSON.parse(JSON.stringify(toJson(value)));

describe.each(specifiedTypes)('%s', (_, type) => {
  const values = valueOf(type);

  it('comes back from its JSON form, through text too', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(fromJson(type, toJson(value))).toEqual(value);
        expect(fromJson(type, throughText(value))).toEqual(value);
      }),
      RUNS,
    );
  });

  it('is told from another value exactly where their JSON forms differ', () => {
    const pairs = fc.tuple(values, values).chain(([value, other]) => fc.tuple(fc.constant(value), mixed(value, other)));
    fc.assert(
      fc.property(pairs, ([value, other]) => {
        const json = throughText(other);
        expect(isJsonOf(value, json)).toBe(isDeepStrictEqual(throughText(value), json));
        expect(isJsonOf(value, throughText(value))).toBe(true);
      }),
      RUNS,
    );
  });
});

/** `value` itself, another, or `value` with some of the other's fields: so that they differ in one place only. */
const mixed = (value: unknown, other: unknown): fc.Arbitrary<unknown> => {
  if (!isFields(value) || !isFields(other)) return fc.constantFrom(value, other);
  const all = Object.keys(other);
  const names = fc.subarray(all, { maxLength: Math.min(2, all.length) });
  return names.map((taken) => Object.assign({}, value, Object.fromEntries(taken.map((name) => [name, other[name]]))));
};

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

describe('isJsonOf', () => {
  it('does not mind the order of fields, and does mind that of a list', () => {
    expect(isJsonOf({ ip: '0x01', id: 7n }, { id: '7', ip: '0x01' })).toBe(true);
    expect(isJsonOf([1, 2], [2, 1])).toBe(false);
  });

  it.each([
    ['a number where 64 bits need a string', 7n, 7],
    ['a decimal string that is not the shortest', 7n, '07'],
    ['a string where 32 bits need a number', 7, '7'],
    ['a field too many', { ip: '0x' }, { ip: '0x', vm: '0x' }],
    ['a field missing', { ip: '0x', vm: '0x' }, { ip: '0x' }],
    ['another field', { ip: '0x' }, { vm: '0x' }],
    ['an object for a list', ['0x'], { 0: '0x' }],
    ['a list for an object', { 0: '0x' }, ['0x']],
    ['null for an object', {}, null],
    ['an object for null', null, {}],
    ['text for a list', [], ''],
  ])('refuses %s', (_, value, json) => {
    expect(isJsonOf(value, json)).toBe(false);
  });

  it('takes no other JSON for a value, whatever comes', () => {
    const json = fc.jsonValue({ maxDepth: 2 });
    const value = valueOf(IpReleaseRequest);
    fc.assert(
      fc.property(value, json, (left, right) => {
        expect(isJsonOf(left, right)).toBe(false);
      }),
    );
  });
});

describe('fromJson refuses', () => {
  const account = '0x' + '01'.repeat(32);
  const release = { vm_name: '0x', ip: '0x', created_at: '5', role_type: { Vm: '0x' } };
  const cases: readonly (readonly [string, Type<unknown>, unknown, string, string])[] = [
    ['a u8 of 256', shapes.u8, 256, '', 'a u8 as a number'],
    ['a u32 below zero', shapes.u32, -1, '', 'a u32 as a number'],
    ['a fraction', shapes.u32, 0.5, '', 'a u32 as a number'],
    ['a u32 as text', shapes.u32, '1', '', 'a u32 as a number'],
    ['a u64 as a number', shapes.u64, 1, '', 'a u64 as a decimal string'],
    ['a u64 beyond its width', shapes.u64, (1n << 64n).toString(), '', 'a u64 as a decimal string'],
    ['a u128 beyond its width', shapes.u128, (1n << 128n).toString(), '', 'a u128 as a decimal string'],
    ['a u128 in hex', shapes.u128, '0x1', '', 'a u128 as a decimal string'],
    ['a u128 with a leading zero', shapes.u128, '01', '', 'a u128 as a decimal string'],
    ['a bool as a number', shapes.bool, 1, '', 'bool in its JSON form'],
    ['bytes in capitals', shapes.bytes, '0xAB', '', 'Vec<u8> in its JSON form'],
    ['half a byte', shapes.bytes, '0x0', '', 'Vec<u8> in its JSON form'],
    ['bytes without 0x', shapes.bytes, 'ab', '', 'Vec<u8> in its JSON form'],
    ['31 bytes of 32', shapes.h256, account.slice(0, -2), '', '[u8; 32] in its JSON form'],
    ['33 bytes of 32', shapes.h256, account + '00', '', '[u8; 32] in its JSON form'],
    ['a number as text', shapes.text, 1, '', 'String in its JSON form'],
    ['a missing option', shapes.option(shapes.u8), undefined, '', 'a u8 as a number'],
    ['a list that is an object', shapes.list(shapes.u8), {}, '', 'Vec<u8> in its JSON form'],
    ['an entry', shapes.list(shapes.u8), [0, 1, 'x'], '[2]', 'a u8 as a number'],
    ['a structure that is a list', IpReleaseRequest, [], '', 'IpReleaseRequest in its JSON form'],
    ['a missing field', IpReleaseRequest, { ...release, ip: undefined }, 'ip', 'Vec<u8> in its JSON form'],
    ['a field', IpReleaseRequest, { ...release, created_at: 5 }, 'created_at', 'a u64 as a decimal string'],
    ['a variant', ComputeRequestStatus, 'Runing', '', 'one of Pending, Stopped, InProgress'],
    ['a variant with a value it has not', ComputeRequestStatus, { Running: null }, '', 'one of Pending'],
    ['a variant without its value', RoleType, 'Vm', '', 'one of Hypervisor, Client, Vm, StorageMiner'],
    ['two variants at once', RoleType, { Vm: '0x', Client: account }, '', 'one of Hypervisor'],
    ['no variant', RoleType, {}, '', 'one of Hypervisor'],
    ['a name that every object has', RoleType, { constructor: '0x' }, '', 'one of Hypervisor'],
    ["a variant's value", IpReleaseRequest, { ...release, role_type: { Vm: 1 } }, 'role_type.Vm', 'Vec<u8>'],
  ];

  it.each(cases)('%s', (_, type, json, path, expected) => {
    const read = () => fromJson(type, json);
    expect(read).toThrow(FormError);
    expect(read).toThrow(expect.objectContaining({ path }));
    expect(read).toThrow(`${path === '' ? 'the value' : path}: expected ${expected}`);
  });

  it('a place deep inside, by its whole path, and says what came', () => {
    const type = argsType('ExecutionUnit.put_node_specs');
    fc.assert(
      fc.property(valueOf(NodeMetricsData), (record) => {
        const disk_info = [{ name: '0x', serial: '0x', model: '0x', size: '0x', is_rotational: 'no', disk_type: '0x' }];
        expect(() => fromJson(NodeMetricsData, { ...(toJson(record) as object), disk_info })).toThrow(
          'disk_info[0].is_rotational: expected bool in its JSON form, came "no"',
        );
      }),
      RUNS,
    );
    expect(() => fromJson(type, { node_id: '0x', system_info: { memory_mb: '1', free_memory_mb: null } })).toThrow(
      'system_info.free_memory_mb: expected a u64 as a decimal string, came null',
    );
  });
});

describe('fromJson', () => {
  it('ignores fields that a structure does not have', () => {
    fc.assert(
      fc.property(valueOf(ComputeRequest), (request) => {
        const json = { ...(toJson(request) as object), later: 1 };
        expect(fromJson(ComputeRequest, json)).toEqual(request);
      }),
      RUNS,
    );
  });

  it('reads any JSON or refuses it, and what it reads is of the type', () => {
    fc.assert(
      fc.property(fc.constantFrom(...specifiedTypes), fc.jsonValue(), ([, type], json) => {
        expect(isRefusedOrRead(type, json)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
