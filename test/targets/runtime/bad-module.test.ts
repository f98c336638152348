/**
 * WASM modules that are no runtime, or one that the host can't ask who it is. Each gets one clear sentence, whatever it
 * declares: a blob is not trusted.
 */
import { metadata as metadataCodec } from '@polkadot-api/substrate-bindings';
import { describe, expect, it } from 'vitest';
import { callOf } from '../../../src/spec/calls.js';
import { concat } from '../../../src/spec/hex.js';
import { UnusableRuntime } from '../../../src/targets/failures.js';
import { NotCovered } from '../../../src/targets/target.js';
import { encodeMetadata } from '../metadata-builder.js';
import { specifiedRuntime } from '../specified-runtime.js';
import {
  assemble,
  GENESIS,
  metadataOf,
  opaque,
  refusalOf,
  span,
  targetOf,
  wasmOf,
  VERSION,
  type WatRuntime,
} from './wat-runtime.js';

/** Milliseconds for what loops. */
const LIMIT = 200;

const expectRefusal = async (runtime: WatRuntime, message: RegExp): Promise<void> => {
  const error = await refusalOf(wasmOf(runtime), LIMIT);
  expect(error).toBeInstanceOf(UnusableRuntime);
  expect(error.message).toMatch(/^FILE: [^\n]+$/);
  expect(error.message).toMatch(message);
};

const ofMetadata = (metadata: Uint8Array): WatRuntime => ({ metadata });

/** The specified runtime's metadata with another version byte behind its magic. */
const versioned = (version: number): Uint8Array => opaque(encodeMetadata(specifiedRuntime).with(4, version));

const ALL_IMPORTS = 'which no Substrate host has$';

const importing = (what: string): WatRuntime => ({ imports: `(import ${what})` });

describe('a module', () => {
  it('that is empty is refused', async () => {
    const error = await refusalOf(assemble('(module)'));
    expect(error).toBeInstanceOf(UnusableRuntime);
    expect(error.message).toMatch(/^FILE: (the module has no memory|a WASM module, but no Substrate runtime)/);
  });

  it.each<[string, WatRuntime, RegExp]>([
    ['without __heap_base', { heapBase: null }, /no Substrate runtime: it exports no global __heap_base$/],
    ['without Core_version', { bodies: { Core_version: null } }, /it exports no function Core_version$/],
    ['without metadata', { bodies: { Metadata_metadata: null } }, /it exports no function Metadata_metadata$/],
    [
      'whose Core_version is no function',
      { bodies: { Core_version: null }, fields: '(global (export "Core_version") i32 (i32.const 0))' },
      /it exports no function Core_version$/,
    ],
    ['that keeps its memory to itself', { memory: '(memory 32)' }, /neither imports nor exports a memory$/],
    ['that begins with 4 GiB', { memory: '(import "env" "memory" (memory 65536))' }, /begins with 4096 MiB of memory/],
    ['whose own memory begins with 2 GiB', { memory: '(memory (export "memory") 32768)' }, /begins with 2048 MiB/],
    ['with a shared memory', { memory: '(import "env" "memory" (memory 32 64 shared))' }, /is shared/],
    ['with a shared memory of its own', { memory: '(memory (export "memory") 32 64 shared)' }, /is shared/],
    ['whose data lie outside its memory', { memory: '(import "env" "memory" (memory 1))' }, /can't be loaded/],
    ['that runs when it is loaded', { fields: '(func $s (loop (br 0))) (start $s)' }, /runs by itself/],
    [
      'whose heap begins outside its memory',
      { heapBase: '(global (export "__heap_base") i32 (i32.const 99999999))' },
      /its heap begins at 99999999, outside its memory$/,
    ],
    [
      'whose heap begins below zero',
      { heapBase: '(global (export "__heap_base") i32 (i32.const -16))' },
      /its heap begins at -16, outside its memory$/,
    ],
    [
      'whose heap begins at a fraction of a float',
      { heapBase: '(global (export "__heap_base") f32 (f32.const nan))' },
      /its heap begins at NaN, outside its memory$/,
    ],
  ])('%s is refused', async (_, runtime, message) => {
    await expectRefusal(runtime, message);
  });

  it.each<[string, WatRuntime, RegExp]>([
    ['a table', importing('"env" "table" (table 1 funcref)'), new RegExp(`the table env.table, ${ALL_IMPORTS}`)],
    ['a global', importing('"env" "global" (global i32)'), new RegExp(`the global env.global, ${ALL_IMPORTS}`)],
    [
      'a mutable global',
      importing('"env" "__stack_pointer" (global (mut i32))'),
      new RegExp(`the global env.__stack_pointer, ${ALL_IMPORTS}`),
    ],
    [
      'a memory of another name',
      { memory: '(import "env" "mem" (memory 32))' },
      new RegExp(`the memory env.mem, ${ALL_IMPORTS}`),
    ],
    [
      'a memory of another module',
      { memory: '(import "host" "memory" (memory 32))' },
      new RegExp(`the memory host.memory, ${ALL_IMPORTS}`),
    ],
  ])('that imports %s is refused', async (_, runtime, message) => {
    await expectRefusal(runtime, message);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'that imports from "%s" reaches nothing of JavaScript',
    async (from) => {
      const before = Reflect.ownKeys(Object.prototype).length;
      const imports = `(import "${from}" "assayReached" (func $f)) (import "env" "${from}" (func $g))`;
      const target = await targetOf({ imports, bodies: { BlockBuilder_apply_extrinsic: '(call $g) (i64.const 0)' } });
      expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
      expect('assayReached' in {}).toBe(false);
      target.reset(GENESIS);
      expect(() => target.dispatch(CALL, { kind: 'none' })).toThrow(`the runtime called ${from}, a host function`);
    },
  );

  it('that imports what the host does not have is taken, as long as it does not call it', async () => {
    const imports = '(import "env" "ext_future_version_9" (func (param i64) (result f64))) (import "other" "f" (func))';
    const target = await targetOf({ imports });
    target.reset(GENESIS);
    expect(target.dispatch(CALL, { kind: 'none' }).outcome).toEqual({ ok: true });
  });
});

const CALL = callOf('Compute.mark_compute_request_fulfilled', { node_id: '0x01', request_id: 1n });

const ASKED = {
  'version (Core_version)': 'Core_version',
  'metadata (Metadata_metadata)': 'Metadata_metadata',
} as const;

describe.each(Object.entries(ASKED))("a runtime's %s", (what, name) => {
  const LOG = span(262_144, VERSION.length);
  const cases: readonly (readonly [string, string, string])[] = [
    ['panics', 'unreachable', 'the runtime panicked: unreachable'],
    [
      'panics and says why',
      `(call $ext_logging_log_version_1 (i32.const 0) ${LOG} ${LOG}) unreachable`,
      'the runtime panicked: \x1cfixture',
    ],
    [
      'aborts and says why',
      `(call $ext_panic_handler_abort_on_panic_version_1 ${LOG}) (i64.const 0)`,
      'the runtime panicked: \x1cfixture',
    ],
    ['loops', '(loop (br 0)) (i64.const 0)', `did not end within ${LIMIT} ms: it loops`],
    ['recurses without end', '(call $deep (i32.const 0))', 'its stack overflowed'],
    ['answers from outside the memory', '(i64.const -1)', 'bytes at 4294967295, outside its memory'],
    [
      'calls a host function that is none',
      '(drop (call $ext_offchain_random_seed_version_1)) (i64.const 0)',
      'the runtime called ext_offchain_random_seed_version_1, a host function that this host does not have',
    ],
    [
      'allocates without end',
      '(loop (drop (call $ext_allocator_malloc_version_1 (i32.const 1000000))) (br 0)) (i64.const 0)',
      'it used up its memory (1',
    ],
    [
      'grows without end',
      '(loop (br_if 0 (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable',
      'the runtime panicked: unreachable',
    ],
  ];
  it.each(cases)('that %s is told', async (wrong, body, message) => {
    // Only what loops comes to its limit; on a busy machine the others are slow.
    const limit = wrong === 'loops' ? LIMIT : 30_000;
    const fields = '(func $deep (param i32) (result i64) (call $deep (i32.add (local.get 0) (i32.const 1))))';
    const error = await refusalOf(wasmOf({ bodies: { [name]: body }, fields }), limit);
    expect(error).toBeInstanceOf(UnusableRuntime);
    expect(error.message).toContain(`FILE: the runtime's ${what}`);
    expect(error.message).toContain(message);
  });

  it.each([
    ['answers with an i32', '(param i32 i32) (result i32) (i32.const 1)'],
    ['answers with nothing', '(param i32 i32)'],
    ['answers with a float', '(param i32 i32) (result f64) (f64.const 1.5)'],
    ['takes an i64', '(param i64 i32) (result i64) (i64.const 0)'],
  ])('that %s is told', async (_, declared) => {
    await expectRefusal(
      { bodies: { [name]: null }, fields: `(func (export "${name}") ${declared})` },
      /other types than/,
    );
  });

  it.each([
    [
      'a number where a span belongs',
      'ext_storage_get_version_1',
      '(param i32) (result i64)',
      '(call $g (i32.const 1))',
    ],
    [
      'an answer of another type',
      'ext_storage_exists_version_1',
      '(param i64) (result i64)',
      '(call $g (i64.const 0))',
    ],
    ['fewer parameters', 'ext_storage_get_version_1', '(result i64)', '(call $g)'],
    [
      'a span where a size belongs',
      'ext_allocator_malloc_version_1',
      '(param i64) (result i64)',
      '(call $g (i64.const 8))',
    ],
    ['a reference', 'ext_storage_get_version_1', '(param externref) (result i64)', '(call $g (ref.null extern))'],
  ])('that declares a host function with %s is told', async (_, host, type, body) => {
    const imports = `(import "env" "${host}" (func $g ${type}))`;
    await expectRefusal({ imports, bodies: { [name]: body } }, /other types than/);
  });
});

describe('a runtime whose answers', () => {
  it.each<[string, WatRuntime, RegExp]>([
    ['say nothing', { version: new Uint8Array() }, /version|bytes/],
    ['end in the middle of its version', { version: VERSION.subarray(0, 20) }, /bytes/],
    ['promise a name of 4 GiB', { version: Uint8Array.of(3, 255, 255, 255, 255) }, /byte/],
    ['have metadata 13', ofMetadata(versioned(13)), /metadata.*13/],
    ['have metadata 17', ofMetadata(versioned(17)), /metadata.*17/],
    ['have metadata without its magic', ofMetadata(opaque(Uint8Array.of(1, 2, 3, 4, 15))), /expected the magic/],
    ['have no metadata', ofMetadata(Uint8Array.of(0)), /expected the magic/],
    ['have half of their metadata', ofMetadata(opaque(encodeMetadata(specifiedRuntime).subarray(0, 4000))), /metadata/],
    ['promise metadata of 1 GiB', ofMetadata(Uint8Array.of(2, 0, 0, 255)), /bytes/],
  ])('%s is refused', async (_, runtime, message) => {
    await expectRefusal(runtime, message);
  });

  it.each([14, 15, 16] as const)('have metadata %i is taken', async (version) => {
    const target = await targetOf({ metadata: opaque(encodeMetadata(specifiedRuntime, version)) });
    expect(target.runtime.layout.missing).toEqual([]);
  });
});

/** The specified runtime with a `Timestamp` whose period is of other bytes than the 8 of a `u64`. */
const withTimestamp = (period: `0x${string}`): Uint8Array => {
  const decoded = metadataCodec.dec(encodeMetadata(specifiedRuntime, 15));
  if (decoded.metadata.tag !== 'v15') throw new Error('expected metadata 15');
  const [system, ...others] = decoded.metadata.value.pallets;
  if (system === undefined) throw new Error('expected a pallet');
  const constants = system.constants.map((each) => ({ ...each, name: 'MinimumPeriod', value: period }));
  const timestamp = { ...system, name: 'Timestamp', index: 200, constants };
  const value = { ...decoded.metadata.value, pallets: [system, ...others, timestamp] };
  return opaque(metadataCodec.enc({ ...decoded, metadata: { tag: 'v15', value } }));
};

describe('metadata', () => {
  it.each(['0x', '0x2a', '0xffffffffffffffff', `0x${'ff'.repeat(40)}`] as const)(
    'with a period of %s milliseconds lets blocks be built',
    async (period) => {
      const target = await targetOf({ metadata: withTimestamp(period) });
      target.reset(GENESIS);
      expect(target.advance(2n)).toEqual([]);
    },
  );

  it('with an extension of a type that contains itself: unsigned calls are sent, signed ones are not covered', async () => {
    const endless = {
      identifier: 'Endless',
      extra: { kind: 'itself' as const },
      additionalSigned: { kind: 'bool' as const },
    };
    const extra = { kind: 'struct' as const, name: 'Endless', fields: [{ name: 'again', shape: endless.extra }] };
    const metadata = metadataOf({ ...specifiedRuntime, extensions: [{ ...endless, extra }] });
    const target = await targetOf({ metadata });
    target.reset(GENESIS);
    expect(target.dispatch(CALL, { kind: 'none' }).outcome).toEqual({ ok: true });
    const signed = (): unknown =>
      target.dispatch(CALL, { kind: 'signed', account: concat('0x', '0x' + '02'.repeat(32)) });
    expect(signed).toThrow(NotCovered);
    expect(signed).toThrow('transaction extension Endless');
  });
});
