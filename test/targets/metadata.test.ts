/** Metadata of every version is read whole, and bytes that are none are refused in one sentence. */
import { metadata as codec, type CodecType, type v14 } from '@polkadot-api/substrate-bindings';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/spec/scale.js';
import { storage, type AnyStorageItem } from '../../src/spec/storage.js';
import {
  MetadataError,
  parseMetadata,
  typeIsEmpty,
  zeroOf,
  type PalletMetadata,
  type RuntimeMetadata,
  type TypeDefinition,
} from '../../src/targets/metadata.js';
import { encodeMetadata, type Runtime } from './metadata-builder.js';
import type { RuntimeType } from './portable-types.js';
import { specifiedRuntime } from './specified-runtime.js';

const VERSIONS = [14, 15, 16] as const;

const palletOf = ({ pallets }: RuntimeMetadata, name: string): PalletMetadata => {
  const pallet = pallets.find((each) => each.name === name);
  if (pallet === undefined) throw new Error(`the metadata has no ${name}`);
  return pallet;
};

/** What the library reads, in this parser's words. */
const readByLibrary = (bytes: Uint8Array): unknown => {
  const { tag, value } = codec.dec(bytes.slice()).metadata;
  if (tag !== 'v14' && tag !== 'v15' && tag !== 'v16') throw new Error(`expected metadata, came ${tag}`);
  return {
    types: value.lookup.map(({ id, path, def }) => [id, path, def.tag]),
    pallets: value.pallets.map(({ name, index, storage: stored, constants }) => ({
      name,
      index,
      prefix: stored?.prefix,
      items: stored?.items.map((item) => [
        item.name,
        item.modifier,
        item.type.tag === 'plain' ? item.type.value : item.type.value.value,
        item.type.tag === 'plain' ? 0 : item.type.value.hashers.length,
        item.fallback,
      ]),
      constants: constants.map((each) => [each.name, each.type, each.value]),
    })),
    apis: value.apis.map(({ name, methods }) => [name, methods.map((method) => [method.name, method.output])]),
    extensions: value.extrinsic.signedExtensions.map((each) => [each.identifier, each.type, each.additionalSigned]),
  };
};

const KIND_TAGS: Readonly<Record<string, string>> = { bits: 'bitSequence' };

const readHere = (bytes: Uint8Array): unknown => {
  const { types, pallets, apis, extrinsic } = parseMetadata(bytes);
  return {
    types: [...types.values()].map(({ id, path, definition: { kind } }) => [id, path, KIND_TAGS[kind] ?? kind]),
    pallets: pallets.map(({ name, index, storage: stored, constants }) => ({
      name,
      index,
      prefix: stored?.prefix,
      items: stored?.items.map((item) => [
        item.name,
        item.modifier === 'default' ? 1 : 0,
        item.value,
        item.keys.length,
        item.fallback,
      ]),
      constants: constants.map((each) => [each.name, each.type, each.value]),
    })),
    apis: (apis ?? []).map(({ name, methods }) => [name, methods.map((method) => [method.name, method.output])]),
    extensions: extrinsic.extensions.map((each) => [each.identifier, each.extra, each.additionalSigned]),
  };
};

const anyType = fc.letrec<{ type: RuntimeType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<RuntimeType>(
      { kind: 'uint', bits: 128 },
      { kind: 'bytes' },
      { kind: 'fixed', length: 32 },
      { kind: 'i32' },
      { kind: 'bits' },
      { kind: 'tree' },
    ),
    fc.record({ kind: fc.constantFrom('option', 'list', 'compact', 'newtype'), of: tie('type') }),
    fc.record({ kind: fc.constant('tuple'), of: fc.array(tie('type'), { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('struct'),
      name: fc.string({ unit: 'binary', maxLength: 80 }),
      fields: fc.array(fc.record({ name: fc.option(fc.string()), shape: tie('type') }), { maxLength: 3 }),
    }),
  ),
})).type;

const anyRuntime = fc
  .record({ types: fc.array(anyType, { maxLength: 6 }), pallets: fc.nat(70) })
  .map(({ types, pallets }): Runtime => ({
    extensions: types.map((extra, at) => ({ identifier: `Check${at}`, extra, additionalSigned: extra })),
    pallets: Array.from({ length: pallets }, (_, index) => ({
      name: `Pallet${index}`,
      index,
      items: types.slice(index).map((value, at) => ({
        name: `Item${at}`,
        modifier: at % 2 === 0 ? 'optional' : 'default',
        keys: types.slice(0, at).map((type) => ({ hasher: 'Twox64Concat', type })),
        value,
        fallback: `0x${'ab'.repeat(at)}`,
      })),
      calls: [],
      events: [],
      errors: [],
    })),
  }));

describe.each(VERSIONS)('metadata %i', (version) => {
  const metadata = parseMetadata(encodeMetadata(specifiedRuntime, version));
  const compute = palletOf(metadata, 'Compute');

  it('has its pallets in order, with index and storage prefix', () => {
    expect(metadata.version).toBe(version);
    expect(metadata.pallets.map(({ name, index }) => [name, index])).toEqual(
      specifiedRuntime.pallets.map(({ name, index }) => [name, index]),
    );
    expect(compute.storage?.prefix).toBe('Compute');
    expect(palletOf(metadata, 'System').storage).toBeNull();
  });

  it('tells key, hasher, value, modifier and default of a storage item', () => {
    const [next, requests] = compute.storage?.items ?? [];
    expect(next).toMatchObject({
      name: 'NextRequestId',
      modifier: 'default',
      keys: [],
      fallback: `0x${'00'.repeat(16)}`,
    });
    expect(metadata.types.get(next?.value ?? -1)?.definition).toEqual({ kind: 'primitive', of: 'u128' });
    expect(requests).toMatchObject({
      name: 'ComputeRequests',
      keys: [{ hasher: 'Blake2_128Concat' }],
      fallback: '0x00',
    });
    expect(palletOf(metadata, 'PalletIp').storage?.items.find(({ name }) => name === 'IpToRole')?.modifier).toBe(
      'optional',
    );
  });

  it('gives each of several keys its hasher, and a single key that is a tuple one', () => {
    const keys = [
      { hasher: 'Twox64Concat', type: { kind: 'bytes' } },
      { hasher: 'Identity', type: { kind: 'bool' } },
    ] as const;
    const pair: RuntimeType = { kind: 'tuple', of: keys.map(({ type }) => type) };
    const item = { modifier: 'default', value: { kind: 'bool' }, fallback: '0x00' } as const;
    const items = [
      { ...item, name: 'Double', keys },
      { ...item, name: 'OfPair', keys: [{ hasher: 'Twox128', type: pair } as const] },
    ];
    const pallet = { name: 'Maps', index: 0, items, calls: [], events: [], errors: [] };
    const read = parseMetadata(encodeMetadata({ pallets: [pallet], extensions: [] }, version));
    const hashers = palletOf(read, 'Maps').storage?.items.map((each) => each.keys.map(({ hasher }) => hasher));
    expect(hashers).toEqual([['Twox64Concat', 'Identity'], ['Twox128']]);
    const kinds = palletOf(read, 'Maps').storage?.items.map((each) =>
      each.keys.map(({ type }) => read.types.get(type)?.definition.kind),
    );
    expect(kinds).toEqual([['sequence', 'primitive'], ['tuple']]);
  });

  it('has calls, events and errors by name and index, with the names of their fields', () => {
    const stop = compute.calls.find(({ name }) => name === 'request_compute_stop');
    expect([stop?.index, stop?.fields.map(({ name }) => name)]).toEqual([9, ['plan_id']]);
    const created = compute.events.find(({ name }) => name === 'ComputeRequestCreated');
    expect([created?.index, created?.fields.map(({ name }) => name)]).toEqual([4, ['plan_id', 'owner']]);
    expect(palletOf(metadata, 'ExecutionUnit').errors.map(({ name, index }) => [name, index])).toEqual([
      ['MetricsNotFound', 0],
      ['TooManyRequests', 5],
    ]);
  });

  it('has constants with the bytes of their values', () => {
    const [period] = compute.constants;
    expect(period).toMatchObject({ name: 'Period', value: '0x2a000000' });
    expect(metadata.types.get(period?.type ?? -1)?.definition).toEqual({ kind: 'primitive', of: 'u32' });
  });

  it('names the extrinsic formats, and the transaction extensions in order', () => {
    expect(metadata.extrinsic.versions).toEqual(version === 16 ? [4, 5] : [4]);
    const { extensions } = metadata.extrinsic;
    expect(extensions.map(({ identifier }) => identifier)).toEqual(['CheckGenesis', 'CheckNonce']);
    expect(extensions.map(({ extra }) => typeIsEmpty(metadata, extra))).toEqual([true, false]);
    expect(extensions.map(({ additionalSigned }) => typeIsEmpty(metadata, additionalSigned))).toEqual([false, true]);
  });

  it('names the runtime APIs where the version has them', () => {
    const names = metadata.apis?.map(({ name, methods }) => [name, methods.map((method) => method.name)]);
    expect(names).toEqual(version === 14 ? undefined : [['Core', ['version']]]);
  });

  it('is read as the library reads it', () => {
    fc.assert(
      fc.property(anyRuntime, (runtime) => {
        const bytes = encodeMetadata(runtime, version);
        expect(readHere(bytes)).toEqual(readByLibrary(bytes));
      }),
      { numRuns: 60 },
    );
  });

  it('has any name that is text, U+FFFD in it', () => {
    const unit = { kind: 'struct', name: '\ufffd', fields: [] } as const;
    const named = { extensions: [{ identifier: 'Check\ufffd', extra: unit, additionalSigned: unit }], pallets: [] };
    const encoded = encodeMetadata(named, version);
    expect(readHere(encoded)).toEqual(readByLibrary(encoded));
  });

  const bytes = encodeMetadata(specifiedRuntime, version);

  it('that is cut anywhere is refused', () => {
    const cuts = Array.from({ length: Math.ceil(bytes.length / 64) }, (_, at) => at * 64);
    for (const cut of [...cuts, bytes.length - 1]) {
      expect(() => parseMetadata(bytes.subarray(0, cut)), `cut at ${cut}`).toThrow(MetadataError);
    }
  });

  it('with a byte too many is refused', () => {
    const longer = Uint8Array.from([...bytes, 0]);
    expect(() => parseMetadata(longer)).toThrow(`byte ${bytes.length}: expected the end, 1 bytes are left over`);
  });

  it('with garbled bytes is read or refused, and fails in no other way', () => {
    const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(flips, (all) => {
        const garbled = bytes.slice();
        for (const [at, byte] of all) garbled[at] = byte;
        const read = parseOrRefusal(garbled);
        if (read instanceof MetadataError) return;
        for (const { extra } of read.extrinsic.extensions) expect(() => typeIsEmpty(read, extra)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});

const parseOrRefusal = (bytes: Uint8Array): RuntimeMetadata | MetadataError => {
  try {
    return parseMetadata(bytes);
  } catch (error) {
    if (error instanceof MetadataError) return error;
    throw error;
  }
};

const MAGIC = [0x6d, 0x65, 0x74, 0x61];

describe('what is refused is refused in one sentence', () => {
  it.each([
    ['nothing', [], 'metadata: expected the magic "meta" (0x6d657461) and a version, came nothing'],
    ['other bytes', [0, 97, 115, 109, 1], 'expected the magic "meta" (0x6d657461) and a version, came 0x0061736d01'],
    ['magic alone', MAGIC, 'expected the magic "meta" (0x6d657461) and a version, came 0x6d657461'],
    ['an older version', [...MAGIC, 13, 0], 'metadata version 13: expected 14, 15 or 16'],
    ['a newer version', [...MAGIC, 17, 0], 'metadata version 17: expected 14, 15 or 16'],
    // 2^30 - 1 types: nothing is made of the number.
    [
      'a length that can not be',
      [...MAGIC, 15, 0xfe, 0xff, 0xff, 0xff],
      'byte 9: expected 1073741823 types, 0 bytes are left',
    ],
    ['a length beyond 2^30', [...MAGIC, 15, 3, 0, 0, 0, 64], 'byte 6: expected the number of types below 2^30'],
    ['a length in a longer form', [...MAGIC, 15, 1, 0], 'byte 7: expected the shortest form of the number of types'],
  ])('%s', (_, bytes, sentence) => {
    expect(() => parseMetadata(Uint8Array.from(bytes))).toThrow(sentence);
    expect(() => parseMetadata(Uint8Array.from(bytes))).toThrow(MetadataError);
  });

  it('a type that is not there', () => {
    // One type: number 0, without path or parameters, a sequence of number 1, without documentation.
    const bytes = Uint8Array.from([...MAGIC, 15, 4, 0, 0, 0, 2, 4, 0]);
    expect(() => parseMetadata(bytes)).toThrow('byte 12: type 0 is made of type 1, which is not there');
  });

  /** The specified runtime's metadata 14 with what the library reads changed. */
  const tampered = (change: (value: CodecType<typeof v14>) => void): Uint8Array => {
    const read = codec.dec(encodeMetadata(specifiedRuntime, 14));
    if (read.metadata.tag !== 'v14') throw new Error(`expected metadata 14, came ${read.metadata.tag}`);
    change(read.metadata.value);
    return codec.enc(read);
  };

  const computeOf = ({ pallets }: CodecType<typeof v14>) => {
    const compute = pallets.find(({ name }) => name === 'Compute');
    if (compute === undefined) throw new Error('expected Compute');
    return compute;
  };

  it.each<[string, (value: CodecType<typeof v14>) => void, RegExp]>([
    [
      'a type that is there twice',
      ({ lookup }) => lookup.push(...lookup.slice(-1)),
      /byte \d+: expected each type once, a type id is there twice$/,
    ],
    [
      "a storage item's type that is none",
      (value) => {
        for (const item of computeOf(value).storage?.items ?? []) item.type = { tag: 'plain', value: 9999 };
      },
      /byte \d+: expected the id of a type, 9999 is none$/,
    ],
    [
      'two hashers for one key',
      (value) => {
        const key = computeOf(value).storage?.items.at(-1)?.type;
        if (key?.tag === 'map') key.value.hashers.push(...key.value.hashers);
      },
      /byte \d+: expected a hasher for each of 1 keys$/,
    ],
    [
      'calls that are no enum',
      (value) => {
        computeOf(value).calls = value.lookup.find(({ def }) => def.tag === 'primitive')?.id;
      },
      /byte \d+: expected calls in an enum, type \d+ is none$/,
    ],
  ])('%s', (_, change, sentence) => {
    expect(() => parseMetadata(tampered(change))).toThrow(sentence);
    expect(() => parseMetadata(tampered(change))).toThrow(MetadataError);
  });

  it('a name that is no UTF-8', () => {
    const bytes = Buffer.from(encodeMetadata(specifiedRuntime));
    bytes.writeUInt8(0xff, bytes.lastIndexOf('SubAccount'));
    expect(() => parseMetadata(bytes)).toThrow(/byte \d+: expected .+ in UTF-8$/);
  });

  it('a view into a larger buffer is read as itself', () => {
    const bytes = encodeMetadata(specifiedRuntime);
    const larger = new Uint8Array(bytes.length + 20).fill(0xff);
    larger.set(bytes, 7);
    expect(parseMetadata(larger.subarray(7, 7 + bytes.length))).toEqual(parseMetadata(bytes));
  });
});

it('metadata 16 has the extensions of version 0, in the order of that version', () => {
  const read = parseMetadata(encodeMetadata({ ...specifiedRuntime, extensionsOfVersion0: [1, 0, 1] }, 16));
  const names = read.extrinsic.extensions.map(({ identifier }) => identifier);
  expect(names).toEqual(['CheckNonce', 'CheckGenesis', 'CheckNonce']);
  expect(() => parseMetadata(encodeMetadata({ ...specifiedRuntime, extensionsOfVersion0: null }, 16))).toThrow(
    'expected transaction extensions of version 0 for extrinsic format 4, there are none',
  );
  expect(() => parseMetadata(encodeMetadata({ ...specifiedRuntime, extensionsOfVersion0: [2] }, 16))).toThrow(
    'expected a transaction extension, 2 is none of 2',
  );
});

/** The metadata of a runtime with an extension of this type, and the type's number. */
const withType = (type: RuntimeType): readonly [RuntimeMetadata, number] => {
  const extensions = [{ identifier: 'Check', extra: type, additionalSigned: type }];
  const metadata = parseMetadata(encodeMetadata({ pallets: [], extensions }));
  return [metadata, metadata.extrinsic.extensions[0]?.extra ?? -1];
};

const U16: RuntimeType = { kind: 'uint', bits: 16 };
const UNIT: RuntimeType = { kind: 'tuple', of: [] };
const named = (shape: RuntimeType, at: number) => ({ name: `field_${at}`, shape });

describe('the zero value of a type', () => {
  it.each<[string, RuntimeType, string]>([
    ['an integer', U16, '0x0000'],
    ['a signed integer', { kind: 'i32' }, '0x00000000'],
    ['a char', { kind: 'char' }, '0x00000000'],
    ['a bool', { kind: 'bool' }, '0x00'],
    ['a String', { kind: 'text' }, '0x00'],
    ['a compact integer', { kind: 'compact', of: { kind: 'uint', bits: 128 } }, '0x00'],
    ['a compact unit', { kind: 'compact', of: UNIT }, '0x'],
    ['an Option', { kind: 'option', of: U16 }, '0x00'],
    ['a vector', { kind: 'list', of: U16 }, '0x00'],
    ['a bit vector', { kind: 'bits' }, '0x00'],
    ['an array', { kind: 'fixed', length: 3 }, '0x000000'],
    ['an empty array', { kind: 'fixed', length: 0 }, '0x'],
    ['a unit', UNIT, '0x'],
    ['a struct', { kind: 'struct', name: 'S', fields: [UNIT, U16, U16].map(named) }, '0x00000000'],
    ['a struct of nothing', { kind: 'struct', name: 'S', fields: [UNIT, UNIT].map(named) }, '0x'],
    [
      'an enum',
      {
        kind: 'enum',
        name: 'E',
        variants: [
          { name: 'Second', shape: U16, index: 7 },
          { name: 'First', shape: null },
        ],
      },
      '0x070000',
    ],
  ])('of %s', (_, type, zero) => {
    const [metadata, id] = withType(type);
    expect(zeroOf(metadata, id)).toBe(zero);
    expect(typeIsEmpty(metadata, id)).toBe(zero === '0x');
  });

  it('decodes, for every value that the specification stores', () => {
    const metadata = parseMetadata(encodeMetadata(specifiedRuntime));
    const all = Object.values(storage).flatMap((items) => Object.values<AnyStorageItem>(items));
    expect(all.length).toBeGreaterThan(20);
    for (const { pallet, name, value } of all) {
      const item = palletOf(metadata, pallet).storage?.items.find((each) => each.name === name);
      expect(() => decode(value, zeroOf(metadata, item?.value ?? -1)), `${pallet}.${name}`).not.toThrow();
    }
  });

  const definitions = (...all: TypeDefinition[]): Pick<RuntimeMetadata, 'types'> => ({
    types: new Map(all.map((definition, id) => [id, { id, path: [], definition }])),
  });

  it.each<[string, readonly TypeDefinition[], string]>([
    ['no value', [{ kind: 'variant', variants: [] }], 'it is an enum without variants'],
    ['no end', [{ kind: 'composite', fields: [{ name: null, type: 0 }] }], 'it nests deeper than 200 types'],
    [
      'billions of bytes',
      [
        { kind: 'array', length: 0xffff_ffff, of: 1 },
        { kind: 'primitive', of: 'u8' },
      ],
      'it would be longer than 65536 bytes',
    ],
    [
      'a thousand times the longest value',
      [
        { kind: 'tuple', of: Array.from({ length: 10_000 }, () => 1) },
        { kind: 'array', length: 65_536, of: 2 },
        { kind: 'primitive', of: 'u8' },
      ],
      'it would be longer than 65536 bytes',
    ],
    [
      'twice as much at each of 40 levels',
      [
        ...Array.from({ length: 40 }, (_, at) => ({ kind: 'tuple', of: [at + 1, at + 1] }) as const),
        { kind: 'primitive', of: 'u8' },
      ],
      'it would be longer than 65536 bytes',
    ],
    [
      'no definition',
      [
        { kind: 'sequence', of: 0 },
        { kind: 'tuple', of: [9] },
      ],
      'the metadata has no type 9',
    ],
  ])('is refused where there is %s', (_, types, sentence) => {
    const id = types.length > 1 && types[0]?.kind === 'sequence' ? 1 : 0;
    expect(() => zeroOf(definitions(...types), id)).toThrow(sentence);
    expect(() => zeroOf(definitions(...types), id)).toThrow(MetadataError);
  });

  it('of nothing, doubled at each of 40 levels and a thousand types deep, is nothing', () => {
    const doubled = Array.from({ length: 40 }, (_, at) => ({ kind: 'tuple', of: [at + 1, at + 1] }) as const);
    const metadata = definitions(...doubled, { kind: 'array', length: 0xffff_ffff, of: 41 }, { kind: 'tuple', of: [] });
    expect([zeroOf(metadata, 0), typeIsEmpty(metadata, 0)]).toEqual(['0x', true]);
    const deep = Array.from({ length: 100_000 }, (_, at) => ({ kind: 'tuple', of: [at + 1] }) as const);
    expect(typeIsEmpty(definitions(...deep, { kind: 'primitive', of: 'bool' }), 0)).toBe(false);
  });
});
