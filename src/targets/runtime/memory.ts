/**
 * A runtime's linear memory as the host sees it: bytes in and out, Substrate's allocator, and the way back to how the
 * memory was before a call. One memory serves all calls, because a new one costs milliseconds and going back costs 3 us:
 * data and zeroed statics are copied back, the stack and the heap are zeroed as far as the call went. The constants of a
 * module, 250 KB of a FRAME runtime, are looked at once a scenario.
 */
import { PAGE, type Range } from './wasm-binary.js';

/** Thrown where the runtime asks the host for what can't be done: as good as a trap. */
export class HostTrap extends Error {
  override readonly name = 'HostTrap';
}

/** A pointer in the low and a length in the high half of an `i64`. */
export type Span = bigint;

/** How far below the last used byte of the stack nothing may lie for the rest to count as untouched. */
const UNTOUCHED = 1 << 16;
const ZEROS = Buffer.alloc(UNTOUCHED);
const NO_BYTES = new Uint8Array();

/** Allocations are powers of two from 8 bytes to 32 MiB, each behind 8 bytes of header (`sp-allocator`). */
const HEADER = 8;
const SMALLEST_SHIFT = 3;
const SMALLEST = 1 << SMALLEST_SHIFT;
const ORDERS = 23;
const NONE = 0xffff_ffff;
/** The second word of a header whose allocation is in use; the first is its order, or the next free header. */
const OCCUPIED = 1;

const orderOf = (size: number): number => (size <= 8 ? 0 : 32 - Math.clz32(size - 1) - SMALLEST_SHIFT);

const split = new BigInt64Array(1);
const halves = new Uint32Array(split.buffer);

/** Bytes in a span. */
export const lengthOf = (span: Span): number => {
  split[0] = span;
  return halves[1] ?? 0;
};

/** Bytes as they were at an address. */
interface Piece {
  readonly start: number;
  readonly bytes: Uint8Array;
}

const NOWHERE: Range = { start: 0, end: 0 };

/** Constants of up to this many bytes are copied back like everything else. */
const SMALL = 1 << 12;

export class LinearMemory {
  private bytes: Uint8Array;
  /** The same bytes, for text and comparison. */
  private buffer: Buffer;
  private words: Uint32Array;
  private heapBase = 0;
  private dataStart = 0;
  /** The lowest byte of the stack that calls are known to have used. */
  private deepest = 0;
  /** What data and zeroed statics were, but for the constants. */
  private statics: readonly Piece[] = [];
  private constants: Piece | null = null;
  /** The first byte that was never allocated in this call. */
  private top = 0;
  /** Of the span that was looked at last: a pair of its own for each would cost an allocation. */
  private pointer = 0;
  private length = 0;
  /** Size in bytes as far as the host made it. */
  private given: number;
  /** For each order the header of its first free allocation. */
  private readonly free = new Uint32Array(ORDERS).fill(NONE);

  constructor(private readonly memory: WebAssembly.Memory) {
    this.bytes = new Uint8Array(memory.buffer);
    this.buffer = Buffer.from(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.given = this.bytes.length;
  }

  /** Whether the runtime made its memory larger by itself: nothing is known then of what it wrote there. */
  get grewByItself(): boolean {
    return this.size !== this.given;
  }

  /** Size in bytes. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /**
   * Remembers what a new instance has below its heap. All below `dataStart` is its stack, where that is what comes first.
   * Constants, which nothing writes, are not copied back before each call; {@link hasItsConstants} tells whether that is so.
   */
  remember(dataStart: number, heapBase: number, constants: Range = NOWHERE): void {
    this.refresh();
    this.dataStart = dataStart;
    this.deepest = dataStart;
    this.heapBase = heapBase;
    const piece = (start: number, end: number): Piece => ({ start, bytes: this.bytes.slice(start, end) });
    const { start, end } = constants;
    const isLarge = end - start > SMALL && start >= dataStart && end <= heapBase;
    this.constants = isLarge ? piece(start, end) : null;
    this.statics = isLarge ? [piece(dataStart, start), piece(end, heapBase)] : [piece(dataStart, heapBase)];
    this.top = this.heapStart;
  }

  /** Whether nothing was written over the constants. */
  get hasItsConstants(): boolean {
    this.refresh();
    if (this.constants === null) return true;
    const { start, bytes } = this.constants;
    return this.buffer.compare(bytes, 0, bytes.length, start, start + bytes.length) === 0;
  }

  /** Goes back to how the memory was when it was remembered. */
  restore(): void {
    this.refresh();
    for (const { start, bytes } of this.statics) this.bytes.set(bytes, start);
    this.bytes.fill(0, this.heapBase, this.top);
    this.clearStack();
    this.top = this.heapStart;
    this.free.fill(NONE);
  }

  /** As {@link restore}, also where a call wrote to constants or used its stack in leaps: for after a trap. */
  restoreAll(): void {
    this.restore();
    if (this.constants) this.bytes.set(this.constants.bytes, this.constants.start);
    this.bytes.fill(0, 0, this.dataStart);
  }

  /** Allocates; the pointer is to `size` bytes that are zero in a memory that is new or restored. @throws HostTrap */
  allocate(size: number): number {
    const order = orderOf(size);
    if (order >= ORDERS) throw new HostTrap(`it asked the allocator for ${size} bytes at once`);
    this.refresh();
    const header = this.free[order] ?? NONE;
    if (header === NONE) return this.extend(order);
    const next = this.words[header >>> 2] ?? NONE;
    if (next !== NONE && !this.isHeader(next, order)) throw corrupted();
    this.free[order] = next;
    this.occupy(header, order);
    return header + HEADER;
  }

  /** @throws HostTrap where `pointer` is to no allocation */
  release(pointer: number): void {
    this.refresh();
    const header = pointer - HEADER;
    if (!this.isHeader(header, 0)) throw corrupted();
    const at = header >>> 2;
    const order = this.words[at] ?? ORDERS;
    if (order >= ORDERS || this.words[at + 1] !== OCCUPIED) throw corrupted();
    this.words[at] = this.free[order] ?? NONE;
    this.words[at + 1] = 0;
    this.free[order] = header;
  }

  /** A copy of the bytes of a span. @throws HostTrap outside the memory */
  read(span: Span): Uint8Array {
    split[0] = span;
    return this.readAt(halves[0] ?? 0, halves[1] ?? 0);
  }

  /** A copy of bytes at a pointer as V8 hands it over, which has a sign. @throws HostTrap outside the memory */
  readAt(signed: number, length: number): Uint8Array {
    const pointer = signed >>> 0;
    this.expect(pointer, length);
    const copy = Buffer.allocUnsafe(length);
    copy.set(this.bytes.subarray(pointer, pointer + length));
    return copy;
  }

  /** The bytes of a span where they lie: gone with the next call into the runtime. @throws HostTrap outside the memory */
  view(span: Span): Uint8Array {
    this.locate(span);
    return this.bytes.subarray(this.pointer, this.pointer + this.length);
  }

  /** The bytes of a span as a key. @throws HostTrap outside the memory */
  key(span: Span): string {
    this.locate(span);
    return this.buffer.latin1Slice(this.pointer, this.pointer + this.length);
  }

  /** Writes bytes to a new allocation, behind others that come first. */
  write(bytes: Uint8Array, first: Uint8Array = NO_BYTES): Span {
    const length = first.length + bytes.length;
    const pointer = this.allocate(length);
    if (first.length > 0) this.bytes.set(first, pointer);
    this.bytes.set(bytes, pointer + first.length);
    halves[0] = pointer;
    halves[1] = length;
    return split[0] ?? 0n;
  }

  /** Writes bytes whose length the runtime knows to a new allocation; the pointer to them. */
  writeFixed(bytes: Uint8Array): number {
    const pointer = this.allocate(bytes.length);
    this.bytes.set(bytes, pointer);
    return pointer;
  }

  /** Writes as much of `bytes` into a span as it holds. @throws HostTrap outside the memory */
  writeInto(span: Span, bytes: Uint8Array): void {
    this.locate(span);
    this.bytes.set(bytes.length > this.length ? bytes.subarray(0, this.length) : bytes, this.pointer);
  }

  /** Whether an allocation of this order could begin here. */
  private isHeader(header: number, order: number): boolean {
    const end = header + HEADER + (SMALLEST << order);
    return header >= this.heapStart && end <= this.top && (header & 7) === 0;
  }

  private get heapStart(): number {
    return (this.heapBase + 7) & ~7;
  }

  private extend(order: number): number {
    const header = this.top;
    const end = header + HEADER + (SMALLEST << order);
    if (end > this.bytes.length) this.grow(end);
    this.top = end;
    this.occupy(header, order);
    return header + HEADER;
  }

  private occupy(header: number, order: number): void {
    this.words[header >>> 2] = order;
    this.words[(header >>> 2) + 1] = OCCUPIED;
  }

  private grow(end: number): void {
    const wanted = Math.ceil((end - this.bytes.length) / PAGE);
    try {
      this.memory.grow(wanted);
      this.given += wanted * PAGE;
    } catch (error) {
      throw new HostTrap(`it used up its memory (${this.bytes.length >> 20} MiB)`, { cause: error });
    }
    this.refresh();
  }

  /** Zeroes the stack down to where the deepest call so far ended, and further where something lies close below. */
  private clearStack(): void {
    this.bytes.fill(0, this.deepest, this.dataStart);
    while (this.deepest > 0) {
      const start = Math.max(0, this.deepest - UNTOUCHED);
      if (this.buffer.compare(ZEROS, 0, this.deepest - start, start, this.deepest) === 0) return;
      this.bytes.fill(0, start, this.deepest);
      this.deepest = start;
    }
  }

  /** A memory that grew has a new buffer, and views of the old one have no bytes any more. */
  private refresh(): void {
    if (this.bytes.length > 0) return;
    // The bytes last: they tell whether this is done, and the time may be over in the middle of it.
    this.words = new Uint32Array(this.memory.buffer);
    this.buffer = Buffer.from(this.memory.buffer);
    this.bytes = new Uint8Array(this.memory.buffer);
  }

  /** Takes a span apart. @throws HostTrap outside the memory */
  private locate(span: Span): void {
    split[0] = span;
    this.pointer = halves[0] ?? 0;
    this.length = halves[1] ?? 0;
    this.expect(this.pointer, this.length);
  }

  private expect(pointer: number, length: number): void {
    this.refresh();
    if (pointer + length > this.bytes.length) {
      throw new HostTrap(`it gave the host ${length} bytes at ${pointer}, outside its memory`);
    }
  }
}

const corrupted = (): HostTrap => new HostTrap('its heap is corrupted: what it frees is no allocation');
