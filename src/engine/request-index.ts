/**
 * Which keys of a map hold an entry with a given request id. The map's lists are scanned by nobody: the index follows
 * every change of a list by what differs between the old and the new one.
 */
import type { Hex } from '../spec/hex.js';
import type { Meter, Observer } from './store.js';

interface WithRequestId {
  readonly request_id: bigint;
}

const NONE: readonly never[] = [];

export class RequestIndex {
  /** Each holder as often as its list has the id. A single one stands for itself: a list for each id is memory. */
  private readonly holders = new Map<bigint, string | readonly string[]>();

  constructor(
    private readonly meter: Meter,
    private readonly orderOf: (holder: string) => Hex,
  ) {}

  /** Keys whose list has an entry with this id, in the order of their raw keys. */
  holdersOf(id: bigint): readonly string[] {
    const holders = this.holders.get(id) ?? NONE;
    this.meter.operations += 1;
    if (typeof holders === 'string') return [holders];
    this.meter.operations += holders.length;
    return [...new Set(holders)].toSorted((left, right) => (this.orderOf(left) < this.orderOf(right) ? -1 : 1));
  }

  /** Follows a list from one version to the next. Lists share all entries but those that changed. */
  readonly follow: Observer<readonly WithRequestId[]> = (holder, before = NONE, after = NONE) => {
    if (before.length === after.length && before.every((entry, at) => entry.request_id === after[at]?.request_id))
      return;
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
    let beforeEnd = before.length;
    let afterEnd = after.length;
    while (beforeEnd > start && afterEnd > start && before[beforeEnd - 1] === after[afterEnd - 1]) {
      beforeEnd -= 1;
      afterEnd -= 1;
    }
    for (const { request_id } of before.slice(start, beforeEnd)) this.drop(request_id, holder);
    for (const { request_id } of after.slice(start, afterEnd)) this.add(request_id, holder);
  };

  private add(id: bigint, holder: string): void {
    this.meter.operations += 1;
    const known = this.holders.get(id);
    if (known === undefined) this.holders.set(id, holder);
    else this.holders.set(id, typeof known === 'string' ? [known, holder] : [...known, holder]);
  }

  private drop(id: bigint, holder: string): void {
    this.meter.operations += 1;
    const known = this.holders.get(id) ?? NONE;
    const holders = typeof known === 'string' ? [known] : known;
    const at = holders.indexOf(holder);
    if (at === -1) throw new Error(`request index out of step: ${holder} does not hold ${id}`);
    const [only, ...others] = holders.toSpliced(at, 1);
    if (only === undefined) this.holders.delete(id);
    else this.holders.set(id, others.length === 0 ? only : [only, ...others]);
  }
}
