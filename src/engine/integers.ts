/** Rust's integers in a release build: sums and products wrap, only a division by zero panics. */
import { Panic } from './failures.js';

export const U32_MAX = 0xffff_ffff;
export const U64_MAX = (1n << 64n) - 1n;
export const U128_MAX = (1n << 128n) - 1n;

export const wrapU32 = (value: number | bigint): number => Number(BigInt.asUintN(32, BigInt(value)));
export const wrapU64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Integer division. */
export const divide = (value: bigint, by: bigint): bigint => {
  if (by === 0n) throw Panic;
  return value / by;
};
