/** Steps and values as a person reads them. */
import type { Origin } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import { isHex, readable, type Hex } from '../spec/hex.js';

/** `value` in JSON's form, with bytes as text where they are text; what is not there is `nothing`. */
export const valueText = (value: unknown): string => {
  if (typeof value === 'string') return isHex(value) ? readable(value) : JSON.stringify(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    return `{ ${Object.entries(value)
      .map(([name, of]) => `${name}: ${valueText(of)}`)
      .join(', ')} }`;
  }
  return typeof value === 'boolean' || typeof value === 'number' ? value.toString() : 'null';
};

/** What accounts and plans are called, by their bytes. */
export type Names = ReadonlyMap<Hex, string>;

const NO_NAMES: Names = new Map();

/** Characters beyond which an argument is shortened. */
const LONG = 40;

/** Long bytes are cut in the middle, for nobody reads them. */
const shortened = (text: string): string => (text.length > LONG ? `${text.slice(0, 10)}…${text.slice(-5)}` : text);

const argumentText = (value: unknown, names: Names): string =>
  typeof value === 'string' ? (names.get(value) ?? shortened(valueText(value))) : valueText(value);

const originText = (origin: Origin, names: Names): string =>
  origin.kind === 'none' ? 'unsigned' : `${origin.kind} ${argumentText(origin.account, names)}`;

/** `Compute.request_compute_stop(plan_id: 0x…), signed 0x…`. */
export const callText = (call: Pick<Call, 'name' | 'args'>, origin: Origin, names = NO_NAMES): string => {
  const args = Object.entries(call.args).map(([name, value]) => `${name}: ${argumentText(value, names)}`);
  return `${call.name}(${args.join(', ')}), ${originText(origin, names)}`;
};

export interface ValueDifference {
  /** From the values' root. */
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Where two values differ: the smallest parts that do, in order. */
export function* allDifferences(left: unknown, right: unknown, path = ''): Generator<ValueDifference, undefined> {
  if (left === right) return;
  const bothLists = Array.isArray(left) && Array.isArray(right);
  const bothRecords = isRecord(left) && isRecord(right);
  if (!bothLists && !bothRecords) {
    yield { path, left, right };
    return;
  }
  const from = new Map<string, unknown>(Object.entries(left));
  const to = new Map<string, unknown>(Object.entries(right));
  for (const name of new Set([...from.keys(), ...to.keys()]))
    yield* allDifferences(from.get(name), to.get(name), bothLists ? `${path}[${name}]` : `${path}.${name}`);
}

/** Where two values first differ. Undefined where they are equal. */
export const firstDifference = (left: unknown, right: unknown): ValueDifference | undefined =>
  allDifferences(left, right).next().value;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
