/** `ext_hashing_*` and `ext_crypto_*` against other implementations and published vectors. */
import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { keccak_256, keccak_512 } from '@noble/hashes/sha3.js';
import * as sr25519 from '@scure/sr25519';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/spec/hex.js';
import { MOCK_SIGNATURE } from '../../../src/targets/runtime/extrinsic.js';
import { cryptoFunctions, hashingFunctions } from '../../../src/targets/runtime/host/crypto.js';
import { HostBench } from './host-bench.js';

const bench = (): HostBench => new HostBench((host) => ({ ...cryptoFunctions(host), ...hashingFunctions(host) }));

const text = (content: string): Uint8Array => Uint8Array.from(Buffer.from(content));

type Peer = (data: Uint8Array) => Uint8Array;

const peers: readonly (readonly [string, number, Peer])[] = [
  ['blake2_128', 16, (data) => blake2b(data, { dkLen: 16 })],
  ['blake2_256', 32, (data) => blake2b(data, { dkLen: 32 })],
  ['keccak_256', 32, keccak_256],
  ['keccak_512', 64, keccak_512],
  ['sha2_256', 32, (data) => createHash('sha256').update(data).digest()],
];

describe('hashing', () => {
  it.each(peers)('%s gives what another implementation gives, asked once and again', (name, length, peer) => {
    const hashing = bench();
    const check = (data: Uint8Array): void => {
      hashing.host.memory.restore();
      const hash = (): string => toHex(hashing.fixed(length, `hashing_${name}_version_1`, hashing.span(data)));
      const expected = toHex(Uint8Array.from(peer(data)));
      expect([hash(), hash()]).toEqual([expected, expected]);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { seed: 51, numRuns: 200 });
  });

  it.each([
    ['twox_64', 8, '', '0x99e9d85137db46ef'],
    ['twox_128', 16, '', '0x99e9d85137db46ef4bbea33613baafd5'],
    ['twox_128', 16, 'System', '0x26aa394eea5630e07c48ae0c9558cef7'],
    ['twox_128', 16, 'Account', '0xb99d880ec681799c0cf30e8886371da9'],
    ['twox_128', 16, 'Sudo', '0x5c0d1176a568c1f92944340dbfed9e9c'],
    ['twox_128', 16, 'Key', '0x530ebca703c85910e7164cb7d1c9e47b'],
  ])('%s of %i bytes of "%s" is as everybody has it', (name, length, data, expected) => {
    const hashing = bench();
    expect(toHex(hashing.fixed(length, `hashing_${name}_version_1`, hashing.span(data)))).toBe(expected);
  });

  it('twox_256 begins with twox_128, and that with twox_64', () => {
    const hashing = bench();
    const of = (name: string, length: number): string =>
      toHex(hashing.fixed(length, `hashing_${name}_version_1`, hashing.span('any text')));
    expect(of('twox_256', 32).slice(0, 34)).toBe(of('twox_128', 16));
    expect(of('twox_128', 16).slice(0, 18)).toBe(of('twox_64', 8));
  });

  it('gives the same after thousands of other inputs', () => {
    const hashing = bench();
    const hash = (data: string): string => {
      hashing.host.memory.restore();
      return toHex(hashing.fixed(32, 'hashing_blake2_256_version_1', hashing.span(data)));
    };
    const first = hash('first');
    const all = new Set(Array.from({ length: 9_000 }, (_, at) => hash(`input ${at}`)));
    expect(all.size).toBe(9_000);
    expect(hash('first')).toBe(first);
  });
});

const SECRET = new Uint8Array(32).fill(7);
const OTHER_SECRET = new Uint8Array(32).fill(8);
const MESSAGE = text('a message that is signed');

interface Signed {
  readonly signature: Uint8Array;
  readonly key: Uint8Array;
}

/** As Substrate has it: the recovery id last. */
const ecdsaOf = (digest: Uint8Array, secret: Uint8Array): Signed => {
  const [id = 0, ...rest] = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' });
  return { signature: Uint8Array.from([...rest, id]), key: secp256k1.getPublicKey(secret) };
};

const digestOf = (message: Uint8Array): Uint8Array => blake2b(message, { dkLen: 32 });

const kinds: readonly (readonly [string, readonly string[], (message: Uint8Array, secret: Uint8Array) => Signed])[] = [
  [
    'ed25519',
    ['ed25519_verify_version_1'],
    (message, secret) => ({ signature: ed25519.sign(message, secret), key: ed25519.getPublicKey(secret) }),
  ],
  [
    'sr25519',
    ['sr25519_verify_version_1', 'sr25519_verify_version_2'],
    (message, seed) => {
      const secret = sr25519.secretFromSeed(seed);
      return { signature: sr25519.sign(secret, message), key: sr25519.getPublicKey(secret) };
    },
  ],
  [
    'ecdsa',
    ['ecdsa_verify_version_1', 'ecdsa_verify_version_2'],
    (message, secret) => ecdsaOf(digestOf(message), secret),
  ],
];

describe.each(kinds)('%s', (_, functions, sign) => {
  const crypto = bench();
  const signed = sign(MESSAGE, SECRET);
  const verdicts = ({ signature, key }: Signed, message: Uint8Array): unknown[] =>
    functions.map((name) => crypto.call(`crypto_${name}`, crypto.at(signature), crypto.span(message), crypto.at(key)));
  const all = (verdict: 0 | 1): unknown[] => functions.map(() => verdict);

  it('takes a signature, also of nothing and of much', () => {
    for (const message of [MESSAGE, new Uint8Array(), new Uint8Array(5000).fill(1)]) {
      expect(verdicts(sign(message, SECRET), message)).toEqual(all(1));
    }
  });

  it('refuses it for another message, of another key, and with any byte changed', () => {
    expect(verdicts(signed, text('another message'))).toEqual(all(0));
    expect(verdicts({ ...signed, key: sign(MESSAGE, OTHER_SECRET).key }, MESSAGE)).toEqual(all(0));
    for (const at of [0, 20, 32, 50, 62]) {
      const changed = signed.signature.with(at, (signed.signature[at] ?? 0) ^ 4);
      expect(verdicts({ ...signed, signature: changed }, MESSAGE)).toEqual(all(0));
    }
  });

  it.each([0, 1, 127, 255])('refuses bytes that are no signature and no key: all %i', (byte) => {
    const nothing = { signature: new Uint8Array(65).fill(byte), key: new Uint8Array(33).fill(byte) };
    expect(verdicts({ ...signed, signature: nothing.signature }, MESSAGE)).toEqual(all(0));
    expect(verdicts({ ...signed, key: nothing.key }, MESSAGE)).toEqual(all(0));
  });
});

describe('prehashed ecdsa', () => {
  it('takes the digest as it is', () => {
    const crypto = bench();
    const digest = new Uint8Array(32).fill(9);
    const { signature, key } = ecdsaOf(digest, SECRET);
    const verdict = (of: Uint8Array): unknown =>
      crypto.call('crypto_ecdsa_verify_prehashed_version_1', crypto.at(signature), crypto.at(of), crypto.at(key));
    expect([verdict(digest), verdict(digestOf(digest))]).toEqual([1, 0]);
  });
});

describe('the mock signature', () => {
  it.each([
    ['ed25519_verify_version_1', 1],
    ['sr25519_verify_version_1', 1],
    ['sr25519_verify_version_2', 1],
    ['ecdsa_verify_version_2', 0],
  ])('is taken by %s as %i where it may be, and never otherwise', (name, taken) => {
    const crypto = bench();
    const verdict = (signature: Uint8Array): unknown =>
      crypto.call(`crypto_${name}`, crypto.at(signature), crypto.span(MESSAGE), crypto.at(new Uint8Array(33)));
    const mock = Buffer.concat([fromHex(MOCK_SIGNATURE), Uint8Array.of(0)]);
    expect(verdict(mock)).toBe(0);
    crypto.host.acceptsMock = true;
    expect(verdict(mock)).toBe(taken);
    expect(verdict(Uint8Array.from(mock).with(63, 0xce))).toBe(0);
    crypto.host.acceptsMock = false;
    expect(verdict(mock)).toBe(0);
  });
});

describe('batches', () => {
  it('tell at their end whether all were valid, and begin anew', () => {
    const crypto = bench();
    const signature = ed25519.sign(MESSAGE, SECRET);
    const key = ed25519.getPublicKey(SECRET);
    const ecdsa = ecdsaOf(digestOf(MESSAGE), SECRET);
    const batch = (messages: readonly Uint8Array[]): unknown => {
      crypto.call('crypto_start_batch_verify_version_1');
      for (const message of messages) {
        const args = [crypto.at(signature), crypto.span(message), crypto.at(key)];
        expect(crypto.call('crypto_ed25519_batch_verify_version_1', ...args)).toBe(1);
      }
      const args = [crypto.at(ecdsa.signature), crypto.span(MESSAGE), crypto.at(ecdsa.key)];
      expect(crypto.call('crypto_ecdsa_batch_verify_version_1', ...args)).toBe(1);
      return crypto.call('crypto_finish_batch_verify_version_1');
    };
    expect([batch([MESSAGE]), batch([MESSAGE, text('other'), MESSAGE]), batch([MESSAGE, MESSAGE])]).toEqual([1, 0, 1]);
  });
});

describe('recovery', () => {
  const digest = digestOf(MESSAGE);
  const { signature, key } = ecdsaOf(digest, SECRET);
  const id = signature[64] ?? 0;
  const forms = ['', '_compressed'].flatMap((form) => [1, 2].map((version) => [form, version] as const));

  const recovered = (form: string, version: number, of: Uint8Array, message = digest): string => {
    const crypto = bench();
    const name = `crypto_secp256k1_ecdsa_recover${form}_version_${version}`;
    return toHex(crypto.bytes(name, crypto.at(of), crypto.at(message)));
  };

  it.each(forms)('%s, version %i, gives the key, with the id as it is and 27 more', (form, version) => {
    const whole = secp256k1.getPublicKey(SECRET, false).slice(1);
    const expected = toHex(Uint8Array.of(0, ...(form === '' ? whole : key)));
    expect(recovered(form, version, signature)).toBe(expected);
    expect(recovered(form, version, signature.with(64, id + 27))).toBe(expected);
    expect(recovered(form, version, signature.with(64, 1 - id))).not.toBe(expected);
    expect(recovered(form, version, signature, new Uint8Array(32).fill(1))).not.toBe(expected);
  });

  const ORDER = fromHex('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141');
  const withR = (r: Uint8Array): Uint8Array => Uint8Array.from([...r, ...signature.slice(32)]);
  const withS = (s: Uint8Array): Uint8Array => Uint8Array.from([...signature.slice(0, 32), ...s, id]);
  const ZERO = new Uint8Array(32);
  /** `EcdsaVerifyError`: `BadRS`, `BadV`, `BadSignature`. */
  const wrong: readonly (readonly [string, Uint8Array, string])[] = [
    ...[4, 5, 26, 31, 32, 127, 128, 255].map(
      (bad) => [`the recovery id ${bad}`, signature.with(64, bad), '0x0101'] as const,
    ),
    ["r at the curve's order", withR(ORDER), '0x0100'],
    ["s at the curve's order", withS(ORDER), '0x0100'],
    ['an r of all ones', withR(ZERO.map(() => 255)), '0x0100'],
    ['no r', withR(ZERO), '0x0102'],
    ['no s', withS(ZERO), '0x0102'],
    ['an id that says r was reduced', signature.with(64, 2), '0x0102'],
  ];
  it.each(wrong)('fails by its name for %s', (_, of, error) => {
    for (const [form, version] of forms) expect(recovered(form, version, of)).toBe(error);
  });
});
