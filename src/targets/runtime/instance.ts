/**
 * A runtime's WASM, run by V8. One instance and one memory serve all calls: before each the memory goes back to how it was
 * (`memory.ts`); after a trap, which leaves the stack pointer where it was, a new instance takes over the memory. Measured:
 * going back 3 us, a new instance 100 us, a new memory milliseconds.
 */
import { childStorageFunctions, storageFunctions } from './host/storage.js';
import { cryptoFunctions, hashingFunctions } from './host/crypto.js';
import { surroundingFunctions } from './host/surroundings.js';
import { trieFunctions } from './host/trie.js';
import type { HostContext, HostFunctions, Spent } from './host/context.js';
import { HostTrap, LinearMemory, type Span } from './memory.js';
import { StorageFull, type Key, type Storage } from './storage.js';
import { isWasm, PAGE, wasmFacts, WasmError, withBoundedMemory, type WasmFacts } from './wasm-binary.js';

/** Thrown where a call into the runtime did not return: a panic, a trap, memory used up. `reason` says what happened. */
export class RuntimePanic extends Error {
  override readonly name = 'RuntimePanic';
  readonly reason: string;
  constructor(reason: string) {
    // Rust puts place and message on lines of their own.
    const line = reason.replaceAll(/\s*\n\s*/g, ' ');
    super(`the runtime panicked: ${line}`);
    this.reason = line;
  }
}

/** Thrown where the runtime calls a host function that this host does not have. */
export class MissingHostFunction extends Error {
  override readonly name = 'MissingHostFunction';
  constructor(readonly imported: string) {
    super(`the runtime called ${imported}, a host function that this host does not have`);
  }
}

/** Pages that a runtime may have beyond what it begins with: 128 MiB, as Substrate's default. */
const HEAP_PAGES = 2048;
/** Pages that a runtime may begin with, 64 MiB: real ones have some 40. */
const FIRST_PAGES = 1024;
/** Pages beyond what it begins with that a memory may keep after a trap; one that has more is given back. */
const KEPT_PAGES = 512;

export interface CompiledRuntime {
  readonly module: WebAssembly.Module;
  readonly facts: WasmFacts;
}

/**
 * Compiles a runtime's WASM.
 * @throws WasmError where it is none, or has not what a runtime has
 */
export const compileRuntime = (wasm: Uint8Array): CompiledRuntime => {
  if (!isWasm(wasm)) throw new WasmError('expected a WASM module');
  const compile = (bytes: Uint8Array): WebAssembly.Module => {
    try {
      return new WebAssembly.Module(bytes);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^WebAssembly\.Module\(\): /, '') : String(error);
      throw new WasmError(`not a WASM module that can be run (${reason}): is the file cut short or damaged?`);
    }
  };
  const module = compile(wasm);
  const facts = wasmFacts(wasm);
  const { initial } = facts.memory;
  if (initial > FIRST_PAGES)
    throw new WasmError(`it begins with ${initial >> 4} MiB of memory, more than the ${FIRST_PAGES >> 4} MiB allowed`);
  const exported = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  for (const [name, kind] of [
    ['__heap_base', 'global'],
    ['Core_version', 'function'],
    ['Metadata_metadata', 'function'],
  ] as const) {
    if (exported.get(name) === kind) continue;
    throw new WasmError(`a WASM module, but no Substrate runtime: it exports no ${kind} ${name}`);
  }
  if (!facts.ownsMemory) return { module, facts };
  if (exported.get('memory') !== 'memory')
    throw new WasmError('a WASM module, but no Substrate runtime: it neither imports nor exports a memory');
  return { module: compile(withBoundedMemory(wasm, facts, facts.memory.initial + HEAP_PAGES)), facts };
};

export interface InstanceOptions {
  /** A new memory and instance for every call: slow, and what reuse is held against. */
  readonly fresh?: boolean;
  readonly uncounted: Key | null;
  readonly computesRoots: boolean;
}

type Call = (pointer: number, length: number) => Span;

export class RuntimeInstance {
  readonly host: HostContext;
  private readonly imports: Record<string, Record<string, unknown>>;
  private exports: Readonly<Record<string, unknown>> = {};
  /** Whether the memory must go back before the next call. */
  private used = false;
  private reusable: boolean;

  constructor(
    private readonly runtime: CompiledRuntime,
    storage: Storage,
    options: InstanceOptions,
  ) {
    this.reusable = options.fresh !== true && runtime.facts.mutableGlobals <= 1 && !runtime.facts.ownsMemory;
    const first = this.newMemory();
    this.host = {
      memory: new LinearMemory(first),
      storage,
      counts: { reads: 0, writes: 0, next_key: 0, clear_prefix: 0 },
      bytes: { read: 0, written: 0 },
      uncounted: options.uncounted,
      acceptsMock: false,
      lastError: null,
      computesRoots: options.computesRoots,
    };
    this.imports = importsOf(runtime.module, this.host);
    this.instantiate(first);
  }

  /** Whether the runtime exports a function. */
  has(name: string): boolean {
    return typeof this.exports[name] === 'function';
  }

  /**
   * Calls into the runtime with SCALE arguments. Storage is left as the call left it, also where it panics.
   * @returns the SCALE of the answer
   * @throws RuntimePanic, MissingHostFunction
   */
  call(name: string, args: Uint8Array): Uint8Array {
    const { host } = this;
    if (this.used) this.goBack();
    this.used = true;
    host.lastError = null;
    const entry = this.exports[name];
    if (typeof entry !== 'function') throw new RuntimePanic(`it exports no function ${name}`);
    try {
      const pointer = host.memory.writeFixed(args);
      const answer = host.memory.read((entry as Call)(pointer, args.length));
      // As Substrate: what a call leaves open has not come to its end.
      while (host.storage.depth > 0) host.storage.rollback();
      return answer;
    } catch (error) {
      this.startAnew();
      throw panicOf(error, host.lastError);
    }
  }

  /** For between scenarios: a runtime that writes over its own constants gets a new memory for each call from then on. */
  beginScenario(): void {
    if (this.host.memory.hasItsConstants) return;
    this.reusable = false;
    this.replace();
  }

  /** Puts the memory back now, which the next call would begin with: its own time is then nobody else's. */
  settle(): void {
    if (this.used) this.goBack();
    this.used = false;
  }

  /** What was counted since {@link resetCounts}. */
  get spent(): Spent {
    const { counts, bytes } = this.host;
    return { counts: { ...counts }, bytes: { ...bytes } };
  }

  /** Sets all counts to zero. */
  resetCounts(): void {
    const { counts, bytes } = this.host;
    Object.assign(counts, { reads: 0, writes: 0, next_key: 0, clear_prefix: 0 });
    bytes.read = 0;
    bytes.written = 0;
  }

  /** For after a call that was cut off from outside: nothing of it is left. */
  startAnew(): void {
    const { initial } = this.runtime.facts.memory;
    const { memory } = this.host;
    this.host.acceptsMock = false;
    if (!this.reusable || memory.grewByItself || memory.size > (initial + KEPT_PAGES) * PAGE) {
      this.replace();
      return;
    }
    memory.restoreAll();
    this.instantiate(null);
    this.used = false;
  }

  private goBack(): void {
    if (this.reusable && !this.host.memory.grewByItself) this.host.memory.restore();
    else this.replace();
  }

  private replace(): void {
    const memory = this.newMemory();
    this.host.memory = new LinearMemory(memory);
    this.instantiate(memory);
    this.used = false;
  }

  private newMemory(): WebAssembly.Memory {
    const { initial, maximum = Infinity } = this.runtime.facts.memory;
    return new WebAssembly.Memory({ initial, maximum: Math.min(maximum, initial + HEAP_PAGES) });
  }

  /** A new instance on a new memory, or on the one that there is. */
  private instantiate(memory: WebAssembly.Memory | null): void {
    const env = this.imports.env ?? {};
    if (memory !== null) env.memory = memory;
    const exports = exportsOf(this.runtime.module, this.imports);
    this.exports = exports;
    const { memory: own, __heap_base: heapBase } = exports;
    const { facts } = this.runtime;
    if (facts.ownsMemory && own instanceof WebAssembly.Memory) this.host.memory = new LinearMemory(own);
    if (memory === null && this.reusable) return;
    if (!(heapBase instanceof WebAssembly.Global)) throw new WasmError('__heap_base is no global');
    const base = Number(heapBase.value);
    if (!(base >= 0 && base <= facts.memory.initial * PAGE))
      throw new WasmError(`its heap begins at ${base}, outside its memory`);
    this.host.memory.remember(Math.min(facts.dataStart, base), base, facts.constants);
  }
}

/** @throws WasmError where V8 does not take the module together with what it imports */
const exportsOf = (
  module: WebAssembly.Module,
  imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Readonly<Record<string, unknown>> => {
  try {
    return new WebAssembly.Instance(module, imports).exports;
  } catch (error) {
    const kinds = [WebAssembly.LinkError, WebAssembly.RuntimeError, RangeError];
    if (!(error instanceof Error) || !kinds.some((kind) => error instanceof kind)) throw error;
    throw new WasmError(`the module can't be loaded (${error.message.replace(/^WebAssembly\.Instance\(\): /, '')})`);
  }
};

/** An object that has what is put into it and nothing else, whatever a module calls its imports. */
const empty = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

const allFunctions = (host: HostContext): HostFunctions => ({
  ...storageFunctions(host),
  ...childStorageFunctions(host),
  ...cryptoFunctions(host),
  ...hashingFunctions(host),
  ...trieFunctions(host),
  ...surroundingFunctions(host),
});

const importsOf = (module: WebAssembly.Module, host: HostContext): Record<string, Record<string, unknown>> => {
  const known = allFunctions(host);
  const imports = empty<Record<string, unknown>>();
  imports.env = empty();
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === 'memory' && from === 'env' && name === 'memory') continue;
    if (kind !== 'function')
      throw new WasmError(`the module imports the ${kind} ${from}.${name}, which no Substrate host has`);
    const own = from === 'env' && Object.hasOwn(known, name) ? known[name] : undefined;
    const functions = (imports[from] ??= empty());
    functions[name] =
      own ??
      (() => {
        throw new MissingHostFunction(name);
      });
  }
  return imports;
};

/** What V8 or the host threw, as the call's end. Errors that are our own pass through. */
const panicOf = (error: unknown, logged: string | null): unknown => {
  if (error instanceof WebAssembly.RuntimeError) return new RuntimePanic(logged ?? error.message);
  if (error instanceof HostTrap || error instanceof StorageFull) return new RuntimePanic(error.message);
  if (error instanceof RangeError && error.message.includes('call stack'))
    return new RuntimePanic('its stack overflowed');
  // V8 converts at the border, where a module may have declared whatever it likes.
  if (error instanceof Error && error.message.includes('BigInt'))
    return new RuntimePanic('it calls a host function, or answers, with other types than a Substrate runtime');
  return error;
};
