/** Byte strings as hex: each function against the same question asked of a `Buffer`. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY,
  byteLength,
  concat,
  containsBytes,
  firstDifferingByte,
  fromHex,
  hexOfText,
  isHex,
  readable,
  toHex,
} from '../../src/spec/hex.js';

const bytes = fc.uint8Array({ maxLength: 24 });
/** Few different bytes, so that two strings have something in common. */
const alike = fc.uint8Array({ maxLength: 6, max: 2 });

describe('hex', () => {
  it('holds bytes: they come back, and their number is known', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        const hex = toHex(raw);
        expect(isHex(hex)).toBe(true);
        expect([...fromHex(hex)]).toEqual([...raw]);
        expect(byteLength(hex)).toBe(raw.length);
      }),
    );
  });

  it('is made of a part of a larger buffer without its neighbours', () => {
    expect(toHex(Uint8Array.of(1, 2, 3, 4).subarray(1, 3))).toBe('0x0203');
  });

  it('orders as bytes do, which is how a map is iterated', () => {
    fc.assert(
      fc.property(alike, alike, (left, right) => {
        const order = Buffer.compare(left, right);
        expect(toHex(left) < toHex(right)).toBe(order < 0);
        expect(toHex(left) === toHex(right)).toBe(order === 0);
      }),
    );
  });

  it('is put together in order', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), (parts) => {
        expect(concat(...parts.map(toHex))).toBe(toHex(Buffer.concat(parts)));
      }),
    );
    expect(concat()).toBe(EMPTY);
  });

  it.each(['', '0', 'ab', '0X', '0xa', '0xAB', '0xzz', ' 0x', '0x\n', '0x00\n', '0x 0'])('%j is none', (text) => {
    expect(isHex(text)).toBe(false);
  });

  it('of a text is its UTF-8', () => {
    expect(hexOfText('größe')).toBe('0x6772c3b6c39f65');
  });
});

describe('containsBytes', () => {
  it('finds what a Buffer finds, at byte boundaries only', () => {
    fc.assert(
      fc.property(alike, fc.uint8Array({ maxLength: 2, max: 0x21 }), (haystack, needle) => {
        expect(containsBytes(toHex(haystack), toHex(needle))).toBe(Buffer.from(haystack).includes(Buffer.from(needle)));
      }),
    );
    expect(containsBytes('0x1203', '0x20')).toBe(false);
    expect(containsBytes('0x120320', '0x20')).toBe(true);
  });
});

describe('firstDifferingByte', () => {
  it('is the first index where a scan of the bytes sees a difference', () => {
    fc.assert(
      fc.property(alike, alike, (left, right) => {
        const longer = left.length > right.length ? left : right;
        const scanned = longer.findIndex((_, at) => left[at] !== right[at]);
        expect(firstDifferingByte(toHex(left), toHex(right))).toBe(scanned);
      }),
    );
  });
});

describe('readable', () => {
  it('quotes printable ASCII and leaves other bytes as hex', () => {
    expect(readable(hexOfText('job-1 "x"'))).toBe(String.raw`"job-1 \"x\""`);
    expect(readable('0x')).toBe('""');
    for (const hex of ['0x0a', '0x7f', '0xff', hexOfText('größe'), '0x41c328']) expect(readable(hex)).toBe(hex);
  });

  it('never shows two byte strings alike', () => {
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        expect(readable(toHex(left)) === readable(toHex(right))).toBe(toHex(left) === toHex(right));
      }),
    );
  });
});
