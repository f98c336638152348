/**
 * Accounts whose keys everybody has: derived from Substrate's development phrase by path, so that a recording that names
 * phrase and paths can be signed again anywhere. Ed25519, because its signatures are deterministic. Nothing is derived
 * at import; what was derived is kept (measured in JavaScript: 1.0 ms a key, 0.8 ms a signature).
 */
import { ed25519CreateDerive } from '@polkadot-labs/hdkd';
import { DEV_MINI_SECRET, DEV_PHRASE, type KeyPair } from '@polkadot-labs/hdkd-helpers';
import { fromHex, toHex, type Hex } from './hex.js';
import type { MultiSignature } from './types/registration.js';

/** Published with Substrate: what it controls is nobody's. */
export const PHRASE: string = DEV_PHRASE;

/** Keys kept, and signatures kept of each: at most 100 000 signatures, some 20 MB. */
const KEYS = 200;
const SIGNATURES = 500;

/**
 * Hard junctions that the library derives as `subkey` does: it takes a junction that JavaScript reads as a number for
 * one, has 32 bits for it where Substrate has 64, no place for a long word, and skips what it does not understand.
 */
const PATH = /^(?:\/\/(?:[A-Za-z][\w-]{0,30}|\d{1,9}))+$/;

/** Keeps what `make` made, at most `limit` of it. */
const keeping = <V>(limit: number, make: (of: string) => V): ((of: string) => V) => {
  const made = new Map<string, V>();
  return (of) => {
    const before = made.get(of);
    if (before !== undefined) return before;
    if (made.size >= limit) made.clear();
    const value = make(of);
    made.set(of, value);
    return value;
  };
};

const derive = ed25519CreateDerive(DEV_MINI_SECRET);

interface TestAccount {
  readonly id: Hex;
  readonly sign: (message: Hex) => Hex;
}

const signer = ({ publicKey, sign }: KeyPair): TestAccount => ({
  id: toHex(publicKey),
  sign: keeping(SIGNATURES, (message) => toHex(sign(fromHex(message)))),
});

const at = keeping(KEYS, (path): TestAccount => {
  if (PATH.test(path)) return signer(derive(path));
  throw new RangeError(
    `expected a path of hard junctions such as //Assay//user//0 (words of up to 31 letters, digits, "-" and "_", or ` +
      `numbers of up to 9 digits), came ${JSON.stringify(path)}`,
  );
});

/**
 * The `AccountId32` at a path such as `//Assay//user//0`: the public key.
 * @throws RangeError where the path is not of hard junctions.
 */
export const accountAt = (path: string): Hex => at(path).id;

/**
 * The signature of the account at a path.
 * @throws RangeError as {@link accountAt}.
 */
export const signAt = (path: string, message: Hex): MultiSignature => ({ Ed25519: at(path).sign(message) });
