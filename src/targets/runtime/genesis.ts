/**
 * The state that a scenario begins with, and the keys of FRAME's own pallets that the host must know for it: no genesis
 * builder of the runtime is asked, so that old runtimes begin in the same way as new ones.
 */
import { hashes, twox128 } from '../../spec/hashing.js';
import { byteLength, concat, fromHex, toHex, type Hex } from '../../spec/hex.js';
import { compactDigits, decode, encode } from '../../spec/scale.js';
import { struct, text, u128, u32, u64, u8, type Of } from '../../spec/shape.js';
import { deviationRules, revisionRules, Rules } from '../../spec/rules.js';
import type { Genesis } from '../../spec/steps.js';
import type { PalletMetadata, RuntimeMetadata, TypeId } from '../metadata.js';
import { CODE_KEY } from './blob.js';
import type { Runtime } from './runtime.js';
import type { Key } from './sorted-keys.js';
import { keyOf, type Translation } from './translation.js';

/** The key of a single value. */
export const valueKey = (pallet: string, item: string): Key => keyOf(concat(twox128(pallet), twox128(item)));

const twox64Key = (pallet: string, item: string, key: Hex): Key =>
  valueKey(pallet, item) + keyOf(toHex(hashes.twox_64(fromHex(key)))) + keyOf(key);

const ACCOUNT = valueKey('System', 'Account');
export const TOTAL_ISSUANCE = valueKey('Balances', 'TotalIssuance');
/** `Sudo.Key`: the account that is root. */
export const SUDO_KEY: Key = valueKey('Sudo', 'Key');

/** `System.Account` of an account. Its value begins with the nonce, a `u32`. */
export const accountKey = (account: Hex): Key =>
  ACCOUNT + keyOf(toHex(hashes.blake2_128(fromHex(account)))) + keyOf(account);

/** The nonce of a stored `System.Account`; 0 where there is none. */
export const nonceOf = (account: Hex | null): number =>
  account === null || byteLength(account) < 4 ? 0 : Buffer.from(account.slice(2, 10), 'hex').readUInt32LE();

/** An integer of a runtime's own width, little-endian. */
export const uintBytes = (value: bigint, width: number): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Uint8Array.prototype.slice.call(bytes, 0, width);
};

/** Bytes of an integer type: of block numbers, 4 or 8. */
const widthOf = ({ types }: RuntimeMetadata, id: TypeId): number => {
  const definition = types.get(id)?.definition;
  return definition?.kind === 'primitive' && definition.of === 'u64' ? 8 : 4;
};

export const palletNamed = ({ pallets }: RuntimeMetadata, name: string): PalletMetadata | undefined =>
  pallets.find((pallet) => pallet.name === name);

/** Bytes of the chain's block numbers. */
export const blockNumberWidth = (metadata: RuntimeMetadata): number => {
  const number = palletNamed(metadata, 'System')?.storage?.items.find(({ name }) => name === 'Number');
  return number === undefined ? 4 : widthOf(metadata, number.value);
};

/** `PalletIp::IpReleasePeriod` as the metadata has it. */
export const constantPeriod = ({ layout, metadata }: Pick<Runtime, 'layout' | 'metadata'>): bigint | null => {
  const { PalletIp } = layout.pallets;
  if (PalletIp.verdict !== 'found') return null;
  const constant = palletNamed(metadata, PalletIp.name)?.constants.find(({ name }) => name === 'IpReleasePeriod');
  if (constant === undefined) return null;
  return Buffer.from(fromHex(constant.value).slice(0, 16))
    .reverse()
    .reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
};

/** What the lab runtime is set to (`runtime/src/pallets/lab`). */
export interface LabSettings {
  readonly rules: Rules;
  /** In blocks. */
  readonly releasePeriod: bigint;
  /** The number of the bug that is switched on, 0 for none. */
  readonly mutant: number;
}

const Settings = struct('LabSettings', { promised: u32, revised: u8, release_period: u64, mutant: u32 });

/** Where the lab runtime keeps its settings; what lies there is the test's own, and not counted. */
export const LAB_SETTINGS: Key = valueKey('Lab', 'Settings');

/** Bit n - 1 for rule n. */
const bits = (rules: readonly string[]): number =>
  rules.reduce((all, rule) => all | (1 << (Number(rule.slice(rule.indexOf('-') + 1)) - 1)), 0) >>> 0;

export const encodeSettings = ({ rules, releasePeriod, mutant }: LabSettings): Uint8Array => {
  const settings: Of<typeof Settings> = {
    promised: bits(deviationRules.filter((rule) => rules.promised(rule))),
    revised: bits(revisionRules.filter((rule) => rules.revised(rule))),
    release_period: releasePeriod,
    mutant,
  };
  return fromHex(encode(Settings, settings));
};

/** What a lab runtime's stored settings say. @throws DecodeError */
export const decodeSettings = (settings: Hex): LabSettings => {
  const { promised, revised, release_period: releasePeriod, mutant } = decode(Settings, settings);
  const isSet = (word: number, rule: string): boolean => (word & bits([rule])) !== 0;
  const rules = Rules.of(
    deviationRules.filter((rule) => isSet(promised, rule)),
    revisionRules.filter((rule) => isSet(revised, rule)),
  );
  return { rules, releasePeriod, mutant };
};

/** What is in force where a chain has stored this, or nothing, of a lab. @throws DecodeError */
export const settingsOf = (stored: Hex | null): LabSettings =>
  stored === null ? { rules: Rules.deployed, releasePeriod: 0n, mutant: 0 } : decodeSettings(stored);

const AccountInfo = struct('AccountInfo', {
  nonce: u32,
  consumers: u32,
  providers: u32,
  sufficients: u32,
  free: u128,
  reserved: u128,
  frozen: u128,
  flags: u128,
});

/** Enough for every fee of any scenario. */
const BALANCE = 10n ** 24n;

/** `ExtraFlags` of `pallet-balances`: the account is of the new kind, else its first use would make it so. */
const IS_NEW_LOGIC = 1n << 127n;

/** Whether the last field of an account's balances is the flags that came with the new kind; before, it was frozen fees. */
const hasFlags = (metadata: RuntimeMetadata): boolean => {
  const account = palletNamed(metadata, 'System')?.storage?.items.find(({ name }) => name === 'Account');
  const info = account && metadata.types.get(account.value)?.definition;
  const data = info?.kind === 'composite' ? info.fields.find(({ name }) => name === 'data') : undefined;
  const balances = data && metadata.types.get(data.type)?.definition;
  return balances?.kind === 'composite' && balances.fields.at(-1)?.name === 'flags';
};

/** The keys that make accounts able to pay. */
export const fundedAccounts = (metadata: RuntimeMetadata, accounts: readonly Hex[]): (readonly [Key, Uint8Array])[] => {
  const flags = hasFlags(metadata) ? IS_NEW_LOGIC : 0n;
  const counters = { nonce: 0, consumers: 0, providers: 1, sufficients: 0 };
  const funded = fromHex(encode(AccountInfo, { ...counters, free: BALANCE, reserved: 0n, frozen: 0n, flags }));
  return [
    ...accounts.map((each) => [accountKey(each), funded] as const),
    [TOTAL_ISSUANCE, fromHex(encode(u128, BALANCE * BigInt(accounts.length)))],
  ];
};

/** What of a pallet's storage is the clock's and the blocks', or follows from the code. */
const OF_BLOCKS: ReadonlySet<Key> = new Set(
  [
    'Number',
    'ParentHash',
    'Digest',
    'Events',
    'EventCount',
    'EventTopics',
    'BlockHash',
    'LastRuntimeUpgrade',
    'ExtrinsicCount',
    'ExtrinsicData',
    'BlockWeight',
    'AllExtrinsicsLen',
    'BlockSize',
    'ExecutionPhase',
    'InherentsApplied',
  ].map((item) => valueKey('System', item)),
);
const ITEM_BYTES = 32;

/** Whether a key of a chain's state is the host's own here: `:code` and the like, the lab's switches, what this host's blocks are made with. */
const isOfHost = (key: Key): boolean =>
  key.startsWith(':') || key === LAB_SETTINGS || OF_BLOCKS.has(key.slice(0, ITEM_BYTES));

/** `Timestamp.Now`, in milliseconds. */
export const TIME: Key = valueKey('Timestamp', 'Now');

/** The hash that blocks of this host call block 0. */
export const GENESIS_HASH: Hex = toHex(hashes.blake2_256(Buffer.from('assay genesis')));

/** Values by key: what scenarios of one runtime have in common. A chain spec's own of the pallets under test are left out. */
export const baseState = (
  { storage, code, version, metadata }: Runtime,
  translation: Translation,
): Map<Key, Uint8Array> => {
  const state = new Map<Key, Uint8Array>();
  for (const [hex, value] of Object.entries(storage)) {
    const key = keyOf(hex);
    if (!translation.concerns(key)) state.set(key, fromHex(value));
  }
  state.set(keyOf(CODE_KEY), code);
  // As if this code had run before: else the first block would run all migrations.
  const upgraded = '0x' + compactDigits(version.spec_version) + encode(text, version.spec_name).slice(2);
  state.set(valueKey('System', 'LastRuntimeUpgrade'), fromHex(upgraded));
  const zero = toHex(new Uint8Array(blockNumberWidth(metadata)));
  state.set(twox64Key('System', 'BlockHash', zero), fromHex(GENESIS_HASH));
  return state;
};

/** What a scenario begins with, over what all of one runtime have in common. */
export const scenarioState = (
  base: ReadonlyMap<Key, Uint8Array>,
  translation: Translation,
  metadata: RuntimeMetadata,
  { accounts, sudo, storage }: Pick<Genesis, 'accounts' | 'sudo' | 'storage'>,
): Map<Key, Uint8Array> => {
  const state = new Map(base);
  for (const [key, value] of fundedAccounts(metadata, [...new Set([...accounts, sudo])])) state.set(key, value);
  state.set(SUDO_KEY, fromHex(sudo));
  for (const [hex, value] of Object.entries(storage))
    state.set(translation.runtimeKey(hex), fromHex(translation.runtimeValue(hex, value)));
  return state;
};

/** What a chain has stored over what a runtime's own scenarios have in common; clock and code stay the host's. */
export const chainState = (
  base: ReadonlyMap<Key, Uint8Array>,
  translation: Translation,
  found: Iterable<readonly [Hex, Hex]>,
): Map<Key, Uint8Array> => {
  const state = new Map(base);
  for (const [hex, value] of found) {
    const key = translation.runtimeKey(hex);
    if (!isOfHost(key)) state.set(key, fromHex(value));
  }
  return state;
};

/** Another runtime's state with this one's code. */
export const withCode = (
  base: ReadonlyMap<Key, Uint8Array>,
  found: Iterable<readonly [Key, Uint8Array]>,
): Map<Key, Uint8Array> => {
  const state = new Map(found);
  for (const key of [keyOf(CODE_KEY), LAB_SETTINGS]) {
    const own = base.get(key);
    if (own !== undefined) state.set(key, own);
  }
  return state;
};
