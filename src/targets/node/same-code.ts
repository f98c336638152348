/**
 * Whether a chain still has the runtime that it had when we came. Where it has not, what is compared from then on would be put down to a
 * runtime that is not there any more. A hash of the code is asked for with each block; Chopsticks tells none, and is asked for the runtime that
 * its blocks say they upgraded to, and for the code itself where scenarios begin.
 */
import { HexSchema } from '../../spec/answers.js';
import { blake2_256 } from '../../spec/hashing.js';
import type { Hex } from '../../spec/hex.js';
import { NodeFailure } from '../failures.js';
import { CODE_KEY } from '../runtime/blob.js';
import { valueKey } from '../runtime/genesis.js';
import { hexOfKey } from '../runtime/translation.js';
import type { NodeConnection } from './connection.js';
import type { NodeIdentity } from './identity.js';

const HASH = 'state_getStorageHash';
const UPGRADED = hexOfKey(valueKey('System', 'LastRuntimeUpgrade'));

export class SameCode {
  private constructor(
    private readonly connection: NodeConnection,
    private readonly identity: NodeIdentity,
    private readonly began: Hex | null,
  ) {}

  /** @param head hash of a block with the runtime that the chain's identity tells. @throws NodeFailure, Interrupted */
  static async since(head: Hex, connection: NodeConnection, identity: NodeIdentity): Promise<SameCode> {
    const asked = new SameCode(connection, identity, null);
    return new SameCode(connection, identity, await asked.mark(head));
  }

  /** @param hash of a block. @throws NodeFailure where the runtime is another one after it */
  async expectAfter(hash: Hex): Promise<void> {
    if ((await this.mark(hash)) !== this.began) throw this.changed(hash);
  }

  /** As {@link expectAfter}, for blocks that are few: the whole code, where nothing less tells all. */
  async expectWhole(hash: Hex): Promise<void> {
    if (this.tellsHash) return;
    const code = await this.connection.request(HexSchema.nullable(), 'state_getStorage', CODE_KEY, hash);
    if (code === null || blake2_256(code) !== this.identity.codeHash) throw this.changed(hash);
  }

  private get tellsHash(): boolean {
    return this.identity.methods.has(HASH);
  }

  private mark(hash: Hex): Promise<Hex | null> {
    const [method, key] = this.tellsHash ? [HASH, CODE_KEY] : ['state_getStorage', UPGRADED];
    return this.connection.request(HexSchema.nullable(), method, key, hash);
  }

  private changed(hash: Hex): NodeFailure {
    const { url, specName, specVersion } = this.identity;
    return new NodeFailure(
      `${url}: the chain has another runtime after block ${hash.slice(0, 10)} than ${specName} ${specVersion}, with which this began: what was told until then is about that one; begin anew for the other`,
    );
  }
}
