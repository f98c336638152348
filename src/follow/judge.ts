/**
 * Whose difference a difference is. Outcomes and events are a call's own; a key is told with the call that was to write it, or with the
 * one that did otherwise already. Where a call of another pallet may have written, what nobody known explains is that one's.
 */
import type { Hex } from '../spec/hex.js';
import type { Mismatch } from '../properties/compare.js';

/** A call that the engine made, and where its outcome or events part from the chain's. */
export interface JudgedCall {
  /** In the block. */
  readonly index: number;
  readonly name: string;
  /** As somebody would write it. */
  readonly text: string;
  readonly mismatch: Mismatch | undefined;
}

/** What may have written to the pallets under test, and is not the engine's to predict. */
export interface Other {
  /** In the block; -1 for what came before all extrinsics. */
  readonly index: number;
  readonly name: string;
  /** Those of the pallets under test that it deposited. */
  readonly events: readonly string[];
}

export interface Evidence {
  /** Of the block's own events. */
  readonly opening: readonly Mismatch[];
  readonly calls: readonly JudgedCall[];
  readonly others: readonly Other[];
  readonly storage: readonly Mismatch[];
  /** The indices of those who were to write a key, -1 for the opening; empty where nobody was. */
  readonly writers: (key: Hex) => readonly number[];
}

export interface FoundDifference extends Mismatch {
  /** In the block; null where no extrinsic is known to be the one. */
  readonly extrinsic: number | null;
  /** `Pallet.call`, null likewise. */
  readonly call: string | null;
  readonly what: string;
  /** Everything else of the block that parts because of it. */
  readonly also: readonly Mismatch[];
}

/** What can't be told of a block, by the reason: how many keys, events or calls. */
export type NotCovered = ReadonlyMap<string, number>;

export interface Judged {
  readonly differences: readonly FoundDifference[];
  readonly notCovered: NotCovered;
}

/** The index of what opening a block wrote, beside those of extrinsics. */
export const OPENING = -1;

export const NOBODY = 'a value changed without a call';

const keyOf = ({ raw }: Mismatch): Hex => raw?.key ?? '0x';

/** A difference in the making. */
interface Group {
  readonly head: Mismatch;
  readonly call: JudgedCall | undefined;
  readonly what: string;
  readonly also: Mismatch[];
}

const unexplained = (calls: readonly JudgedCall[]): string => {
  if (calls.length === 0) return NOBODY;
  return `a value changed that no call of the block writes: ${[...new Set(calls.map(({ name }) => name))].join(', ')}`;
};

/** Whether another call has left anything of its own in the block. */
const isTouched = ({ others, storage, writers }: Evidence): boolean =>
  others.some(({ events }) => events.length > 0) ||
  (others.length > 0 && storage.some((each) => writers(keyOf(each)).length === 0));

/** Puts keys to the differences that they belong to. */
const withKeys = (found: Group[], { calls, storage, writers }: Evidence): void => {
  const groups = new Map<string, Group>();
  for (const each of storage) {
    const by = writers(keyOf(each));
    const parted = found.find(({ call }) => call !== undefined && (by.length === 0 || by.includes(call.index)));
    if (parted !== undefined) {
      parted.also.push(each);
      continue;
    }
    const last = calls.findLast(({ index }) => by.includes(index));
    const what = last?.text ?? (by.includes(OPENING) ? 'opening of the block' : unexplained(calls));
    const group = groups.get(what);
    if (group === undefined) groups.set(what, { head: each, call: last, what, also: [] });
    else group.also.push(each);
  }
  found.push(...groups.values());
};

export const judge = (evidence: Evidence): Judged => {
  const { opening, calls, others, storage } = evidence;
  const notCovered = new Map<string, number>();
  const leave = (why: string, count = 1): void => void notCovered.set(why, (notCovered.get(why) ?? 0) + count);
  const touched = isTouched(evidence);
  const first = touched ? Math.min(...others.map(({ index }) => index)) : Infinity;
  const names = [...new Set(others.map(({ name }) => name))].join(' or ');
  const groups: Group[] = opening.map((head) => ({ head, call: undefined, what: 'opening of the block', also: [] }));
  for (const { name, events } of others) if (events.length > 0) leave(`events deposited by ${name}`, events.length);
  for (const call of calls) {
    if (call.mismatch === undefined) continue;
    if (call.index > first) leave(`calls behind ${names} in its block`);
    else groups.push({ head: call.mismatch, call, what: call.text, also: [] });
  }
  // Whose a key is that a call writes as well can't be told either.
  if (!touched) withKeys(groups, evidence);
  else if (storage.length > 0) leave(`written by ${names}`, storage.length);
  const differences = groups.map(({ head, call, what, also }) => ({
    ...head,
    extrinsic: call?.index ?? null,
    call: call?.name ?? null,
    what,
    also,
  }));
  return { differences, notCovered };
};
