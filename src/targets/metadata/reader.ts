/**
 * Reads metadata's bytes from the front, and refuses at the first byte that can't be right. Before a list is made, its
 * length is held against the bytes that are left: `scale-ts` (and so `@polkadot-api/substrate-bindings`) allocates
 * first, and one flipped byte then costs 269 MB, or the process where the heap is 128 MB.
 */
import { isUtf8 } from 'node:buffer';
import { toHex, type Hex } from '../../spec/hex.js';
import { MetadataError } from './model.js';

/** Takes one thing from the front of what is left. */
export type Read<T> = (from: MetadataReader) => T;

export class MetadataReader {
  private at = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private get left(): number {
    return this.bytes.length - this.at;
  }

  error(message: string): MetadataError {
    return new MetadataError(`metadata, byte ${this.at}: ${message}`);
  }

  /** Passes over `count` bytes, and says where they begin. */
  private pass(count: number, what: string): number {
    if (this.left < count) throw this.error(`expected ${what} of ${count} bytes, ${this.left} are left`);
    this.at += count;
    return this.at - count;
  }

  byte(what: string): number {
    return this.bytes.readUInt8(this.pass(1, what));
  }

  u32(what: string): number {
    return this.bytes.readUInt32LE(this.pass(4, what));
  }

  /** A compact number below 2^30 in its only canonical form; more than any length or type id is. */
  compact(what: string): number {
    const first = this.byte(what);
    const extra = [0, 1, 3][first & 3];
    if (extra === undefined) throw this.error(`expected ${what} below 2^30`);
    if (extra === 0) return first >>> 2;
    const rest = this.bytes.readUIntLE(this.pass(extra, what), extra);
    const value = (first >>> 2) + rest * 64;
    if (value < (extra === 1 ? 1 << 6 : 1 << 14)) throw this.error(`expected the shortest form of ${what}`);
    return value;
  }

  /** One of `names`, by its index. */
  oneOf<const N extends readonly string[]>(names: N, what: string): N[number] {
    const index = this.byte(what);
    const name = names[index];
    if (name === undefined) throw this.error(`expected ${what} from 0 to ${names.length - 1}, came ${index}`);
    return name;
  }

  /** Whether an `Option` has a value. */
  isSome(what: string): boolean {
    return this.oneOf(['None', 'Some'], `whether there is ${what}, a number`) === 'Some';
  }

  text(what: string): string {
    const length = this.compact(`the length of ${what}`);
    const start = this.pass(length, what);
    const bytes = this.bytes.subarray(start, start + length);
    if (!isUtf8(bytes)) throw this.error(`expected ${what} in UTF-8`);
    return bytes.toString('utf8');
  }

  hex(what: string): Hex {
    const length = this.compact(`the length of ${what}`);
    const start = this.pass(length, what);
    return toHex(this.bytes.subarray(start, start + length));
  }

  /** Passes over `count` bytes that nobody here reads. */
  skip(count: number, what: string): void {
    this.pass(count, what);
  }

  /** Passes over a text that nobody here reads. */
  skipText(what: string): void {
    this.pass(this.compact(`the length of ${what}`), what);
  }

  option<T>(what: string, read: Read<T>): T | null {
    return this.isSome(what) ? read(this) : null;
  }

  /** A list of what takes a byte at least. */
  list<T>(what: string, read: Read<T>): T[] {
    const length = this.compact(`the number of ${what}`);
    if (length > this.left) throw this.error(`expected ${length} ${what}, ${this.left} bytes are left`);
    const all: T[] = [];
    for (let count = 0; count < length; count += 1) all.push(read(this));
    return all;
  }

  end(): void {
    if (this.left > 0) throw this.error(`expected the end, ${this.left} bytes are left over`);
  }
}
