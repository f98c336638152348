/** What a load test needs to know of the chain that it loads, besides how to sign for it. */
import { concat, type Hex } from '../../spec/hex.js';
import { twox128 } from '../../spec/hashing.js';
import { InputError } from '../../properties/recording-file.js';
import type { RuntimeMetadata } from '../../targets/metadata.js';
import { isRecord, type Value } from '../../targets/metadata/value.js';
import { decodeOwn } from '../../targets/metadata/values.js';
import { palletNamed } from '../../targets/runtime/genesis.js';

export interface LoadChain {
  /** Milliseconds between two blocks. */
  readonly blockTime: number;
  readonly blockWeight: {
    /** Raw key of `System.BlockWeight`, the same on all FRAME chains. */
    readonly key: Hex;
    /** Of a whole block, in picoseconds; as a number, because only shares of it are told. */
    readonly maxRefTime: number;
    /** Of a whole block, in bytes: 2^64 - 1 where nobody limits it. */
    readonly maxProofSize: number;
  };
}

const KEY: Hex = concat(twox128('System'), twox128('BlockWeight'));

const field = (value: Value | undefined, name: string): Value | undefined =>
  isRecord(value) ? value[name] : undefined;

/**
 * What is asked of a chain's metadata.
 * @param blockTime milliseconds between two blocks
 * @throws InputError where it has no `System.BlockWeights` with a weight of two dimensions
 */
export const loadChain = (metadata: RuntimeMetadata, blockTime: number): LoadChain => {
  const constant = palletNamed(metadata, 'System')?.constants.find(({ name }) => name === 'BlockWeights');
  const most = constant && field(decodeOwn(metadata, constant.type, constant.value), 'max_block');
  const [refTime, proofSize] = [field(most, 'ref_time'), field(most, 'proof_size')];
  if (typeof refTime === 'bigint' && typeof proofSize === 'bigint')
    return { blockTime, blockWeight: { key: KEY, maxRefTime: Number(refTime), maxProofSize: Number(proofSize) } };
  throw new InputError(
    'metadata: expected the constant System.BlockWeights with max_block: { ref_time, proof_size }, ' +
      `${constant === undefined ? 'there is none' : 'it has another form'}: load a FRAME runtime of 2022 or later`,
  );
};
