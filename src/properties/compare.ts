/** What was expected against what was observed: outcome, events, raw storage, and where exactly they part. */
import { outcomeText, type Outcome, type RawDiff, type Validity } from '../spec/answers.js';
import { firstDifferingByte, type Hex } from '../spec/hex.js';
import { isJsonOf, toJson } from '../spec/json.js';
import type { RecordedBlock, RecordedEvent } from '../spec/recording.js';
import type { Difference } from '../spec/run-events.js';
import { decode, DecodeError } from '../spec/scale.js';
import { locate, nameOfKey } from '../spec/storage.js';
import type { Opening, SeenEvent } from '../targets/target.js';
import { firstDifference, valueText } from './readable.js';

/** What parts two answers; the rest of a {@link Difference} says where that happened. */
export type Mismatch = Pick<Difference, 'aspect' | 'where' | 'expected' | 'observed' | 'raw'>;

type Aspect = Difference['aspect'];

/** What of a target's storage and events is compared. */
export interface Scope {
  readonly concernsKey: (key: Hex) => boolean;
  /** `Pallet.Event` */
  readonly concernsEvent: (name: string) => boolean;
}

/** Two outcomes, or undefined where they are equal. `reason` is why the observed one is a panic, where that is known. */
export const compareOutcomes = (
  aspect: 'outcome' | 'outer outcome',
  expected: Outcome,
  observed: Outcome | undefined,
  reason?: string,
): Mismatch | undefined => {
  if (isJsonOf(observed, expected)) return undefined;
  const seen = observed === undefined ? 'no outcome' : outcomeText(observed);
  const why = reason === undefined ? '' : `: ${reason}`;
  return { aspect, where: '', expected: outcomeText(expected), observed: seen + why };
};

/** What two pools said, or undefined where it is equal. */
export const compareValidity = (expected: Validity, observed: Validity): Mismatch | undefined => {
  if (isJsonOf(observed, expected)) return undefined;
  const bothOk = 'ok' in expected && 'ok' in observed;
  const whole = { path: '', left: expected, right: observed };
  const at = bothOk ? (firstDifference(expected.ok, observed.ok) ?? whole) : whole;
  const where = at.path.replace(/^\./, '');
  return { aspect: 'validity', where, expected: valueText(at.left), observed: valueText(at.right) };
};

const eventText = (event: RecordedEvent | SeenEvent | undefined): string =>
  event === undefined ? 'no event' : `${event.name} ${valueText(event.fields)}`;

const isSameEvent = (left: RecordedEvent, right: SeenEvent): boolean =>
  left.name === right.name &&
  left.index[0] === right.index[0] &&
  left.index[1] === right.index[1] &&
  isJsonOf(right.fields, left.fields);

/** Events in order, of the pallets that `concerns` lets through: the first that differs, or undefined. */
export const compareEvents = (
  aspect: Aspect,
  allExpected: readonly RecordedEvent[],
  allObserved: readonly SeenEvent[],
  concerns: (name: string) => boolean,
): Mismatch | undefined => {
  const expected = allExpected.filter(({ name }) => concerns(name));
  const observed = allObserved.filter(({ name }) => concerns(name));
  for (let at = 0; at < Math.max(expected.length, observed.length); at += 1) {
    const left = expected[at];
    const right = observed[at];
    if (left && right && isSameEvent(left, right)) continue;
    const part = left && left.name === right?.name ? firstDifference(left.fields, toJson(right.fields)) : undefined;
    const name = left?.name ?? right?.name ?? '';
    if (part) {
      const sides = { expected: valueText(part.left), observed: valueText(part.right) };
      return { aspect, where: `event ${at}: ${name}${part.path}`, ...sides };
    }
    const moved = left !== undefined && left.name === right?.name;
    return {
      aspect,
      where: `event ${at}: ${name}${moved ? ' index' : ''}`,
      expected: moved ? left.index.join('.') : eventText(left),
      observed: moved ? right.index.join('.') : eventText(right),
    };
  }
  return undefined;
};

/** The decoded value of a key, or the bytes where they do not decode. */
export const decodedValue = (key: Hex, bytes: Hex | null): unknown => {
  if (bytes === null) return null;
  try {
    const at = locate(key);
    return at === undefined ? bytes : decode(at.item.value, bytes);
  } catch (error) {
    if (error instanceof DecodeError) return bytes;
    throw error;
  }
};

/** What stands for a value that is not there. */
const ABSENT = { storage: 'no change', opening: 'no change', 'final state': 'no key' } as const;

/** One key whose bytes differ, with the part of the decoded value that does. `undefined` is: not in the diff. */
export const keyMismatch = (
  aspect: keyof typeof ABSENT,
  key: Hex,
  expected: Hex | null | undefined,
  observed: Hex | null | undefined,
): Mismatch => {
  const text = (side: Hex | null | undefined, value: unknown): string => {
    if (side === undefined) return ABSENT[aspect];
    return side === null ? 'key removed' : valueText(value);
  };
  const left = decodedValue(key, expected ?? null);
  const right = decodedValue(key, observed ?? null);
  const bothPresent = typeof expected === 'string' && typeof observed === 'string';
  const at = (bothPresent ? firstDifference(left, right) : undefined) ?? { path: '', left, right };
  return {
    aspect,
    where: nameOfKey(key) + at.path,
    expected: text(expected, at.left),
    observed: text(observed, at.right),
    raw: {
      key,
      expected: expected ?? null,
      observed: observed ?? null,
      byte: bothPresent ? firstDifferingByte(expected, observed) : 0,
    },
  };
};

/** Raw storage: every key that differs, of those that `concerns` lets through. */
export const compareDiffs = (
  aspect: keyof typeof ABSENT,
  expected: RawDiff,
  observed: RawDiff,
  concerns: (key: Hex) => boolean,
): Mismatch[] => {
  const found: Mismatch[] = [];
  for (const key in expected) {
    if (expected[key] !== observed[key] && concerns(key))
      found.push(keyMismatch(aspect, key, expected[key], observed[key]));
  }
  for (const key in observed) {
    if (!(key in expected) && concerns(key)) found.push(keyMismatch(aspect, key, undefined, observed[key]));
  }
  return found;
};

/** What openings of blocks did: every block in which two targets part. A missing diff is not compared. */
export const compareOpenings = (
  expected: readonly RecordedBlock[],
  observed: readonly Opening[],
  { concernsKey, concernsEvent }: Scope,
): Mismatch[] => {
  const nothing = { events: [], diff: {} };
  const left = new Map(expected.map((each) => [each.block, each]));
  const right = new Map(observed.map((each) => [each.block.toString(), each]));
  const mismatches: Mismatch[] = [];
  for (const block of new Set([...left.keys(), ...right.keys()])) {
    const one: Omit<RecordedBlock, 'block'> = left.get(block) ?? nothing;
    const other = right.get(block) ?? nothing;
    const found = [
      compareEvents('opening', one.events, other.events, concernsEvent),
      ...(one.diff === undefined ? [] : compareDiffs('opening', one.diff, other.diff, concernsKey)),
    ];
    for (const each of found) if (each) mismatches.push({ ...each, where: `block ${block}: ${each.where}` });
  }
  return mismatches;
};

/** A query's answers in bytes, or undefined where they are equal. */
export const queryMismatch = (name: string, expected: Hex, observed: Hex): Mismatch | undefined => {
  const byte = firstDifferingByte(expected, observed);
  if (byte === -1) return undefined;
  return { aspect: 'query', where: name, expected, observed, raw: { key: null, expected, observed, byte } };
};
