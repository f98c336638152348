/** Signatures as fulfilments carry them: the registered owner's, and those of others, of other words, of nobody (DEV-01). */
import { signAt } from '../../spec/accounts.js';
import { signedMessage, type CallName } from '../../spec/calls.js';
import type { Hex } from '../../spec/hex.js';
import { NO_SIGNATURE } from '../../spec/signatures.js';
import type { MultiSignature } from '../../spec/types/registration.js';
import { nodesOf, type Cast } from '../cast.js';
import { choose } from './command.js';

/** What is signed. */
export interface Signed {
  readonly name: CallName;
  readonly node: Hex;
  readonly request_id: bigint;
}

const ownerOf = (cast: Cast, node: Hex): string =>
  (nodesOf(cast).find((each) => each.node === node) ?? choose(cast.miners, 0)).owner.path;

/** The node's registered owner's; where there is none, the first miner's. */
export const signature = (cast: Cast, { name, node, request_id }: Signed): MultiSignature =>
  signAt(ownerOf(cast, node), signedMessage(name, node, request_id));

/** Nobody's of each kind, somebody else's, and the owner's under another call. One takes a millisecond to make. */
const WRONG: readonly ((cast: Cast, signed: Signed) => MultiSignature)[] = [
  () => NO_SIGNATURE,
  () => ({ Sr25519: '0x' + '00'.repeat(64) }),
  (cast, { name, node, request_id }) => {
    const other = [cast.rival, choose(cast.miners, 1).owner].find(({ path }) => path !== ownerOf(cast, node));
    return signAt((other ?? cast.rival).path, signedMessage(name, node, request_id));
  },
  () => ({ Ecdsa: '0x' + '00'.repeat(65) }),
  (cast, { name, node, request_id }) =>
    signature(cast, {
      name:
        name === 'Compute.submit_compute_boot_request_fulfillment'
          ? 'Compute.submit_compute_reboot_request_fulfillment'
          : 'Compute.submit_compute_boot_request_fulfillment',
      node,
      request_id,
    }),
  (cast, signed) => {
    const right = signature(cast, signed);
    return 'Ed25519' in right ? { Sr25519: right.Ed25519 } : NO_SIGNATURE;
  },
];

/** One that is not the owner's of these words. */
export const wrongSignature = (cast: Cast, signed: Signed, number: number): MultiSignature =>
  choose(WRONG, number)(cast, signed);
