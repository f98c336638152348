/** `assay.yaml`, read: every sentence that refuses it has file, line and column, what was expected and what came. */
import type { z } from 'zod';
import { deviations } from '../../spec/deviations.js';
import { allRules, type Rule, type RuleSetting } from '../../spec/rules.js';
import { hintFor, nearest } from './nearest.js';
import { YamlSource, type Problem } from './document.js';
import type { Expectation, Expectations, RuleExpectation } from './expectation.js';
import { EXPECTATIONS_FORMAT, ExpectationsFile, keysAt } from './schema.js';

type Path = readonly PropertyKey[];

const LONGEST = 60;

/** A value of YAML as a sentence can hold it. */
const came = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return 'nothing';
  return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
};

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, step) => {
    if (typeof at !== 'object' || at === null) return undefined;
    return Object.entries(at).find(([key]) => key === String(step))?.[1];
  }, value);

/** `rules.DEV-04.to`, `interface[0].change`; entries of lists from 0, as the path that editors show. */
const placeOf = (path: Path): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');

const prefixOf = (path: Path): string => (path.length === 0 ? '' : `${placeOf(path)}: `);

const unknownKey = (path: Path, key: string): string => {
  const said = `${prefixOf(path)}unknown key "${key}"`;
  if (path[0] === 'rules' && path.length === 1 && deviations.some(({ id }) => id === key)) {
    return `${said}: it changes no behaviour, so it is no rule that could flip; what is found of it can be accepted under "findings"`;
  }
  const known = keysAt(path);
  return `${said}: ${hintFor(key, known, `expected ${known.join(', ')}`)}`;
};

type Issue = z.core.$ZodIssue;

/** Keys that are missed only because they are misspelt. */
const misspelt = (issues: readonly Issue[]): Set<string> =>
  new Set(
    issues.flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [];
      return issue.keys.map((key) => placeOf([...issue.path, nearest(key, keysAt(issue.path)) ?? '']));
    }),
  );

const problemsOf = (source: YamlSource, value: unknown, issues: readonly Issue[]): Problem[] => {
  const isMisspelt = misspelt(issues);
  return issues.flatMap((issue) => {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ offset: source.offsetOf([...path, key], 'key'), text: unknownKey(path, key) }));
    }
    const there = valueAt(value, path);
    if (there === undefined && isMisspelt.has(placeOf(path))) return [];
    return [{ offset: source.offsetOf(path), text: `${prefixOf(path)}expected ${issue.message}, came ${came(there)}` }];
  });
};

/** @throws InputError */
const expectFormat = (source: YamlSource, value: unknown): void => {
  const format = valueAt(value, ['format']);
  if (typeof format !== 'string' || format === EXPECTATIONS_FORMAT) return;
  const text = `format: expected "${EXPECTATIONS_FORMAT}", which this release reads, came ${came(format)}`;
  source.expectNone([{ offset: source.offsetOf(['format']), text }]);
};

interface Said {
  readonly reason: string;
  readonly author: string;
  readonly expires: string;
}

/** What an expectation is about, and where that stands. */
interface Name {
  readonly name: string;
  readonly path: Path;
}

/** All that a file expects, in its order. */
const namesOf = (source: YamlSource, { rules, interface: changes, findings }: ExpectationsFile): Name[] => {
  const names: Name[] = [
    ...allRules.filter((rule) => rules?.[rule]).map((rule) => ({ name: `rule/${rule}`, path: ['rules', rule] })),
    ...(changes ?? []).map(({ change }, at) => ({ name: change, path: ['interface', at, 'change'] })),
    ...(findings ?? []).map(({ id }, at) => ({ name: id, path: ['findings', at, 'id'] })),
  ];
  return names.sort((left, right) => source.offsetOf(left.path, 'key') - source.offsetOf(right.path, 'key'));
};

/** @throws InputError where two expectations are about one finding */
const expectOnce = (source: YamlSource, names: readonly Name[]): void => {
  source.expectNone(
    names.flatMap(({ name, path }, at) => {
      const first = names.find((each) => each.name === name);
      if (first === undefined || names.indexOf(first) === at) return [];
      const line = source.lineOf(source.offsetOf(first.path, 'key'));
      const text = `"${name}" is expected twice, first in line ${line}: leave one of them out`;
      return [{ offset: source.offsetOf(path, 'key'), text }];
    }),
  );
};

const inOneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

const settingOf = (to: RuleSetting | 9000 | 9006): RuleSetting => {
  if (typeof to === 'string') return to;
  return to === 9006 ? '9006' : '9000';
};

/** What a file that is as it must be expects. */
const expectationsIn = (file: string, source: YamlSource, parsed: ExpectationsFile): Expectations => {
  const expectation = (name: string, { reason, author, expires }: Said, path: Path): Expectation => ({
    name,
    reason: inOneLine(reason),
    author: inOneLine(author),
    expires,
    line: source.lineOf(source.offsetOf(path, 'key')),
  });
  const flips = allRules.flatMap((rule): [Rule, RuleExpectation][] => {
    const said = parsed.rules?.[rule];
    if (said === undefined) return [];
    return [[rule, { ...expectation(`rule/${rule}`, said, ['rules', rule]), rule, to: settingOf(said.to) }]];
  });
  const changes = (parsed.interface ?? []).map((said, at) =>
    expectation(said.change, said, ['interface', at, 'change']),
  );
  const accepted = (parsed.findings ?? []).map((said, at) => expectation(said.id, said, ['findings', at, 'id']));
  const byName = (all: readonly Expectation[]): Map<string, Expectation> =>
    new Map(all.map((each) => [each.name, each]));
  const defaults = Object.entries(parsed.defaults ?? {}).map(([command, flags]) => {
    const lineOf = (flag: string): number => source.lineOf(source.offsetOf(['defaults', command, flag], 'key'));
    const values = Object.entries(flags).map(([flag, value]) => [flag, { value, line: lineOf(flag) }] as const);
    return [command, new Map(values)] as const;
  });
  return {
    file,
    rules: new Map(flips),
    interface: byName(changes),
    findings: byName(accepted),
    defaults: new Map(defaults),
  };
};

/**
 * Reads what stands in an `assay.yaml`.
 * @param file its name, for messages
 * @throws InputError
 */
export const parseExpectations = (file: string, text: string): Expectations => {
  const source = new YamlSource(file, text);
  const value = source.value();
  expectFormat(source, value);
  const parsed = ExpectationsFile.safeParse(value);
  if (!parsed.success) return source.refuse(problemsOf(source, value, parsed.error.issues));
  expectOnce(source, namesOf(source, parsed.data));
  return expectationsIn(file, source, parsed.data);
};
