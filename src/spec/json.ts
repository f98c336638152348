/**
 * Values in the JSON form of recordings (`recordings/README.md`, "Format"): bytes are hex strings, integers of 64 bits
 * and more decimal strings, `Option` is the value or null, an enum is a string or `{Variant: value}`. Only `bigint`
 * differs from the values of `scale.ts`.
 */
import { byteLength, isHex } from './hex.js';
import { describe, type Field, type Shape, type Type, type Variant } from './shape.js';

/** Thrown where JSON is not the form of a type. `path` names the place from the value's root. */
export class FormError extends Error {
  override readonly name = 'FormError';
  constructor(
    readonly path: string,
    readonly expected: string,
    came: unknown,
  ) {
    const seen = came === undefined ? 'nothing' : JSON.stringify(came).slice(0, 80);
    super(`${path === '' ? 'the value' : path}: expected ${expected}, came ${seen}`);
  }
}

/** `value` with every `bigint` as a decimal string: the form in recordings, reports and run events. */
export const toJson = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toJson);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, toJson(of)]));
  }
  return value;
};

/** The JSON form of named values: a call's arguments, an event's fields. */
export const fieldsToJson = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toJson(value)]));

/**
 * Whether `json` is exactly the JSON form of `value`: same fields, same order of list elements. Fields may stand in any
 * order.
 */
export const isJsonOf = (value: unknown, json: unknown): boolean => {
  if (typeof value === 'bigint') return typeof json === 'string' && value.toString() === json;
  if (value === null || typeof value !== 'object') return value === json;
  if (json === null || typeof json !== 'object') return false;
  const left = Object.keys(value);
  if (left.length !== Object.keys(json).length || Array.isArray(value) !== Array.isArray(json)) return false;
  return left.every(
    (name) =>
      name in json && isJsonOf((value as Record<string, unknown>)[name], (json as Record<string, unknown>)[name]),
  );
};

const isRecord = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const uint = (bits: number, json: unknown, path: string): number | bigint => {
  if (bits < 64) {
    if (typeof json === 'number' && Number.isInteger(json) && json >= 0 && json < 2 ** bits) return json;
    throw new FormError(path, `a u${bits} as a number`, json);
  }
  if (typeof json === 'string' && /^\d{1,39}$/.test(json)) {
    const value = BigInt(json);
    if (value.toString() === json && value < 1n << BigInt(bits)) return value;
  }
  throw new FormError(path, `a u${bits} as a decimal string`, json);
};

const parseStruct = (fields: readonly Field[], json: Readonly<Record<string, unknown>>, path: string): unknown => {
  const value: Record<string, unknown> = {};
  for (const { name, shape } of fields) value[name] = parse(shape, json[name], path === '' ? name : `${path}.${name}`);
  return value;
};

const parseVariant = (all: readonly Variant[], json: unknown, path: string): unknown => {
  const [tag, ...more] = isRecord(json) ? Object.keys(json) : [json];
  const variant = all.find(({ name }) => name === tag);
  if (!variant || more.length > 0 || isRecord(json) !== (variant.shape !== null)) return undefined;
  return isRecord(json) && variant.shape
    ? { [variant.name]: parse(variant.shape, json[variant.name], `${path}.${variant.name}`) }
    : variant.name;
};

/** The value, or undefined where `json` is not of the shape. */
const tryParse = (shape: Shape, json: unknown, path: string): unknown => {
  switch (shape.kind) {
    case 'uint':
      return uint(shape.bits, json, path);
    case 'bool':
      return typeof json === 'boolean' ? json : undefined;
    case 'text':
      return typeof json === 'string' ? json : undefined;
    case 'bytes':
      return typeof json === 'string' && isHex(json) ? json : undefined;
    case 'fixed':
      return typeof json === 'string' && isHex(json) && byteLength(json) === shape.length ? json : undefined;
    case 'option':
      return json === null ? null : parse(shape.of, json, path);
    case 'list':
      return Array.isArray(json) ? json.map((item, at) => parse(shape.of, item, `${path}[${at}]`)) : undefined;
    case 'struct':
      return isRecord(json) ? parseStruct(shape.fields, json, path) : undefined;
    case 'enum':
      return parseVariant(shape.variants, json, path);
    default:
      return shape satisfies never;
  }
};

const parse = (shape: Shape, json: unknown, path: string): unknown => {
  const value = tryParse(shape, json, path);
  if (value === undefined) throw new FormError(path, expectation(shape), json);
  return value;
};

const expectation = (shape: Shape): string =>
  shape.kind === 'enum'
    ? `one of ${shape.variants.map(({ name }) => name).join(', ')}`
    : `${describe(shape)} in its JSON form`;

/**
 * The value that `json` stands for. Unknown fields of structures are ignored.
 * @throws FormError where `json` is no value of the type.
 */
export const fromJson = <T>(type: Type<T>, json: unknown): T => parse(type.shape, json, '') as T;
