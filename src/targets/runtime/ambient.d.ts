/** What the host uses of the platform and TypeScript's Node types do not have. */

/** JavaScript's WebAssembly interface: TypeScript has it among the browser's types, and all of those would come with it. */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    readonly initial: number;
    readonly maximum?: number;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Global {
    readonly value: unknown;
  }
  interface Import {
    readonly module: string;
    readonly name: string;
    readonly kind: string;
  }
  /** Opaque: what it imports and exports is asked of the class. */
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  const Module: {
    new (bytes: Uint8Array): Module;
    imports(module: Module): readonly Import[];
    exports(module: Module): readonly Omit<Import, 'module'>[];
  };
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
}

/** What `toString('latin1')` calls in the end, after a fifth of its time: Node has it since its first versions. */
interface Buffer {
  latin1Slice(start: number, end: number): string;
}
