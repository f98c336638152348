/**
 * Mutants of the engine that live, and why each does no harm. A line is the file, how the code that was replaced begins, what it became
 * (`*`: anything), and the reason.
 */
const FASTER = 'a shortcut: without it the same comes out, later';
const SMALLER = 'another form of the same answer, which takes less memory';
const UNIQUE = 'the keys that are compared are never equal';
const NEVER = 'guards against an engine that contradicts itself, which no step leads to';
const SAME = 'both come to the same';
const FOUND = 'the status update before it has found the request, or failed';
const WITHIN = 'a key without a value is there within a call only, and no call asks for all keys';
const ENDS =
  'beyond the end of both lists there is nothing, and two lists that are the same to their end are left above';

const survivors = [
  ['lookups.ts', 'request !== undefined', 'true', NEVER],
  ['lookups.ts', 'store.orderOf(left) < store.orderOf(right)', '*', UNIQUE],
  ['lookups.ts', 'holders.length === 1', 'false', FASTER],
  ['lookups.ts', '[]', '*', NEVER],
  ['lookups.ts', 'request?.status', '*', NEVER],
  ['request-index.ts', 'this.orderOf(left) < this.orderOf(right)', '*', UNIQUE],
  ['request-index.ts', 'only === undefined', 'false', SMALLER],
  ['request-index.ts', 'others.length === 0', 'false', SMALLER],
  ['request-index.ts', 'after[at]?.request_id', '*', 'both lists have the same length there'],
  ['request-index.ts', 'start < before.length', '*', ENDS],
  ['request-index.ts', 'start < after.length', '*', ENDS],
  ['calls/compute/fulfil-boot.ts', 'found', 'true', FOUND],
  ['calls/compute/fulfil-reboot.ts', 'found', 'true', FOUND],
  ['calls/compute/mark-fulfilled.ts', 'found', 'true', FOUND],
  ['pallet-ip.ts', 'due.length > 0', '*', FASTER],
  ['integers.ts', 'value ', '*', 'at the edge itself the value is the edge'],
  ['journal.ts', "type.shape.kind !== 'list'", '*', FASTER],
  ['journal.ts', "'list'", '*', FASTER],
  ['journal.ts', '!Array.isArray(value)', '*', FASTER],
  ['journal.ts', 'typeof entry === ', '*', FASTER],
  ['journal.ts', "'object'", '*', FASTER],
  ['journal.ts', 'entry !== null', '*', FASTER],
  ['journal.ts', 'known === undefined', '*', FASTER],
  ['journal.ts', 'this.encoded?.of !== value', 'true', FASTER],
  ['journal.ts', 'cell.value === undefined', 'false', SMALLER],
  ['journal.ts', 'touched.length === 0', 'false', FASTER],
  ['journal.ts', 'this.touched.length === 0', 'false', FASTER],
  ['journal.ts', 'before === after', 'false', FASTER],
  ['journal.ts', 'Array.isArray(before) && Array.isArray(after)', '*', FASTER],
  ['journal.ts', 'this.diff !== undefined', 'false', FASTER],
  ['journal.ts', 'found.length > 1', '*', FASTER],
  ['journal.ts', 'left < right', 'left <= right', UNIQUE],
  ['store.ts', 'left.rawKey < right.rawKey', '*', UNIQUE],
  ['store.ts', 'value !== undefined', 'true', WITHIN],
  ['store.ts', 'cell.value !== undefined', 'true', WITHIN],
  ['store.ts', 'key === null', '*', SAME],
  ['store.ts', 'this.item.key === null', '*', SAME],
  ['store.ts', "''", '*', 'what a value without a key is called among the cells: any name does'],
  ['store.ts', '{\n    this.cells.delete(cell.id)', '*', SMALLER],
  ['store.ts', 'value === undefined', 'false', SMALLER],
  ['state.ts', 'store === undefined', 'false', NEVER],
  ['state.ts', '[]', '*', 'what is no key begins with no prefix, and is left out'],
  ['state.ts', 'store.item.prefix.startsWith(prefix) ||', 'true', FASTER],
  ['state.ts', '`no store for', '*', NEVER],
  ['engine.ts', "'panic'", '*', 'no call of root panics'],
  ['engine.ts', "'0x'", '*', 'an account that nobody is, or that nobody looks at'],
  ['engine.ts', 'events.length > 0', 'false', 'an opening that tells something has changed something'],
  ['validity.ts', '[]', '*', 'a text that is no hex, as no code has it: the hash ends before it'],
  [
    'validity.ts',
    "name.startsWith('ExecutionUnit.')",
    '*',
    'every call of that pallet is accepted unsigned, so that nobody asks',
  ],
];

/** Why a mutant that lives does no harm; null where nobody has said it. */
export const explained = (file, code, became) => {
  const found = survivors.find(([of, was, to]) => of === file && code.startsWith(was) && (to === '*' || to === became));
  return found === undefined ? null : found[3];
};
