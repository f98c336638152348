/**
 * One type that changed and is held by many parts is told once, as a change of the type: a new variant of `DispatchError` would
 * else be told of every event that carries one, and drown the rest.
 */
import type { Nested, Told } from './change.js';

/** Parts that may each say the same for themselves. */
const FEW = 3;

const together = (all: readonly Told[], first: Told, nested: Nested): Told => {
  const parts = [...new Set(all.map(({ part }) => part))];
  const few = parts.slice(0, FEW).map((part) => `\`${part}\``);
  const holders = `the ${nested.holders} ${few.join(', ')} and ${parts.length - FEW} more hold it`;
  return {
    ...first,
    id: nested.id,
    part: nested.type,
    sentence: `${nested.place} (${holders}): ${nested.consequence}.`,
    reencodes: all.some((each) => each.reencodes),
    nested: null,
  };
};

/** The changes in their order, with those that many parts have in common told where the first of them stood. */
export const fold = (changes: readonly Told[]): Told[] => {
  const groups = new Map<string, Told[]>();
  for (const change of changes) {
    if (change.nested === null) continue;
    const group = groups.get(change.nested.id);
    if (group) group.push(change);
    else groups.set(change.nested.id, [change]);
  }
  const folded = new Map<Told, Told | null>();
  for (const group of groups.values()) {
    const [first] = group;
    if (!first?.nested || new Set(group.map(({ part }) => part)).size <= FEW) continue;
    for (const each of group) folded.set(each, null);
    folded.set(first, together(group, first, first.nested));
  }
  return changes.flatMap((change) => {
    const instead = folded.get(change);
    return instead === undefined ? [change] : instead === null ? [] : [instead];
  });
};
