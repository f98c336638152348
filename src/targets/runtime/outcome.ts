/** What `apply_extrinsic` and `validate_transaction` answer, decoded: the types of `sp-runtime`, the same in every runtime. */
import { OK, type Outcome, type Validity } from '../../spec/answers.js';
import { toHex } from '../../spec/hex.js';
import { decode, DecodeError } from '../../spec/scale.js';
import { bool, bytes, list, struct, u64 } from '../../spec/shape.js';

/** The name of a module's error, by its pallet's index and the error's. */
export type NameError = (pallet: number, error: number) => { readonly pallet: string; readonly error: string };

const DISPATCH_ERRORS = [
  'Other',
  'CannotLookup',
  'BadOrigin',
  'Module',
  'ConsumerRemaining',
  'NoProviders',
  'TooManyConsumers',
  'Token',
  'Arithmetic',
  'Transactional',
  'Exhausted',
  'Corruption',
  'Unavailable',
  'RootNotAllowed',
  'Trie',
] as const;

/** Errors whose second byte is the index of one of their own. */
const DETAILS: Readonly<Record<string, readonly string[]>> = {
  Token: [
    'FundsUnavailable',
    'OnlyProvider',
    'BelowMinimum',
    'CannotCreate',
    'UnknownAsset',
    'Frozen',
    'Unsupported',
    'CannotCreateHold',
    'NotExpendable',
    'Blocked',
  ],
  Arithmetic: ['Underflow', 'Overflow', 'DivisionByZero'],
  Transactional: ['LimitReached', 'NoLayer'],
};

const INVALID = [
  'Call',
  'Payment',
  'Future',
  'Stale',
  'BadProof',
  'AncientBirthBlock',
  'ExhaustsResources',
  'Custom',
  'BadMandatory',
  'MandatoryValidation',
  'BadSigner',
  'IndeterminateImplicit',
  'UnknownOrigin',
] as const;

const UNKNOWN = ['CannotLookup', 'NoUnsignedValidator', 'Custom'] as const;

const nameAt = (all: readonly string[], index: number | undefined): string =>
  all[index ?? -1] ?? `number ${index ?? 'missing'}`;

/** `Custom` with its number, else the name. */
const withNumber = (all: readonly string[], [index, number]: Uint8Array): string => {
  const name = nameAt(all, index);
  return name === 'Custom' ? `Custom(${number ?? 0})` : name;
};

/** SCALE of `DispatchError`, from its first byte on. */
export const dispatchError = (error: Uint8Array, nameOf: NameError): Outcome => {
  const [kind, first = 0, second = 0] = error;
  const name = nameAt(DISPATCH_ERRORS, kind);
  if (name === 'Other') return { other: true };
  if (name === 'BadOrigin') return { badOrigin: true };
  if (name === 'Module') return { module: nameOf(first, second) };
  const details = DETAILS[name];
  return { dispatchError: details ? { [name]: nameAt(details, first) } : name };
};

/** SCALE of `TransactionValidityError`. */
const refused = (error: Uint8Array): { readonly invalid: string } | { readonly unknown: string } =>
  error[0] === 0
    ? { invalid: withNumber(INVALID, error.subarray(1)) }
    : { unknown: withNumber(UNKNOWN, error.subarray(1)) };

/** SCALE of `DispatchResult`. */
export const dispatchResult = (result: Uint8Array, nameOf: NameError): Outcome =>
  result[0] === 0 ? OK : dispatchError(result.subarray(1), nameOf);

/** SCALE of `ApplyExtrinsicResult`. `included` is whether the block has the extrinsic. */
export const appliedResult = (
  answer: Uint8Array,
  nameOf: NameError,
): { readonly outcome: Outcome; readonly included: boolean } =>
  answer[0] === 0
    ? { outcome: dispatchResult(answer.subarray(1), nameOf), included: true }
    : { outcome: refused(answer.subarray(1)), included: false };

const ValidTransaction = struct('ValidTransaction', {
  priority: u64,
  requires: list(bytes),
  provides: list(bytes),
  longevity: u64,
  propagate: bool,
});

/** SCALE of `TransactionValidity`; what is none is told as it came. */
export const validityResult = (answer: Uint8Array): Validity => {
  if (answer[0] !== 0) return refused(answer.subarray(1));
  try {
    return accepted(answer);
  } catch (error) {
    if (error instanceof DecodeError) return { unknown: `bytes ${toHex(answer.subarray(0, 40))}` };
    throw error;
  }
};

const accepted = (answer: Uint8Array): Validity => {
  const { priority, requires, provides, longevity, propagate } = decode(ValidTransaction, toHex(answer.subarray(1)));
  return {
    ok: {
      priority: priority.toString(),
      requires: [...requires],
      provides: [...provides],
      longevity: longevity.toString(),
      propagate,
    },
  };
};
