/**
 * `System.Events` as a block leaves it behind: the records of all pallets, told apart by the metadata of the runtime that made them.
 * What became of the block's extrinsics stands there and nowhere else.
 */
import { fromHex, type Hex } from '../../spec/hex.js';
import { DecodeError } from '../../spec/scale.js';
import type { RuntimeMetadata } from '../metadata.js';
import { compactAt, endOfFields } from '../metadata/extent.js';
import type { RawEvent } from './translation.js';

export interface DepositedEvent extends RawEvent {
  /** The extrinsic's index, null for what the block itself did before or after them. */
  readonly extrinsic: number | null;
}

const APPLY_EXTRINSIC = 0;
/** Bytes of a topic. */
const TOPIC = 32;

const extrinsicAt = (bytes: Uint8Array, at: number): number => {
  if (bytes.length < at + 4) throw new DecodeError(`byte ${at}: expected an extrinsic's index, nothing is left`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(at);
};

/**
 * SCALE of `Vec<EventRecord>`, all of it.
 * @throws DecodeError where it is anything else
 */
export const readEvents = (metadata: RuntimeMetadata, encoded: Hex): DepositedEvent[] => {
  const bytes = fromHex(encoded);
  const { value: count, end: start } = compactAt(bytes, 0);
  const records: DepositedEvent[] = [];
  let at = start;
  while (records.length < count) {
    const isExtrinsic = bytes[at] === APPLY_EXTRINSIC;
    const extrinsic = isExtrinsic ? extrinsicAt(bytes, at + 1) : null;
    const event = at + (isExtrinsic ? 5 : 1);
    const [pallet = -1, member = -1] = bytes.subarray(event, event + 2);
    const variant = metadata.pallets
      .find(({ index }) => index === pallet)
      ?.events.find(({ index }) => index === member);
    if (variant === undefined) throw new DecodeError(`byte ${event}: the metadata has no event ${pallet}.${member}`);
    const end = endOfFields(metadata, variant.fields, bytes, event + 2);
    records.push({ extrinsic, pallet, member, fields: bytes.subarray(event + 2, end) });
    const topics = compactAt(bytes, end);
    at = topics.end + topics.value * TOPIC;
  }
  if (at !== bytes.length) throw new DecodeError(`byte ${at}: expected the end of the events, came ${bytes.length}`);
  return records;
};
