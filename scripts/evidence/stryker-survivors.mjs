/**
 * Mutants of the engine that live, and why each does no harm. A line is the file, the code that was replaced (or its beginning), what it
 * became (`*`: anything), and the reason.
 */
const FASTER = 'a shortcut: without it the same comes out, later';
const SMALLER = 'another form of the same answer, which takes less memory';
const UNIQUE = 'the keys that are compared are never equal';
const NEVER = 'guards against an engine that contradicts itself, which no step leads to';

const survivors = [
  ['lookups.ts', 'request !== undefined', 'true', NEVER],
  ['lookups.ts', 'store.orderOf(left) < store.orderOf(right)', '*', UNIQUE],
  ['lookups.ts', 'holders.length === 1', 'false', FASTER],
  ['lookups.ts', '[]', '*', NEVER],
  ['lookups.ts', 'request?.status', '*', NEVER],
  ['request-index.ts', 'this.orderOf(left) < this.orderOf(right)', '*', UNIQUE],
  ['request-index.ts', 'only === undefined', 'false', SMALLER],
  ['request-index.ts', 'others.length === 0', 'false', SMALLER],
];

/** Why a mutant that lives does no harm; null where nobody has said it. */
export const explained = (file, code, became) => {
  const found = survivors.find(([of, was, to]) => of === file && code.startsWith(was) && (to === '*' || to === became));
  return found === undefined ? null : found[3];
};
