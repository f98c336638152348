/** A development key that the user names: it pays for test accounts, and is root where the chain says so. */
import { Keyring } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { fromHex, toHex } from '../../spec/hex.js';
import { NodeFailure } from '../failures.js';
import type { Key } from './stage.js';

const UNREADABLE =
  'the secret URI (--suri, ASSAY_SURI) can not be read: expected //Alice, a phrase of 12 to 24 words, or 0x and 64 hex digits';

/** Phrase or seed, then a path: the library takes any other word for a seed, and so for a key that nobody has. */
const SECRET_URI = /^(?:0x[0-9a-fA-F]{64}|[a-z]+(?: [a-z]+){11,23})?(?:\/{1,2}[^/]+)*(?:\/\/\/.*)?$/;

/**
 * The Sr25519 key of a secret URI: `//Alice`, a phrase, a seed in hex, each with a path behind it.
 * @throws NodeFailure where it is none; the message does not repeat it, for it may be a secret
 */
export const keyOfSuri = async (suri: string): Promise<Key> => {
  if (suri === '' || !SECRET_URI.test(suri)) throw new NodeFailure(UNREADABLE);
  await cryptoWaitReady();
  try {
    const pair = new Keyring({ type: 'sr25519' }).addFromUri(suri);
    return {
      account: toHex(pair.publicKey),
      sign: (message) => ({ Sr25519: toHex(pair.sign(fromHex(message))) }),
    };
  } catch (error) {
    throw new NodeFailure(UNREADABLE, { cause: error });
  }
};
