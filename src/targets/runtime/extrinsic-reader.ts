/**
 * Extrinsics that somebody else made, in the formats 4 and 5: who signed, and which call. Address and signature are those of
 * BEHAVIOUR.md section 1 (`MultiAddress`, `MultiSignature`), which metadata 14 does not tell; what else is there the metadata says.
 */
import { fromHex, toHex, type Hex } from '../../spec/hex.js';
import { DecodeError } from '../../spec/scale.js';
import type { RuntimeMetadata } from '../metadata.js';
import { compactAt, endOf, endOfFields } from '../metadata/extent.js';
import { SIGNATURE_EXTENSION } from './extrinsic.js';

export interface ReadExtrinsic {
  /** Null where nobody signed. */
  readonly signer: Hex | null;
  /** SCALE of the call, under the runtime's own indices. */
  readonly call: Hex;
}

/** The two upper bits of the first byte; the others are the format. */
const [BARE, SIGNED, GENERAL] = [0x00, 0x80, 0x40];

/** Bytes of a signature, by its variant: Ed25519, Sr25519, Ecdsa, Eth. */
const SIGNATURES = [64, 64, 65, 65];

const ACCOUNT = 32;
/** `MultiAddress::Id`, and `Address32`, which is the same. */
const ID = 0;
const ADDRESS_32 = 3;

const accountAt = (bytes: Uint8Array, at: number): { readonly account: Hex; readonly end: number } => {
  const end = at + ACCOUNT;
  if (end > bytes.length) throw new DecodeError(`byte ${at}: expected an account, ${bytes.length - at} bytes are left`);
  return { account: toHex(bytes.subarray(at, end)), end };
};

const addressAt = (bytes: Uint8Array, at: number): { readonly account: Hex; readonly end: number } => {
  const kind = bytes[at];
  if (kind === ID || kind === ADDRESS_32) return accountAt(bytes, at + 1);
  throw new DecodeError(`byte ${at}: expected the address of an account, came one of kind ${kind ?? 'none'}`);
};

const endOfSignature = (bytes: Uint8Array, at: number): number => {
  const length = SIGNATURES[bytes[at] ?? -1];
  if (length === undefined) throw new DecodeError(`byte ${at}: expected a signature, came none`);
  return at + 1 + length;
};

/** What the extensions carry: where the call begins, and who signed in one of them. */
const endOfExtensions = (
  metadata: RuntimeMetadata,
  bytes: Uint8Array,
  start: number,
): { readonly signer: Hex | null; readonly end: number } => {
  let signer: Hex | null = null;
  let at = start;
  for (const { identifier, extra } of metadata.extrinsic.extensions) {
    if (identifier === SIGNATURE_EXTENSION && bytes[at] === 0)
      signer = accountAt(bytes, endOfSignature(bytes, at + 1)).account;
    at = endOf(metadata, extra, bytes, at);
  }
  return { signer, end: at };
};

/** Where a call ends. @throws DecodeError where it is none of the runtime's */
export const endOfCall = (metadata: RuntimeMetadata, bytes: Uint8Array, at: number): number => {
  const [pallet, member] = bytes.subarray(at, at + 2);
  const call = metadata.pallets.find(({ index }) => index === pallet)?.calls.find(({ index }) => index === member);
  if (call === undefined) throw new DecodeError(`byte ${at}: the metadata has no call ${pallet ?? ''}.${member ?? ''}`);
  return endOfFields(metadata, call.fields, bytes, at + 2);
};

/**
 * @param encoded as blocks have it, with its length
 * @throws DecodeError where it is of another format, or its call is none of the runtime's
 */
export const readExtrinsic = (metadata: RuntimeMetadata, encoded: Hex): ReadExtrinsic => {
  const bytes = fromHex(encoded);
  const { end: start } = compactAt(bytes, 0);
  const first = bytes[start] ?? 0;
  const [kind, format] = [first & 0xc0, first & 0x3f];
  const read = (signer: Hex | null, at: number): ReadExtrinsic => {
    const end = endOfCall(metadata, bytes, at);
    if (end !== bytes.length) throw new DecodeError(`byte ${end}: expected the extrinsic's end, came ${bytes.length}`);
    return { signer, call: toHex(bytes.subarray(at)) };
  };
  if ((format === 4 || format === 5) && kind === BARE) return read(null, start + 1);
  if (format === 4 && kind === SIGNED) {
    const { account, end } = addressAt(bytes, start + 1);
    return read(account, endOfExtensions(metadata, bytes, endOfSignature(bytes, end)).end);
  }
  // Behind the first byte stands the version of the extensions.
  if (format === 5 && kind === GENERAL) {
    const { signer, end } = endOfExtensions(metadata, bytes, start + 2);
    return read(signer, end);
  }
  throw new DecodeError(`byte ${start}: expected an extrinsic of format 4 or 5, came 0x${first.toString(16)}`);
};
