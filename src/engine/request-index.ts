/**
 * Which keys of a map hold an entry with a given request id. The map's lists are scanned by nobody: the index follows
 * every change of a list by what differs between the old and the new one.
 */
import type { Hex } from '../spec/hex.js';
import type { Meter, Observer } from './store.js';

interface WithRequestId {
  readonly request_id: bigint;
}

const NONE: readonly string[] = [];

export class RequestIndex {
  /** Each holder as often as its list has the id. */
  private readonly holders = new Map<bigint, string[]>();

  constructor(
    private readonly meter: Meter,
    private readonly orderOf: (holder: string) => Hex,
  ) {}

  /** Keys whose list has an entry with this id, in the order of their raw keys. */
  holdersOf(id: bigint): readonly string[] {
    const holders = this.holders.get(id) ?? NONE;
    this.meter.operations += 1 + holders.length;
    if (holders.length < 2) return holders;
    return [...new Set(holders)].toSorted((left, right) => (this.orderOf(left) < this.orderOf(right) ? -1 : 1));
  }

  /** Follows a list from one version to the next. Lists share all entries but those that changed. */
  readonly follow: Observer<readonly WithRequestId[]> = (holder, before = [], after = []) => {
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
    let beforeEnd = before.length;
    let afterEnd = after.length;
    while (beforeEnd > start && afterEnd > start && before[beforeEnd - 1] === after[afterEnd - 1]) {
      beforeEnd -= 1;
      afterEnd -= 1;
    }
    const gone = before.slice(start, beforeEnd);
    const come = after.slice(start, afterEnd);
    if (gone.length === come.length && gone.every((entry, at) => entry.request_id === come[at]?.request_id)) return;
    for (const { request_id } of gone) this.drop(request_id, holder);
    for (const { request_id } of come) this.add(request_id, holder);
  };

  private add(id: bigint, holder: string): void {
    this.meter.operations += 1;
    const holders = this.holders.get(id);
    if (holders === undefined) this.holders.set(id, [holder]);
    else holders.push(holder);
  }

  private drop(id: bigint, holder: string): void {
    this.meter.operations += 1;
    const holders = this.holders.get(id) ?? [];
    const at = holders.indexOf(holder);
    if (at === -1) throw new Error(`request index out of step: ${holder} does not hold ${id}`);
    holders.splice(at, 1);
    if (holders.length === 0) this.holders.delete(id);
  }
}
