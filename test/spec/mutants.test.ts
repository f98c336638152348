/** The table of the lab runtime's bugs is that of its sources, and every call has one. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { callNames } from '../../src/spec/calls.js';
import { mutants } from '../../src/spec/mutants.js';

/** What the sources say: `/// <line>`, then `<name> = <number>,`. */
const inSources = async () => {
  const text = await readFile('runtime/src/pallets/lab/mutants.rs', 'utf8');
  const variants = [...text.matchAll(/^\t(?:\/\/\/ (?<description>.+)\n\t)?(?<name>\w+) = (?<number>\d+),$/gm)];
  return variants.map(({ groups }) => ({
    number: Number(groups?.number),
    name: groups?.name,
    description: groups?.description,
  }));
};

describe('the table of mutants', () => {
  it('has the numbers, the names and the words of the sources', async () => {
    const told = mutants.map(({ number, name, description }) => ({ number, name, description }));
    expect(told).toEqual(await inSources());
  });

  it('counts behaviour from 1 and costs from 101, without a gap', () => {
    for (const [kind, first] of [
      ['behaviour', 1],
      ['cost', 101],
    ] as const) {
      const numbers = mutants.filter((each) => each.kind === kind).map(({ number }) => number);
      expect(numbers).toEqual(numbers.map((_, at) => first + at));
      expect(numbers).not.toEqual([]);
    }
  });

  it('has a bug for every call that is specified', () => {
    const isAt = (where: string, name: string): boolean =>
      where === name || (where.endsWith('*') && name.startsWith(where.slice(0, -1)));
    expect(callNames.filter((name) => !mutants.some(({ where }) => isAt(where, name)))).toEqual([]);
  });

  it('says where the bug is by the names of the specification', () => {
    const named = mutants.map(({ where }) => where).filter((where) => /^\w+\.\w+$/.test(where));
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((where) => !(callNames as readonly string[]).includes(where))).toEqual([]);
  });
});
