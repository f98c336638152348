/**
 * Every storage item of BEHAVIOUR.md sections 2, 6, 7 and 8, and how its keys are hashed. All maps are
 * `Blake2_128Concat`; a key is `twox128(pallet) || twox128(item)`, and for maps `|| blake2_128(enc(key)) || enc(key)`.
 */
import { blake2_128Concat, twox128 } from './hashing.js';
import { concat, readable, type Hex, type HexPool } from './hex.js';
import { decode, DecodeError, encode } from './scale.js';
import { accountId, bytes, list, option, u128, u32, type Type } from './shape.js';
import {
  ComputeRequest,
  MinerComputeBootRequest,
  MinerComputeDeletionRequest,
  MinerComputeRebootRequest,
  MinerComputeRequest,
  MinerComputeResizeRequest,
  MinerComputeStopRequest,
} from './types/compute.js';
import { NodeMetricsData } from './types/execution-unit.js';
import { IpReleaseRequest, RoleType } from './types/pallet-ip.js';
import { NodeInfo } from './types/registration.js';

/**
 * One storage item: `K` is the map's key (`null` for a single value), `V` what is stored, `E` what an absent key reads
 * as.
 */
export interface StorageItem<K, V, E = V> {
  readonly pallet: string;
  readonly name: string;
  /** 32 bytes. */
  readonly prefix: Hex;
  readonly key: Type<K> | null;
  readonly value: Type<V>;
  /** What an absent key reads as: the default of a `ValueQuery`, null for an `OptionQuery`. */
  readonly absent: E;
}

const item = <K, V, E>(pallet: string, name: string, key: Type<K> | null, value: Type<V>, absent: E) => ({
  pallet,
  name,
  prefix: concat(twox128(pallet), twox128(name)),
  key,
  value,
  absent,
});

const single = <V>(pallet: string, name: string, value: Type<V>, absent: V): StorageItem<null, V> =>
  item(pallet, name, null, value, absent);

const listMap = <K, V>(pallet: string, name: string, key: Type<K>, entry: Type<V>): StorageItem<K, readonly V[]> =>
  item(pallet, name, key, list(entry), []);

const optionMap = <K, V>(pallet: string, name: string, key: Type<K>, value: Type<V>): StorageItem<K, V, null> =>
  item(pallet, name, key, value, null);

const ips = (name: string): StorageItem<null, readonly Hex[]> => single('PalletIp', name, list(bytes), []);

/** Section 2. */
export const Compute = {
  NextRequestId: single('Compute', 'NextRequestId', u128, 0n),
  ComputeRequests: listMap('Compute', 'ComputeRequests', accountId, ComputeRequest),
  MinerComputeRequests: listMap('Compute', 'MinerComputeRequests', bytes, MinerComputeRequest),
  MinerComputeDeletionRequests: listMap('Compute', 'MinerComputeDeletionRequests', bytes, MinerComputeDeletionRequest),
  MinerComputeStopRequests: listMap('Compute', 'MinerComputeStopRequests', bytes, MinerComputeStopRequest),
  MinerComputeBootRequests: listMap('Compute', 'MinerComputeBootRequests', bytes, MinerComputeBootRequest),
  MinerComputeRebootRequests: listMap('Compute', 'MinerComputeRebootRequests', bytes, MinerComputeRebootRequest),
  MinerComputeResizeRequests: listMap('Compute', 'MinerComputeResizeRequests', bytes, MinerComputeResizeRequest),
};

/** Section 6. `AssignedVmIps` holds VM names. */
export const PalletIp = {
  AvailableHypervisorIps: ips('AvailableHypervisorIps'),
  AvailableClientIps: ips('AvailableClientIps'),
  AvailableStorageMinerIps: ips('AvailableStorageMinerIps'),
  VmAvailableIps: ips('VmAvailableIps'),
  AssignedVmIps: ips('AssignedVmIps'),
  AssignedClientIps: ips('AssignedClientIps'),
  IpToRole: optionMap('PalletIp', 'IpToRole', bytes, RoleType),
  RoleToIp: optionMap('PalletIp', 'RoleToIp', RoleType, bytes),
  IpReleaseRequests: single('PalletIp', 'IpReleaseRequests', list(IpReleaseRequest), []),
};

/** Section 7: a `ValueQuery` of an `Option`; a stored `None` counts as absent. */
export const Registration = {
  ColdkeyNodeRegistration: item('Registration', 'ColdkeyNodeRegistration', bytes, option(NodeInfo), null),
  NodeRegistration: item('Registration', 'NodeRegistration', bytes, option(NodeInfo), null),
};

export const SubAccount = { SubAccount: optionMap('SubAccount', 'SubAccount', accountId, accountId) };

/** Section 8, and `RequestsCount` of REV-01. */
export const ExecutionUnit = {
  NodeMetrics: optionMap('ExecutionUnit', 'NodeMetrics', bytes, NodeMetricsData),
  RequestsCount: item('ExecutionUnit', 'RequestsCount', bytes, u32, 0),
};

/** The pallets under test, by name. */
export const storage = { Compute, PalletIp, Registration, SubAccount, ExecutionUnit };

/** Any storage item: what code that does not know the types works with. */
export type AnyStorageItem = StorageItem<unknown, unknown, unknown>;

/** Every item. */
export const allItems: readonly AnyStorageItem[] = Object.values(storage).flatMap((pallet): AnyStorageItem[] =>
  Object.values<AnyStorageItem>(pallet),
);
/** Every item by its `Pallet.Item`, with the 32 bytes with which its raw keys begin. */
export const rawPrefixes: readonly { readonly name: string; readonly prefix: Hex }[] = allItems.map(
  ({ pallet, name, prefix }) => ({ name: `${pallet}.${name}`, prefix }),
);
const byPrefix = new Map(allItems.map((each) => [each.prefix, each]));
const palletByPrefix = new Map(Object.keys(storage).map((pallet) => [twox128(pallet), pallet]));

const PALLET_DIGITS = 34;
/** Characters of a raw key that name its item. */
export const ITEM_DIGITS = 66;
const HASH_DIGITS = 32;

/** The raw storage key of `key` in `of`. */
export const rawKey = <K, V, E>(of: StorageItem<K, V, E>, key: K): Hex =>
  of.key === null ? of.prefix : of.prefix + blake2_128Concat(encode(of.key, key)).slice(2);

/** The 16 bytes with which all raw keys of a pallet begin. */
export const palletPrefix = (pallet: string): Hex => twox128(pallet);

/** The part of a raw key that is its pallet's. */
export const prefixOf = (raw: Hex): Hex => raw.slice(0, PALLET_DIGITS);

/** The pallet under test that a raw key belongs to, or undefined. */
export const palletOfKey = (raw: Hex): string | undefined => palletByPrefix.get(prefixOf(raw));

/** Decodes what `place` names, for the message where it does not. */
const decodeAt = <T>(place: () => string, type: Type<T>, value: Hex, pool?: HexPool): T => {
  try {
    return decode(type, value, pool);
  } catch (error) {
    if (error instanceof DecodeError) throw new DecodeError(`${place()}: ${error.message}`, { cause: error });
    throw error;
  }
};

/**
 * The value of a raw key, decoded.
 * @throws DecodeError that names the key
 */
export const decodeValue = (of: AnyStorageItem, raw: Hex, value: Hex, pool?: HexPool): unknown =>
  decodeAt(() => nameOfKey(raw), of.value, value, pool);

/** Where a raw key lies: its item and decoded key, or undefined where this specification describes no such item. */
export const locate = (
  raw: Hex,
  pool?: HexPool,
): { readonly item: AnyStorageItem; readonly key: unknown } | undefined => {
  const found = byPrefix.get(raw.slice(0, ITEM_DIGITS));
  if (found === undefined) return undefined;
  if (found.key === null) return raw.length === ITEM_DIGITS ? { item: found, key: null } : undefined;
  const key = decodeAt(
    () => `${found.pallet}.${found.name}, key`,
    found.key,
    '0x' + raw.slice(ITEM_DIGITS + HASH_DIGITS),
    pool,
  );
  if (rawKey(found, key) !== raw)
    throw new DecodeError(`${found.pallet}.${found.name}: the key's hash is not that of the key`);
  return { item: found, key };
};

/** `Pallet.Item[key]` for people, the raw key itself where it is not described or does not decode. */
export const nameOfKey = (raw: Hex): string => {
  try {
    const at = locate(raw);
    if (at === undefined) return raw;
    const name = `${at.item.pallet}.${at.item.name}`;
    if (at.item.key === null) return name;
    return `${name}[${typeof at.key === 'string' ? readable(at.key) : JSON.stringify(at.key)}]`;
  } catch (error) {
    if (error instanceof DecodeError) return raw;
    throw error;
  }
};
