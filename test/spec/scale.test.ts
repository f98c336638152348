/**
 * Our SCALE codec against `scale-ts`, which shares no line with it, over every type of the specification; and that it
 * reads strictly, because a lenient reader calls two different storages the same.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength, fromHex, HexPool, toHex, type Hex } from '../../src/spec/hex.js';
import { DecodeError, compactDigits, decode, encode } from '../../src/spec/scale.js';
import * as shapes from '../../src/spec/shape.js';
import type { Type } from '../../src/spec/shape.js';
import { ComputeRequest, ComputeRequestStatus } from '../../src/spec/types/compute.js';
import { NodeMetricsData } from '../../src/spec/types/execution-unit.js';
import { RoleType } from '../../src/spec/types/pallet-ip.js';
import { valueOf } from '../shape-arbitrary.js';
import { peerOf } from './scale-ts-peer.js';
import { specifiedTypes } from './specified-types.js';

const RUNS = { numRuns: 50 };

describe.each(specifiedTypes)('%s', (_, type) => {
  const values = valueOf(type);
  const [encodePeer, decodePeer] = peerOf(type.shape);

  it('is written and read as scale-ts writes and reads it', () => {
    fc.assert(
      fc.property(values, (value) => {
        const written = encode(type, value);
        expect(written).toBe(toHex(encodePeer(value)));
        expect(decode(type, written)).toEqual(value);
        expect(decodePeer(written)).toEqual(value);
      }),
      RUNS,
    );
  });

  it('reads the same with a pool for its byte strings, however often', () => {
    const pool = new HexPool();
    fc.assert(
      fc.property(values, (value) => {
        const written = encode(type, value);
        expect(decode(type, written, pool)).toEqual(value);
        expect(decode(type, written, pool)).toEqual(value);
      }),
      RUNS,
    );
  });

  it('is refused when cut at any byte, and with bytes left over', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 3 }), (value, at, extra) => {
        const whole = encode(type, value);
        const cut = whole.slice(0, 2 + 2 * (at % byteLength(whole)));
        expect(() => decode(type, cut)).toThrow(DecodeError);
        expect(() => decode(type, whole + toHex(extra).slice(2))).toThrow(DecodeError);
      }),
      RUNS,
    );
  });

  it('has one encoding a value: bytes with one of them changed are refused or are what their value encodes to', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const changed = fromHex(encode(type, value));
        const place = at % changed.length;
        changed[place] = (changed[place] ?? 0) ^ flip;
        expect(isRefusedOrCanonical(type, toHex(changed))).toBe(true);
      }),
      RUNS,
    );
  });
});

const isRefusedOrCanonical = (type: Type<unknown>, raw: Hex): boolean => {
  try {
    return encode(type, decode(type, raw)) === raw;
  } catch (error) {
    return error instanceof DecodeError;
  }
};

const listOf = (of: Type<unknown>): Type<unknown> => shapes.list(of);

describe('a length', () => {
  const OF_BYTES = [0, 1, 63, 64, 16_383, 16_384, 70_000];

  it.each(OF_BYTES)('of %i bytes is written as scale-ts writes it, and read back', (length) => {
    const value = '0x' + 'ab'.repeat(length);
    const written = encode(shapes.bytes, value);
    expect(written).toBe(toHex(peerOf(shapes.bytes.shape).enc(value)));
    expect(decode(shapes.bytes, written)).toBe(value);
  });

  it('beyond 2^30 - 1 is not written', () => {
    expect(compactDigits(2 ** 30 - 1)).toBe('feffffff');
    expect(() => compactDigits(2 ** 30)).toThrow(RangeError);
  });

  it.each([
    ['in two bytes where one does', '0x0100'],
    ['in four bytes where one does', '0x02000000'],
    ['in four bytes where two do', '0xfeff0000' + '00'.repeat(16_383)],
    ['in the form of big integers', '0x0300000000'],
  ])('%s is refused', (_, raw) => {
    expect(() => decode(shapes.bytes, raw)).toThrow(DecodeError);
  });

  it('of a billion entries is refused before anything is made of it', () => {
    const huge = '0xfeffffff' + '00'.repeat(64);
    for (const type of [
      shapes.bytes,
      shapes.text,
      listOf(shapes.u8),
      listOf(ComputeRequest),
      listOf(NodeMetricsData),
    ]) {
      expect(() => decode(type, huge)).toThrow(DecodeError);
    }
  });
});

describe('reading refuses', () => {
  const cases: readonly (readonly [string, Type<unknown>, Hex, string])[] = [
    ['2 for a bool', shapes.bool, '0x02', 'expected 0 or 1 for a bool, came 2'],
    ['2 for an option', shapes.option(shapes.u8), '0x0200', 'expected 0 or 1 for Option<u8>, came 2'],
    ['a variant behind the last', ComputeRequestStatus, '0x06', 'ComputeRequestStatus has no variant with index 6'],
    ['a variant with values behind the last', RoleType, '0x0400', 'RoleType has no variant with index 4'],
    ['a lone continuation byte in a text', shapes.text, '0x0480', 'expected UTF-8'],
    ['an overlong text', shapes.text, '0x08c080', 'expected UTF-8'],
    ['half a surrogate pair in a text', shapes.text, '0x0ceda080', 'expected UTF-8'],
    ['nothing', shapes.u32, '0x', 'expected a u32 of 4 bytes, 0 are left'],
    ['a byte too many', shapes.u8, '0x0000', 'expected the end, 1 bytes are left over'],
  ];

  it.each(cases)('%s', (_, type, raw, message) => {
    expect(() => decode(type, raw)).toThrow(DecodeError);
    expect(() => decode(type, raw)).toThrow(message);
  });

  it('and says which type and which byte', () => {
    expect(() => decode(RoleType, '0x0208ab')).toThrow(
      'not the SCALE of RoleType: byte 2: expected a Vec<u8> of 2 bytes, 1 are left',
    );
  });
});

describe('a byte string that is no text', () => {
  it('is kept as it is where the type is bytes', () => {
    expect(decode(shapes.bytes, '0x10c3280000')).toBe('0xc3280000');
  });
});
