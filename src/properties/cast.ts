/**
 * Who and what plays in generated scenarios: users, sub-accounts on two levels, nodes of every kind of registration, plans, IPs.
 * Small on purpose, so that they meet: two users buy the same plan, two VMs want the same IP.
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

/** Who stands for somebody. */
export interface SubAccount extends Account {
  readonly main: Hex;
}

/** In which map a node stands: the cold keys' is looked at first, and a `None` there counts as absent. */
type Registered = 'cold key' | 'node' | 'cold key, and somebody else as node' | 'node, behind a None';

/** A miner's node, and who signs for it. */
export interface Miner {
  readonly node: Hex;
  /** Of the registration that the lookup finds. */
  readonly owner: Account;
  readonly registered: Registered;
  readonly type: NodeInfo['node_type'];
  readonly status: NodeInfo['status'];
}

export interface Cast {
  readonly users: readonly Account[];
  /** The first stands for the first user, the second for the first sub-account: lookups are one level deep. */
  readonly subAccounts: readonly SubAccount[];
  readonly sudo: Account;
  /** Registered compute miners. */
  readonly miners: readonly Miner[];
  /** Who owns the registration that stands behind another. */
  readonly rival: Account;
  /** Registered, but no compute miner. */
  readonly storageMiner: Miner;
  /** Not registered, or with a stored `None`. */
  readonly strangers: readonly Hex[];
  readonly plans: readonly Hex[];
  readonly ips: readonly Hex[];
}

/** `PalletIp::IpReleasePeriod` of generated scenarios, in blocks: short, so that it passes. */
export const CAST_RELEASE_PERIOD = 20n;

const FIRST_BLOCK = 100n;

const account = (path: string): Account => ({ path, id: accountAt(path) });

const minerAt = (number: number, registered: Registered, name = `Miner${number}`): Miner => ({
  node: hexOfText(`12D3KooW${name}`),
  owner: account(`//Assay//miner//${number}`),
  registered,
  type: 'ComputeMiner',
  status: 'Online',
});

const subAccountsOf = (main: Hex): SubAccount[] => {
  const first = account('//Assay//sub//0');
  return [
    { ...first, main },
    { ...account('//Assay//sub//1'), main: first.id },
  ];
};

/** The cast; keys are derived at the first call. */
export const makeCast = (): Cast => {
  const users = [0, 1, 2].map((n) => account(`//Assay//user//${n}`));
  return {
    users,
    subAccounts: subAccountsOf(users[0]?.id ?? '0x'),
    sudo: account('//Assay//sudo'),
    miners: [
      minerAt(0, 'cold key'),
      minerAt(1, 'node'),
      minerAt(2, 'cold key, and somebody else as node'),
      { ...minerAt(3, 'node, behind a None'), status: 'Degraded' },
    ],
    rival: account('//Assay//rival//0'),
    storageMiner: { ...minerAt(4, 'node', 'Storage'), type: 'StorageMiner' },
    strangers: [hexOfText('12D3KooWNobody'), hexOfText('12D3KooWNone')],
    plans: ['small', 'large'].map((name) => blake2_256(hexOfText(`plan ${name}`))),
    ips: [1, 2, 3, 4, 5].map((n) => hexOfText(`10.0.0.${n}`)),
  };
};

/** Every registered node. */
export const nodesOf = ({ miners, storageMiner }: Cast): readonly Miner[] => [...miners, storageMiner];

/** What both maps say of a node. */
const registrationsOf = (
  { node, owner, registered, type, status }: Miner,
  rival: Account,
): { readonly coldKey?: NodeInfo | null; readonly node?: NodeInfo } => {
  const found: NodeInfo = {
    node_id: node,
    node_type: type,
    ipfs_node_id: null,
    status,
    registered_at: 1n,
    owner: owner.id,
  };
  switch (registered) {
    case 'cold key':
      return { coldKey: found };
    case 'node':
      return { node: found };
    case 'cold key, and somebody else as node':
      return { coldKey: found, node: { ...found, owner: rival.id } };
    case 'node, behind a None':
      return { coldKey: null, node: found };
    default:
      return registered satisfies never;
  }
};

/** Made once for each first id: a genesis takes as long as some ten steps. */
const known = new WeakMap<Cast, Map<bigint, Genesis>>();

/** Where scenarios of the cast begin. `nextRequestId` lets ids start at the edge of their type. */
export const genesisOf = (cast: Cast, nextRequestId: bigint): Genesis => {
  const ofCast = known.get(cast) ?? new Map<bigint, Genesis>();
  known.set(cast, ofCast);
  const genesis = ofCast.get(nextRequestId) ?? makeGenesis(cast, nextRequestId);
  ofCast.set(nextRequestId, genesis);
  return genesis;
};

const makeGenesis = (cast: Cast, nextRequestId: bigint): Genesis => {
  const raw = new Map<Hex, Hex>();
  const put = <K, V, E>(item: StorageItem<K, V, E>, key: K, value: V): void =>
    void raw.set(rawKey(item, key), encode(item.value, value));
  const { Compute, PalletIp, Registration, SubAccount } = storage;
  for (const miner of nodesOf(cast)) {
    const { coldKey, node } = registrationsOf(miner, cast.rival);
    if (coldKey !== undefined) put(Registration.ColdkeyNodeRegistration, miner.node, coldKey);
    if (node !== undefined) put(Registration.NodeRegistration, miner.node, node);
  }
  for (const node of cast.strangers.slice(1)) put(Registration.NodeRegistration, node, null);
  for (const { id, main } of cast.subAccounts) put(SubAccount.SubAccount, id, main);
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
