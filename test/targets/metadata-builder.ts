/**
 * Makes the metadata bytes of a runtime that is given as plain data: as specified, or changed in one place. Encodes with
 * `@polkadot-api/substrate-bindings`, which knows nothing of the parser that is tested with it.
 */
import { metadata, type CodecType, type v14, type v15, type v16 } from '@polkadot-api/substrate-bindings';
import type { Hex } from '../../src/spec/hex.js';
import type { Hasher, MetadataVersion } from '../../src/targets/metadata.js';
import { DOCS, Registry, UNIT, type Member, type RuntimeType } from './portable-types.js';

export interface Item {
  readonly name: string;
  readonly modifier: 'optional' | 'default';
  readonly keys: readonly { readonly hasher: Hasher; readonly type: RuntimeType }[];
  readonly value: RuntimeType;
  readonly fallback: Hex;
}

export interface Constant {
  readonly name: string;
  readonly type: RuntimeType;
  readonly value: Hex;
}

export interface Pallet {
  readonly name: string;
  readonly index: number;
  /** Its name, unless said otherwise. */
  readonly prefix?: string;
  readonly items: readonly Item[];
  readonly calls: readonly Member[];
  readonly events: readonly Member[];
  readonly errors: readonly Member[];
  /** One, unless said otherwise. */
  readonly constants?: readonly Constant[];
}

export interface Api {
  readonly name: string;
  readonly methods: readonly {
    readonly name: string;
    readonly inputs: readonly { readonly name: string; readonly shape: RuntimeType }[];
    readonly output: RuntimeType;
  }[];
}

export interface Extension {
  readonly identifier: string;
  readonly extra: RuntimeType;
  readonly additionalSigned: RuntimeType;
}

export interface Runtime {
  readonly pallets: readonly Pallet[];
  readonly extensions: readonly Extension[];
  /** Positions of the extensions that version 0 has, null where there is no version 0; metadata 16 only. */
  readonly extensionsOfVersion0?: readonly number[] | null;
  /** Extrinsic formats, 4 and 5 unless said otherwise; metadata 16 only. */
  readonly formats?: readonly number[];
  /** One, unless said otherwise; metadata 15 and 16. */
  readonly apis?: readonly Api[];
  /** Lines of documentation on every type, for its size. */
  readonly docs?: readonly string[];
}

type PalletOf14 = CodecType<typeof v14>['pallets'][number];
type StorageOf14 = Exclude<PalletOf14['storage'], undefined>;

const HASHER_TAGS = {
  Blake2_128: 'Blake2128',
  Blake2_256: 'Blake2256',
  Blake2_128Concat: 'Blake2128Concat',
  Twox128: 'Twox128',
  Twox256: 'Twox256',
  Twox64Concat: 'Twox64Concat',
  Identity: 'Identity',
} as const;

const itemType = (registry: Registry, { keys, value }: Item): StorageOf14['items'][number]['type'] => {
  const [key, ...others] = keys.map(({ type }) => type);
  if (key === undefined) return { tag: 'plain', value: registry.id(value) };
  const hashers = keys.map(({ hasher }) => ({ tag: HASHER_TAGS[hasher], value: undefined }));
  const type = others.length === 0 ? key : ({ kind: 'tuple', of: [key, ...others] } as const);
  return { tag: 'map', value: { hashers, key: registry.id(type), value: registry.id(value) } };
};

const PERIOD: Constant = { name: 'Period', type: { kind: 'uint', bits: 32 }, value: '0x2a000000' };

/** What all three versions have of a pallet. */
const palletOf14 = (registry: Registry, pallet: Pallet): PalletOf14 => ({
  name: pallet.name,
  index: pallet.index,
  storage:
    pallet.items.length === 0
      ? undefined
      : {
          prefix: pallet.prefix ?? pallet.name,
          items: pallet.items.map((item) => ({
            name: item.name,
            modifier: item.modifier === 'default' ? 1 : 0,
            type: itemType(registry, item),
            fallback: item.fallback,
            docs: DOCS,
          })),
        },
  calls: registry.members('calls', pallet),
  events: registry.members('events', pallet),
  errors: registry.members('errors', pallet),
  constants: (pallet.constants ?? [PERIOD]).map(({ name, type, value }) => ({
    name,
    type: registry.id(type),
    value,
    docs: DOCS,
  })),
  docs: [],
});

const NOT_DEPRECATED = { tag: 'NotDeprecated', value: undefined } as const;
const DEPRECATED = { tag: 'Deprecated', value: { note: 'Use another.', since: '1.0.0' } } as const;

type PalletOf16 = CodecType<typeof v16>['pallets'][number];

const palletOf16 = (registry: Registry, pallet: PalletOf14): PalletOf16 => {
  const id = registry.id(UNIT);
  const members = (type: number | undefined) =>
    type === undefined ? undefined : { type, deprecationInfo: [{ index: 0, deprecation: DEPRECATED }] };
  const view = { id: `0x${'00'.repeat(32)}`, name: 'view', inputs: [{ name: 'of', type: id }], output: id, docs: DOCS };
  return {
    ...pallet,
    storage: pallet.storage && {
      ...pallet.storage,
      items: pallet.storage.items.map((item) => ({ ...item, deprecationInfo: DEPRECATED })),
    },
    calls: members(pallet.calls),
    events: members(pallet.events),
    errors: members(pallet.errors),
    constants: pallet.constants.map((each) => ({ ...each, deprecationInfo: NOT_DEPRECATED })),
    associatedTypes: [{ name: 'Hash', type: id, docs: DOCS }],
    viewFns: [{ ...view, deprecationInfo: NOT_DEPRECATED }],
    docs: DOCS,
    deprecationInfo: { tag: 'DeprecatedWithoutNote', value: undefined },
  };
};

const APIS: readonly Api[] = [
  { name: 'Core', methods: [{ name: 'version', inputs: [{ name: 'of', shape: UNIT }], output: UNIT }] },
];

type Content = Extract<CodecType<typeof metadata>['metadata'], { tag: 'v14' | 'v15' | 'v16' }>;

const versioned = (version: number, extensions: readonly number[]): [number, number[]] => [version, [...extensions]];

const content = (runtime: Runtime, version: MetadataVersion): Content => {
  const registry = new Registry(runtime.docs ?? [], runtime.pallets);
  const pallets = runtime.pallets.map((pallet) => palletOf14(registry, pallet));
  const signedExtensions = runtime.extensions.map(({ identifier, extra, additionalSigned }) => ({
    identifier,
    type: registry.id(extra),
    additionalSigned: registry.id(additionalSigned),
  }));
  const id = registry.id(UNIT);
  const { lookup } = registry;
  const extrinsic = { address: id, call: id, signature: id, extra: id, signedExtensions };
  const apis = (runtime.apis ?? APIS).map(({ name, methods }) => ({
    name,
    methods: methods.map(({ inputs, output, ...method }) => ({
      ...method,
      inputs: inputs.map((input) => ({ name: input.name, type: registry.id(input.shape) })),
      output: registry.id(output),
      docs: DOCS,
    })),
    docs: DOCS,
  }));
  const custom: CodecType<typeof v15>['custom'] = [['answer', { type: id, value: '0x2a' }]];
  const rest = { outerEnums: { call: id, event: id, error: id }, custom };
  if (version === 14) {
    return {
      tag: 'v14',
      value: { lookup, pallets, extrinsic: { type: id, version: 4, signedExtensions }, type: id, apis: [] },
    };
  }
  if (version === 15) {
    return {
      tag: 'v15',
      value: { lookup, pallets, extrinsic: { ...extrinsic, version: 4 }, type: id, apis, ...rest },
    };
  }
  const { extensionsOfVersion0: ofVersion0 = [...signedExtensions.keys()] } = runtime;
  const ofVersions: [number, number[]][] = [[1, []], ...(ofVersion0 === null ? [] : [versioned(0, ofVersion0)])];
  return {
    tag: 'v16',
    value: {
      lookup,
      pallets: pallets.map((pallet) => palletOf16(registry, pallet)),
      extrinsic: {
        ...extrinsic,
        version: [...(runtime.formats ?? [4, 5])],
        signedExtensionsByVersion: ofVersions,
      },
      apis: apis.map(({ methods, ...api }) => ({
        ...api,
        methods: methods.map((method) => ({ ...method, deprecationInfo: DEPRECATED })),
        version: 5,
        deprecationInfo: NOT_DEPRECATED,
      })),
      ...rest,
    },
  };
};

const MAGIC = 0x6174_656d;

/** The runtime's metadata, from its magic on. */
export const encodeMetadata = (runtime: Runtime, version: MetadataVersion = 15): Uint8Array =>
  metadata.enc({ magicNumber: MAGIC, metadata: content(runtime, version) });
