/**
 * What V8 does not tell of a WASM module and the host must know to run it again and again on one memory: how large its
 * memory is and may become, where its data begins, whether globals could carry something from one call to the next.
 */

/** Thrown where bytes are no WASM module. */
export class WasmError extends Error {
  override readonly name = 'WasmError';
}

export interface MemoryLimits {
  /** In pages of 64 KiB. */
  readonly initial: number;
  readonly maximum: number | undefined;
}

export interface WasmFacts {
  /** Of the memory that the module imports, else of its own. */
  readonly memory: MemoryLimits;
  /** Whether the module brings its memory along instead of importing it. */
  readonly ownsMemory: boolean;
  /** Globals that can change. A module from LLVM has one, its stack pointer, which is back where it was after a call. */
  readonly mutableGlobals: number;
  /** Where the lowest data segment begins, in bytes; the memory's end where there is none. */
  readonly dataStart: number;
  /** The longest data segment, in bytes from `start` to `end`: a module from LLVM has its constants there, and only reads them. */
  readonly constants: Range;
  /** Where the limits of its own memory stand in the binary. */
  readonly memorySection: Range | undefined;
}

/** From `start` up to, and without, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Whether bytes begin as a WASM module of version 1. */
export const isWasm = (bytes: Uint8Array): boolean => MAGIC.every((byte, at) => bytes[at] === byte);

export const PAGE = 65_536;

const SECTION = { import: 2, memory: 5, global: 6, start: 8, data: 11 } as const;
const IMPORT = { func: 0, table: 1, memory: 2, global: 3 } as const;
const OPCODE = { end: 0x0b, globalGet: 0x23, i32Const: 0x41, i64Const: 0x42, f32Const: 0x43, f64Const: 0x44 } as const;

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new WasmError(`the module ends at byte ${this.at}, in the middle of a section`);
    this.at += 1;
    return byte;
  }

  /** LEB128 of up to 64 bits; exact up to 53. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new WasmError(`byte ${this.at}: a number that does not end`);
  }

  signed32(): number {
    const start = this.at;
    const value = this.unsigned();
    const bits = 7 * (this.at - start);
    return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }

  skip(count: number): void {
    this.at += count;
  }

  skipText(): void {
    this.skip(this.unsigned());
  }

  limits(): MemoryLimits {
    const flags = this.byte();
    if (flags > 1) throw new WasmError('its memory is shared or has 64-bit addresses, which no Substrate runtime has');
    const initial = this.unsigned();
    return { initial, maximum: (flags & 1) === 1 ? this.unsigned() : undefined };
  }

  /** A constant expression; its value where it is an `i32.const`, else undefined. */
  constant(): number | undefined {
    let value: number | undefined;
    for (let opcode = this.byte(); opcode !== OPCODE.end; opcode = this.byte()) {
      if (opcode === OPCODE.i32Const) value = this.signed32();
      else if (opcode === OPCODE.i64Const || opcode === OPCODE.globalGet) this.unsigned();
      else if (opcode === OPCODE.f32Const) this.skip(4);
      else if (opcode === OPCODE.f64Const) this.skip(8);
      else throw new WasmError(`byte ${this.at - 1}: a constant with the opcode ${opcode}`);
    }
    return value;
  }
}

const importedMemory = (from: Reader): MemoryLimits | undefined => {
  let memory: MemoryLimits | undefined;
  for (let left = from.unsigned(); left > 0; left -= 1) {
    from.skipText();
    from.skipText();
    const kind = from.byte();
    if (kind === IMPORT.func) from.unsigned();
    else if (kind === IMPORT.memory) memory = from.limits();
    else if (kind === IMPORT.global) from.skip(2);
    else if (kind === IMPORT.table) {
      from.skip(1);
      from.limits();
    } else throw new WasmError(`byte ${from.at - 1}: an import of the kind ${kind}`);
  }
  return memory;
};

const countMutable = (from: Reader): number => {
  let mutable = 0;
  for (let left = from.unsigned(); left > 0; left -= 1) {
    from.skip(1);
    if (from.byte() === 1) mutable += 1;
    from.constant();
  }
  return mutable;
};

/** Where the active segments lie whose offset is a constant. */
const dataRanges = (from: Reader): Range[] => {
  const ranges: Range[] = [];
  for (let left = from.unsigned(); left > 0; left -= 1) {
    const flags = from.unsigned();
    if (flags === 2) from.unsigned();
    const start = flags === 1 ? undefined : (from.constant() ?? 0);
    const length = from.unsigned();
    if (start !== undefined) ranges.push({ start, end: start + length });
    from.skip(length);
  }
  return ranges;
};

const longest = (ranges: readonly Range[]): Range =>
  ranges.reduce((one, other) => (other.end - other.start > one.end - one.start ? other : one), { start: 0, end: 0 });

/**
 * Reads the sections that matter of a module that V8 has compiled.
 * @throws WasmError
 */
export const wasmFacts = (bytes: Uint8Array): WasmFacts => {
  const from = new Reader(bytes, MAGIC.length);
  let imported: MemoryLimits | undefined;
  let own: MemoryLimits | undefined;
  let memorySection: WasmFacts['memorySection'];
  let mutableGlobals = 0;
  let ranges: Range[] = [];
  while (from.at < bytes.length) {
    const start = from.at;
    const id = from.byte();
    const length = from.unsigned();
    const end = from.at + length;
    if (id === SECTION.import) imported = importedMemory(from);
    else if (id === SECTION.global) mutableGlobals = countMutable(from);
    else if (id === SECTION.data) ranges = dataRanges(from);
    else if (id === SECTION.start)
      throw new WasmError('the module runs by itself when it is loaded, which no Substrate runtime does');
    else if (id === SECTION.memory && from.unsigned() > 0) {
      own = from.limits();
      memorySection = { start, end };
    }
    from.at = end;
  }
  const memory = imported ?? own;
  if (memory === undefined) throw new WasmError('the module has no memory');
  const wholeMemory = memory.initial * PAGE;
  const dataStart = Math.min(wholeMemory, ...ranges.map(({ start }) => start));
  const constants = longest(ranges);
  return { memory, mutableGlobals, dataStart, constants, memorySection, ownsMemory: imported === undefined };
};

const leb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]);

/** The module with a bound on its own memory, so that it can't grow beyond what the host allows; as it is otherwise. */
export const withBoundedMemory = (bytes: Uint8Array, facts: WasmFacts, maximum: number): Uint8Array => {
  const { memorySection, memory } = facts;
  if (memorySection === undefined || (memory.maximum ?? Infinity) <= maximum) return bytes;
  const content = [1, 1, ...leb(memory.initial), ...leb(Math.max(memory.initial, maximum))];
  const section = [SECTION.memory, ...leb(content.length), ...content];
  return Buffer.concat([
    bytes.subarray(0, memorySection.start),
    Uint8Array.from(section),
    bytes.subarray(memorySection.end),
  ]);
};
