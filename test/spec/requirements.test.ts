/** The requirements stand in the README as they say, leave none of its sentences out, and are tied to what exists. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../src/spec/deviations.js';
import { invariants } from '../../src/spec/invariants.js';
import { requirementRows, requirements } from '../../src/spec/requirements.js';
import { readmeLines, saysSomething, withoutBullet } from './pallet-readme.js';

const root = new URL('../../', import.meta.url);

/** The titles of the tests that run in a file, as they are written there. */
const titlesIn = (file: string): readonly string[] =>
  [...readFileSync(new URL(file, root), 'utf8').matchAll(/^ *it\('(.+)', (?:async )?\(\) => \{$/gm)].map(
    ([, title]) => title ?? '',
  );

const ties = requirements.flatMap(({ id, ties: own }) => own.map((tie) => ({ id, tie })));

const tested = ties.flatMap(({ id, tie }) => ('test' in tie ? [{ id, ...tie.test }] : []));

const timesWritten = ({ file, name }: { readonly file: string; readonly name: string }): number =>
  titlesIn(file).filter((title) => title === name).length;

const promisedTests = readdirSync(new URL('test/spec', root))
  .filter((file) => /^promised-.+\.test\.ts$/.test(file))
  .map((file) => `test/spec/${file}`);

describe('the requirements', () => {
  it('are, line by line and word for word, all that the README says', () => {
    const said = readmeLines.flatMap((line, at) => (saysSomething(line) ? [[at + 1, withoutBullet(line)]] : []));
    const required = new Map<number, string>();
    for (const { line, text } of requirements) {
      const before = required.get(line);
      required.set(line, before === undefined ? text : `${before} ${text}`);
    }
    expect([...required].toSorted(([left], [right]) => left - right)).toEqual(said);
  });

  it('are one sentence each', () => {
    const several = requirements.filter(({ text }) => /[.:] [A-Z]/.test(text.replace(/^(?:`\w+`|\*\*.+\*\*): /, '')));
    expect(several).toEqual([]);
  });

  it('have ids of a group and its running number, none twice', () => {
    const numbers = new Map<string, number>();
    for (const { id } of requirements) {
      const [, group = '', number] = /^REQ-([A-Z]+)-(\d+)$/.exec(id) ?? [];
      numbers.set(group, (numbers.get(group) ?? 0) + 1);
      expect({ id, number: Number(number) }).toEqual({ id, number: numbers.get(group) });
    }
  });

  it('are tied to something, or say why nothing can check them and to nothing else', () => {
    const wrong = requirements.filter(
      ({ ties: own }) => own.length === 0 || (own.length > 1 && own.some((tie) => 'notCheckable' in tie)),
    );
    expect(wrong).toEqual([]);
  });

  it('are tied to invariants and deviations that exist', () => {
    const known = new Set([...invariants, ...deviations].map(({ id }) => id));
    const unknown = ties.filter(
      ({ tie }) => ('invariant' in tie && !known.has(tie.invariant)) || ('witness' in tie && !known.has(tie.witness)),
    );
    expect(unknown).toEqual([]);
  });

  it('hold every invariant to a sentence', () => {
    const held = new Set(ties.map(({ tie }) => ('invariant' in tie ? tie.invariant : null)));
    expect(invariants.filter(({ id }) => !held.has(id))).toEqual([]);
  });

  it('are tied to tests that are written exactly once under their title', () => {
    expect(tested.filter((test) => timesWritten(test) !== 1)).toEqual([]);
  });

  it('leave no test of a promise untied', () => {
    const names = new Set(tested.map(({ file, name }) => `${file} ${name}`));
    const untied = promisedTests.flatMap((file) => titlesIn(file).filter((title) => !names.has(`${file} ${title}`)));
    expect(untied).toEqual([]);
  });
});

describe('the rows of the requirements', () => {
  it('tell for each one what checks it', () => {
    const rows = requirementRows();
    expect(rows).toHaveLength(requirements.length);
    expect(rows.find(({ id }) => id === 'REQ-EVENT-3')?.checkedBy).toBe(
      'DEV-07; ' +
        'test/spec/promised-shapes.test.ts "each event of the README carries the fields that its parentheses name, in that order"; ' +
        'test/spec/promised-events.test.ts "ComputeRequestSubmitted comes with an assignment"',
    );
    expect(rows.find(({ id }) => id === 'REQ-OVERVIEW-9')?.checkedBy).toMatch(/^not checkable: sends the reader/);
  });
});
