/** Which pallets a recording is about: what of storage and events concerns it, and which keys have no place in it. */
import type { RawDiff } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import { RecordingError } from '../spec/recording.js';
import { locate, nameOfKey, palletOfKey, palletPrefix, prefixOf, storage } from '../spec/storage.js';

export class RecordedPallets {
  private readonly names: ReadonlySet<string>;
  private readonly prefixes: ReadonlySet<Hex>;

  constructor(names: readonly string[]) {
    this.names = new Set(names);
    this.prefixes = new Set(names.map(palletPrefix));
  }

  /** Those that the specification describes. */
  get described(): readonly string[] {
    return [...this.names].filter((name) => Object.hasOwn(storage, name));
  }

  /** Those that it does not: not covered. */
  get undescribed(): readonly string[] {
    return [...this.names].filter((name) => !Object.hasOwn(storage, name));
  }

  /** Whether a key is of a recorded pallet that the specification describes. */
  readonly concernsKey = (key: Hex): boolean => this.names.has(palletOfKey(key) ?? '');

  /** Whether an event, `Pallet.Event`, is of a recorded pallet. */
  readonly concernsEvent = (event: string): boolean => this.names.has(event.slice(0, event.indexOf('.')));

  /** The keys that concern the recording. */
  only<V extends Hex | null>(raw: Readonly<Record<Hex, V>>): Readonly<Record<Hex, V>> {
    return Object.fromEntries(Object.entries(raw).filter(([key]) => this.concernsKey(key)));
  }

  /** @throws RecordingError where a key is of a pallet that was not recorded */
  expectKeys(raw: RawDiff): void {
    for (const key in raw) {
      if (this.prefixes.has(prefixOf(key))) continue;
      throw new RecordingError(
        `storage key ${nameOfKey(key)} is outside the recorded pallets ${[...this.names].join(', ')}`,
      );
    }
  }

  /**
   * The items of recorded pallets that the specification does not describe: not covered.
   * @throws RecordingError as {@link expectKeys}; DecodeError where a key is none of its item
   */
  undescribedItems(raw: RawDiff): readonly Hex[] {
    this.expectKeys(raw);
    return Object.keys(raw).filter((key) => locate(key) === undefined);
  }
}
