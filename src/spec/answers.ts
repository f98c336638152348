/**
 * What a target answers, in the JSON form of recordings: outcomes, validity, origins, raw storage changes. One
 * definition gives the check of foreign input and the TypeScript type.
 */
import { z } from 'zod';
import { isHex, type Hex } from './hex.js';

export const HexSchema = z.custom<Hex>(
  (value) => typeof value === 'string' && isHex(value),
  'expected 0x and lower-case hex',
);
/** A `u64` or `u128` in JSON. */
export const Decimal = z.custom<string>(
  (value) => typeof value === 'string' && /^\d{1,39}$/.test(value),
  'expected a decimal string',
);

export const Origin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('signed'), account: HexSchema }),
  z.object({ kind: z.literal('root'), account: HexSchema }),
]);
/** Who sends a call: nobody (unsigned), an account, or `Sudo.sudo` signed by an account. */
export type Origin = z.infer<typeof Origin>;

const dispatchErrors = [
  z.object({ module: z.object({ pallet: z.string(), error: z.string() }) }),
  z.object({ badOrigin: z.literal(true) }),
  z.object({ other: z.literal(true) }),
  z.object({ dispatchError: z.union([z.string(), z.record(z.string(), z.string())]) }),
] as const;

/** What became of an extrinsic. `invalid`, `unknown` and `panic` enter no block. */
export const Outcome = z.union([
  z.object({ ok: z.literal(true) }),
  ...dispatchErrors,
  z.object({ invalid: z.string() }),
  z.object({ unknown: z.string() }),
  z.object({ panic: z.literal(true) }),
]);
export type Outcome = z.infer<typeof Outcome>;

export const Validity = z.union([
  z.object({
    ok: z.object({
      // Only ever compared with what is expected: what is no number or no hex is a difference.
      priority: z.string(),
      requires: z.array(z.string()),
      provides: z.array(z.string()),
      longevity: z.string(),
      propagate: z.boolean(),
    }),
  }),
  z.object({ invalid: z.string() }),
  z.object({ unknown: z.string() }),
]);
/** What the pool is told of an unsigned call. */
export type Validity = z.infer<typeof Validity>;

const isRecordOf = (value: unknown, holds: (each: unknown) => boolean): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const key in value) {
    if (!isHex(key) || !holds((value as Readonly<Record<string, unknown>>)[key])) return false;
  }
  return true;
};

const isHexValue = (value: unknown): boolean => typeof value === 'string' && isHex(value);

/** Raw storage: key to value. */
export type RawState = Readonly<Record<Hex, Hex>>;
/** One pass over keys and values: as a `z.record` this was an eighth of a replay's time. */
export const RawState = z.custom<RawState>(
  (value) => isRecordOf(value, isHexValue),
  'expected hex keys with hex values',
);

/** Raw storage changes: key to new value, null where the key was removed. */
export type RawDiff = Readonly<Record<Hex, Hex | null>>;
export const RawDiff = z.custom<RawDiff>(
  // Values are compared first, and decoded where they differ: decoding says whether they are hex.
  (value) => isRecordOf(value, (each) => each === null || typeof each === 'string'),
  'expected hex keys with hex values or null',
);

export const OK: Outcome = { ok: true };

/** A short text for people: `ok`, `Compute.ComputeRequestNotFound`, `BadOrigin`, ... */
export const outcomeText = (outcome: Outcome): string => {
  if ('ok' in outcome) return 'ok';
  if ('module' in outcome) return `${outcome.module.pallet}.${outcome.module.error}`;
  if ('other' in outcome) return 'DispatchError::Other';
  if ('badOrigin' in outcome) return 'BadOrigin';
  if ('panic' in outcome) return 'panic';
  if ('invalid' in outcome) return `InvalidTransaction::${outcome.invalid}`;
  if ('unknown' in outcome) return `UnknownTransaction::${outcome.unknown}`;
  const { dispatchError } = outcome;
  return typeof dispatchError === 'string'
    ? dispatchError
    : Object.entries(dispatchError)
        .map((pair) => pair.join('::'))
        .join();
};
