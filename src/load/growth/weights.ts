/**
 * What a runtime says that its calls take, and what it lets into a block: the weight in a call's own `System.ExtrinsicSuccess`, the
 * limits in the constants `System.BlockWeights` and `System.BlockLength` of its metadata, and there `System.DbWeight` of storage operations.
 */
import { z } from 'zod';
import { DecodeError } from '../../spec/scale.js';
import { palletNamed } from '../../targets/runtime/genesis.js';
import { readEvent } from '../../targets/runtime/translation.js';
import { MetadataError, type RuntimeMetadata } from '../../targets/metadata.js';
import { decodeOwn, decodeOwnEvent } from '../../targets/metadata/values.js';
import type { Value } from '../../targets/metadata/value.js';

/** Picoseconds, and bytes of proof. Old runtimes have picoseconds alone. */
const Weight = z.union([
  z.object({ ref_time: z.bigint(), proof_size: z.bigint() }),
  z.bigint().transform((ref_time) => ({ ref_time, proof_size: 0n })),
]);
export type Weight = z.infer<typeof Weight>;

/** Of dispatch, as events name them and as constants do. */
const CLASSES = { Normal: 'normal', Operational: 'operational', Mandatory: 'mandatory' } as const;

const DispatchInfo = z.object({
  weight: Weight,
  class: z.enum(['Normal', 'Operational', 'Mandatory']).transform((name) => CLASSES[name]),
});
/** What a call says of itself. */
export type DispatchInfo = z.infer<typeof DispatchInfo>;

const ExtrinsicSuccess = z.union([
  z.object({ dispatch_info: DispatchInfo }).transform(({ dispatch_info }) => dispatch_info),
  DispatchInfo,
]);

const OfClass = z.object({ base_extrinsic: Weight, max_total: Weight.nullable() });
const perClass = <T extends z.ZodType>(of: T) => z.object({ normal: of, operational: of, mandatory: of });

const BlockWeights = z.object({ base_block: Weight, max_block: Weight, per_class: perClass(OfClass) });
export type BlockWeights = z.infer<typeof BlockWeights>;

const BlockLength = z.object({ max: perClass(z.bigint()) });
export type BlockLength = z.infer<typeof BlockLength>;

/** Null where it is no value of its type, or has another form than FRAME's. */
const readAs = <T>(form: z.ZodType<T>, read: () => Value): T | null => {
  try {
    return form.safeParse(read()).data ?? null;
  } catch (error) {
    if (error instanceof DecodeError || error instanceof MetadataError) return null;
    throw error;
  }
};

const constantOf = <T>(metadata: RuntimeMetadata, name: string, form: z.ZodType<T>): T | null => {
  const constant = palletNamed(metadata, 'System')?.constants.find((each) => each.name === name);
  return constant ? readAs(form, () => decodeOwn(metadata, constant.type, constant.value)) : null;
};

/** Null where the metadata has no such constant, or another form of it. */
export const blockWeights = (metadata: RuntimeMetadata): BlockWeights | null =>
  constantOf(metadata, 'BlockWeights', BlockWeights);

const DbWeight = z.object({ read: z.bigint(), write: z.bigint() });
/** Picoseconds of a storage operation. */
export type DbWeight = z.infer<typeof DbWeight>;

/** Null as of {@link blockWeights}. */
export const dbWeight = (metadata: RuntimeMetadata): DbWeight | null => constantOf(metadata, 'DbWeight', DbWeight);

/** Null as of {@link blockWeights}. */
export const blockLength = (metadata: RuntimeMetadata): BlockLength | null =>
  constantOf(metadata, 'BlockLength', BlockLength);

/** Of the event records of a call: what it says of itself; null where they have no such event. */
export const dispatchInfo = (metadata: RuntimeMetadata, records: readonly Uint8Array[]): DispatchInfo | null => {
  const system = palletNamed(metadata, 'System');
  const success = system?.events.find(({ name }) => name === 'ExtrinsicSuccess');
  if (system === undefined || success === undefined) return null;
  const found = records
    .map(readEvent)
    .find(({ pallet, member }) => pallet === system.index && member === success.index);
  return found ? readAs(ExtrinsicSuccess, () => decodeOwnEvent(metadata, success, found.fields)) : null;
};

/** How many equal calls one block admits, and what of it ends it. */
export interface Admitted {
  readonly calls: number;
  readonly by: 'weight' | 'length';
}

const NO_LIMIT = 2n ** 64n - 1n;

/** How often a weight goes into another; `Infinity` where nothing of it is limited. */
const timesIn = (weight: Weight, limit: Weight): number => {
  const parts = (['ref_time', 'proof_size'] as const).filter((part) => weight[part] > 0n && limit[part] < NO_LIMIT);
  return Math.min(...parts.map((part) => Number(limit[part] / weight[part])));
};

/** @param length bytes of the extrinsic */
export const admitted = (
  { weight, class: of }: DispatchInfo,
  length: number,
  weights: BlockWeights,
  lengths: BlockLength | null,
): Admitted => {
  const { base_extrinsic, max_total } = weights.per_class[of];
  const whole = {
    ref_time: weight.ref_time + base_extrinsic.ref_time,
    proof_size: weight.proof_size + base_extrinsic.proof_size,
  };
  const { base_block, max_block } = weights;
  const rest = { ref_time: max_block.ref_time - base_block.ref_time, proof_size: max_block.proof_size };
  const byWeight = Math.min(timesIn(whole, rest), max_total ? timesIn(whole, max_total) : Infinity);
  const byLength = lengths ? Math.floor(Number(lengths.max[of]) / length) : Infinity;
  return byLength < byWeight ? { calls: byLength, by: 'length' } : { calls: byWeight, by: 'weight' };
};
