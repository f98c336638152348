/**
 * What a runtime does wrong while it runs ends the call that did it, with the reason, and nothing else: its writes are undone,
 * and the next call is answered as if it had not been there.
 */
import { describe, expect, it } from 'vitest';
import { callOf } from '../../../src/spec/calls.js';
import { hexOfKey } from '../../../src/targets/runtime/translation.js';
import { accountKey } from '../../../src/targets/runtime/genesis.js';
import { BlockError } from '../../../src/targets/failures.js';
import type { RuntimeTarget } from '../../../src/targets/runtime-target.js';
import { NotCovered, type Answer } from '../../../src/targets/target.js';
import { GENESIS, span, targetOf, WATCHED, type WatRuntime } from './wat-runtime.js';

/** Milliseconds for what loops. */
const LIMIT = 250;
/** Enough for what ends by itself. */
const AMPLE = 10_000;

/** Where `request_id` stands in the fixture's extrinsics: behind length, format, call and `node_id`. */
const REQUEST = 6;

const send = (target: RuntimeTarget, request: bigint): Answer =>
  target.dispatch(callOf('Compute.mark_compute_request_fulfilled', { node_id: '0x01', request_id: request }), {
    kind: 'none',
  });

const VALUE = '0x' + Array.from({ length: 16 }, (_, at) => at.toString(16).padStart(2, '0')).join('');
const SCRATCH = `(call $spanOf (global.get $scratch) (i32.const 16))`;
const WRITE = `(call $ext_storage_set_version_1 (global.get $key) ${SCRATCH})`;

const SPAN_OF = `(func $spanOf (param $pointer i32) (param $length i32) (result i64)
    (i64.or (i64.extend_i32_u (local.get $pointer)) (i64.shl (i64.extend_i32_u (local.get $length)) (i64.const 32))))`;

/** Writes {@link VALUE} in every extrinsic; goes wrong in those of request 1, and always under `always`. */
const wrong = (body: string, fields = ''): WatRuntime => ({
  fields: `${SPAN_OF} ${fields}`,
  bodies: {
    BlockBuilder_apply_extrinsic: `(local $a i32) (local $b i32) ${WRITE}
      (if (i32.eq (i32.load8_u offset=${REQUEST} (local.get $args)) (i32.const 1)) (then ${body}))
      (global.get $applied)`,
  },
});

/** Sends 0, then the wrong one, then 2 after the key is gone again. */
const playedOn = async (runtime: WatRuntime, limit: number): Promise<Answer> => {
  const target = await targetOf(runtime, { limit });
  target.reset(GENESIS);
  const before = send(target, 0n);
  expect(before).toMatchObject({ outcome: { ok: true }, index: 0 });
  expect(before.diff).toEqual({ [WATCHED]: VALUE });
  target.inject({ [WATCHED]: null });
  const answer = send(target, 1n);
  expect(target.read(WATCHED)).toBeNull();
  const after = send(target, 2n);
  expect(after).toMatchObject({ outcome: { ok: true }, index: 2, events: [] });
  expect(after.diff).toEqual({ [WATCHED]: VALUE });
  expect(after.counts).toEqual({ reads: 0, writes: 1, next_key: 0, clear_prefix: 0 });
  return answer;
};

const malloc = (size: number): string => `(call $ext_allocator_malloc_version_1 (i32.const ${size}))`;
const free = (pointer: string): string => `(call $ext_allocator_free_version_1 ${pointer})`;
const header = (pointer: string): string => `(i32.sub ${pointer} (i32.const 8))`;

const TEXT = Buffer.from('why it failed').toString('hex').replace(/../g, '\\$&');
const MESSAGE = `(data (i32.const 1024) "${TEXT}")`;
const SAID = span(1024, 13);
const DEEP = '(func $deep (param i32) (call $deep (i32.add (local.get 0) (i32.const 1))))';
const OUTSIDE = span(0x7fff_fff0, 32);

const panics: readonly (readonly [string, WatRuntime, string])[] = [
  ['reaches the unreachable', wrong('unreachable'), 'unreachable'],
  ['divides by zero', wrong('(drop (i32.div_u (i32.const 1) (i32.const 0)))'), 'divide by zero'],
  ['reads outside its memory', wrong('(drop (i32.load (i32.const -4)))'), 'memory access out of bounds'],
  [
    'logs why and panics',
    wrong(`(call $ext_logging_log_version_1 (i32.const 0) ${SAID} ${SAID}) unreachable`, MESSAGE),
    'why it failed',
  ],
  [
    'only warns and panics',
    wrong(`(call $ext_logging_log_version_1 (i32.const 1) ${SAID} ${SAID}) unreachable`, MESSAGE),
    'unreachable',
  ],
  ['aborts with why', wrong(`(call $ext_panic_handler_abort_on_panic_version_1 ${SAID})`, MESSAGE), 'why it failed'],
  ['answers from outside its memory', wrong('(return (i64.const -1))'), 'outside its memory'],
  ['recurses without end', wrong('(call $deep (i32.const 0))', DEEP), 'its stack overflowed'],
  ['allocates without end', wrong(`(loop (drop ${malloc(1 << 20)}) (br 0))`), 'it used up its memory (129 MiB)'],
  [
    'allocates more than there may be at once',
    wrong(`(drop ${malloc(-1)})`),
    'it asked the allocator for 4294967295 bytes at once',
  ],
  [
    'grows its memory until it can no more',
    wrong('(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable'),
    'unreachable',
  ],
  [
    'writes storage without end',
    wrong(
      `(loop (call $ext_storage_set_version_1 (call $spanOf (global.get $scratch) (i32.const 32)) (call $spanOf (i32.const 0) (i32.const 1000000))) (br 0))`,
    ),
    'it wrote more than 256 MiB of storage',
  ],
  [
    'appends without end',
    wrong(
      `(loop (call $ext_storage_append_version_1 (global.get $key) (call $spanOf (i32.const 0) (i32.const 1000000))) (br 0))`,
    ),
    'it wrote more than 256 MiB of storage',
  ],
  [
    'frees twice',
    wrong(`(local.set $a ${malloc(8)}) ${free('(local.get $a)')} ${free('(local.get $a)')}`),
    'its heap is corrupted',
  ],
  ['frees what it never had', wrong(free('(i32.const 4096)')), 'its heap is corrupted'],
  ['frees beyond its heap', wrong(free('(i32.const 0x1ffff0)')), 'its heap is corrupted'],
  ['frees zero', wrong(free('(i32.const 0)')), 'its heap is corrupted'],
  [
    'frees a byte beside an allocation',
    wrong(`(local.set $a ${malloc(8)}) (drop ${malloc(8)}) ${free('(i32.add (local.get $a) (i32.const 1))')}`),
    'its heap is corrupted',
  ],
  [
    'writes over a header and frees',
    wrong(
      `(local.set $a ${malloc(8)}) (i32.store ${header('(local.get $a)')} (i32.const 99)) ${free('(local.get $a)')}`,
    ),
    'its heap is corrupted',
  ],
  [
    'writes over a free header and allocates',
    wrong(
      `(local.set $a ${malloc(8)}) ${free('(local.get $a)')} (i32.store ${header('(local.get $a)')} (i32.const 0x1ffff0)) (drop ${malloc(8)})`,
    ),
    'its heap is corrupted',
  ],
  [
    'leads the list of free allocations to the very end of its heap',
    wrong(`(local.set $a ${malloc(1 << 20)}) (local.set $b ${malloc(1 << 10)}) ${free('(local.get $a)')}
      (i32.store ${header('(local.get $a)')} ${header('(local.get $b)')}) (drop ${malloc(1 << 20)}) (drop ${malloc(1 << 20)})`),
    'its heap is corrupted',
  ],
  [
    'commits what it did not begin',
    wrong('(call $ext_storage_commit_transaction_version_1)'),
    'it ended a storage transaction (commit) that it had not begun',
  ],
  [
    'rolls back what it did not begin',
    wrong('(call $ext_storage_rollback_transaction_version_1)'),
    'it ended a storage transaction (rollback) that it had not begun',
  ],
  [
    'panics within transactions',
    wrong(
      `(call $ext_storage_start_transaction_version_1) (call $ext_storage_start_transaction_version_1) ${WRITE} unreachable`,
    ),
    'unreachable',
  ],
  [
    'reads a key outside its memory',
    wrong(`(drop (call $ext_storage_get_version_1 ${OUTSIDE}))`),
    'it gave the host 32 bytes at 2147483632, outside its memory',
  ],
  [
    'writes a value outside its memory',
    wrong(`(call $ext_storage_set_version_1 (global.get $key) ${OUTSIDE})`),
    'outside its memory',
  ],
  [
    'appends from outside its memory',
    wrong(`(call $ext_storage_append_version_1 (global.get $key) ${OUTSIDE})`),
    'outside its memory',
  ],
  [
    'reads a value to outside its memory',
    wrong(`(drop (call $ext_storage_read_version_1 (global.get $key) ${OUTSIDE} (i32.const 0)))`),
    'outside its memory',
  ],
  [
    'hashes what is outside its memory',
    wrong(`(drop (call $ext_hashing_blake2_256_version_1 ${OUTSIDE}))`),
    'outside its memory',
  ],
  [
    'verifies a signature outside its memory',
    wrong(`(drop (call $ext_crypto_sr25519_verify_version_2 (i32.const -8) (global.get $key) (i32.const 0)))`),
    'it gave the host 64 bytes at',
  ],
  [
    'gives a limit that is none',
    wrong(
      `(drop (call $ext_storage_clear_prefix_version_2 (global.get $key) (call $spanOf (i32.add (global.get $scratch) (i32.const 1)) (i32.const 2))))`,
    ),
    'a limit that is no Option<u32>',
  ],
  [
    'gives a limit of no bytes',
    wrong(`(drop (call $ext_storage_clear_prefix_version_2 (global.get $key) (i64.const 0)))`),
    'a limit that is no Option<u32>',
  ],
  [
    'gives a trie without its bytes',
    wrong(
      `(drop (call $ext_trie_blake2_256_ordered_root_version_2 (call $spanOf (i32.add (global.get $scratch) (i32.const 8)) (i32.const 1)) (i32.const 0)))`,
    ),
    'it gave the host a trie',
  ],
  [
    'asks for a trie of an unknown version',
    wrong(
      `(drop (call $ext_trie_blake2_256_ordered_root_version_2 (call $spanOf (global.get $scratch) (i32.const 1)) (i32.const 7)))`,
    ),
    'state version 7',
  ],
];

describe('an extrinsic that', () => {
  it.each(panics)('%s panics with the reason, and is undone', async (_, runtime, reason) => {
    const answer = await playedOn(runtime, AMPLE);
    expect(answer).toMatchObject({ outcome: { panic: true }, index: 1, events: [], diff: {} });
    expect(answer.panicMessage).toContain(reason);
  });

  const loops: readonly (readonly [string, WatRuntime])[] = [
    ['loops', wrong('(loop (br 0))')],
    [
      'hashes without end',
      wrong(
        '(loop (drop (call $ext_hashing_blake2_256_version_1 (call $spanOf (i32.const 0) (i32.const 100000)))) (br 0))',
      ),
    ],
    [
      'writes and clears a key without end',
      wrong(`(loop ${WRITE} (call $ext_storage_clear_version_1 (global.get $key)) (br 0))`),
    ],
    [
      'begins and ends transactions without end',
      wrong(
        `(loop (call $ext_storage_start_transaction_version_1) ${WRITE} (call $ext_storage_rollback_transaction_version_1) (br 0))`,
      ),
    ],
  ];
  it.each(loops)('%s panics when its time is over, and is undone', async (_, runtime) => {
    const answer = await playedOn(runtime, LIMIT);
    expect(answer).toMatchObject({ outcome: { panic: true }, index: 1, events: [], diff: {} });
    expect(answer.panicMessage).toMatch(/^it (did not end within 250 ms|wrote more than 256 MiB of storage)$/);
  });

  it.each(loops)('%s is found among others that run under one timer', async (_, runtime) => {
    const target = await targetOf(runtime, { limit: LIMIT });
    const answers = target.together(() => {
      target.reset(GENESIS);
      return [0n, 1n, 2n].map((request) => send(target, request));
    });
    expect(answers.map(({ outcome }) => outcome)).toEqual([{ ok: true }, { panic: true }, { ok: true }]);
    expect(answers.map(({ diff }) => diff)).toEqual([{ [WATCHED]: VALUE }, {}, {}]);
  });

  it('grows its memory as far as it goes and returns keeps none of it', async () => {
    const runtime = wrong('(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))');
    const target = await targetOf(runtime);
    target.reset(GENESIS);
    expect([send(target, 1n).outcome, send(target, 0n).outcome]).toEqual([{ ok: true }, { ok: true }]);
    expect(target.memorySize).toBe(32 * 65_536);
  });

  it('leaves storage transactions open has what it wrote in them rolled back, as a node does it', async () => {
    const begin = '(call $ext_storage_start_transaction_version_1)';
    const target = await targetOf({
      fields: SPAN_OF,
      bodies: { BlockBuilder_apply_extrinsic: `${begin} ${begin} ${WRITE} (global.get $applied)` },
    });
    target.reset(GENESIS);
    for (let count = 0; count < 3; count += 1) {
      const answer = send(target, 0n);
      expect(answer.outcome).toEqual({ ok: true });
      expect(answer.diff).toEqual({});
    }
    expect(target.read(WATCHED)).toBeNull();
  });

  it('calls a host function that the host does not have is not covered, by its name', async () => {
    const target = await targetOf(wrong('(drop (call $ext_offchain_random_seed_version_1))'));
    target.reset(GENESIS);
    expect(send(target, 0n).outcome).toEqual({ ok: true });
    target.inject({ [WATCHED]: null });
    expect(() => send(target, 1n)).toThrow(NotCovered);
    expect(() => send(target, 1n)).toThrow('ext_offchain_random_seed_version_1');
    expect(target.read(WATCHED)).toBeNull();
    expect(send(target, 2n).diff).toEqual({ [WATCHED]: VALUE });
  });

  it('is signed by an account whose stored nonce is cut short is sent all the same', async () => {
    const account = '0x' + '02'.repeat(32);
    const target = await targetOf({});
    target.reset({ ...GENESIS, storage: { [hexOfKey(accountKey(account))]: '0x01' } });
    const call = callOf('Compute.request_compute_boot', { plan_id: '0x' + '00'.repeat(32) });
    expect(target.dispatch(call, { kind: 'signed', account }).outcome).toEqual({ ok: true });
  });
});

describe('a block that', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['panics', 'unreachable', 'the runtime panicked: unreachable'],
    ['loops', '(loop (br 0)) (i64.const 0)', 'did not end within 250 ms'],
    ['recurses without end', '(call $deep (i32.const 0)) (i64.const 0)', 'its stack overflowed'],
    [
      'calls what the host does not have',
      '(drop (call $ext_offchain_random_seed_version_1)) (i64.const 0)',
      'ext_offchain_random_seed_version_1',
    ],
  ];
  it.each(cases)('%s when it is opened ends the run with its number and the file', async (_, body, message) => {
    const target = await targetOf({ bodies: { Core_initialize_block: body }, fields: DEEP }, { limit: LIMIT });
    for (const begin of [() => target.reset(GENESIS), () => target.together(() => target.reset(GENESIS))]) {
      expect(begin).toThrow(BlockError);
      expect(begin).toThrow(/fixture\.wasm: block 10 can't be built: /);
      expect(begin).toThrow(message);
    }
  });

  it.each(cases)('%s when it is closed ends the run in the same way', async (_, body, message) => {
    const target = await targetOf({ bodies: { BlockBuilder_finalize_block: body }, fields: DEEP }, { limit: LIMIT });
    target.reset(GENESIS);
    expect(() => target.advance(1n)).toThrow(BlockError);
    expect(() => target.advance(1n)).toThrow(message);
  });
});

describe('a question to the pool that', () => {
  const validate = (target: RuntimeTarget): unknown =>
    target.validate(callOf('Compute.mark_compute_request_fulfilled', { node_id: '0x01', request_id: 1n }));

  it.each([
    ['panics', 'unreachable', 'unreachable'],
    ['loops', '(loop (br 0)) (i64.const 0)', 'did not end'],
  ])('%s is told with its reason, and leaves nothing behind', async (_, body, message) => {
    const target = await targetOf(
      { bodies: { TaggedTransactionQueue_validate_transaction: `${WRITE} ${body}` }, fields: SPAN_OF },
      { limit: LIMIT },
    );
    target.reset(GENESIS);
    expect(validate(target)).toEqual({ unknown: expect.stringMatching(`^panic: .*${message}`) as string });
    expect(target.read(WATCHED)).toBeNull();
    expect(send(target, 0n).diff).toEqual({});
  });

  it.each([
    ['is refused', span(0, 0), { unknown: 'number missing' }],
    [
      'is answered with what no pool says',
      `(call $spanOf (global.get $scratch) (i32.const 12))`,
      { unknown: 'bytes 0x000102030405060708090a0b' },
    ],
  ])('%s is told as it came', async (_, body, validity) => {
    const target = await targetOf({ bodies: { TaggedTransactionQueue_validate_transaction: body }, fields: SPAN_OF });
    target.reset(GENESIS);
    expect(validate(target)).toEqual(validity);
  });
});
