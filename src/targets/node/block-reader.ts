/** Blocks as a node tells them: what is in one, which events it deposited, and the storage of the pallets under test after it. */
import { z } from 'zod';
import { HexSchema, type RawState } from '../../spec/answers.js';
import { fromHex, type Hex } from '../../spec/hex.js';
import { DecodeError } from '../../spec/scale.js';
import { palletPrefix, storage } from '../../spec/storage.js';
import { NodeFailure } from '../failures.js';
import { readEvents, type DepositedEvent } from '../runtime/event-records.js';
import { hexOfKey, keyOf, type Translation } from '../runtime/translation.js';
import { valueKey } from '../runtime/genesis.js';
import { Quantity, type RpcConnection } from './connection.js';
import { keysUnder, valuesAt } from './paged-storage.js';
import type { SameCode } from './same-code.js';

export type { DepositedEvent } from '../runtime/event-records.js';

/** A block without what it left behind. */
export interface BlockContents {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parent: Hex;
  readonly extrinsics: readonly Hex[];
  readonly events: readonly DepositedEvent[];
}

export interface Block extends BlockContents {
  /** Under the specification's keys, of the pallets under test. */
  readonly state: RawState;
}

const SignedBlock = z.object({
  block: z.object({
    header: z.object({ number: Quantity, parentHash: HexSchema }),
    extrinsics: z.array(HexSchema),
  }),
});

const EVENTS = hexOfKey(valueKey('System', 'Events'));

export class BlockReader {
  /** The pallets under test, as this runtime's storage has them. */
  private readonly prefixes: readonly Hex[];

  constructor(
    private readonly connection: RpcConnection,
    private readonly translation: Translation,
    /** Asked with each block, where it matters that all are of one runtime. */
    private readonly code: SameCode | null = null,
  ) {
    this.prefixes = Object.keys(storage)
      .map((pallet) => translation.runtimeKey(palletPrefix(pallet)))
      .filter(translation.concerns)
      .map(hexOfKey);
  }

  /** @throws NodeFailure where the node has no such block */
  async hashOf(number: bigint): Promise<Hex> {
    const hash = await this.connection.request(HexSchema.nullable(), 'chain_getBlockHash', Number(number));
    if (hash !== null) return hash;
    throw new NodeFailure(`${this.connection.url}: the node has no block ${number}`);
  }

  /** The hash of the last block that was built. */
  head(): Promise<Hex> {
    return this.connection.request(HexSchema, 'chain_getBlockHash');
  }

  async read(hash: Hex): Promise<Block> {
    const [contents, state] = await Promise.all([this.contents(hash), this.state(hash)]);
    return { ...contents, state };
  }

  /** Reads the block with which a scenario begins. @throws NodeFailure where the chain has another runtime by now */
  async readFirst(hash: Hex): Promise<Block> {
    await this.code?.expectWhole(hash);
    return this.read(hash);
  }

  /** A block without its storage, which is most of what {@link read} has to ask for. */
  async contents(hash: Hex): Promise<BlockContents> {
    const [signed, encoded] = await Promise.all([
      this.connection.request(SignedBlock.nullable(), 'chain_getBlock', hash),
      this.value(EVENTS, hash),
      this.code?.expectAfter(hash),
    ]);
    if (signed === null) throw new NodeFailure(`${this.connection.url}: the node has no block ${hash}`);
    const { header, extrinsics } = signed.block;
    const events = this.eventsOf(encoded ?? '0x00', header.number);
    return { number: header.number, hash, parent: header.parentHash, extrinsics, events };
  }

  /** The storage of the pallets under test after a block, under the specification's keys. */
  async state(hash: Hex): Promise<RawState> {
    return this.stateOf(await this.keysAt(hash), hash);
  }

  /** All that is stored after a block, other pallets under their own keys. */
  async wholeState(hash: Hex): Promise<RawState> {
    return this.stateOf(await keysUnder(this.connection, '0x', hash), hash);
  }

  /** Any value of the chain's storage, under the chain's own key. */
  value(key: Hex, hash: Hex): Promise<Hex | null> {
    return this.connection.request(HexSchema.nullable(), 'state_getStorage', key, hash);
  }

  private async stateOf(keys: readonly Hex[], hash: Hex): Promise<RawState> {
    const values = await valuesAt(this.connection, keys, hash);
    const state: Record<Hex, Hex> = {};
    for (const key of keys) {
      const value = values.get(key);
      const raw = keyOf(key);
      if (value !== undefined) state[this.translation.concerns(raw) ? this.translation.specifiedKey(raw) : key] = value;
    }
    return state;
  }

  private async keysAt(hash: Hex): Promise<Hex[]> {
    const ofEach = await Promise.all(this.prefixes.map((prefix) => keysUnder(this.connection, prefix, hash)));
    return ofEach.flat();
  }

  private eventsOf(encoded: Hex, number: bigint): DepositedEvent[] {
    try {
      return readEvents(this.translation.metadata, encoded);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const { url } = this.connection;
      throw new NodeFailure(`${url}: the events of block ${number} can't be decoded: ${error.message}`, {
        cause: error,
      });
    }
  }
}

/** What an extrinsic is to a reader of blocks: the pallet it calls, null where it is signed. */
export const bareExtrinsicPallet = (extrinsic: Hex): number | null => {
  const bytes = fromHex(extrinsic);
  const first = bytes[0] ?? 0;
  const mode = first & 3;
  const lengthBytes = mode === 3 ? (first >> 2) + 5 : 2 ** mode;
  const isBare = ((bytes[lengthBytes] ?? 0) & 0xc0) === 0;
  return isBare ? (bytes[lengthBytes + 1] ?? -1) : null;
};
