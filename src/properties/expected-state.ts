/** What a recording says that storage is: raw keys and values, following every recorded change. */
import type { RawDiff, RawState } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import { palletOfKey } from '../spec/storage.js';

export class ExpectedState {
  private readonly values: Map<Hex, Hex>;

  constructor(genesis: RawState) {
    this.values = new Map(Object.entries(genesis));
  }

  apply(diff: RawDiff): void {
    for (const key in diff) {
      const value = diff[key];
      if (value === null || value === undefined) this.values.delete(key);
      else this.values.set(key, value);
    }
  }

  /** The values of some keys, null for those that are absent: what an injection of them writes. */
  at(keys: readonly Hex[]): RawDiff {
    return Object.fromEntries(keys.map((key) => [key, this.values.get(key) ?? null]));
  }

  /** Those of some changes that are any: a key that gets the value it has is none. */
  changedBy(diff: RawDiff): RawDiff {
    return Object.fromEntries(Object.entries(diff).filter(([key, value]) => (this.values.get(key) ?? null) !== value));
  }

  ofPallet(pallet: string): RawState {
    return Object.fromEntries([...this.values].filter(([key]) => palletOfKey(key) === pallet));
  }
}
