/** The requirements stand in the README as they say, leave none of its sentences out, and are tied to what exists. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../src/spec/deviations.js';
import { invariants } from '../../src/spec/invariants.js';
import { invariantsOf, requirementRows, requirements } from '../../src/spec/requirements.js';
import { readmeLines, saysSomething, withoutBullet } from './pallet-readme.js';

const root = new URL('../../', import.meta.url);

/** The titles of the tests that run in a file, as they are written there. */
const titlesIn = (file: string): readonly string[] =>
  [...readFileSync(new URL(file, root), 'utf8').matchAll(/^ *it\('(.+)', (?:async )?\(\) => \{$/gm)].map(
    ([, title]) => title ?? '',
  );

/** What is promised in so many words, and by what it is held. */
const HELD = {
  'REQ-OVERVIEW-4': ['INV-02', 'INV-03', 'INV-33'],
  'REQ-OVERVIEW-5': ['INV-01', 'INV-33'],
  'REQ-OVERVIEW-6': ['INV-30', 'INV-31'],
  'REQ-ASSIGN-5': ['INV-02'],
  'REQ-ASSIGN-7': ['INV-24', 'INV-25'],
  'REQ-IP-1': ['INV-01', 'INV-05'],
  'REQ-IP-3': ['INV-01'],
  'REQ-STORAGE-2': ['INV-02'],
  'REQ-STORAGE-4': ['INV-03'],
  'REQ-STORAGE-5': ['INV-03'],
  'REQ-STORAGE-6': ['INV-03'],
  'REQ-STORAGE-7': ['INV-03'],
  'REQ-STORAGE-8': ['INV-03'],
  'REQ-STORAGE-9': ['INV-03'],
  'REQ-REQUEST-2': ['INV-02'],
  'REQ-REQUEST-5': ['INV-15'],
  'REQ-REQUEST-7': ['INV-18'],
  'REQ-REQUEST-9': ['INV-09'],
  'REQ-REQUEST-11': ['INV-13', 'INV-18'],
  'REQ-ENTRY-8': ['INV-01', 'INV-07'],
  'REQ-ENTRY-9': ['INV-03'],
  'REQ-ERROR-6': ['INV-20'],
  'REQ-ERROR-7': ['INV-22', 'INV-26'],
  'REQ-EVENT-5': ['INV-28', 'INV-29'],
};

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

  it('are tied to deviations that exist', () => {
    const known = new Set<string>(deviations.map(({ id }) => id));
    expect(ties.filter(({ tie }) => 'witness' in tie && !known.has(tie.witness))).toEqual([]);
  });

  it('are there where an invariant names one, each once', () => {
    const known = new Set(requirements.map(({ id }) => id));
    for (const { id, requirements: held } of invariants) {
      const unknown = held.filter((each) => !known.has(each));
      expect({ id, unknown, held: [...new Set(held)] }).toEqual({ id, unknown: [], held });
    }
  });

  it.each(Object.entries(HELD))('%s is held by %j at least', (requirement, held) => {
    expect(invariantsOf(requirement).map(({ id }) => id)).toEqual(expect.arrayContaining(held));
  });

  it('that nothing can check are held by no invariant', () => {
    const wrong = requirements.filter(
      ({ id, ties: own }) => own.some((tie) => 'notCheckable' in tie) && invariantsOf(id).length > 0,
    );
    expect(wrong).toEqual([]);
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
      'INV-28; INV-29; DEV-07; ' +
        'test/spec/promised-shapes.test.ts "each event of the README carries the fields that its parentheses name, in that order"; ' +
        'test/spec/promised-events.test.ts "ComputeRequestSubmitted comes with an assignment"',
    );
    expect(rows.find(({ id }) => id === 'REQ-OVERVIEW-9')?.checkedBy).toMatch(/^not checkable: sends the reader/);
  });
});
