/**
 * Storage that a bench, a growth curve or a load test begins with, put together from decoded values and handed on as raw
 * keys: what is injected into a target or written into a chain spec.
 */
import type { RawState } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import { encode } from '../spec/scale.js';
import { rawKey, type StorageItem } from '../spec/storage.js';

interface Seeded {
  readonly encode: () => Hex;
}

export class SeededState {
  private readonly values = new Map<Hex, Seeded>();
  private readonly lists = new Map<Hex, { readonly entries: unknown[] }>();

  /** The value of a key; an earlier one is replaced. */
  set<K, V, E>(item: StorageItem<K, V, E>, key: K, value: V): this {
    this.values.set(rawKey(item, key), { encode: () => encode(item.value, value) });
    return this;
  }

  /** More entries at the end of a key's list. */
  push<K, V>(item: StorageItem<K, readonly V[]>, key: K, ...entries: readonly V[]): this {
    const raw = rawKey(item, key);
    const known = this.lists.get(raw);
    if (known) {
      for (const entry of entries) known.entries.push(entry);
      return this;
    }
    const list = [...entries];
    this.lists.set(raw, { entries: list });
    this.values.set(raw, { encode: () => encode(item.value, list) });
    return this;
  }

  /** Raw keys to raw values, in no order. */
  raw(): RawState {
    return Object.fromEntries([...this.values].map(([key, value]) => [key, value.encode()]));
  }
}
