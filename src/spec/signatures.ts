/**
 * Whether a `MultiSignature` over a message is an account's, as `sp_runtime::MultiSignature` verifies it. Pure; the
 * engine is handed it (measured: 1.5 ms an Ed25519 check in JavaScript, so callers keep answers they had).
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import * as sr25519 from '@scure/sr25519';
import { blake2_256 } from './hashing.js';
import { fromHex, toHex, type Hex } from './hex.js';
import type { MultiSignature } from './types/registration.js';

/** 64 zero bytes: nobody's signature of anything. */
export const NO_SIGNATURE: MultiSignature = { Ed25519: '0x' + '00'.repeat(64) };

/** `account` is the 32 bytes of an `AccountId32`. Never throws: what can't be a signature is none. */
export type Verify = (signature: MultiSignature, message: Hex, account: Hex) => boolean;

/** The compressed public key (33 bytes) whose ECDSA signature (65 bytes) of a digest this is. @throws where it is nobody's */
const recoverEcdsa = (signature: Uint8Array, digest: Uint8Array): Uint8Array => {
  // noble wants the recovery byte first; Substrate has it last.
  const recovered = Uint8Array.of(signature[64] ?? 0, ...signature.subarray(0, 64));
  return secp256k1.recoverPublicKey(recovered, digest, { prehash: false });
};

const ecdsaAccount = (signature: Uint8Array, message: Hex): Hex =>
  blake2_256(toHex(recoverEcdsa(signature, fromHex(blake2_256(message)))));

/** Whether an ECDSA signature (65 bytes) of a digest is that of a compressed public key (33 bytes). */
export const verifyEcdsa = (signature: Hex, digest: Uint8Array, key: Hex): boolean => {
  try {
    return toHex(recoverEcdsa(fromHex(signature), digest)) === key;
  } catch {
    // As below: such bytes are no signature.
    return false;
  }
};

/** Checks a signature of any of the three kinds. */
export const verifySignature: Verify = (signature, message, account) => {
  try {
    if ('Ed25519' in signature) return ed25519.verify(fromHex(signature.Ed25519), fromHex(message), fromHex(account));
    if ('Sr25519' in signature) return sr25519.verify(fromHex(message), fromHex(signature.Sr25519), fromHex(account));
    return ecdsaAccount(fromHex(signature.Ecdsa), message) === account;
  } catch {
    // The libraries throw on bytes that are no point, no scalar or no recovery id: such bytes are no signature.
    return false;
  }
};

/** Keeps the answers of `verify`, at most `limit` of them. */
export const remembering = (verify: Verify, limit = 10_000): Verify => {
  const known = new Map<string, boolean>();
  return (signature, message, account) => {
    const asked = JSON.stringify([signature, message, account]);
    const before = known.get(asked);
    if (before !== undefined) return before;
    if (known.size >= limit) known.clear();
    const valid = verify(signature, message, account);
    known.set(asked, valid);
    return valid;
  };
};
