/** Test accounts are those that `subkey` derives, and their signatures are checked as Substrate checks them. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { mnemonicToMiniSecret, ss58Address } from '@polkadot-labs/hdkd-helpers';
import * as sr25519 from '@scure/sr25519';
import { describe, expect, it } from 'vitest';
import { accountAt, PHRASE, signAt } from '../../src/spec/accounts.js';
import { signedMessage } from '../../src/spec/calls.js';
import { blake2_256 } from '../../src/spec/hashing.js';
import { concat, fromHex, hexOfText, toHex, type Hex } from '../../src/spec/hex.js';
import { encode } from '../../src/spec/scale.js';
import { bytes, u64 } from '../../src/spec/shape.js';
import { verifySignature } from '../../src/spec/signatures.js';
import type { MultiSignature } from '../../src/spec/types/registration.js';

const MESSAGE = signedMessage('Compute.mark_miner_compute_stop_request_fulfilled', hexOfText('node-1'), 7n);
const OTHER_MESSAGE = signedMessage('Compute.mark_miner_compute_stop_request_fulfilled', hexOfText('node-1'), 8n);
const SEED = new Uint8Array(32).fill(7);
const OTHER_SEED = new Uint8Array(32).fill(8);

/** `sp_core`'s hard derivation for Ed25519, restated: a junction is the SCALE of its word or u64, padded to 32 bytes. */
const derived = (secret: Hex, junction: Hex): Hex =>
  blake2_256(concat(encode(bytes, hexOfText('Ed25519HDKD')), secret, junction.padEnd(66, '0')));

describe('a test account', () => {
  it('is the one that subkey derives from the published phrase at //Alice', () => {
    expect(ss58Address(accountAt('//Alice'))).toBe('5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu');
  });

  it("follows Substrate's rule for words and numbers from the phrase down", () => {
    const junctions = [encode(bytes, hexOfText('Assay')), encode(bytes, hexOfText('user')), encode(u64, 10n)];
    const secret = junctions.reduce(derived, toHex(mnemonicToMiniSecret(PHRASE)));
    expect(accountAt('//Assay//user//10')).toBe(toHex(ed25519.getPublicKey(fromHex(secret))));
  });

  it.each([
    '',
    'Assay',
    '/Assay',
    '//Assay/user',
    '//0x10',
    '//4294967296',
    `//${'a'.repeat(32)}`,
    '//Assay///password',
  ])('is refused at %j, where the library would derive another account than subkey, or none', (path) => {
    expect(() => accountAt(path)).toThrow(RangeError);
    expect(() => signAt(path, MESSAGE)).toThrow(JSON.stringify(path));
  });

  it('stays what it is when more accounts are asked for than are kept', () => {
    const before = [accountAt('//Assay//user//0'), signAt('//Assay//user//0', MESSAGE)];
    for (let index = 0; index <= 200; index += 1) accountAt(`//Assay//miner//${index}`);
    expect([accountAt('//Assay//user//0'), signAt('//Assay//user//0', MESSAGE)]).toEqual(before);
  });
});

interface Signer {
  readonly account: Hex;
  readonly sign: (message: Hex) => MultiSignature;
}

const ed25519At = (path: string): Signer => ({
  account: accountAt(path),
  sign: (message) => signAt(path, message),
});

const sr25519Of = (seed: Uint8Array): Signer => {
  const secret = sr25519.secretFromSeed(seed);
  return {
    account: toHex(sr25519.getPublicKey(secret)),
    sign: (message) => ({ Sr25519: toHex(sr25519.sign(secret, fromHex(message))) }),
  };
};

/** Substrate: `r || s || v` over the message's BLAKE2-256; the account is that of the compressed public key. */
const ecdsaOf = (seed: Uint8Array): Signer => ({
  account: blake2_256(toHex(secp256k1.getPublicKey(seed, true))),
  sign: (message) => {
    const hash = fromHex(blake2_256(message));
    const recovered = secp256k1.sign(hash, seed, { prehash: false, format: 'recovered' });
    return { Ecdsa: concat(toHex(recovered.subarray(1)), toHex(recovered.subarray(0, 1))) };
  },
});

/** The signature with one bit of its byte `at` turned. */
const bent = (signature: MultiSignature, at: number): MultiSignature => {
  const [[kind, value]] = Object.entries(signature) as [[string, Hex]];
  const raw = Uint8Array.from(fromHex(value));
  raw[at] = (raw[at] ?? 0) ^ 1;
  return { [kind]: toHex(raw) } as MultiSignature;
};

describe.each([
  ['Ed25519', ed25519At('//Assay//miner//0'), ed25519At('//Assay//miner//1')],
  ['Sr25519', sr25519Of(SEED), sr25519Of(OTHER_SEED)],
  ['Ecdsa', ecdsaOf(SEED), ecdsaOf(OTHER_SEED)],
] as const)('a signature of kind %s', (kind, signer, other) => {
  const signature = signer.sign(MESSAGE);

  it("verifies for its account's message, and for no other account or message", () => {
    expect(Object.keys(signature)).toEqual([kind]);
    expect(verifySignature(signature, MESSAGE, signer.account)).toBe(true);
    expect(verifySignature(signature, MESSAGE, other.account)).toBe(false);
    expect(verifySignature(signature, OTHER_MESSAGE, signer.account)).toBe(false);
  });

  it('does not verify once a bit of it is turned', () => {
    expect(verifySignature(bent(signature, 0), MESSAGE, signer.account)).toBe(false);
    expect(verifySignature(bent(signature, 40), MESSAGE, signer.account)).toBe(false);
  });
});

const zeros = (length: number): Hex => '0x' + '00'.repeat(length);

it('64 or 65 zero bytes are a signature of no kind', () => {
  const account = accountAt('//Assay//miner//0');
  expect(verifySignature({ Ed25519: zeros(64) }, MESSAGE, account)).toBe(false);
  expect(verifySignature({ Sr25519: zeros(64) }, MESSAGE, account)).toBe(false);
  expect(verifySignature({ Ecdsa: zeros(65) }, MESSAGE, account)).toBe(false);
});

it('equal paths and messages give equal signatures, as recordings need', () => {
  const fresh = ed25519.sign(
    fromHex(MESSAGE),
    fromHex(derived(toHex(mnemonicToMiniSecret(PHRASE)), encode(bytes, hexOfText('Assay')))),
  );
  expect(signAt('//Assay', MESSAGE)).toEqual({ Ed25519: toHex(fresh) });
});
