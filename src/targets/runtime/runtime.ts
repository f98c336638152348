/**
 * A runtime out of a file, looked at before anything runs on it: it must compile, say its version and give its metadata,
 * and its layout is held against the specification. What is learnt here is shared by all targets that run it.
 */
import { blake2_256 } from '../../spec/hashing.js';
import { fromHex, toHex, type Hex } from '../../spec/hex.js';
import { DecodeError, decodeFront, encode } from '../../spec/scale.js';
import { bytes, fixed, list, option, struct, text, u32, type Of } from '../../spec/shape.js';
import { UnusableRuntime } from '../failures.js';
import { checkLayout, type Layout } from '../layout.js';
import { MetadataError, parseMetadata, type RuntimeMetadata } from '../metadata.js';
import { BlobError, loadBlob, readBlob, type Blob } from './blob.js';
import { Overrun, withinTime } from './deadline.js';
import {
  compileRuntime,
  MissingHostFunction,
  RuntimeInstance,
  RuntimePanic,
  type CompiledRuntime,
} from './instance.js';
import { Storage } from './storage.js';
import { WasmError } from './wasm-binary.js';

/** Milliseconds that one call into a runtime may take: a block has 2 s for all of its extrinsics. */
export const CALL_LIMIT = 5_000;

const RuntimeVersion = struct('RuntimeVersion', {
  spec_name: text,
  impl_name: text,
  authoring_version: u32,
  spec_version: u32,
  impl_version: u32,
  apis: list(struct('Api', { id: fixed(8), version: u32 })),
  transaction_version: u32,
});
/** What `Core_version` says; what later releases put behind it is not asked for. */
export type RuntimeVersion = Of<typeof RuntimeVersion>;

export interface Runtime {
  /** The file's name; of code that came from elsewhere, where from. */
  readonly file: string;
  readonly compiled: CompiledRuntime;
  readonly version: RuntimeVersion;
  readonly metadata: RuntimeMetadata;
  readonly layout: Layout;
  /** Of a raw chain spec, else empty; without `:code`. */
  readonly storage: Blob['storage'];
  readonly code: Uint8Array;
}

/** `blake2_256` of a runtime's code: what tells two of one name apart. */
export const codeHashOf = ({ code }: Pick<Runtime, 'code'>): Hex => blake2_256(toHex(code));

/** The newest metadata version that is read. */
const VERSIONS = [16, 15, 14];

/** The best metadata that the runtime offers: of those that are read, the newest. */
const readMetadata = (instance: RuntimeInstance): RuntimeMetadata => {
  const none = new Uint8Array();
  if (instance.has('Metadata_metadata_versions')) {
    const offered = decodeFront(list(u32), toHex(instance.call('Metadata_metadata_versions', none))).value;
    const version = VERSIONS.find((each) => offered.includes(each));
    if (version !== undefined) {
      const asked = fromHex(encode(u32, version));
      const answer = decodeFront(option(bytes), toHex(instance.call('Metadata_metadata_at_version', asked))).value;
      if (answer !== null) return parseMetadata(fromHex(answer));
    }
  }
  const opaque = decodeFront(bytes, toHex(instance.call('Metadata_metadata', none))).value;
  return parseMetadata(fromHex(opaque));
};

const introduce = (file: string, { wasm, storage }: Blob, limit: number): Runtime => {
  const compiled = compileRuntime(wasm);
  const instance = new RuntimeInstance(compiled, new Storage(), { uncounted: null, computesRoots: false });
  const asking = <T>(what: string, ask: () => T): T => {
    try {
      return withinTime(limit, ask);
    } catch (error) {
      if (error instanceof Overrun) throw new BlobError(`the runtime's ${what} ${error.message}: it loops`);
      const isEnd = error instanceof RuntimePanic || error instanceof MissingHostFunction;
      if (isEnd) throw new BlobError(`the runtime's ${what} can't be read: ${error.message}`, { cause: error });
      throw error;
    }
  };
  const said = asking('version (Core_version)', () => instance.call('Core_version', new Uint8Array()));
  const version = decodeFront(RuntimeVersion, toHex(said)).value;
  const metadata = asking('metadata (Metadata_metadata)', () => readMetadata(instance));
  return { file, compiled, version, metadata, layout: checkLayout(metadata), storage, code: wasm };
};

const unusable = (name: string, error: unknown): unknown => {
  const known = [BlobError, WasmError, MetadataError, DecodeError].some((kind) => error instanceof kind);
  if (!known || !(error instanceof Error)) return error;
  const named = error.message.startsWith(`${name}: `) ? error.message : `${name}: ${error.message}`;
  return new UnusableRuntime(named, { cause: error });
};

/**
 * A runtime that is there already, as it may lie in a file or under `:code`.
 * @param name for people, in place of a file's
 * @throws UnusableRuntime
 */
export const runtimeOf = (name: string, code: Uint8Array, { limit = CALL_LIMIT } = {}): Runtime => {
  try {
    return introduce(name, readBlob(code), limit);
  } catch (error) {
    throw unusable(name, error);
  }
};

/**
 * A runtime out of a file: WASM, compressed, hex, or in a raw chain spec.
 * @throws UnusableRuntime
 */
export const loadRuntime = async (file: string, { limit = CALL_LIMIT } = {}): Promise<Runtime> => {
  try {
    return introduce(file, await loadBlob(file), limit);
  } catch (error) {
    throw unusable(file, error);
  }
};
