/** Frames of zstd (RFC 8878) made by hand, of raw and of repeated blocks: Node 20 can't compress with it. */

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** What stands before zstd in a compressed runtime (`sp-maybe-compressed-blob`). */
const PREFIX = [0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05];
/** The descriptor of a frame that says its window only, and a window of 128 KiB. */
const HEADER = [0x00, 0x38];
const LARGEST_BLOCK = 1 << 17;

const RAW = 0;
const REPEATED = 1;

const blockHeader = (type: number, size: number, last: boolean): Uint8Array => {
  const header = (size << 3) | (type << 1) | (last ? 1 : 0);
  return Uint8Array.of(header, header >> 8, header >> 16);
};

/** A compressed runtime that holds these bytes as they are. */
export const packed = (bytes: Uint8Array): Uint8Array => {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += LARGEST_BLOCK) {
    const block = bytes.subarray(at, at + LARGEST_BLOCK);
    blocks.push(blockHeader(RAW, block.length, at + block.length === bytes.length), block);
  }
  return Buffer.concat([Uint8Array.from([...PREFIX, ...MAGIC, ...HEADER]), ...blocks]);
};

/** A compressed runtime of a few hundred bytes that unpacks to `mebibytes` of zeros. */
export const bomb = (mebibytes: number): Uint8Array => {
  const count = mebibytes * 8;
  const blocks = Array.from({ length: count }, (_, at) => [
    blockHeader(REPEATED, LARGEST_BLOCK, at === count - 1),
    Uint8Array.of(0),
  ]).flat();
  return Buffer.concat([Uint8Array.from([...PREFIX, ...MAGIC, ...HEADER]), ...blocks]);
};

/** A compressed runtime whose frame asks for a window of 2 ^ `log` bytes. */
export const wideWindow = (log: number): Uint8Array =>
  Uint8Array.from([...PREFIX, ...MAGIC, 0x00, (log - 10) << 3, ...blockHeader(RAW, 0, true)]);
