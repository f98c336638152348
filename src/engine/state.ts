/** The whole state: every storage item that the specification describes, and the two indexes over request ids. */
import type { RawDiff, RawState } from '../spec/answers.js';
import { decodeValue, palletOfKey, locate, storage, type AnyStorageItem, type StorageItem } from '../spec/storage.js';
import { HexPool, type Hex } from '../spec/hex.js';
import { Journal } from './journal.js';
import { RequestIndex } from './request-index.js';
import { Store, Value, type Meter, type Observer } from './store.js';

export class State {
  readonly journal = new Journal();
  readonly meter: Meter = { operations: 0 };
  private readonly stores = new Map<AnyStorageItem, Store<unknown, unknown, unknown>>();
  /** Keys of the pallets under test that the specification does not describe. */
  private readonly undescribed = new Map<Hex, Hex>();

  /** Request id to the owners who hold it. */
  readonly owners: RequestIndex = new RequestIndex(this.meter, (owner) => this.Compute.ComputeRequests.orderOf(owner));
  /** Request id to the miners in whose `MinerComputeRequests` it is. */
  readonly miners: RequestIndex = new RequestIndex(this.meter, (node) =>
    this.Compute.MinerComputeRequests.orderOf(node),
  );

  readonly Compute = {
    NextRequestId: this.value(storage.Compute.NextRequestId),
    ComputeRequests: this.map(storage.Compute.ComputeRequests, this.owners.follow),
    MinerComputeRequests: this.map(storage.Compute.MinerComputeRequests, this.miners.follow),
    MinerComputeDeletionRequests: this.map(storage.Compute.MinerComputeDeletionRequests),
    MinerComputeStopRequests: this.map(storage.Compute.MinerComputeStopRequests),
    MinerComputeBootRequests: this.map(storage.Compute.MinerComputeBootRequests),
    MinerComputeRebootRequests: this.map(storage.Compute.MinerComputeRebootRequests),
    MinerComputeResizeRequests: this.map(storage.Compute.MinerComputeResizeRequests),
  };

  readonly PalletIp = {
    AvailableHypervisorIps: this.value(storage.PalletIp.AvailableHypervisorIps),
    AvailableClientIps: this.value(storage.PalletIp.AvailableClientIps),
    AvailableStorageMinerIps: this.value(storage.PalletIp.AvailableStorageMinerIps),
    VmAvailableIps: this.value(storage.PalletIp.VmAvailableIps),
    AssignedVmIps: this.value(storage.PalletIp.AssignedVmIps),
    AssignedClientIps: this.value(storage.PalletIp.AssignedClientIps),
    IpToRole: this.map(storage.PalletIp.IpToRole),
    RoleToIp: this.map(storage.PalletIp.RoleToIp),
    IpReleaseRequests: this.value(storage.PalletIp.IpReleaseRequests),
  };

  readonly Registration = {
    ColdkeyNodeRegistration: this.map(storage.Registration.ColdkeyNodeRegistration),
    NodeRegistration: this.map(storage.Registration.NodeRegistration),
  };

  readonly SubAccount = { SubAccount: this.map(storage.SubAccount.SubAccount) };

  readonly ExecutionUnit = {
    NodeMetrics: this.map(storage.ExecutionUnit.NodeMetrics),
    RequestsCount: this.map(storage.ExecutionUnit.RequestsCount),
  };

  /**
   * Writes raw storage, null removing a key; all of it or, where one key is refused, nothing.
   * @returns the keys that the specification does not describe: kept as bytes, seen by no call.
   * @throws DecodeError, ForeignKeyError
   */
  inject(raw: RawDiff): Hex[] {
    const undescribed: Hex[] = [];
    const pool = new HexPool();
    const writes = Object.entries(raw).map(([key, bytes]): (() => void) => {
      const at = locate(key, pool);
      if (at !== undefined) {
        const store = this.storeOf(at.item);
        const value = bytes === null ? undefined : decodeValue(at.item, key, bytes, pool);
        return () => store.inject(at.key, value);
      }
      if (palletOfKey(key) === undefined) throw new ForeignKeyError(key);
      undescribed.push(key);
      return () => {
        if (bytes === null) this.undescribed.delete(key);
        else this.undescribed.set(key, bytes);
      };
    });
    for (const write of writes) write();
    return undescribed;
  }

  /** The raw value of a raw key, or null. */
  read(key: Hex): Hex | null {
    const at = locate(key);
    return at === undefined ? (this.undescribed.get(key) ?? null) : this.storeOf(at.item).bytesAt(at.key);
  }

  /** All raw storage under a prefix. */
  raw(prefix: Hex): RawState {
    const all: (readonly [Hex, Hex])[] = [];
    for (const store of this.stores.values()) {
      if (store.item.prefix.startsWith(prefix) || prefix.startsWith(store.item.prefix)) all.push(...store.raw());
    }
    all.push(...this.undescribed);
    return Object.fromEntries(all.filter(([key]) => key.startsWith(prefix)));
  }

  private storeOf(item: AnyStorageItem): Store<unknown, unknown, unknown> {
    const store = this.stores.get(item);
    if (store === undefined) throw new Error(`no store for ${item.pallet}.${item.name}`);
    return store;
  }

  private map<K, V, E>(item: StorageItem<K, V, E>, observer: Observer<V> | null = null): Store<K, V, E> {
    const store = new Store(item, this.journal, this.meter, observer);
    this.stores.set(item, store as Store<unknown, unknown, unknown>);
    return store;
  }

  private value<V>(item: StorageItem<null, V>): Value<V> {
    return new Value(this.map(item));
  }
}

/** Thrown where raw storage of another pallet is given. */
export class ForeignKeyError extends Error {
  override readonly name = 'ForeignKeyError';
  constructor(readonly key: Hex) {
    super(`storage key ${key} belongs to none of the pallets ${Object.keys(storage).join(', ')}`);
  }
}
