/** Extrinsics byte by byte: formats 4 and 5, with the mock signature and with real ones. */
import { describe, expect, it } from 'vitest';
import { accountAt, signAt } from '../../src/spec/accounts.js';
import { blake2_256 } from '../../src/spec/hashing.js';
import { concat, type Hex } from '../../src/spec/hex.js';
import { decode, encode } from '../../src/spec/scale.js';
import { bytes } from '../../src/spec/shape.js';
import { verifySignature } from '../../src/spec/signatures.js';
import { MultiSignature } from '../../src/spec/types/registration.js';
import type { RuntimeMetadata, TypeMetadata } from '../../src/targets/metadata.js';
import { ExtrinsicEncoder, MOCK_SIGNATURE } from '../../src/targets/runtime/extrinsic.js';
import { NotCovered } from '../../src/targets/target.js';
import { lab } from '../lab.js';

const path = '//Assay//user//0';
const account = accountAt(path);
const sign = (message: Hex) => signAt(path, message);
const genesisHash = '0x' + '77'.repeat(32);
const facts = { specVersion: 9000, transactionVersion: 3, genesisHash };
const call = '0x4300aabb';
const MORTALITY_AND_NONCE_AND_TIP = '0x001c00';
const IMPLIED = concat('0x28230000', '0x03000000', genesisHash, genesisHash);

/** Without its length. */
const body = (extrinsic: Hex): Hex => decode(bytes, extrinsic);

const types: ReadonlyMap<number, TypeMetadata> = new Map([
  [0, { id: 0, path: [], definition: { kind: 'tuple', of: [] } }],
  [1, { id: 1, path: [], definition: { kind: 'primitive', of: 'u32' } }],
  [2, { id: 2, path: [], definition: { kind: 'primitive', of: 'u8' } }],
]);

/** A runtime that takes nothing but format 5. */
const only5 = (identifiers: readonly string[]): RuntimeMetadata => ({
  version: 16,
  types,
  pallets: [],
  apis: [],
  extrinsic: {
    versions: [5],
    extensions: identifiers.map((identifier) => ({
      identifier,
      extra: identifier === 'Unknown' ? 2 : 0,
      additionalSigned: identifier === 'Unknown' ? 1 : 0,
    })),
  },
});

describe('an extrinsic of the lab runtime', () => {
  const encoder = new ExtrinsicEncoder(lab.metadata, facts);

  it('that nobody signs is its format and the call', () => {
    expect(body(encoder.bare(call))).toBe('0x04' + call.slice(2));
    expect(body(new ExtrinsicEncoder(lab.metadata, facts, 5).bare(call))).toBe('0x05' + call.slice(2));
  });

  it('that carries the mock signature has it where a signature stands', () => {
    const mock = encode(MultiSignature, { Sr25519: MOCK_SIGNATURE });
    const expected = concat('0x84', '0x00', account, mock, MORTALITY_AND_NONCE_AND_TIP, call);
    expect(body(encoder.signed(call, { account, nonce: 7 }))).toBe(expected);
  });

  it('that is really signed is signed over the call, the extensions and what they imply', () => {
    const extrinsic = body(encoder.signed(call, { account, nonce: 7, sign }));
    const signature = decode(MultiSignature, '0x' + extrinsic.slice(2 + 2 * 34, 2 + 2 * 99));
    expect(verifySignature(signature, concat(call, MORTALITY_AND_NONCE_AND_TIP, IMPLIED), account)).toBe(true);
  });

  it('whose payload is long is signed over the hash of it', () => {
    const long = concat(call, '0x' + '01'.repeat(300));
    const extrinsic = body(encoder.signed(long, { account, nonce: 7, sign }));
    const signature = decode(MultiSignature, '0x' + extrinsic.slice(2 + 2 * 34, 2 + 2 * 99));
    const payload = concat(long, MORTALITY_AND_NONCE_AND_TIP, IMPLIED);
    expect(verifySignature(signature, blake2_256(payload), account)).toBe(true);
    expect(verifySignature(signature, payload, account)).toBe(false);
  });
});

describe('an extrinsic of a runtime that takes format 5 only', () => {
  it('is general where it is signed, with the signature in its extension, over what comes behind that', () => {
    const metadata = only5(['Unknown', 'VerifyMultiSignature', 'CheckSpecVersion', 'CheckNonce', 'Unknown']);
    const extrinsic = body(new ExtrinsicEncoder(metadata, facts).signed(call, { account, nonce: 7, sign }));
    const behind = concat('0x1c', '0x00');
    expect(extrinsic.startsWith('0x45' + '00' + '00' + '00')).toBe(true);
    expect(extrinsic.endsWith(concat(account, behind, call).slice(2))).toBe(true);
    const signature = decode(MultiSignature, '0x' + extrinsic.slice(2 + 2 * 4, 2 + 2 * 69));
    const implied = concat('0x00', call, behind, '0x28230000', '0x00000000');
    expect(verifySignature(signature, blake2_256(implied), account)).toBe(true);
  });

  it('is bare where nobody signs it', () => {
    expect(body(new ExtrinsicEncoder(only5([]), facts).bare(call))).toBe('0x05' + call.slice(2));
  });

  it('can not be signed where no extension carries a signature', () => {
    const encoder = new ExtrinsicEncoder(only5(['CheckNonce']), facts);
    expect(() => encoder.signed(call, { account, nonce: 7 })).toThrow(NotCovered);
    expect(() => encoder.signed(call, { account, nonce: 7 })).toThrow(/format 5 and has no VerifyMultiSignature/);
  });
});
