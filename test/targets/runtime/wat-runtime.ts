/**
 * The smallest runtime that the host can run, as WAT: what a block needs is there and does nothing, and each test replaces
 * the body that it is about. Host functions that a body calls are imported by themselves.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import wabt from 'wabt';
import type { Hex } from '../../../src/spec/hex.js';
import { fromHex, toHex } from '../../../src/spec/hex.js';
import { encode } from '../../../src/spec/scale.js';
import { bytes, list, struct, text, u32, u8 } from '../../../src/spec/shape.js';
import type { Genesis } from '../../../src/spec/steps.js';
import { rawKey, storage } from '../../../src/spec/storage.js';
import { loadRuntime } from '../../../src/targets/runtime/runtime.js';
import { RuntimeTarget, type RuntimeTargetOptions } from '../../../src/targets/runtime-target.js';
import { encodeMetadata, type Runtime } from '../metadata-builder.js';
import { specifiedRuntime } from '../specified-runtime.js';

const assembler = await wabt();

/** Parameters and result of the host functions that fixtures call, as `sp-io` declares them. */
const HOST: Readonly<Record<string, string>> = {
  ext_allocator_malloc_version_1: '(param i32) (result i32)',
  ext_allocator_free_version_1: '(param i32)',
  ext_storage_get_version_1: '(param i64) (result i64)',
  ext_storage_read_version_1: '(param i64 i64 i32) (result i64)',
  ext_storage_set_version_1: '(param i64 i64)',
  ext_storage_append_version_1: '(param i64 i64)',
  ext_storage_clear_version_1: '(param i64)',
  ext_storage_exists_version_1: '(param i64) (result i32)',
  ext_storage_clear_prefix_version_2: '(param i64 i64) (result i64)',
  ext_storage_start_transaction_version_1: '',
  ext_storage_commit_transaction_version_1: '',
  ext_storage_rollback_transaction_version_1: '',
  ext_hashing_blake2_256_version_1: '(param i64) (result i32)',
  ext_logging_log_version_1: '(param i32 i64 i64)',
  ext_panic_handler_abort_on_panic_version_1: '(param i64)',
  ext_trie_blake2_256_ordered_root_version_2: '(param i64 i32) (result i32)',
  ext_crypto_sr25519_verify_version_2: '(param i32 i64 i32) (result i32)',
  ext_offchain_random_seed_version_1: '(result i32)',
};

/** The stack grows down from here; data begins here. Four pages, so that a call can use its stack in leaps. */
export const STACK_TOP = 4 * 65_536;

/** What a runtime exports: the name of each of its functions and what it does where nothing else is said. */
const DEFAULTS = {
  Core_version: '(global.get $version)',
  Metadata_metadata: '(global.get $metadata)',
  Core_initialize_block: '(i64.const 0)',
  BlockBuilder_finalize_block: '(i64.const 0)',
  /** `Ok(Ok(()))`. */
  BlockBuilder_apply_extrinsic: '(global.get $applied)',
  /** `Err(Invalid(Call))`. */
  TaggedTransactionQueue_validate_transaction: '(global.get $refused)',
} as const;

export interface WatRuntime {
  /** Bodies by exported name, of functions `(param $args i32) (param $length i32) (result i64)`; null leaves one out. */
  readonly bodies?: Readonly<Record<string, string | null>>;
  /** Module fields: functions that bodies call, tables, globals. */
  readonly fields?: string;
  readonly imports?: string;
  readonly memory?: string;
  readonly heapBase?: string | null;
  readonly version?: Uint8Array;
  readonly metadata?: Uint8Array;
}

const Version = struct('RuntimeVersion', {
  spec_name: text,
  impl_name: text,
  authoring_version: u32,
  spec_version: u32,
  impl_version: u32,
  apis: list(u8),
  transaction_version: u32,
  system_version: u8,
});

export const VERSION: Uint8Array = fromHex(
  encode(Version, {
    spec_name: 'fixture',
    impl_name: 'fixture',
    authoring_version: 1,
    spec_version: 9000,
    impl_version: 0,
    apis: [],
    transaction_version: 1,
    system_version: 1,
  }),
);

/** SCALE of `OpaqueMetadata`. */
export const opaque = (metadata: Uint8Array): Uint8Array => fromHex(encode(bytes, toHex(metadata)));

export const metadataOf = (runtime: Runtime): Uint8Array => opaque(encodeMetadata(runtime));

const METADATA = metadataOf(specifiedRuntime);

const escaped = (data: Uint8Array): string =>
  [...data].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');

/** A span as an `i64` constant. */
export const span = (pointer: number, length: number): string =>
  `(i64.const ${((BigInt(length) << 32n) | BigInt(pointer)).toString()})`;

interface Segment {
  readonly at: number;
  readonly data: Uint8Array;
}

/** Segments behind each other from {@link STACK_TOP} on. */
const layOut = (all: readonly Uint8Array[]): readonly Segment[] => {
  let at = STACK_TOP;
  return all.map((data) => {
    const segment = { at, data };
    at += (data.length + 15) & ~15;
    return segment;
  });
};

/** Text of a static of every fixture: `applied`, then `refused`, then what the scratch space begins with. */
const APPLIED = Uint8Array.of(0, 0);
const REFUSED = Uint8Array.of(1, 0, 0);

/** A key of a pallet under test, which fixtures write to; what stands there is seen in diffs. */
export const WATCHED: Hex = rawKey(storage.Compute.NextRequestId, null);

/** The WAT of a runtime. In bodies `$key` is the span of {@link WATCHED} and `$scratch` points to 256 static bytes, 0 to 255. */
export const watOf = (runtime: WatRuntime = {}): string => {
  const { bodies = {}, fields = '', imports = '', memory = '(import "env" "memory" (memory 32))' } = runtime;
  const scratchBytes = Uint8Array.from({ length: 256 }, (_, at) => at);
  const { version = VERSION, metadata = METADATA } = runtime;
  const segments = layOut([version, APPLIED, REFUSED, fromHex(WATCHED), scratchBytes, metadata]);
  const spans = segments.map(({ at, data }) => span(at, data.length));
  const names = ['version', 'applied', 'refused', 'key', 'scratchSpan', 'metadata'];
  const scratch = segments[4]?.at ?? 0;
  const end = segments.reduce((last, { at, data }) => Math.max(last, at + data.length), 0);
  const { heapBase = `(global (export "__heap_base") i32 (i32.const ${(end + 15) & ~15}))` } = runtime;
  const all: Readonly<Record<string, string | null>> = { ...DEFAULTS, ...bodies };
  const functions = Object.entries(all)
    .filter(([, body]) => body !== null)
    .map(
      ([name, body]) =>
        `(func (export "${name}") (param $args i32) (param $length i32) (result i64)\n    ${body ?? ''})`,
    );
  const rest = [fields, ...functions].join('\n  ');
  const called = Object.entries(HOST).filter(([name]) => rest.includes(`$${name}`));
  return `(module
  ${called.map(([name, type]) => `(import "env" "${name}" (func $${name} ${type}))`).join('\n  ')}
  ${imports}
  ${memory}
  ${names.map((name, at) => `(global $${name} i64 ${spans[at] ?? ''})`).join('\n  ')}
  (global $scratch i32 (i32.const ${scratch}))
  ${heapBase ?? ''}
  ${segments.map(({ at, data }) => `(data (i32.const ${at}) "${escaped(data)}")`).join('\n  ')}
  ${rest}
)`;
};

/** WASM of a module in WAT. */
export const assemble = (wat: string): Uint8Array => {
  const module = assembler.parseWat('fixture.wat', wat, { bulk_memory: true, threads: true, multi_value: true });
  try {
    return Uint8Array.from(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
};

export const wasmOf = (runtime: WatRuntime = {}): Uint8Array => assemble(watOf(runtime));

/** Gives `use` a file with these bytes, which is gone afterwards. */
export const withFile = async <T>(content: Uint8Array | string, use: (file: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-runtime-'));
  try {
    const file = join(folder, 'fixture.wasm');
    await writeFile(file, content);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** The message with which a file is refused. @throws where it is not */
export const refusalOf = (content: Uint8Array | string, limit?: number): Promise<Error> =>
  withFile(content, async (file) => {
    try {
      await loadRuntime(file, limit === undefined ? {} : { limit });
    } catch (error) {
      if (error instanceof Error) return Object.assign(error, { message: error.message.replace(file, 'FILE') });
      throw error;
    }
    throw new Error('the file was taken as a runtime');
  });

/** A target that runs a fixture. */
export const targetOf = async (runtime: WatRuntime, options: RuntimeTargetOptions = {}): Promise<RuntimeTarget> =>
  withFile(wasmOf(runtime), async (file) => new RuntimeTarget(await loadRuntime(file), options));

const SUDO: Hex = '0x' + '01'.repeat(32);

/** An empty chain whose block 10 is open. */
export const GENESIS: Genesis = { block: 10n, sudo: SUDO, accounts: [], storage: {} };
