/** Integers at the edges of their types. */
import { describe, expect, it } from 'vitest';
import { saturateU32, saturateU64, U32_MAX, U64_MAX, wrapU32, wrapU64 } from '../../src/engine/integers.js';

describe('at the edge of its type an integer', () => {
  it('goes round, as in a release build', () => {
    expect([-1, 0, U32_MAX, U32_MAX + 1].map(wrapU32)).toEqual([U32_MAX, 0, U32_MAX, 0]);
    expect([-1n, 0n, U64_MAX, U64_MAX + 1n].map(wrapU64)).toEqual([U64_MAX, 0n, U64_MAX, 0n]);
  });

  it('stays, where it is to saturate', () => {
    expect([-1, 0, 1, U32_MAX, U32_MAX + 1].map(saturateU32)).toEqual([0, 0, 1, U32_MAX, U32_MAX]);
    expect([-1n, 0n, 1n, U64_MAX, U64_MAX + 1n].map(saturateU64)).toEqual([0n, 0n, 1n, U64_MAX, U64_MAX]);
  });
});
