/** Blocks of the host's own chain: what they begin with, who their parent is, and that a jump opens only the last. */
import { describe, expect, it } from 'vitest';
import { CAST_RELEASE_PERIOD, genesisOf, makeCast } from '../../../src/properties/cast.js';
import { blake2_256, twox128 } from '../../../src/spec/hashing.js';
import { concat, type Hex } from '../../../src/spec/hex.js';
import { encode } from '../../../src/spec/scale.js';
import { u32 } from '../../../src/spec/shape.js';
import { rawKey, storage } from '../../../src/spec/storage.js';
import { EngineTarget } from '../../../src/targets/engine-target.js';
import type { RuntimeTarget } from '../../../src/targets/runtime-target.js';
import type { Runtime } from '../metadata-builder.js';
import { specifiedRuntime } from '../specified-runtime.js';
import { labTarget } from '../../lab.js';
import { GENESIS, metadataOf, targetOf, WATCHED } from './wat-runtime.js';

const value = (pallet: string, item: string): Hex => concat(twox128(pallet), twox128(item));

/** A little-endian number. */
const numberOf = (bytes: Hex | null): bigint =>
  BigInt(
    '0x' +
      Buffer.from((bytes ?? '0x').slice(2), 'hex')
        .reverse()
        .toString('hex'),
  );

const genesis = genesisOf(makeCast(), 0n);
const SLOT = 6000n;

const clockOf = (target: RuntimeTarget): readonly [bigint, bigint] => [
  numberOf(target.read(value('System', 'Number'))),
  numberOf(target.read(value('Timestamp', 'Now'))),
];

describe('the lab runtime', () => {
  it('has number and time of each block, whether it was opened in turn or jumped to', () => {
    const target = labTarget();
    target.reset(genesis);
    expect(clockOf(target)).toEqual([100n, 100n * SLOT]);
    target.advance(3n);
    expect(clockOf(target)).toEqual([103n, 103n * SLOT]);
    target.advance(1_000_000n, { jump: true });
    expect(clockOf(target)).toEqual([1_000_103n, 1_000_103n * SLOT]);
    target.advance(1n, { jump: true });
    target.advance(1n);
    expect(clockOf(target)).toEqual([1_000_105n, 1_000_105n * SLOT]);
  });

  it('has block numbers beyond 32 bits', () => {
    const target = labTarget();
    target.reset({ ...genesis, block: 4_294_967_290n });
    target.advance(10n);
    expect(clockOf(target)).toEqual([4_294_967_300n, 4_294_967_300n * SLOT]);
  });

  it('writes what the engine says in the first block, and in the others', () => {
    const target = labTarget();
    const engine = new EngineTarget({ releasePeriod: CAST_RELEASE_PERIOD });
    const { opening } = target.reset(genesis);
    expect(opening.diff).toEqual(engine.reset(genesis).opening.diff);
    expect(Object.keys(opening.diff)).toContain(rawKey(storage.PalletIp.IpReleaseRequests, null));
    expect(target.advance(5n)).toEqual(engine.advance(5n));
    expect(target.advance(50n, { jump: true })).toEqual(engine.advance(50n, { jump: true }));
  });

  it('begins every scenario anew', () => {
    const target = labTarget();
    const first = target.reset(genesis);
    const state = target.readAll('0x');
    target.advance(40n);
    target.inject({ [WATCHED]: '0x' + '05'.repeat(16) });
    expect(target.reset(genesis)).toEqual(first);
    expect(target.readAll('0x')).toEqual(state);
    expect(clockOf(target)).toEqual([100n, 100n * SLOT]);
  });
});

/** Keeps what `Core_initialize_block` was given: the header. */
const RECORDS = `(call $ext_storage_set_version_1 (global.get $key)
  (i64.or (i64.extend_i32_u (local.get $args)) (i64.shl (i64.extend_i32_u (local.get $length)) (i64.const 32))))
  (i64.const 0)`;

const recording = (runtime: Runtime = specifiedRuntime): Promise<RuntimeTarget> =>
  targetOf({
    metadata: metadataOf(runtime),
    bodies: { Core_initialize_block: RECORDS, BlockBuilder_finalize_block: '(global.get $scratchSpan)' },
  });

const NO_ROOTS = '00'.repeat(64);
const PARENT = 2 + 64;

/** What a header has between its parent and its two roots, and what behind them. */
const headerOf = (target: RuntimeTarget): { parent: Hex; number: string; digest: string } => {
  const header = target.read(WATCHED) ?? '0x';
  const roots = header.indexOf(NO_ROOTS, PARENT);
  return {
    parent: header.slice(0, PARENT),
    number: header.slice(PARENT, roots),
    digest: header.slice(roots + NO_ROOTS.length),
  };
};

const withPallet = (name: string): Runtime => ({
  ...specifiedRuntime,
  pallets: [...specifiedRuntime.pallets, { name, index: 200, items: [], calls: [], events: [], errors: [] }],
});

describe('a header', () => {
  it.each([
    [10n, '28'],
    [63n, 'fc'],
    [64n, '0101'],
    [16_384n, '02000100'],
    [1_073_741_823n, 'feffffff'],
    [1_073_741_824n, '0300000040'],
    [4_294_967_295n, '03ffffffff'],
    [4_294_967_296n, '070000000001'],
    [1n << 56n, '130000000000000001'],
  ])('has the compact number %i as %s', async (block, number) => {
    const target = await recording();
    target.reset({ ...GENESIS, block });
    // A number that ends in zeros runs into the roots: told by length.
    const header = target.read(WATCHED) ?? '0x';
    expect(header.slice(PARENT)).toBe(`${number}${NO_ROOTS}00`);
  });

  it('names the hash of the block before as its parent, and one hash for all first blocks', async () => {
    const target = await recording();
    target.reset(GENESIS);
    const first = headerOf(target).parent;
    target.advance(1n);
    const finalized = '0x' + Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, '0')).join('');
    expect(headerOf(target)).toEqual({ parent: blake2_256(finalized), number: '2c', digest: '00' });
    target.reset({ ...GENESIS, block: 30n });
    expect(headerOf(target)).toEqual({ parent: first, number: '78', digest: '00' });
  });

  it.each([
    ['Aura', `040661757261200a00000000000000`],
    ['Babe', `0406424142453402000000000a00000000000000`],
  ])('has the slot for %s in its digest', async (pallet, digest) => {
    const target = await recording(withPallet(pallet));
    target.reset(GENESIS);
    expect(headerOf(target).digest).toBe(digest);
  });
});

describe('blocks', () => {
  const opened = async (): Promise<RuntimeTarget> =>
    targetOf({
      // One byte of the number for each block that is opened.
      bodies: {
        Core_initialize_block: `(call $ext_storage_append_version_1 (global.get $key)
          (i64.or (i64.extend_i32_u (i32.add (local.get $args) (i32.const 32))) (i64.const ${1n << 32n})))
          (i64.const 0)`,
      },
    });
  const list = (...numbers: readonly number[]): Hex =>
    '0x' + Buffer.from([numbers.length << 2, ...numbers.map((number) => number << 2)]).toString('hex');

  it('are opened one by one, and under a jump only the last', async () => {
    const target = await opened();
    expect(target.reset(GENESIS).opening).toEqual({ block: 10n, events: [], diff: { [WATCHED]: list(10) } });
    expect(target.advance(3n).map(({ block }) => block)).toEqual([11n, 12n, 13n]);
    expect(target.read(WATCHED)).toBe(list(10, 11, 12, 13));
    expect(target.advance(9n, { jump: true }).map(({ block }) => block)).toEqual([22n]);
    expect(target.read(WATCHED)).toBe(list(10, 11, 12, 13, 22));
    expect(target.advance(1n)).toEqual([{ block: 23n, events: [], diff: { [WATCHED]: list(10, 11, 12, 13, 22, 23) } }]);
  });

  it('that change nothing are not told', async () => {
    const target = await targetOf({});
    target.reset(GENESIS);
    expect(target.advance(5n)).toEqual([]);
    expect(target.advance(5n, { jump: true })).toEqual([]);
  });

  it('lie where the runtime looks for their number, in its own width', async () => {
    const target = await targetOf({});
    target.reset(GENESIS);
    expect(target.read(value('System', 'Number'))).toBe(encode(u32, 9));
    target.advance(100n, { jump: true });
    expect(target.read(value('System', 'Number'))).toBe(encode(u32, 109));
  });
});
