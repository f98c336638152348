/**
 * Blocks of a chain as a node tells them, several asked for at once. Nothing is sent.
 *
 * The storage of the pallets under test is looked at whole after each block, so that a value that nobody wrote is seen; two blocks make
 * the changes. A proof of a few nodes tells the hash of each pallet's part of the state: a part that was read before is not read again.
 * Where the node has no proofs, all of it is read at each block.
 */
import { z } from 'zod';
import { HexSchema } from '../spec/answers.js';
import { concat, type Hex } from '../spec/hex.js';
import { DecodeError } from '../spec/scale.js';
import { twox128 } from '../spec/hashing.js';
import { NodeFailure } from '../targets/failures.js';
import { CODE_KEY } from '../targets/runtime/blob.js';
import { isStateGone } from '../targets/node/code.js';
import { Quantity, RpcError, type RpcConnection } from '../targets/node/connection.js';
import { keysUnder, valuesAt } from '../targets/node/paged-storage.js';
import { NO_PART, partsUnder } from '../targets/node/trie-parts.js';
import { LAB_SETTINGS, SUDO_KEY, valueKey } from '../targets/runtime/genesis.js';
import { hexOfKey } from '../targets/runtime/translation.js';

/** Raw storage by the chain's own keys. */
export type OwnState = ReadonlyMap<Hex, Hex>;

export interface ReadBlock {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parent: Hex;
  readonly extrinsics: readonly Hex[];
  /** SCALE of `System.Events`. */
  readonly events: Hex;
  readonly sudo: Hex;
  readonly lab: Hex | null;
  /** Of the code that the next block is executed by. */
  readonly codeHash: Hex;
  /** After the block, of the pallets under test, by pallet: under the prefix of each. */
  readonly state: ReadonlyMap<Hex, OwnState>;
}

const Header = z.object({ number: Quantity });
const SignedBlock = z.object({
  block: z.object({
    header: z.object({ number: Quantity, parentHash: HexSchema, stateRoot: HexSchema }),
    extrinsics: z.array(HexSchema),
  }),
});
const ReadProof = z.object({ proof: z.array(HexSchema) });

const EVENTS = hexOfKey(valueKey('System', 'Events'));
const SUDO = hexOfKey(SUDO_KEY);
const LAB = hexOfKey(LAB_SETTINGS);
const NO_EVENTS = '0x00';

/** Of JSON-RPC. */
const NO_SUCH_METHOD = -32_601;
/** Parts of states that are kept: those of the blocks that are asked for at once, and some more. */
const MOST_PARTS = 128;
const NOTHING: OwnState = new Map();

export class BlockSource {
  /** Whether the node tells the hash of a value, and proves what it tells; Chopsticks does neither. */
  private tellsHashes = true;
  private tellsProofs = true;
  /** By what {@link partsUnder} calls them, the last used last. */
  private readonly parts = new Map<string, Promise<OwnState>>();

  constructor(private readonly connection: RpcConnection) {}

  /** The number of the newest final block. */
  async finalised(): Promise<bigint> {
    const hash = await this.connection.request(HexSchema, 'chain_getFinalizedHead');
    return (await this.connection.request(Header, 'chain_getHeader', hash)).number;
  }

  /** Null where the node has no such block. */
  hashOf(number: bigint): Promise<Hex | null> {
    return this.connection.request(HexSchema.nullable(), 'chain_getBlockHash', Number(number));
  }

  /**
   * A final block, and what it left behind.
   * @param prefixes of the pallets under test, as the runtime that executes it has them
   * @throws NodeFailure, among them what {@link isStateGone} knows; Interrupted
   */
  async read(number: bigint, prefixes: readonly Hex[]): Promise<ReadBlock> {
    const hash = await this.hashOf(number);
    if (hash === null) throw this.noBlock(number);
    const asked = this.connection.request(SignedBlock.nullable(), 'chain_getBlock', hash);
    const [signed, values, codeHash, names] = await Promise.all([
      asked,
      this.valuesAt([EVENTS, SUDO, LAB], hash),
      this.codeHash(hash),
      prefixes.length === 0 ? null : this.partNames(prefixes, hash, asked),
    ]);
    if (signed === null) throw this.noBlock(number);
    const states = await Promise.all(prefixes.map((prefix) => this.part(prefix, hash, names?.get(prefix))));
    const { header, extrinsics } = signed.block;
    return {
      number,
      hash,
      parent: header.parentHash,
      extrinsics,
      events: values.get(EVENTS) ?? NO_EVENTS,
      sudo: values.get(SUDO) ?? '0x',
      lab: values.get(LAB) ?? null,
      codeHash,
      state: new Map(prefixes.map((prefix, at) => [prefix, states[at] ?? new Map()])),
    };
  }

  /** Whether the node still has what was stored after a block. @throws NodeFailure, Interrupted */
  async keeps(number: bigint): Promise<boolean> {
    const hash = await this.hashOf(number);
    if (hash === null) throw this.noBlock(number);
    try {
      await this.valuesAt([EVENTS], hash);
      return true;
    } catch (error) {
      if (isStateGone(error)) return false;
      throw error;
    }
  }

  private noBlock(number: bigint): NodeFailure {
    return new NodeFailure(`${this.connection.url}: the node has no block ${number}`);
  }

  /** What tells one code from another: its hash, else the version that it says it has. */
  private async codeHash(hash: Hex): Promise<Hex> {
    if (this.tellsHashes) {
      try {
        return (await this.connection.request(HexSchema.nullable(), 'state_getStorageHash', CODE_KEY, hash)) ?? '0x';
      } catch (error) {
        if (!(error instanceof RpcError) || error.code !== NO_SUCH_METHOD) throw error;
        this.tellsHashes = false;
      }
    }
    const version = await this.connection.request(z.unknown(), 'state_getRuntimeVersion', hash);
    return concat(twox128(JSON.stringify(version)));
  }

  /** What the part of the state under each prefix is called; null where the node proves nothing. */
  private async partNames(
    prefixes: readonly Hex[],
    hash: Hex,
    asked: Promise<z.infer<typeof SignedBlock> | null>,
  ): Promise<ReadonlyMap<Hex, string> | null> {
    if (!this.tellsProofs) return null;
    try {
      const [signed, { proof }] = await Promise.all([
        asked,
        this.connection.request(ReadProof, 'state_getReadProof', prefixes, hash),
      ]);
      return signed && partsUnder(signed.block.header.stateRoot, proof, prefixes);
    } catch (error) {
      const isRefused = error instanceof RpcError && !isStateGone(error);
      if (!isRefused && !(error instanceof DecodeError)) throw error;
      this.tellsProofs = false;
      return null;
    }
  }

  /** What lies under a prefix: read once for all blocks that have the same there. */
  private async part(prefix: Hex, hash: Hex, name: string | undefined): Promise<OwnState> {
    if (name === undefined) return this.stateUnder(prefix, hash);
    if (name === NO_PART) return NOTHING;
    const named = `${prefix} ${name}`;
    const known = this.parts.get(named) ?? this.stateUnder(prefix, hash);
    this.parts.delete(named);
    this.parts.set(named, known);
    for (const oldest of this.parts.keys()) {
      if (this.parts.size <= MOST_PARTS) break;
      this.parts.delete(oldest);
    }
    try {
      return await known;
    } catch (error) {
      this.parts.delete(named);
      throw error;
    }
  }

  private async stateUnder(prefix: Hex, hash: Hex): Promise<OwnState> {
    return this.valuesAt(await keysUnder(this.connection, prefix, hash), hash);
  }

  private valuesAt(keys: readonly Hex[], hash: Hex): Promise<OwnState> {
    return valuesAt(this.connection, keys, hash);
  }
}
