/** Types of two runtimes: what stands in many places is told once, what contains itself ends, and what is told is what bytes do. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareInterfaces, type InterfaceSide } from '../../src/gate/interface.js';
import { SameTypes } from '../../src/gate/interface/same-types.js';
import { TwoTypes } from '../../src/gate/interface/type-differences.js';
import { reencodes } from '../../src/gate/interface/uses.js';
import { toHex } from '../../src/spec/hex.js';
import { DecodeError } from '../../src/spec/scale.js';
import type { RuntimeMetadata, TypeDefinition, TypeId } from '../../src/targets/metadata.js';
import { decodeOwn } from '../../src/targets/metadata/values.js';
import type { Pallet, Runtime } from '../targets/metadata-builder.js';
import type { RuntimeType } from '../targets/portable-types.js';
import { alone, metadataOf } from '../targets/single-type.js';
import { changedType, value, valueIs, withFieldsOf, without } from '../targets/specified-runtime.js';
import { arbitraryPair, arbitraryType, relatedPair, spelt } from './arbitrary-types.js';
import { HARMLESS, INDEXERS, typed } from './told-changes.js';
import {
  base,
  BYTES,
  enumOf,
  inFields,
  inItem,
  inMember,
  inPallet,
  nextOf,
  sideOf,
  structOf,
  U32,
  U8,
  type Change,
} from './two-runtimes.js';

const ids = (next: Runtime, old = base) =>
  compareInterfaces(sideOf(old), nextOf(next)).map(({ id, effect }) => [id, effect]);

/** Every type of the runtime changed, wherever it stands. */
const everywhere =
  (change: (type: RuntimeType) => RuntimeType): Change =>
  (runtime) => ({
    ...runtime,
    pallets: runtime.pallets.map((pallet) => ({
      ...pallet,
      items: pallet.items.map(value((type) => changedType(type, change))),
      events: pallet.events.map(
        inFields((all) => all.map((field) => ({ ...field, shape: changedType(field.shape, change) }))),
      ),
    })),
  });

describe('a type that many parts hold', () => {
  const late = everywhere((type) =>
    type.kind === 'enum' && type.name === 'DispatchError' ? enumOf(type.name, ['Other', 'BadOrigin', 'Late']) : type,
  );

  it('is told once, as a change of the type', () => {
    const held: Change = inMember(
      'events',
      'Jobs.Started',
      inFields(typed('id', enumOf('DispatchError', ['Other', 'BadOrigin']))),
    );
    const changes = compareInterfaces(sideOf(held(base)), nextOf(late(held(base))));
    expect(changes).toMatchObject([
      {
        id: 'interface/types::DispatchError/events::Late',
        part: 'types::DispatchError',
        effect: INDEXERS,
        old: 'absent',
        new: 'variant 2 `Late`',
        sentence:
          '`types::DispatchError::Late` is variant 2 `Late` in the new runtime, absent in the old (the events `System.ExtrinsicFailed`, `Sudo.Sudid`, `Jobs.Started` and 2 more hold it): indexers made for the old runtime fail on events with it.',
      },
    ]);
  });

  it('is told of each, where they are few', () => {
    const few = inPallet('Jobs', (of) => ({ ...of, events: without('Failed')(of.events) }))(base);
    expect(ids(late(few), few)).toEqual(
      ['System.ExtrinsicFailed', 'Sudo.Sudid', 'Jobs.Stopped'].map((event) => [
        `interface/${event}/event.error::Late`,
        INDEXERS,
      ]),
    );
  });

  it('is told once of a part that holds it twice', () => {
    const twice = inItem(
      'Jobs.Next',
      valueIs(structOf('Two', { one: structOf('In', { a: U8, b: U8 }), other: structOf('In', { a: U8, b: U8 }) })),
    );
    const changed = inItem('Jobs.Next', value(withFieldsOf('In', typed('b', U32))));
    expect(ids(changed(twice(base)), twice(base))).toEqual([['interface/Jobs.Next/value.one.b', INDEXERS]]);
  });
});

describe('the enums of all pallets', () => {
  it('say nothing of their own: a new event is told of its pallet, not of `System.Events`', () => {
    const next = inPallet('Jobs', (of) => ({
      ...of,
      events: [...of.events, { name: 'Paused', index: 9, fields: [] }],
    }));
    expect(ids(next(base))).toEqual([['interface/Jobs.Paused/event/added', HARMLESS]]);
  });

  const holds = (jobs: number, reasons: readonly string[], others: Readonly<Record<string, number>> = {}): Change =>
    inItem(
      'Jobs.Next',
      valueIs({
        kind: 'enum',
        name: 'RuntimeHoldReason',
        variants: [
          { name: 'Jobs', index: jobs, shape: enumOf('HoldReason', reasons) },
          ...Object.entries(others).map(([name, index]) => ({ name, index, shape: null })),
        ],
      }),
    );
  const old = holds(10, ['Deposit'])(base);

  it('whose variants are pallets without their parts follow what becomes of pallets', () => {
    const moved = inPallet('Jobs', (of) => ({ ...of, index: 11 }))(holds(11, ['Deposit'])(base));
    expect(
      compareInterfaces(sideOf(old), nextOf(moved, { version: { transaction_version: 2 } })).map(({ id }) => id),
    ).toEqual(['interface/Jobs/index']);
  });

  it('and tell what no pallet tells', () => {
    expect(ids(holds(10, ['Deposit', 'Fee'])(base), old)).toEqual([
      ['interface/Jobs.Next/value::Jobs.0::Fee', INDEXERS],
    ]);
    expect(ids(holds(10, ['Deposit'], { Sudo: 3 })(base), old)).toEqual([
      ['interface/Jobs.Next/value::Sudo', INDEXERS],
    ]);
  });
});

describe('a type without end', () => {
  const chain = (of: RuntimeType): RuntimeType => ({ kind: 'chain', name: 'Chain', of });
  const itemOf = (type: RuntimeType) => inItem('Jobs.Next', valueIs(type))(base);

  it('is the same as itself, and says once what is not', () => {
    expect(ids(itemOf(chain(U8)), itemOf(chain(U8)))).toEqual([]);
    expect(ids(itemOf(chain(U32)), itemOf(chain(U8)))).toEqual([['interface/Jobs.Next/value.value', INDEXERS]]);
    expect(ids(itemOf({ kind: 'tree' }), itemOf(chain(U8)))).toEqual([['interface/Jobs.Next/value', INDEXERS]]);
    expect(ids(itemOf({ kind: 'itself' }), itemOf({ kind: 'itself' }))).toEqual([]);
  });

  it('is the same wherever one begins: what is assumed on the way is not remembered', () => {
    // 0: struct { u8, list of 0 }, 1: list of 0, 2: the number.
    const of = (last: 'u8' | 'u16') =>
      metadataOf(
        {
          kind: 'composite',
          fields: [
            { name: 'value', type: 2 },
            { name: 'rest', type: 1 },
          ],
        },
        { kind: 'sequence', of: 0 },
        { kind: 'primitive', of: last },
      );
    const types = new TwoTypes(of('u8'), of('u16'));
    expect(types.types(0, 0).map(({ path }) => path)).toEqual(['.value']);
    expect(types.types(1, 1).map(({ path }) => path)).toEqual(['[].value']);
  });

  it('whose paths are without number ends', () => {
    const DEEP = 60;
    const doubled = (leaf: 'u8' | 'u16') =>
      metadataOf(
        ...Array.from({ length: DEEP }, (_, id): TypeDefinition => ({ kind: 'tuple', of: [id + 1, id + 1] })),
        { kind: 'primitive', of: leaf },
      );
    const found = new TwoTypes(doubled('u8'), doubled('u16')).types(0, 0);
    expect(found[0]).toMatchObject({ path: '.0'.repeat(DEEP), old: 'u8', next: 'u16' });
    expect(found.length).toBeLessThan(5_000);
  });

  it('of bits in another order is another, though orders are types without a value', () => {
    const bits = (name: string): RuntimeMetadata => {
      const metadata = metadataOf({ kind: 'bits', store: 1, order: 2 }, { kind: 'primitive', of: 'u8' });
      const order = { id: 2, path: ['bitvec', 'order', name], definition: { kind: 'composite', fields: [] } } as const;
      return { ...metadata, types: new Map([...metadata.types, [2, order]]) };
    };
    expect(new TwoTypes(bits('Lsb0'), bits('Lsb0')).types(0, 0)).toEqual([]);
    expect(new TwoTypes(bits('Lsb0'), bits('Msb0')).types(0, 0)).toMatchObject([{ kind: 'encoded' }]);
  });
});

const decodes = ([metadata, id]: readonly [RuntimeMetadata, TypeId], bytes: Uint8Array): boolean => {
  try {
    decodeOwn(metadata, id, toHex(bytes));
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
};

const longer = (all: readonly (readonly number[])[]) =>
  all.flatMap((bytes) => [0, 1, 2, 4, 8].map((byte) => [...bytes, byte]));
const shortBytes = [[[]], longer([[]]), longer(longer([[]])), longer(longer(longer([[]])))]
  .flat()
  .map((bytes) => Uint8Array.from(bytes));

describe('for any two types', () => {
  it('a difference is told exactly where their layouts differ', () => {
    let same = 0;
    fc.assert(
      fc.property(arbitraryPair, ([one, other]) => {
        const [[old, oldId], [next, nextId]] = [alone(one), alone(other)];
        const found = new TwoTypes(old, next).types(oldId, nextId);
        const isSame = JSON.stringify(spelt(one)) === JSON.stringify(spelt(other));
        if (isSame) same += 1;
        expect(found.length === 0).toBe(isSame);
        expect(new SameTypes(old, next).has(oldId, nextId)).toBe(isSame);
        expect(new Set(found.map(({ path, aspect }) => `${path}/${aspect}`)).size).toBe(found.length);
      }),
      { numRuns: 500 },
    );
    expect(same).toBeGreaterThan(100);
  });

  it('what was a value still is, where all differences leave old bytes as they are', () => {
    let values = 0;
    fc.assert(
      fc.property(relatedPair, ([one, other]) => {
        const [old, next] = [alone(one), alone(other)];
        const found = new TwoTypes(old[0], next[0]).types(old[1], next[1]);
        if (found.length === 0 || found.some(reencodes)) return;
        for (const bytes of shortBytes.filter((each) => decodes(old, each))) {
          values += 1;
          expect(decodes(next, bytes)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
    expect(values).toBeGreaterThan(100);
  });
});

const NAMES = ['Alpha', 'Beta', 'Gamma'] as const;
const indices = fc.uniqueArray(fc.nat(4), { minLength: 3, maxLength: 3 });

const membersOf = (min = 0) =>
  fc
    .tuple(
      fc.subarray([...NAMES], { minLength: min }),
      indices,
      fc.array(arbitraryType, { minLength: 3, maxLength: 3 }),
    )
    .map(([names, at, types]) =>
      names.map((name, position) => ({
        name,
        index: at[position] ?? 0,
        fields: types.slice(0, position + 1).map((shape, field) => ({ name: ['a', 'b', 'c'][field] ?? '', shape })),
      })),
    );

const arbitraryPallet = (name: string, index: number): fc.Arbitrary<Pallet> =>
  fc.record({
    name: fc.constant(name),
    index: fc.constant(index),
    prefix: fc.constantFrom('P', name),
    items: fc.array(arbitraryType, { maxLength: 3 }).map((types) =>
      types.map((type, at) => ({
        name: NAMES[at] ?? '',
        modifier: 'optional' as const,
        keys: at === 0 ? [] : [{ hasher: 'Identity' as const, type }],
        value: type,
        fallback: '0x00' as const,
      })),
    ),
    calls: membersOf(),
    events: membersOf(),
    errors: membersOf(),
    constants: fc
      .array(fc.constantFrom<RuntimeType>(U8, BYTES), { maxLength: 2 })
      .map((types) => types.map((type, at) => ({ name: NAMES[at] ?? '', type, value: '0x00' as const }))),
  });

const arbitraryRuntime: fc.Arbitrary<Runtime> = fc
  .tuple(
    fc.subarray(['Alpha', 'Beta', 'Gamma', 'Delta'], { minLength: 1 }),
    fc.uniqueArray(fc.nat(4), { minLength: 4, maxLength: 4 }),
  )
  .chain(([names, at]) => fc.tuple(...names.map((name, position) => arbitraryPallet(name, at[position] ?? 0))))
  .map((pallets) => ({ ...base, pallets }));

describe('for any two runtimes', () => {
  it('nothing changes from one to itself', () => {
    fc.assert(
      fc.property(arbitraryRuntime, (runtime) => {
        expect(compareInterfaces(sideOf(runtime), nextOf(runtime))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  /** Items that both have, of another type. */
  const changedValues = ({ metadata: old }: InterfaceSide, { metadata: next }: InterfaceSide): string[] => {
    const types = new SameTypes(old, next);
    const valuesOf = ({ pallets }: RuntimeMetadata) =>
      pallets.flatMap(({ name, storage }) =>
        (storage?.items ?? []).map((item) => [`${name}.${item.name}`, item.value] as const),
      );
    const there = new Map(valuesOf(next));
    return valuesOf(old).flatMap(([item, type]) => {
      const other = there.get(item);
      return other === undefined || types.has(type, other) ? [] : [item];
    });
  };

  it('no two changes share an id, and every item of another layout is among them', () => {
    let differing = 0;
    fc.assert(
      fc.property(arbitraryRuntime, arbitraryRuntime, (one, other) => {
        const [old, next] = [sideOf(one), nextOf(other)];
        const changes = compareInterfaces(old, next);
        expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
        const parts = new Set(changes.map(({ part }) => part));
        const isFolded = [...parts].some((part) => part.startsWith('types::'));
        const others = changedValues(old, next);
        differing += others.length;
        expect(others.filter((item) => !isFolded && !parts.has(item))).toEqual([]);
      }),
      { numRuns: 100 },
    );
    expect(differing).toBeGreaterThan(20);
  });

  it('two calls of one name are told once', () => {
    const twice = inPallet('Jobs', (of) => ({ ...of, calls: [...of.calls, ...of.calls] }))(base);
    const changes = compareInterfaces(sideOf(twice), nextOf(inPallet('Jobs', (of) => ({ ...of, calls: [] }))(base)));
    expect(changes.map(({ id }) => id).filter((id) => id.includes('Jobs.'))).toEqual([
      'interface/Jobs.start/removed',
      'interface/Jobs.stop/removed',
    ]);
  });
});
