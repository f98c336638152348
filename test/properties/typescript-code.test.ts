/** Values as TypeScript: they are what they were, and prettier would not touch them. */
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import {
  atom,
  callCode,
  commentText,
  nameCode,
  objectCode,
  print,
  stringLiteral,
  valueCode,
  type Code,
} from '../../src/properties/typescript-code.js';
import { toHex } from '../../src/spec/hex.js';

/** What a recording may have, and what else JSON can say. */
const value = fc.letrec((tie) => ({
  hex: fc.uint8Array({ maxLength: 90 }).map(toHex),
  text: fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom("it's", '"', `'"`, '\\', '*/', '${x}')),
  key: fc.oneof(
    fc.constantFrom('ip', 'call', 'true', 'null', 'owner', 'plan_technical_description', '__proto__', ''),
    fc.string(),
    tie('hex'),
  ),
  leaf: fc.oneof(
    { weight: 4, arbitrary: tie('hex') },
    tie('text'),
    fc.nat(),
    fc.bigInt({ min: 0n, max: 1n << 128n }),
    fc.boolean(),
    fc.constant(null),
  ),
  list: fc.oneof(fc.array(tie('value'), { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 60 })),
  object: fc
    .array(fc.tuple(tie('key'), tie('value')), { maxLength: 6 })
    .map((entries) => Object.fromEntries(entries as [string, unknown][])),
  value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, tie('leaf'), tie('list'), tie('object')),
})).value;

const statement = (code: Code): string => `const x = ${print(code, { indent: 0, before: 10, after: 1 })};\n`;

const asPrettierHasIt = (source: string): Promise<string> =>
  format(source, { parser: 'typescript', printWidth: 120, singleQuote: true });

const evaluated = (source: string): unknown => runInNewContext(`${source}; x`);

const open = (of: unknown): Code => objectCode({ of: valueCode(of) }, true);

describe('a value as TypeScript', () => {
  it('is what it was', () => {
    fc.assert(
      fc.property(value, (of) => {
        expect(evaluated(statement(open(of)))).toEqual({ of });
      }),
      { numRuns: 500 },
    );
  });

  it('stands as prettier has it', async () => {
    await fc.assert(
      fc.asyncProperty(value, async (of) => {
        const source = statement(open(of));
        expect(source).toBe(await asPrettierHasIt(source));
      }),
      { numRuns: 500 },
    );
  });

  it('also as the last argument of a call, among notes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.string(), value), { minLength: 1, maxLength: 4 }), async (all) => {
        const elements = all.map(([note, of]) => {
          const call = callCode('callOf', atom("'Compute.request_compute_stop'"), objectCode({ of: valueCode(of) }));
          return { note: `step ${note}`, code: objectCode({ call, origin: atom('nobody') }) };
        });
        const source = statement(objectCode({ steps: { kind: 'list', elements } }, true));
        expect(source).toBe(await asPrettierHasIt(source));
      }),
      { numRuns: 300 },
    );
  });
});

it('a constant that is called as its property is written once', async () => {
  const names = { sudo: nameCode('sudo'), account: nameCode('sudo'), true: valueCode(true) };
  const source = statement(objectCode(names));
  expect(source).toBe('const x = { sudo, account: sudo, true: true };\n');
  expect(await asPrettierHasIt(source)).toBe(source);
});

describe('a text', () => {
  it('is a literal that nothing in it ends, in ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(stringLiteral(text)).toMatch(/^[\x20-\x7e]*$/);
        expect(evaluated(`const x = ${stringLiteral(text)}`)).toBe(text);
      }),
    );
  });

  it('is a comment that nothing in it ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(evaluated(`const x = 1; // ${commentText(`${text} */ \u2028 + 1`)}\n`)).toBe(1);
        expect(evaluated(`const x = 1 /* ${commentText(`${text}*/ + 1 */`)} */`)).toBe(1);
      }),
    );
  });
});
