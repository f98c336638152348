/** A small runtime that has one of everything an interface can have, and how to change it in one place. */
import { compareInterfaces, type InterfaceChange, type InterfaceSide } from '../../src/gate/interface.js';
import { apiId } from '../../src/gate/interface/apis.js';
import { parseMetadata, type MetadataVersion } from '../../src/targets/metadata.js';
import { encodeMetadata, type Constant, type Item, type Pallet, type Runtime } from '../targets/metadata-builder.js';
import type { Member, MemberList, RuntimeField, RuntimeType } from '../targets/portable-types.js';

export const U8: RuntimeType = { kind: 'uint', bits: 8 };
export const U32: RuntimeType = { kind: 'uint', bits: 32 };
export const U64: RuntimeType = { kind: 'uint', bits: 64 };
export const BYTES: RuntimeType = { kind: 'bytes' };
export const UNIT: RuntimeType = { kind: 'tuple', of: [] };
export const ACCOUNT: RuntimeType = { kind: 'fixed', length: 32 };

export const enumOf = (name: string, variants: readonly string[]): RuntimeType => ({
  kind: 'enum',
  name,
  variants: variants.map((each) => ({ name: each, shape: null })),
});

export const structOf = (name: string, fields: Readonly<Record<string, RuntimeType>>): RuntimeType => ({
  kind: 'struct',
  name,
  fields: Object.entries(fields).map(([field, shape]) => ({ name: field, shape })),
});

export const REQUEST = structOf('Request', {
  id: U64,
  status: enumOf('Status', ['Waiting', 'Running', 'Done']),
  note: { kind: 'option', of: BYTES },
});

const member = (name: string, index: number, fields: Readonly<Record<string, RuntimeType>> = {}): Member => ({
  name,
  index,
  fields: Object.entries(fields).map(([field, shape]) => ({ name: field, shape })),
});

const single = (name: string, value: RuntimeType, fallback: Item['fallback']): Item => ({
  name,
  modifier: 'default',
  keys: [],
  value,
  fallback,
});

const ERROR = enumOf('DispatchError', ['Other', 'BadOrigin']);

const system: Pallet = {
  name: 'System',
  index: 0,
  items: [single('Events', { kind: 'list', of: { kind: 'outer', list: 'events' } }, '0x00')],
  calls: [member('remark', 0, { remark: BYTES })],
  events: [member('ExtrinsicFailed', 0, { error: ERROR })],
  errors: [],
  constants: [
    { name: 'Version', type: U32, value: '0x01000000' },
    { name: 'BlockHashCount', type: U32, value: '0x60090000' },
  ],
};

const sudo: Pallet = {
  name: 'Sudo',
  index: 3,
  items: [],
  calls: [member('sudo', 0, { call: { kind: 'outer', list: 'calls' } })],
  events: [member('Sudid', 0, { error: ERROR })],
  errors: [member('RequireSudo', 0)],
  constants: [],
};

const jobs: Pallet = {
  name: 'Jobs',
  index: 10,
  items: [
    {
      name: 'Requests',
      modifier: 'default',
      keys: [{ hasher: 'Blake2_128Concat', type: ACCOUNT }],
      value: { kind: 'list', of: REQUEST },
      fallback: '0x00',
    },
    single('Next', U64, '0x0000000000000000'),
    {
      name: 'Pairs',
      modifier: 'optional',
      keys: [
        { hasher: 'Twox64Concat', type: U32 },
        { hasher: 'Blake2_128Concat', type: ACCOUNT },
      ],
      value: { kind: 'bool' },
      fallback: '0x00',
    },
  ],
  calls: [
    member('start', 0, { plan: BYTES, count: U32 }),
    member('stop', 2, { id: U64, why: enumOf('Why', ['Paid', 'Broken']) }),
  ],
  events: [
    member('Started', 0, { id: U64, owner: ACCOUNT }),
    member('Stopped', 1, { error: ERROR }),
    member('Failed', 2, { error: ERROR }),
  ],
  errors: [member('NotFound', 0), member('Busy', 1)],
  constants: [
    { name: 'Period', type: U32, value: '0x2a000000' },
    { name: 'Limits', type: structOf('Limits', { low: U8, high: U8 }), value: '0x0102' },
  ],
};

export const base: Runtime = {
  pallets: [system, sudo, jobs],
  extensions: [
    { identifier: 'CheckGenesis', extra: UNIT, additionalSigned: ACCOUNT },
    { identifier: 'CheckNonce', extra: { kind: 'compact', of: U32 }, additionalSigned: UNIT },
    { identifier: 'CheckWeight', extra: UNIT, additionalSigned: UNIT },
    { identifier: 'ChargeTip', extra: U64, additionalSigned: UNIT },
  ],
  apis: [
    {
      name: 'JobsApi',
      methods: [
        { name: 'jobs_of', inputs: [{ name: 'who', shape: ACCOUNT }], output: { kind: 'list', of: U64 } },
        { name: 'limit', inputs: [], output: U32 },
      ],
    },
  ],
};

export type Change = (runtime: Runtime) => Runtime;

export const inPallet =
  (name: string, change: (pallet: Pallet) => Pallet): Change =>
  (runtime) => ({
    ...runtime,
    pallets: runtime.pallets.map((pallet) => (pallet.name === name ? change(pallet) : pallet)),
  });

const split = (part: string): readonly [string, string] => {
  const [pallet = '', name = ''] = part.split('.');
  return [pallet, name];
};

const replaced = <T extends { readonly name: string }>(all: readonly T[], name: string, change: (of: T) => T): T[] =>
  all.map((each) => (each.name === name ? change(each) : each));

export const inMember = (list: MemberList, part: string, change: (of: Member) => Member): Change => {
  const [pallet, name] = split(part);
  return inPallet(pallet, (of) => ({ ...of, [list]: replaced(of[list], name, change) }));
};

export const inItem = (part: string, change: (of: Item) => Item): Change => {
  const [pallet, name] = split(part);
  return inPallet(pallet, (of) => ({ ...of, items: replaced(of.items, name, change) }));
};

export const inConstant = (part: string, change: (of: Constant) => Constant): Change => {
  const [pallet, name] = split(part);
  return inPallet(pallet, (of) => ({ ...of, constants: replaced(of.constants ?? [], name, change) }));
};

export const inFields =
  (change: (fields: readonly RuntimeField[]) => readonly RuntimeField[]) =>
  (of: Member): Member => ({ ...of, fields: change(of.fields) });

export interface SideOptions {
  readonly version?: Partial<InterfaceSide['version']>;
  readonly metadata?: MetadataVersion;
  readonly code?: Uint8Array;
}

const VERSION: InterfaceSide['version'] = {
  spec_name: 'small',
  impl_name: 'small',
  authoring_version: 1,
  spec_version: 100,
  impl_version: 0,
  apis: [
    { id: apiId('JobsApi'), version: 1 },
    { id: '0x0123456789abcdef', version: 3 },
  ],
  transaction_version: 1,
};

export const sideOf = (runtime: Runtime, options: SideOptions = {}): InterfaceSide => ({
  metadata: parseMetadata(encodeMetadata(runtime, options.metadata ?? 16)),
  version: { ...VERSION, ...options.version },
  code: options.code ?? Uint8Array.of(1),
});

/** The new runtime: other code, and its `spec_version` raised. */
export const nextOf = (runtime: Runtime, { version, ...options }: SideOptions = {}): InterfaceSide =>
  sideOf(runtime, { code: Uint8Array.of(2), ...options, version: { spec_version: 101, ...version } });

/** What changes from the small runtime to another. */
export const changesTo = (next: Runtime, options: SideOptions = {}): InterfaceChange[] =>
  compareInterfaces(sideOf(base, { ...(options.metadata && { metadata: options.metadata }) }), nextOf(next, options));
