/**
 * Blocks of a chain of one's own: headers with the digest that the consensus pallets look for, the time inherent, the end
 * of a block. The clock is the block number: block n is at n slots, or as many later as the state is late with which a chain begins.
 */
import { blake2_256 } from '../../spec/hashing.js';
import { concat, fromHex, hexOfText, toHex, type Hex } from '../../spec/hex.js';
import { compactDigits, encode } from '../../spec/scale.js';
import { bytes, u64 } from '../../spec/shape.js';
import { BlockError } from '../failures.js';
import type { RuntimeMetadata } from '../metadata.js';
import type { ExtrinsicEncoder } from './extrinsic.js';
import { blockNumberWidth, GENESIS_HASH, palletNamed, TIME, uintBytes, valueKey } from './genesis.js';
import type { RuntimeInstance } from './instance.js';
import type { Key, Storage } from './storage.js';

const EMPTY_ROOT = '00'.repeat(32);
/** `DigestItem::PreRuntime`. */
const PRE_RUNTIME = '0x06';
/** `PreDigest::SecondaryPlain` by the first authority. */
const BABE_SECONDARY_PLAIN = '0x0200000000';
const SIX_SECONDS = 6_000n;
const TIME_BYTES = 8;

const constant = (metadata: RuntimeMetadata, pallet: string, name: string): bigint | undefined => {
  const found = palletNamed(metadata, pallet)?.constants.find((each) => each.name === name);
  return found && Buffer.concat([fromHex(found.value), Buffer.alloc(8)]).readBigUInt64LE();
};

/** Milliseconds of a slot. */
const slotDuration = (metadata: RuntimeMetadata): bigint => {
  const minimum = constant(metadata, 'Timestamp', 'MinimumPeriod');
  return (
    constant(metadata, 'Aura', 'SlotDuration') ??
    constant(metadata, 'Babe', 'ExpectedBlockTime') ??
    (minimum === undefined || minimum === 0n ? SIX_SECONDS : minimum * 2n)
  );
};

/** `Timestamp.set` without its argument, null where there is no such pallet. */
const timestampCall = (metadata: RuntimeMetadata): Hex | null => {
  const pallet = palletNamed(metadata, 'Timestamp');
  const call = pallet?.calls.find(({ name }) => name === 'set');
  return pallet && call ? toHex(Uint8Array.of(pallet.index, call.index)) : null;
};

const compactU64 = (value: bigint): string => {
  if (value < 1n << 30n) return compactDigits(Number(value));
  const digits = toHex(uintBytes(value, 8))
    .slice(2)
    .replace(/(00)+$/, '')
    .padEnd(8, '0');
  return (((digits.length / 2 - 4) << 2) | 3).toString(16).padStart(2, '0') + digits;
};

export class BlockBuilder {
  private parent: Hex = GENESIS_HASH;
  /** Slots by which the clock is ahead of the block number. */
  private ahead = 0n;
  private readonly slot: bigint;
  private readonly numberKey: Key = valueKey('System', 'Number');
  private readonly numberWidth: number;
  private readonly setTime: Hex | null;

  constructor(
    private readonly metadata: RuntimeMetadata,
    private readonly instance: RuntimeInstance,
    private readonly storage: Storage,
    private readonly encoder: ExtrinsicEncoder,
  ) {
    this.slot = slotDuration(metadata);
    this.numberWidth = blockNumberWidth(metadata);
    this.setTime = timestampCall(metadata);
  }

  /** Begins a chain whose last block has this number. Its clock goes on where the state's is. */
  begin(number: bigint): void {
    this.parent = GENESIS_HASH;
    this.ahead = this.slotsAhead(number);
    this.skipTo(number);
  }

  /** Makes `number` the last block's, as if the chain had been there. */
  skipTo(number: bigint): void {
    this.storage.set(this.numberKey, uintBytes(number, this.numberWidth));
  }

  /** Opens a block: initialize, then the inherents. @throws RuntimePanic, BlockError */
  open(number: bigint): void {
    const header = concat(this.parent, '0x' + compactU64(number) + EMPTY_ROOT + EMPTY_ROOT, this.digest(number));
    this.instance.call('Core_initialize_block', fromHex(header));
    if (this.setTime === null) return;
    const now = '0x' + compactU64(BigInt.asUintN(64, this.slotOf(number) * this.slot));
    const applied = this.instance.call(
      'BlockBuilder_apply_extrinsic',
      fromHex(this.encoder.bare(concat(this.setTime, now))),
    );
    if (applied[0] === 0 && applied[1] === 0) return;
    throw new BlockError(`Timestamp.set was refused in block ${number} (${toHex(applied)})`);
  }

  /** Ends the block that is open. @throws RuntimePanic */
  close(): void {
    this.parent = blake2_256(toHex(this.instance.call('BlockBuilder_finalize_block', new Uint8Array())));
  }

  /** The block's slot, counted as its time is. */
  private slotOf(number: bigint): bigint {
    return BigInt.asUintN(64, number + this.ahead);
  }

  private slotsAhead(number: bigint): bigint {
    const time = this.storage.get(TIME);
    if (time?.length !== TIME_BYTES) return 0n;
    const milliseconds = Buffer.from(time).readBigUInt64LE();
    return (milliseconds + this.slot - 1n) / this.slot - number;
  }

  private digest(number: bigint): Hex {
    const slot = encode(u64, this.slotOf(number));
    const items = [
      ...(palletNamed(this.metadata, 'Aura') ? [preRuntime('aura', slot)] : []),
      ...(palletNamed(this.metadata, 'Babe') ? [preRuntime('BABE', concat(BABE_SECONDARY_PLAIN, slot))] : []),
    ];
    return concat('0x' + compactDigits(items.length), ...items);
  }
}

const preRuntime = (engine: string, data: Hex): Hex => concat(PRE_RUNTIME, hexOfText(engine), encode(bytes, data));
