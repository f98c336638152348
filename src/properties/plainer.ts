/** Values that a step has for no reason, made plain: nothing, zero, empty. What is left of them is what a failure is about. */
import { argsType, callNamed, type Call } from '../spec/calls.js';
import { EMPTY } from '../spec/hex.js';
import type { Shape } from '../spec/shape.js';
import { NO_SIGNATURE } from '../spec/signatures.js';
import type { Step } from '../spec/steps.js';

/** Arguments that say who and what a call is about. */
const TELLING: ReadonlySet<string> = new Set([
  'node_id',
  'miner_node_id',
  'request_id',
  'plan_id',
  'owner',
  'account_id',
  'job_id',
  'vm_name',
  'ip',
]);

const plainOf = (shape: Shape, value: unknown): unknown => {
  switch (shape.kind) {
    case 'uint':
      return shape.bits < 64 ? 0 : 0n;
    case 'bool':
      return false;
    case 'bytes':
      return EMPTY;
    case 'text':
      return '';
    case 'option':
      return null;
    case 'list':
      return [];
    case 'struct':
      return Object.fromEntries(shape.fields.map(({ name, shape: of }) => [name, plainOf(of, undefined)]));
    case 'enum':
      return shape.name === 'MultiSignature'
        ? NO_SIGNATURE
        : (shape.variants.find(({ shape: of }) => of === null)?.name ?? value);
    case 'fixed':
      return value;
    default:
      return shape satisfies never;
  }
};

/** As many blocks may be opened one by one; a leap over ages would take ages. */
const FEW = 100n;

/** Where a value stands: names of fields. */
type Path = readonly string[];

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((of, name) => (of as Readonly<Record<string, unknown>> | null)?.[name], value);

const withValue = (value: unknown, [name, ...path]: Path, put: unknown): unknown =>
  name === undefined ? put : { ...(value as object), [name]: withValue(at(value, [name]), path, put) };

interface Place {
  readonly path: Path;
  readonly shape: Shape;
}

/** A value and its parts, the whole first. */
function* placesIn(shape: Shape, path: Path): Generator<Place> {
  yield { path, shape };
  if (shape.kind === 'option') yield* partsOf(shape.of, path);
  else yield* partsOf(shape, path);
}

function* partsOf(shape: Shape, path: Path): Generator<Place> {
  if (shape.kind !== 'struct') return;
  for (const { name, shape: of } of shape.fields) yield* placesIn(of, [...path, name]);
}

const isSame = (left: unknown, right: unknown): boolean => textOf(left) === textOf(right);

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, of: unknown) => (typeof of === 'bigint' ? `${of}n` : of));

const plainerCall = (call: Call, { path, shape }: Place): Call | null => {
  const value = at(call.args, path);
  if (value === undefined || (value === null && shape.kind !== 'option')) return null;
  const plain = plainOf(shape, value);
  return isSame(value, plain) ? null : callNamed(call.name, withValue(call.args, path, plain));
};

/** The ways to make a step plainer, each of what the ones before made of it; null where it is so already. */
export function* plainer(step: Step | undefined): Generator<(now: Step | undefined) => Step | null> {
  if (step === undefined) return;
  if ('advance' in step) {
    yield () => (step.advance > 1n ? { advance: 1n } : null);
    yield (now) =>
      now && 'advance' in now && now.jump === true && now.advance <= FEW ? { advance: now.advance } : null;
  }
  if (!('call' in step)) return;
  const { shape } = argsType(step.call.name);
  for (const field of shape.kind === 'struct' ? shape.fields : []) {
    if (TELLING.has(field.name)) continue;
    for (const place of placesIn(field.shape, [field.name])) {
      yield (now) => {
        const call = now && 'call' in now ? plainerCall(now.call, place) : null;
        return now && call ? { ...now, call } : null;
      };
    }
  }
}
