/** Values of any shape out of small numbers, and those among them on which code breaks: borders of widths and of lengths. */
import { concat, EMPTY, hexOfText, type Hex } from '../../spec/hex.js';
import type { Shape } from '../../spec/shape.js';
import { NO_CLOUD_INIT } from '../../spec/types/compute.js';
import { choose } from './command.js';

/** The numbers of a command, one after the other. */
export type Next = () => number;

/** Numbers that commands draw from are below it. */
export const NUMBERS = 64;

/** In turn; once they are through, from the first again, each one greater: few numbers still make fields that differ. */
export const inTurn = (numbers: readonly number[]): Next => {
  let at = -1;
  return () => {
    at += 1;
    const round = Math.floor(at / numbers.length);
    return (numbers[at % numbers.length] ?? 0) + round;
  };
};

/** As many bytes, all alike. */
export const filled = (length: number): Hex => '0x' + '78'.repeat(length);

/** Empty, plain, bytes that are no UTF-8, a byte order mark, an overlong form, and both sides of where a length takes two bytes. */
const BYTE_STRINGS: readonly Hex[] = [
  EMPTY,
  hexOfText('vm-1'),
  '0xc328',
  '0xefbbbf41',
  '0xeda080',
  NO_CLOUD_INIT,
  filled(63),
  filled(64),
  hexOfText('ssd'),
  '0x00',
  hexOfText('52.5,13.4'),
  '0x68c3a9ff',
];

/** Both sides of where a length takes four bytes. Seldom: they are written as often as the list that they are in. */
const LONG_BYTE_STRINGS: readonly Hex[] = [filled(16_383), filled(16_384)];

/** Any bytes: one number in 32 means long ones. */
export const bytesOf = (number: number): Hex => {
  const long = (number % NUMBERS) - (NUMBERS - LONG_BYTE_STRINGS.length);
  return long >= 0 ? choose(LONG_BYTE_STRINGS, long) : choose(BYTE_STRINGS, number);
};

/** In every width: the ends and their neighbours, the middle, half the width, and what a node would say. */
const UINT_EDGES: readonly ((bits: number) => bigint)[] = [
  () => 0n,
  () => 1n,
  (bits) => (1n << BigInt(bits)) - 1n,
  () => 2n,
  (bits) => (1n << BigInt(bits)) - 2n,
  () => 100n,
  (bits) => 1n << BigInt(bits - 1),
  () => 7n,
  (bits) => 1n << BigInt(bits / 2),
  (bits) => (1n << BigInt(bits - 1)) - 1n,
  (bits) => (1n << BigInt(bits / 2)) - 1n,
];

export const uintOf = (bits: number, number: number): bigint => choose(UINT_EDGES, number)(bits);

/** A value of any shape. */
export const valueOf = (shape: Shape, next: Next): unknown => {
  switch (shape.kind) {
    case 'uint': {
      const value = uintOf(shape.bits, next());
      return shape.bits < 64 ? Number(value) : value;
    }
    case 'bool':
      return next() % 2 === 1;
    case 'bytes':
      return bytesOf(next());
    case 'text':
      return 'text';
    case 'fixed':
      return '0x' + (next() % 256).toString(16).padStart(2, '0').repeat(shape.length);
    case 'option':
      return next() % 2 === 0 ? null : valueOf(shape.of, next);
    case 'list':
      return Array.from({ length: next() % 3 }, () => valueOf(shape.of, next));
    case 'struct':
      return Object.fromEntries(shape.fields.map(({ name, shape: of }) => [name, valueOf(of, next)]));
    case 'enum': {
      const { name, shape: of } = choose(shape.variants, next());
      return of === null ? name : { [name]: valueOf(of, next) };
    }
    default:
      return shape satisfies never;
  }
};

const WORD = hexOfText('error: ');
const NO_TEXT: Hex = '0xff';

/** Failures that are final, as the text stands at the end, the start, in the middle, twice, in what is no text; and those that are almost. */
export const FAIL_REASONS: readonly Hex[] = [
  hexOfText('out of memory'),
  NO_CLOUD_INIT,
  concat(WORD, NO_CLOUD_INIT),
  NO_CLOUD_INIT.slice(0, -2),
  concat(NO_CLOUD_INIT, WORD),
  hexOfText('no cloud-init CID provided'),
  concat(WORD, NO_CLOUD_INIT, WORD),
  concat('0x', NO_CLOUD_INIT.slice(0, 20), NO_TEXT, '0x' + NO_CLOUD_INIT.slice(20)),
  concat(NO_TEXT, NO_CLOUD_INIT, NO_TEXT),
  concat(NO_CLOUD_INIT.slice(0, -2), NO_CLOUD_INIT),
  concat('0x' + NO_CLOUD_INIT.slice(4), NO_CLOUD_INIT.slice(0, 4)),
  EMPTY,
  concat(filled(63), NO_CLOUD_INIT),
  concat(NO_CLOUD_INIT, NO_CLOUD_INIT),
];
