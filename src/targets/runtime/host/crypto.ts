/** `ext_crypto_*` and `ext_hashing_*`: hashes, and signatures that are verified or recovered. Nothing signs: there are no keys. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { hashes, type Hash } from '../../../spec/hashing.js';
import { toHex, type Hex } from '../../../spec/hex.js';
import { remembering, verifyEcdsa, verifySignature } from '../../../spec/signatures.js';
import { MOCK_SIGNATURE } from '../extrinsic.js';
import { flag, type HostContext, type HostFunctions } from './context.js';
import { lengthOf, type LinearMemory, type Span } from '../memory.js';
import type { Key } from '../storage.js';

const SIGNATURE = 64;
const ACCOUNT = 32;

/** A signature is checked once for each message and account: 1.5 to 3 ms in JavaScript. */
const verify = remembering(verifySignature);

/** `Err` of `EcdsaVerifyError`. */
const BAD_R_OR_S = Uint8Array.of(1, 0);
const BAD_RECOVERY_ID = Uint8Array.of(1, 1);
const BAD_SIGNATURE = Uint8Array.of(1, 2);

/** Whether 32 bytes are a number below the curve's order. */
const isScalar = (bytes: Uint8Array): boolean => BigInt(toHex(bytes)) < secp256k1.Point.Fn.ORDER;

/** SCALE of `Result<public key, EcdsaVerifyError>`; `compressed` keys have 33 bytes, the others 64. */
const recover = (signature: Uint8Array, message: Uint8Array, compressed: boolean): Uint8Array => {
  const [last = 0] = signature.subarray(SIGNATURE);
  const id = last > 26 ? last - 27 : last;
  if (id > 3) return BAD_RECOVERY_ID;
  if (!isScalar(signature.subarray(0, 32)) || !isScalar(signature.subarray(32, SIGNATURE))) return BAD_R_OR_S;
  try {
    const recovered = Uint8Array.of(id, ...signature.subarray(0, SIGNATURE));
    const key = secp256k1.recoverPublicKey(recovered, message, { prehash: false });
    const point = secp256k1.Point.fromBytes(key).toBytes(compressed);
    // An uncompressed point begins with a byte that says so, which Substrate leaves out.
    return Buffer.concat([Uint8Array.of(0), compressed ? point : point.subarray(1)]);
  } catch {
    // The library throws on bytes that are no signature of anything: that is the answer.
    return BAD_SIGNATURE;
  }
};

export const cryptoFunctions = (host: HostContext): HostFunctions => {
  const hex = (pointer: number, length: number): Hex => toHex(host.memory.readAt(pointer, length));
  const message = (span: Span): Hex => toHex(host.memory.read(span));
  const ofKind = (kind: 'Ed25519' | 'Sr25519') => (signature: number, data: Span, account: number) => {
    const bytes = hex(signature, SIGNATURE);
    if (host.acceptsMock && bytes === MOCK_SIGNATURE) return 1;
    const multi = kind === 'Ed25519' ? { Ed25519: bytes } : { Sr25519: bytes };
    return flag(verify(multi, message(data), hex(account, ACCOUNT)));
  };
  const ecdsa = (signature: number, data: Span, key: number) =>
    flag(verifyEcdsa(hex(signature, SIGNATURE + 1), hashes.blake2_256(host.memory.read(data)), hex(key, 33)));
  const recovering = (compressed: boolean) => (signature: number, data: number) =>
    host.memory.write(recover(host.memory.readAt(signature, SIGNATURE + 1), host.memory.readAt(data, 32), compressed));
  // The old batch interface promises an answer at the end only; here each is given at once.
  const batch = { valid: true };
  const batched = (check: (signature: number, data: Span, account: number) => number) => {
    return (signature: number, data: Span, account: number) => {
      batch.valid &&= check(signature, data, account) === 1;
      return 1;
    };
  };
  return {
    ext_crypto_ed25519_verify_version_1: ofKind('Ed25519'),
    ext_crypto_sr25519_verify_version_1: ofKind('Sr25519'),
    ext_crypto_sr25519_verify_version_2: ofKind('Sr25519'),
    ext_crypto_ecdsa_verify_version_1: ecdsa,
    ext_crypto_ecdsa_verify_version_2: ecdsa,
    ext_crypto_ecdsa_verify_prehashed_version_1: (signature: number, digest: number, key: number) =>
      flag(verifyEcdsa(hex(signature, SIGNATURE + 1), host.memory.readAt(digest, 32), hex(key, 33))),
    ext_crypto_secp256k1_ecdsa_recover_version_1: recovering(false),
    ext_crypto_secp256k1_ecdsa_recover_version_2: recovering(false),
    ext_crypto_secp256k1_ecdsa_recover_compressed_version_1: recovering(true),
    ext_crypto_secp256k1_ecdsa_recover_compressed_version_2: recovering(true),
    ext_crypto_start_batch_verify_version_1: () => {
      batch.valid = true;
    },
    ext_crypto_ed25519_batch_verify_version_1: batched(ofKind('Ed25519')),
    ext_crypto_sr25519_batch_verify_version_1: batched(ofKind('Sr25519')),
    ext_crypto_ecdsa_batch_verify_version_1: batched(ecdsa),
    ext_crypto_finish_batch_verify_version_1: () => flag(batch.valid),
  };
};

/** Inputs up to this length come again and again: names of pallets and items, accounts, node ids. */
const SHORT = 64;
const REMEMBERED = 4_096;

/** The answers to short inputs are kept, for all runtimes alike: a signed extrinsic asks for some 70, the same each time. */
const kept = new Map<Hash, Map<Key, Uint8Array>>(Object.values(hashes).map((hash) => [hash, new Map()]));

const answerOf = (hash: Hash, memory: LinearMemory, data: Span): Uint8Array => {
  if (lengthOf(data) > SHORT) return hash(memory.view(data));
  const answers = kept.get(hash) ?? new Map<Key, Uint8Array>();
  const asked = memory.key(data);
  const before = answers.get(asked);
  if (before !== undefined) return before;
  if (answers.size >= REMEMBERED) answers.clear();
  const answer = hash(memory.view(data));
  answers.set(asked, answer);
  return answer;
};

export const hashingFunctions = (host: HostContext): HostFunctions =>
  Object.fromEntries(
    Object.entries(hashes).map(([name, hash]) => [
      `ext_hashing_${name}_version_1`,
      (data: Span) => host.memory.writeFixed(answerOf(hash, host.memory, data)),
    ]),
  );
