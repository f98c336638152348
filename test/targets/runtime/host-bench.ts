/** Host functions called from outside a module: a memory, a storage, and their arguments put where they expect them. */
import type { HostContext, HostFunctions } from '../../../src/targets/runtime/host/context.js';
import { LinearMemory } from '../../../src/targets/runtime/memory.js';
import { Storage, type Key } from '../../../src/targets/runtime/storage.js';

const HIGH = 32n;

export interface BenchOptions {
  readonly uncounted?: Key;
  readonly computesRoots?: boolean;
}

export class HostBench {
  readonly host: HostContext;
  readonly storage = new Storage();
  private readonly functions: HostFunctions;

  constructor(functionsOf: (host: HostContext) => HostFunctions, options: BenchOptions = {}) {
    const memory = new LinearMemory(new WebAssembly.Memory({ initial: 1, maximum: 64 }));
    memory.remember(0, 8, { start: 0, end: 0 });
    const { uncounted = null, computesRoots = true } = options;
    this.host = {
      memory,
      storage: this.storage,
      counts: { reads: 0, writes: 0, next_key: 0, clear_prefix: 0 },
      bytes: { read: 0, written: 0 },
      uncounted,
      acceptsMock: false,
      lastError: null,
      computesRoots,
    };
    this.functions = functionsOf(this.host);
  }

  /** Bytes in the memory, as a pointer to them. */
  at(bytes: Uint8Array): number {
    return this.host.memory.writeFixed(bytes);
  }

  /** Bytes, or a text's, in the memory, as a span. */
  span(content: Uint8Array | string): bigint {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
    return (BigInt(bytes.length) << HIGH) | BigInt(this.at(bytes));
  }

  /** Calls `ext_{name}` and gives what it returns. */
  call(name: string, ...args: readonly (number | bigint)[]): unknown {
    const known = this.functions[`ext_${name}`];
    if (known === undefined) throw new Error(`no host function ext_${name}`);
    const result: unknown = Reflect.apply(known, undefined, args);
    return result;
  }

  /** Calls what returns a span; the bytes there. */
  bytes(name: string, ...args: readonly (number | bigint)[]): Uint8Array {
    const result = this.call(name, ...args);
    if (typeof result !== 'bigint') throw new Error(`ext_${name} returned ${String(result)}, not a span`);
    return Uint8Array.from(this.host.memory.read(result));
  }

  /** Calls what returns a pointer to as many bytes. */
  fixed(length: number, name: string, ...args: readonly (number | bigint)[]): Uint8Array {
    return Uint8Array.from(this.host.memory.readAt(Number(this.call(name, ...args)), length));
  }
}
