/** Rust's integers in a release build: sums and products wrap, only a division by zero panics. */
import { Panic } from './failures.js';

export const U32_MAX = 0xffff_ffff;
export const U64_MAX = (1n << 64n) - 1n;
export const U128_MAX = (1n << 128n) - 1n;

export const wrapU32 = (value: number | bigint): number => Number(BigInt.asUintN(32, BigInt(value)));
export const wrapU64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** DEV-26: at the edge of the type where {@link wrapU32} and {@link wrapU64} go round. */
export const saturateU32 = (value: number | bigint): number =>
  Number(value < 0 ? 0 : value > U32_MAX ? U32_MAX : value);
export const saturateU64 = (value: bigint): bigint => (value < 0n ? 0n : value > U64_MAX ? U64_MAX : value);

/** Integer division. */
export const divide = (value: bigint, by: bigint): bigint => {
  if (by === 0n) throw Panic;
  return value / by;
};
