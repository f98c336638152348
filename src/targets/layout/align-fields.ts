/**
 * Which field of a runtime is which of the specification. By name first: a field in another place has moved, and as few
 * as possible are said to have. What is left over in the same place with the same type was renamed.
 */

interface Named {
  readonly name: string;
}

export interface Pair<E, O> {
  readonly expected: E;
  readonly observed: O;
  /** Positions in the specification and in the runtime. */
  readonly at: readonly [number, number];
  readonly how: 'same' | 'moved' | 'renamed';
}

export interface Alignment<E, O> {
  /** In the specification's order. */
  readonly pairs: readonly Pair<E, O>[];
  /** Only the specification has them. */
  readonly missing: readonly E[];
  /** Only the runtime has them. */
  readonly extra: readonly O[];
}

const longest = (runs: readonly (readonly number[])[]): readonly number[] =>
  runs.reduce((a, b) => (b.length > a.length ? b : a), []);

/** The members of a longest increasing subsequence: what stays where it is when as little as possible moves. */
const longestInOrder = (positions: readonly number[]): ReadonlySet<number> => {
  const runs: (readonly number[])[] = [];
  for (const position of positions) {
    const before = runs.filter((run) => (run.at(-1) ?? -1) < position);
    runs.push([...longest(before), position]);
  }
  return new Set(longest(runs));
};

/** Aligns two lists of fields; `sameType` tells whether the types of two of them agree. */
export const alignFields = <E extends Named, O extends Named>(
  expected: readonly E[],
  observed: readonly O[],
  sameType: (expected: E, observed: O) => boolean,
): Alignment<E, O> => {
  const free = new Map(observed.entries());
  const positions = new Map(observed.map(({ name }, at) => [name, at]));
  const common = expected.flatMap(({ name }) => positions.get(name) ?? []);
  const inPlace = longestInOrder(common);
  for (const at of common) free.delete(at);
  const pairs: Pair<E, O>[] = [];
  const missing: E[] = [];
  for (const [position, field] of expected.entries()) {
    const at = positions.get(field.name);
    const there = at === undefined ? free.get(position) : observed[at];
    if (at !== undefined && there !== undefined) {
      pairs.push({ expected: field, observed: there, at: [position, at], how: inPlace.has(at) ? 'same' : 'moved' });
    } else if (there !== undefined && sameType(field, there)) {
      free.delete(position);
      pairs.push({ expected: field, observed: there, at: [position, position], how: 'renamed' });
    } else missing.push(field);
  }
  return { pairs, missing, extra: [...free.values()] };
};
