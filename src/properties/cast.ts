/**
 * Who and what plays in generated scenarios: users, a sub-account, miners of every kind of registration, plans, IPs. Small
 * on purpose, so that they meet: two users buy the same plan, two VMs want the same IP.
 */
import { accountAt } from '../spec/accounts.js';
import type { RawState } from '../spec/answers.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText, type Hex } from '../spec/hex.js';
import { encode } from '../spec/scale.js';
import type { Genesis } from '../spec/steps.js';
import { rawKey, storage, type StorageItem } from '../spec/storage.js';
import type { NodeInfo } from '../spec/types/registration.js';
import type { Names } from './readable.js';
import type { RecordedCast } from './record.js';

/** Someone whose keys are derived from the published phrase. */
export interface Account {
  readonly path: string;
  readonly id: Hex;
}

/** A miner's node, and who signs for it. */
export interface Miner {
  readonly node: Hex;
  readonly owner: Account;
}

export interface Cast {
  readonly users: readonly Account[];
  /** Each stands for the first user. */
  readonly subAccounts: readonly Account[];
  readonly sudo: Account;
  /** Registered; one with its cold key. */
  readonly miners: readonly Miner[];
  /** Not registered, or with a stored `None`. */
  readonly strangers: readonly Hex[];
  readonly plans: readonly Hex[];
  readonly ips: readonly Hex[];
}

/** `PalletIp::IpReleasePeriod` of generated scenarios, in blocks: short, so that it passes. */
export const CAST_RELEASE_PERIOD = 20n;

const FIRST_BLOCK = 100n;

const account = (path: string): Account => ({ path, id: accountAt(path) });

/** The cast; keys are derived at the first call. */
export const makeCast = (): Cast => ({
  users: [0, 1, 2].map((n) => account(`//Assay//user//${n}`)),
  subAccounts: [account('//Assay//sub//0')],
  sudo: account('//Assay//sudo'),
  miners: [0, 1].map((n) => ({ node: hexOfText(`12D3KooWMiner${n}`), owner: account(`//Assay//miner//${n}`) })),
  strangers: [hexOfText('12D3KooWNobody'), hexOfText('12D3KooWNone')],
  plans: ['small', 'large'].map((name) => blake2_256(hexOfText(`plan ${name}`))),
  ips: [1, 2, 3].map((n) => hexOfText(`10.0.0.${n}`)),
});

const registration = ({ node, owner }: Miner): NodeInfo => ({
  node_id: node,
  node_type: 'ComputeMiner',
  ipfs_node_id: null,
  status: 'Online',
  registered_at: 1n,
  owner: owner.id,
});

/** Where scenarios of the cast begin. `nextRequestId` lets ids start at the edge of their type. */
export const genesisOf = (cast: Cast, nextRequestId: bigint): Genesis => {
  const raw = new Map<Hex, Hex>();
  const put = <K, V, E>(item: StorageItem<K, V, E>, key: K, value: V): void =>
    void raw.set(rawKey(item, key), encode(item.value, value));
  const { Compute, PalletIp, Registration, SubAccount } = storage;
  const [first, ...others] = cast.miners;
  if (first) put(Registration.ColdkeyNodeRegistration, first.node, registration(first));
  for (const miner of others) put(Registration.NodeRegistration, miner.node, registration(miner));
  for (const node of cast.strangers.slice(1)) put(Registration.NodeRegistration, node, null);
  for (const { id } of cast.subAccounts) put(SubAccount.SubAccount, id, cast.users[0]?.id ?? id);
  put(PalletIp.VmAvailableIps, null, cast.ips.slice(0, 2));
  if (nextRequestId > 0n) put(Compute.NextRequestId, null, nextRequestId);
  return {
    block: FIRST_BLOCK,
    sudo: cast.sudo.id,
    accounts: accountsOf(cast).map(({ id }) => id),
    storage: sorted(raw),
    paths: pathsOf(cast),
  };
};

const sorted = (raw: ReadonlyMap<Hex, Hex>): RawState =>
  Object.fromEntries([...raw].toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Who plays, as recordings say it. */
export const recordedCast = (cast: Cast): RecordedCast => ({
  users: cast.users.map(({ id }) => id),
  sub_accounts: cast.subAccounts.map(({ id }) => id),
  sudo: cast.sudo.id,
  paths: pathsOf(cast),
});

const pathsOf = (cast: Cast): Readonly<Record<Hex, string>> =>
  Object.fromEntries(accountsOf(cast).map(({ id, path }) => [id, path]));

/** How the cast is called in what people read. */
export const namesOf = (cast: Cast): Names =>
  new Map([
    ...accountsOf(cast).map(({ id, path }) => [id, path.replace('//Assay//', '').replace('//', ' ')] as const),
    ...cast.plans.map((plan, number) => [plan, `plan ${number}`] as const),
  ]);

/** Everybody who signs extrinsics. */
export const accountsOf = (cast: Cast): Account[] => [...cast.users, ...cast.subAccounts, cast.sudo];
