/** Values of a runtime's types as plain data, and where two of them part by name. */

/**
 * A value as plain data. Integers and characters are `bigint`, bytes and texts are hex, newtypes without a field name are what they
 * wrap, `None` is null and `Some` what it holds (a record of `Some` where that looks like an option itself), an enum's variant its
 * name, or a record of its name and what it carries.
 */
export type Value = null | boolean | bigint | string | readonly Value[] | ValueRecord;
export interface ValueRecord {
  readonly [name: string]: Value;
}

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

export const isRecord = (value: Value | undefined): value is ValueRecord =>
  typeof value === 'object' && value !== null && !isList(value);

/** What `Some` holds is told from `None`, and from what another `Some` holds. */
export const isSome = (value: Value): value is { readonly Some: Value } =>
  isRecord(value) && Object.keys(value).length === 1 && Object.hasOwn(value, 'Some');

/** Whether one is a variant that carries nothing, and the other the same with something in it. */
const isBareVariant = (one: Value, other: Value): boolean =>
  typeof one === 'string' && isRecord(other) && Object.keys(other).length === 1 && Object.hasOwn(other, one);

export interface Parting {
  readonly path: string;
  readonly left: Value | undefined;
  readonly right: Value | undefined;
}

const partingOfLists = (left: readonly Value[], right: readonly Value[], path: string): Parting | undefined => {
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [one, other] = [left[at], right[at]];
    if (one === undefined || other === undefined) return { path: `${path}[${at}]`, left: one, right: other };
    const found = partingByName(one, other, `${path}[${at}]`);
    if (found) return found;
  }
  return undefined;
};

/** Where two values part, compared by name: what only one of two records has is left out. Undefined where they agree. */
export const partingByName = (left: Value, right: Value, path = ''): Parting | undefined => {
  if (left === right || isBareVariant(left, right) || isBareVariant(right, left)) return undefined;
  if (isList(left) && isList(right)) return partingOfLists(left, right, path);
  if (!isRecord(left) || !isRecord(right)) return { path, left, right };
  const [ones, others] = [Object.keys(left), Object.keys(right)];
  const common = ones.filter((name) => Object.hasOwn(right, name));
  // Records without a name in common are two variants; a struct may have no fields at all.
  if (common.length === 0 && ones.length > 0 && others.length > 0) return { path, left, right };
  for (const name of common) {
    const found = partingByName(left[name] ?? null, right[name] ?? null, `${path}.${name}`);
    if (found) return found;
  }
  return undefined;
};
