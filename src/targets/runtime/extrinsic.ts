/**
 * Extrinsics in the formats 4 and 5, put together as a runtime's metadata says: bare ones, and signed ones with a real or
 * the mock signature.
 */
import { blake2_256 } from '../../spec/hashing.js';
import { byteLength, concat, type Hex } from '../../spec/hex.js';
import { compactDigits, encode } from '../../spec/scale.js';
import { u32 } from '../../spec/shape.js';
import { MultiSignature } from '../../spec/types/registration.js';
import { MetadataError, zeroOf, type RuntimeMetadata } from '../metadata.js';
import { NotCovered } from '../target.js';

/** What stands where a signature would: taken by our own host alone (as Chopsticks': `deadbeef`, then `cd`). */
export const MOCK_SIGNATURE: Hex = '0xdeadbeef' + 'cd'.repeat(60);

export interface ChainFacts {
  readonly specVersion: number;
  readonly transactionVersion: number;
  readonly genesisHash: Hex;
}

export interface Signer {
  readonly account: Hex;
  readonly nonce: number;
  /** Signs for real; without it the mock signature stands in. */
  readonly sign?: (message: Hex) => MultiSignature;
}

type Format = 4 | 5;

const SIGNED_4 = '0x84';
const GENERAL_5 = '0x45';
const EXTENSION_VERSION = '0x00';
/** `MultiAddress::Id`. */
const ID = '0x00';
const IMMORTAL = '0x00';
/** Payloads beyond this are hashed before they are signed. */
const LONGEST_PAYLOAD = 256;

/** The extension that carries the signature of a format 5 extrinsic (`pallet-verify-signature`). */
export const SIGNATURE_EXTENSION = 'VerifyMultiSignature';

const withLength = (bytes: Hex): Hex => '0x' + compactDigits(byteLength(bytes)) + bytes.slice(2);

/** What an extension carries and what it signs, beyond that. */
interface ExtensionBytes {
  readonly extra: Hex;
  readonly additional: Hex;
}

export class ExtrinsicEncoder {
  private readonly versions: readonly number[];
  /** By identifier, of extensions that are nothing to this host. */
  private readonly zeros = new Map<string, ExtensionBytes>();

  constructor(
    private readonly metadata: RuntimeMetadata,
    private readonly facts: ChainFacts,
    /** Which format to write, where the runtime takes it; default: 4 where it does. */
    private readonly preferred: Format = 4,
  ) {
    this.versions = metadata.extrinsic.versions;
  }

  /** An extrinsic that nobody signs. */
  bare(call: Hex): Hex {
    const version = this.versions.includes(this.preferred) ? this.preferred : (this.versions[0] ?? this.preferred);
    return withLength(concat('0x' + version.toString(16).padStart(2, '0'), call));
  }

  /**
   * An extrinsic of an account, immortal and without a tip. Format 4 wherever the runtime takes it: format 5 has no place
   * for a signature but in an extension.
   * @throws NotCovered where the runtime takes neither
   */
  signed(call: Hex, signer: Signer): Hex {
    return this.versions.includes(4) ? this.signed4(call, signer) : this.general5(call, signer);
  }

  private signed4(call: Hex, { account, nonce, sign }: Signer): Hex {
    const extensions = this.metadata.extrinsic.extensions.map(({ identifier }) => this.extension(identifier, nonce));
    const extra = concat(...extensions.map((each) => each.extra));
    const payload = concat(call, extra, ...extensions.map((each) => each.additional));
    const message = byteLength(payload) > LONGEST_PAYLOAD ? blake2_256(payload) : payload;
    return withLength(concat(SIGNED_4, ID, account, signature(sign, message), extra, call));
  }

  private general5(call: Hex, { account, nonce, sign }: Signer): Hex {
    const { extensions } = this.metadata.extrinsic;
    const at = extensions.findIndex(({ identifier }) => identifier === SIGNATURE_EXTENSION);
    if (at === -1) {
      const formats = this.versions.join(', ');
      throw new NotCovered(
        `signed calls: the runtime takes extrinsics of format ${formats} and has no ${SIGNATURE_EXTENSION} to carry a signature`,
      );
    }
    const all = extensions.map(({ identifier }) => this.extension(identifier, nonce));
    const behind = all.slice(at + 1);
    const extras = behind.map(({ extra }) => extra);
    const implied = concat(EXTENSION_VERSION, call, ...extras, ...behind.map(({ additional }) => additional));
    const carried = concat('0x00', signature(sign, blake2_256(implied)), account);
    const before = all.slice(0, at).map(({ extra }) => extra);
    return withLength(concat(GENERAL_5, EXTENSION_VERSION, ...before, carried, ...extras, call));
  }

  /** An extension that is not named here carries and signs the zero value of its types. */
  private extension(identifier: string, nonce: number): ExtensionBytes {
    const { specVersion, transactionVersion, genesisHash } = this.facts;
    const none = '0x';
    switch (identifier) {
      case 'CheckSpecVersion':
        return { extra: none, additional: encode(u32, specVersion) };
      case 'CheckTxVersion':
        return { extra: none, additional: encode(u32, transactionVersion) };
      case 'CheckGenesis':
        return { extra: none, additional: genesisHash };
      case 'CheckMortality':
      case 'CheckEra':
        return { extra: IMMORTAL, additional: genesisHash };
      case 'CheckNonce':
        return { extra: '0x' + compactDigits(nonce), additional: none };
      default:
        return this.zero(identifier);
    }
  }

  /** @throws NotCovered where one of its types has no zero value */
  private zero(identifier: string): ExtensionBytes {
    const before = this.zeros.get(identifier);
    if (before) return before;
    const found = this.metadata.extrinsic.extensions.find((each) => each.identifier === identifier);
    try {
      const [extra = '0x', additional = '0x'] = found
        ? [zeroOf(this.metadata, found.extra), zeroOf(this.metadata, found.additionalSigned)]
        : [];
      const bytes = { extra, additional };
      this.zeros.set(identifier, bytes);
      return bytes;
    } catch (error) {
      if (!(error instanceof MetadataError)) throw error;
      throw new NotCovered(`signed calls: transaction extension ${identifier}: ${error.message}`, { cause: error });
    }
  }
}

const MOCK = encode(MultiSignature, { Sr25519: MOCK_SIGNATURE });

const signature = (sign: Signer['sign'], message: Hex): Hex =>
  sign === undefined ? MOCK : encode(MultiSignature, sign(message));
