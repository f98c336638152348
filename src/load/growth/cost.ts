/** What a call costs, counted and so free of noise: storage operations as a node's weights know them, and bytes. */
import type { Spent } from '../../targets/runtime/host/context.js';

/** Counted. Reads take what asks for the next key, writes what clears a prefix. */
export const MEASURES = ['reads', 'writes', 'bytes read', 'bytes written'] as const;
export type Measure = (typeof MEASURES)[number];

export type Cost = Readonly<Record<Measure, number>>;

/** What the host counted, by measure. System's own bookkeeping for an extrinsic is in it, the same for every size. */
export const costOf = ({ counts, bytes }: Spent): Cost => ({
  reads: counts.reads + counts.next_key,
  writes: counts.writes + counts.clear_prefix,
  'bytes read': bytes.read,
  'bytes written': bytes.written,
});

/** Microseconds of FRAME's `RocksDbWeight`: what declared weights take an operation for. */
export const READ_TIME = 25;
export const WRITE_TIME = 100;

/** Microseconds that the operations of a call take by FRAME's `RocksDbWeight`. */
export const databaseTime = ({ reads, writes }: Pick<Cost, 'reads' | 'writes'>): number =>
  reads * READ_TIME + writes * WRITE_TIME;
