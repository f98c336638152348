/**
 * One memory serves all calls, and none of them sees what another left there: statics, stack, heap, globals. And the host's
 * allocator, held against what an allocator promises.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withinTime } from '../../../src/targets/runtime/deadline.js';
import { compileRuntime, RuntimeInstance, RuntimePanic } from '../../../src/targets/runtime/instance.js';
import { HostTrap, LinearMemory } from '../../../src/targets/runtime/memory.js';
import { Storage } from '../../../src/targets/runtime/storage.js';
import { STACK_TOP, wasmOf, type WatRuntime } from './wat-runtime.js';

const NONE = new Uint8Array();
const PAGE = 65_536;
const HEAP_BASE = 20 * PAGE;
/** Below the heap, above all data: statics that begin as zeros. */
const BSS = HEAP_BASE - 64;

/** Stack addresses, each less than 64 KiB below the one before, down to the very bottom. */
const NEAR = [16, 60_000, 119_000, 178_000, 237_000, STACK_TOP];
/** One address far below an untouched stack. */
const FAR = [STACK_TOP - 40];

const addresses = (depths: readonly number[]): number[] => [...depths.map((depth) => STACK_TOP - depth), BSS];

/** Fills the heap, and writes at these places; then ends as `end` says. */
const soiling = (depths: readonly number[], end: string): string =>
  `(local $heap i32)
  (local.set $heap (call $ext_allocator_malloc_version_1 (i32.const 100000)))
  (memory.fill (local.get $heap) (i32.const 255) (i32.const 100000))
  (i64.store (global.get $scratch) (i64.const -1))
  ${addresses(depths)
    .map((address) => `(i64.store (i32.const ${address}) (i64.const -1))`)
    .join('\n  ')}
  ${end}`;

/** Answers with what stands at these places, and the sum of all bits of a large allocation. */
const looking = (depths: readonly number[]): string =>
  `(local $out i32) (local $heap i32) (local $at i32) (local $found i64)
  (local.set $heap (call $ext_allocator_malloc_version_1 (i32.const 100000)))
  (loop $next
    (local.set $found (i64.or (local.get $found) (i64.load (i32.add (local.get $heap) (local.get $at)))))
    (local.set $at (i32.add (local.get $at) (i32.const 8)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 100000))))
  (local.set $out (call $ext_allocator_malloc_version_1 (i32.const ${8 * (depths.length + 3)})))
  (i64.store (local.get $out) (local.get $found))
  (i64.store offset=8 (local.get $out) (i64.load (global.get $scratch)))
  ${addresses(depths)
    .map((from, at) => `(i64.store offset=${16 + 8 * at} (local.get $out) (i64.load (i32.const ${from})))`)
    .join('\n  ')}
  (i64.or (i64.extend_i32_u (local.get $out)) (i64.const ${BigInt(8 * (depths.length + 3)) << 32n}))`;

/** What {@link looking} finds in a memory that is as it was: zeros, but for the scratch bytes. */
const clean = (depths: readonly number[]): Uint8Array => {
  const all = new Uint8Array(8 * (depths.length + 3));
  all.set([0, 1, 2, 3, 4, 5, 6, 7], 8);
  return all;
};

const instanceOf = (runtime: WatRuntime, fresh = false): RuntimeInstance =>
  new RuntimeInstance(compileRuntime(wasmOf(runtime)), new Storage(), { fresh, uncounted: null, computesRoots: false });

const heapBase = `(global (export "__heap_base") i32 (i32.const ${HEAP_BASE}))`;
const withBodies = (depths: readonly number[]): WatRuntime => ({
  heapBase,
  bodies: {
    look: looking(depths),
    soil: soiling(depths, '(i64.const 0)'),
    soil_and_trap: soiling(depths, 'unreachable'),
    soil_and_loop: soiling(depths, '(loop (br 0)) (i64.const 0)'),
    soil_and_answer_amiss: soiling(depths, '(i64.const -1)'),
  },
});

const looked = (instance: RuntimeInstance): Uint8Array => Uint8Array.from(instance.call('look', NONE));

const panics = (instance: RuntimeInstance, name: string): void =>
  expect(() => instance.call(name, NONE)).toThrow(RuntimePanic);

const MEMORIES: readonly (readonly [string, WatRuntime])[] = [
  ['imported', {}],
  ['imported and exported', { memory: '(import "env" "memory" (memory 32)) (export "memory" (memory 0))' }],
  ["the module's own", { memory: '(memory (export "memory") 32)' }],
];

describe.each(MEMORIES)('a memory that is %s', (_, memory) => {
  it.each([false, true])('is as it was after a call that used it, with fresh ones: %s', (fresh) => {
    const instance = instanceOf({ ...withBodies(NEAR), ...memory }, fresh);
    expect(looked(instance)).toEqual(clean(NEAR));
    for (let count = 0; count < 3; count += 1) {
      instance.call('soil', NONE);
      expect(looked(instance)).toEqual(clean(NEAR));
    }
  });

  it('is as it was after a trap and after an answer that is none, however far apart the stack was used', () => {
    const instance = instanceOf({ ...withBodies(FAR), ...memory });
    for (const name of ['soil_and_trap', 'soil_and_answer_amiss', 'soil_and_trap']) {
      panics(instance, name);
      expect(looked(instance)).toEqual(clean(FAR));
      expect(looked(instance)).toEqual(clean(FAR));
    }
  });

  it('is as it was after a call whose time was over', () => {
    const instance = instanceOf({ ...withBodies(FAR), ...memory });
    expect(() => withinTime(50, () => instance.call('soil_and_loop', NONE))).toThrow('did not end within 50 ms');
    instance.startAnew();
    expect(looked(instance)).toEqual(clean(FAR));
  });

  it('is bounded, and as large as at first after it grew', () => {
    const grow = `(loop (br_if 0 (i32.ne (memory.grow (i32.const 64)) (i32.const -1))))
      (i32.store (global.get $scratch) (memory.size))
      (i64.or (i64.extend_i32_u (global.get $scratch)) (i64.const ${4n << 32n}))`;
    const size = `(i32.store (global.get $scratch) (memory.size))
      (i64.or (i64.extend_i32_u (global.get $scratch)) (i64.const ${4n << 32n}))`;
    const bodies = { grow, size, grow_a_little_and_trap: '(drop (memory.grow (i32.const 2))) unreachable' };
    const instance = instanceOf({ ...memory, bodies });
    const pages = (name: string): number => Buffer.from(instance.call(name, NONE)).readUInt32LE();
    expect(pages('size')).toBe(32);
    // 128 MiB beyond what it began with.
    expect(pages('grow')).toBe(32 + 2048);
    expect(pages('size')).toBe(32);
    panics(instance, 'grow_a_little_and_trap');
    expect(pages('size')).toBe(32);
  });
});

describe('constants, which no compiled runtime writes to', () => {
  const at = (what: string): string => `(i32.add (i32.wrap_i64 (global.get $metadata)) (i32.const 100)) ${what}`;
  const answer = `(i64.or (i64.extend_i32_u (global.get $scratch)) (i64.const ${8n << 32n}))`;
  const look = `(i64.store (global.get $scratch) (i64.load ${at('')})) ${answer}`;
  const soil = `(i64.store ${at('(i64.const -1)')}) (i64.const 0)`;

  it('are as they were in the next scenario where they were written over, and from then on in every call', () => {
    const instance = instanceOf({ bodies: { look, soil } });
    const first = Uint8Array.from(instance.call('look', NONE));
    instance.call('soil', NONE);
    instance.beginScenario();
    expect(Uint8Array.from(instance.call('look', NONE))).toEqual(first);
    instance.call('soil', NONE);
    expect(Uint8Array.from(instance.call('look', NONE))).toEqual(first);
  });

  it('are as they were after a trap', () => {
    const instance = instanceOf({ bodies: { look, soil_and_trap: `${soil} unreachable` } });
    const first = Uint8Array.from(instance.call('look', NONE));
    panics(instance, 'soil_and_trap');
    expect(Uint8Array.from(instance.call('look', NONE))).toEqual(first);
  });
});

describe('globals', () => {
  const counting = (globals: number): WatRuntime => {
    const all = Array.from({ length: globals }, (_, at) => at);
    const add = all.map((at) => `(global.set $g${at} (i32.add (global.get $g${at}) (i32.const 1)))`).join(' ');
    const sum = all.reduce((rest, at) => `(i32.add ${rest} (global.get $g${at}))`, '(i32.const 0)');
    return {
      fields: all.map((at) => `(global $g${at} (mut i32) (i32.const 0))`).join(' '),
      bodies: {
        count: `${add} (i32.store (global.get $scratch) ${sum})
          (i64.or (i64.extend_i32_u (global.get $scratch)) (i64.const ${4n << 32n}))`,
        count_and_trap: `${add} unreachable`,
      },
    };
  };

  it.each([2, 3, 10])('of a module with %i of them begin anew with every call', (globals) => {
    const instance = instanceOf(counting(globals));
    const counted = (): number => Buffer.from(instance.call('count', NONE)).readUInt32LE();
    expect([counted(), counted(), counted()]).toEqual([globals, globals, globals]);
    panics(instance, 'count_and_trap');
    expect([counted(), counted()]).toEqual([globals, globals]);
  });

  it('are where they were after a trap, also where there is but a stack pointer', () => {
    const instance = instanceOf(counting(1));
    panics(instance, 'count_and_trap');
    expect(Buffer.from(instance.call('count', NONE)).readUInt32LE()).toBe(1);
  });
});

const BASE = 1000;

const newMemory = (maximum = 400): LinearMemory => {
  const memory = new LinearMemory(new WebAssembly.Memory({ initial: 1, maximum }));
  memory.remember(0, BASE, { start: 0, end: 0 });
  return memory;
};

const spanOf = (pointer: number, length: number): bigint => (BigInt(length) << 32n) | BigInt(pointer);

const fill = (memory: LinearMemory, pointer: number, length: number, value: number): void =>
  memory.writeInto(spanOf(pointer, length), new Uint8Array(length).fill(value));

describe('the allocator', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ size: fc.integer({ min: 0, max: 5000 }) }) },
    { weight: 1, arbitrary: fc.record({ size: fc.integer({ min: 0, max: 300_000 }) }) },
    { weight: 3, arbitrary: fc.record({ free: fc.nat({ max: 99 }) }) },
  );

  it('gives zeroed, aligned memory above the heap base that nobody else has, and takes it back', () => {
    const memory = newMemory();
    const play = (steps: readonly ({ readonly size: number } | { readonly free: number })[]): void => {
      memory.restoreAll();
      const held: { readonly pointer: number; readonly size: number; readonly value: number }[] = [];
      const used = new Set<number>();
      for (const [at, each] of steps.entries()) {
        if ('size' in each) {
          const { size } = each;
          const pointer = memory.allocate(size);
          expect(pointer % 8).toBe(0);
          expect(pointer).toBeGreaterThanOrEqual(BASE);
          const bytes = memory.readAt(pointer, size);
          // What was freed before in this call comes back as it was left.
          if (!used.has(pointer)) expect(Buffer.compare(bytes, new Uint8Array(size))).toBe(0);
          used.add(pointer);
          const apart = held.every((other) => pointer + size <= other.pointer || other.pointer + other.size <= pointer);
          expect(apart).toBe(true);
          const value = (at % 255) + 1;
          fill(memory, pointer, size, value);
          held.push({ pointer, size, value });
          continue;
        }
        const [gone] = held.length === 0 ? [] : held.splice(each.free % held.length, 1);
        if (gone === undefined) continue;
        expect(memory.readAt(gone.pointer, gone.size).every((byte) => byte === gone.value)).toBe(true);
        memory.release(gone.pointer);
        expect(() => memory.release(gone.pointer)).toThrow(HostTrap);
      }
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), play), { seed: 3, numRuns: 200 });
  });

  it('gives what was freed again, the last first, and grows for nothing else', () => {
    const memory = newMemory();
    const pointers = [100, 100, 100].map((size) => memory.allocate(size));
    const { size } = memory;
    for (const pointer of pointers) memory.release(pointer);
    expect([100, 128, 65].map((each) => memory.allocate(each))).toEqual(pointers.toReversed());
    expect(memory.size).toBe(size);
  });

  it('takes 32 MiB at once and no more', () => {
    const memory = newMemory(2048);
    expect(memory.allocate(32 << 20)).toBeGreaterThan(0);
    expect(() => memory.allocate((32 << 20) + 1)).toThrow('it asked the allocator for 33554433 bytes at once');
  });

  it('fails where the memory is used up, and goes on once it is restored', () => {
    const memory = newMemory(4);
    expect(() => memory.allocate(4 * PAGE)).toThrow('it used up its memory');
    expect(memory.allocate(2 * PAGE)).toBeGreaterThan(0);
    expect(() => memory.allocate(2 * PAGE)).toThrow('it used up its memory');
    memory.restore();
    expect(memory.allocate(2 * PAGE)).toBeGreaterThan(0);
  });

  it.each([
    ['in no memory', -8, 4],
    ['beyond the memory', PAGE - 3, 4],
    ['of more than there is', 0, PAGE + 1],
  ])('reads nothing %s', (_, pointer, length) => {
    expect(() => newMemory().readAt(pointer, length)).toThrow(HostTrap);
    expect(() => newMemory().read(spanOf(pointer >>> 0, length))).toThrow('outside its memory');
  });
});
