/** `assay.yaml`: what is read from it, what is said of what can't be, and the schema that editors have of it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { expectationsJsonSchema, readExpectations, type FlagDefault } from '../../src/gate/expectations.js';
import { parseExpectations } from '../../src/gate/expectations/parse.js';
import { InputError } from '../../src/properties/recording-file.js';
import { deviationRules, revisionRules } from '../../src/spec/rules.js';
import { withFolder } from '../targets/node/processes.js';

const SCHEMA = 'docs/assay.schema.json';
const EXAMPLE = 'docs/examples/assay.yaml';

const BASIS = 'reason: r, author: a, expires: 2027-03-31';
const HEAD = 'format: assay/1\n';

/** Documents that are refused: what they are, and what is said behind `assay.yaml:`. */
const illFormed: readonly (readonly [string, string, string])[] = [
  ['nothing', '', '1:1: expected a mapping, such as "key: value", came nothing'],
  ['a list', '- 1\n', '1:1: expected a mapping, such as "key: value", came a list'],
  ['no format', 'rules: {}\n', '1:1: format: expected "assay/1", came nothing'],
  [
    'another format',
    'format: assay/2\nall: 1\n',
    '1:9: format: expected "assay/1", which this release reads, came "assay/2"',
  ],
  ['an unknown section', `${HEAD}rule: {}\n`, '2:1: unknown key "rule": did you mean "rules"?'],
  [
    'an unheard-of section',
    `${HEAD}costs: {}\n`,
    '2:1: unknown key "costs": expected format, defaults, rules, interface, findings',
  ],
  [
    'a default that is a list',
    `${HEAD}defaults: { check: { runs: [1] } }\n`,
    '2:28: defaults.check.runs: expected a text, a number, true or false, came a list',
  ],
  ['defaults of no command', `${HEAD}defaults: { check: 1 }\n`, '2:20: defaults.check: expected a mapping, '],
  ['prototypes', `${HEAD}__proto__: {}\n`, '2:1: unknown key "__proto__": expected format, '],
  [
    'a key that is misspelt, and so missed: one problem',
    `${HEAD}rules:\n  DEV-04: { to: promised, reasons: r, author: a, expires: 2027-03-31 }\n`,
    '3:27: rules.DEV-04: unknown key "reasons": did you mean "reason"?',
  ],
  [
    'a key that is missed',
    `${HEAD}rules:\n  DEV-04: { ${BASIS} }\n`,
    '3:11: rules.DEV-04.to: expected "promised" or "deployed", came nothing',
  ],
  [
    'a rule in small letters',
    `${HEAD}rules:\n  dev-4: { to: promised, ${BASIS} }\n`,
    '3:3: rules: unknown key "dev-4": did you mean "DEV-04"?',
  ],
  [
    'a rule that is none',
    `${HEAD}rules:\n  DEV-14: { to: promised, ${BASIS} }\n`,
    '3:3: rules: unknown key "DEV-14": it changes no behaviour',
  ],
  [
    'a setting that is none',
    `${HEAD}rules:\n  DEV-04: { to: 9006, ${BASIS} }\n`,
    '3:17: rules.DEV-04.to: expected "promised" or "deployed", came 9006',
  ],
  [
    'a revision as a deviation',
    `${HEAD}rules:\n  REV-01: { to: promised, ${BASIS} }\n`,
    '3:17: rules.REV-01.to: expected "9006" or "9000", came "promised"',
  ],
  [
    'a section that is no list',
    `${HEAD}findings:\n  id: cost/A.b\n`,
    '3:3: findings: expected a list, each entry behind a "-", came a mapping',
  ],
  [
    'an entry that is no mapping',
    `${HEAD}findings:\n  - cost/A.b\n`,
    '3:5: findings[0]: expected a mapping, such as "key: value", came "cost/A.b"',
  ],
  [
    'an id of no kind',
    `${HEAD}findings:\n  - { id: wrong/A.b, ${BASIS} }\n`,
    '3:11: findings[0].id: expected the id of a finding: ',
  ],
  [
    'the id of a rule that is none',
    `${HEAD}findings:\n  - { id: rule/DEV-99, ${BASIS} }\n`,
    '3:11: findings[0].id: expected the id of a finding: ',
  ],
  [
    'a finding as a change',
    `${HEAD}interface:\n  - { change: cost/A.b, ${BASIS} }\n`,
    '3:15: interface[0].change: expected the id of an interface finding, "interface/...", came "cost/A.b"',
  ],
  [
    'an empty reason',
    `${HEAD}findings:\n  - id: cost/A.b\n    reason: ' '\n    author: a\n    expires: 2027-03-31\n`,
    '4:13: findings[0].reason: expected some words, came " "',
  ],
  [
    'no author',
    `${HEAD}findings:\n  - id: cost/A.b\n    reason: r\n    author:\n    expires: 2027-03-31\n`,
    '5:12: findings[0].author: expected some words, came nothing',
  ],
  [
    'a day that is not there',
    `${HEAD}findings:\n  - { id: cost/A.b, reason: r, author: a, expires: 2027-02-29 }\n`,
    '3:52: findings[0].expires: expected a day that there is, such as 2027-03-31, came "2027-02-29"',
  ],
  [
    'a day of another form',
    `${HEAD}findings:\n  - { id: cost/A.b, reason: r, author: a, expires: 31.3.2027 }\n`,
    '3:52: findings[0].expires: expected a day that there is, such as 2027-03-31, came "31.3.2027"',
  ],
  [
    'several problems',
    `${HEAD}findings:\n  - { id: cost/A.b, reason: 5, author: '' }\n  - 7\n`,
    '3:5: findings[0].expires: expected a day that there is, such as 2027-03-31, came nothing; and 3 more problems',
  ],
];

/** Those of which a schema does not know: they are no YAML, or two things in them do not go together. */
const refused: readonly (readonly [string, string, string])[] = [
  ...illFormed,
  ['no YAML', `${HEAD}rules: {\n`, '3:1: it is no YAML: '],
  ['a tab', `${HEAD}rules:\n\tDEV-04: 1\n`, '3:1: it is no YAML: Tabs are not allowed as indentation'],
  ['a tag', 'format: !v1 assay/1\n', '1:9: it is no YAML: Unresolved tag: !v1'],
  ['two documents', `${HEAD}---\n${HEAD}`, '2:1: expected one document, came another one behind "---"'],
  [
    'a rule twice',
    `${HEAD}rules:\n  DEV-04: { to: promised, ${BASIS} }\n  DEV-04: {}\n`,
    '4:3: the key "DEV-04" is there twice: leave one of them out',
  ],
  [
    'a finding twice',
    `${HEAD}findings:\n  - { id: cost/A.b, ${BASIS} }\n  - { id: cost/A.b, ${BASIS} }\n`,
    '4:7: "cost/A.b" is expected twice, first in line 3',
  ],
  [
    'a change that is announced and accepted',
    `${HEAD}interface:\n  - { change: interface/A.b/index, ${BASIS} }\nfindings:\n  - { id: interface/A.b/index, ${BASIS} }\n`,
    '5:7: "interface/A.b/index" is expected twice, first in line 3',
  ],
  [
    'a rule that is announced and accepted',
    `${HEAD}findings:\n  - { id: rule/DEV-04, ${BASIS} }\nrules:\n  DEV-04: { to: promised, ${BASIS} }\n`,
    '5:3: "rule/DEV-04" is expected twice, first in line 3',
  ],
  [
    'an author for YAML',
    `${HEAD}findings:\n  - id: cost/A.b\n    author: @ada\n`,
    '4:13: it is no YAML: Plain value cannot start with reserved character @: put it into quotes',
  ],
  [
    'a reason for YAML',
    `${HEAD}findings:\n  - id: cost/A.b\n    reason: so: it is\n`,
    '4:13: it is no YAML: Nested mappings are not allowed in compact mappings: put text with ": " in it into quotes',
  ],
  ['an alias of nothing', `${HEAD}rules: *x\n`, '2:8: expected an anchor "&x" before "*x", came none'],
];

describe('a file of expectations', () => {
  it('is read: who says what of which finding, and in which line', () => {
    const text = `# Of release 9006.
${HEAD}rules:
  REV-01: { to: 9006, ${BASIS} }
  REV-02: { to: "9006", ${BASIS} }
  DEV-04:
    to: promised
    reason: >
      over two
      lines
    author: " Ada "
    expires: 2028-02-29
interface:
  - change: interface/A.b/index
    ${BASIS.replaceAll(', ', '\n    ')}
findings:
  - ${BASIS.replaceAll(', ', '\n    ')}
    id: upgrade/A.C
defaults:
  load run: { rate: 20, duration: 10s }
  check:
    quiet: true
`;
    const basis = { reason: 'r', author: 'a', expires: '2027-03-31' };
    const ada = { reason: 'over two lines', author: 'Ada', expires: '2028-02-29' };
    const change = { name: 'interface/A.b/index', ...basis, line: 14 };
    const accepted = { name: 'upgrade/A.C', ...basis, line: 22 };
    expect(parseExpectations('assay.yaml', text)).toEqual({
      file: 'assay.yaml',
      rules: new Map([
        ['DEV-04', { name: 'rule/DEV-04', rule: 'DEV-04', to: 'promised', ...ada, line: 6 }],
        ['REV-01', { name: 'rule/REV-01', rule: 'REV-01', to: '9006', ...basis, line: 4 }],
        ['REV-02', { name: 'rule/REV-02', rule: 'REV-02', to: '9006', ...basis, line: 5 }],
      ]),
      interface: new Map([[change.name, change]]),
      findings: new Map([[accepted.name, accepted]]),
      defaults: new Map([
        [
          'load run',
          new Map<string, FlagDefault>([
            ['rate', { value: 20, line: 24 }],
            ['duration', { value: '10s', line: 24 }],
          ]),
        ],
        ['check', new Map([['quiet', { value: true, line: 26 }]])],
      ]),
    });
  });

  it.each([
    ['has only its format', HEAD],
    ['has empty sections', `${HEAD}rules:\ninterface:\nfindings: []\n`],
    ['is JSON', '{ "format": "assay/1", "rules": {} }'],
    ['begins with a byte order mark', `\uFEFF${HEAD}`],
  ])('may expect nothing: it %s', (_, text) => {
    const { rules, interface: changes, findings } = parseExpectations('assay.yaml', text);
    expect([rules.size, changes.size, findings.size]).toEqual([0, 0, 0]);
  });

  it('may say a thing once and name it again', () => {
    const text = `${HEAD}findings:\n  - { id: cost/A.b, reason: &why r, author: a, expires: 2027-03-31 }\n  - { id: cost/A.c, reason: *why, author: a, expires: 2027-03-31 }\n`;
    expect(parseExpectations('assay.yaml', text).findings.get('cost/A.c')).toMatchObject({ reason: 'r', line: 4 });
  });

  it.each(refused)('is refused in one sentence with its place: %s', (_, text, sentence) => {
    const read = (): unknown => parseExpectations('assay.yaml', text);
    expect(read).toThrow(InputError);
    expect(read).toThrow(`assay.yaml:${sentence}`);
    expect(read).toThrow(/^[^\n]*$/);
  });

  it.each([
    ['one problem', `${HEAD}findings:\n  - { id: cost/A.b, reasons: r, author: a, expires: 2027-03-31 }\n`, ''],
    [
      'two',
      `${HEAD}findings:\n  - { id: cost/A.b, reasons: r, author: a, expires: 2027-03-32 }\n`,
      '; and 1 more problem',
    ],
  ])('is refused with how many problems there are: %s', (_, text, more) => {
    expect(() => parseExpectations('assay.yaml', text)).toThrow(new RegExp(`did you mean "reason"\\?${more}$`));
  });

  const nine = (of: string): string => Array<string>(9).fill(of).join(', ');
  const bomb = [
    `a: &a [${nine('x')}]`,
    ...Array.from('bcdefghi', (name, at) => `${name}: &${name} [${nine(`*${'abcdefgh'.charAt(at)}`)}]`),
  ];

  it.each([
    ['that multiply', bomb.join('\n')],
    ['that are many', `a: &a x\nb: [${Array<string>(20_000).fill('*a').join(',')}]\n`],
  ])('does not let aliases stand for too much: those %s', (_, text) => {
    const sentence =
      /^assay\.yaml:2:\d: expected aliases that stand for 100 values at most, came more: write them out$/;
    expect(() => parseExpectations('assay.yaml', text)).toThrow(sentence);
  });

  it.each([
    ['lists', '['.repeat(20_000)],
    ['mappings', '{a: '.repeat(20_000)],
    ['blocks', '- '.repeat(20_000)],
    // V8 died of the regular expression that the library made of so many columns.
    ['more blocks', '- '.repeat(50_000)],
    ['steps', Array.from({ length: 500 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
    ['brackets that are closed', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ])('is not followed into %s without end', (_, text) => {
    expect(() => parseExpectations('assay.yaml', text)).toThrow('came YAML that is nested too deeply');
  });
});

describe('a file of expectations that is none', () => {
  const refusalOf = (prepare: (folder: string) => Promise<string>): Promise<string> =>
    withFolder(async (folder) => {
      const file = await prepare(folder);
      const read = readExpectations(file).then(() => 'it was read');
      await expect(read).rejects.toThrow(InputError);
      return read.catch((error: unknown) => String(error).replace(`InputError: ${file}: `, ''));
    });
  const holding =
    (content: string | Uint8Array) =>
    async (folder: string): Promise<string> => {
      const file = join(folder, 'assay.yaml');
      await writeFile(file, content);
      return file;
    };

  it.each<[string, (folder: string) => Promise<string>, string]>([
    ['is not there', async (folder) => join(folder, 'none.yaml'), 'there is no such file'],
    ['is a folder', async (folder) => folder, 'expected a file of expectations, came a folder'],
    ['would lie in a file', async (folder) => join(await holding(HEAD)(folder), 'assay.yaml'), 'there is no such file'],
    ['is a device', async () => '/dev/zero', 'expected a file of expectations, came none that lies on a disk'],
    [
      'is too long',
      holding(`${HEAD}#${'x'.repeat(1 << 20)}`),
      'expected expectations of 256 KiB at most, came 1048593 bytes',
    ],
    ['is no text', holding(Uint8Array.of(0xff, 0xfe, 0)), 'expected YAML, came bytes that are no UTF-8'],
  ])('%s', async (_, prepare, sentence) => {
    expect(await refusalOf(prepare)).toBe(sentence);
  });

  it('has a name that no file can have', async () => {
    const refusal = await refusalOf(async (folder) => join(folder, 'x'.repeat(300)));
    expect(refusal).toMatch(/^it can't be read \(ENAMETOOLONG: /);
  });
});

describe("the editors' schema", () => {
  const ajv = new Ajv({ strict: true, strictTypes: false });
  formats.default(ajv);

  it('is what the file is read by: npm run schema writes it anew', async () => {
    expect(JSON.parse(await readFile(SCHEMA, 'utf8'))).toEqual(expectationsJsonSchema());
  });

  it('describes every key, and knows every rule', () => {
    const text = JSON.stringify(expectationsJsonSchema());
    const described = z.record(z.string(), z.looseObject({ description: z.string() }));
    const keys = new Set<string>();
    JSON.parse(text, (key, value: unknown) => {
      if (key === 'properties') Object.keys(described.parse(value)).forEach((each) => keys.add(each));
      return value;
    });
    const others = [
      'format',
      'defaults',
      'rules',
      'interface',
      'findings',
      'to',
      'reason',
      'author',
      'expires',
      'change',
      'id',
    ];
    expect([...keys].sort()).toEqual([...deviationRules, ...revisionRules, ...others].sort());
  });

  const isValid = (text: string): unknown => ajv.validate(expectationsJsonSchema() as object, parse(text));

  it('finds the example good, which is read as well, and says every kind of thing', async () => {
    const text = await readFile(EXAMPLE, 'utf8');
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    expect(join(EXAMPLE, '..', schema)).toBe(SCHEMA);
    expect(isValid(text)).toBe(true);
    const { rules, interface: changes, findings } = await readExpectations(EXAMPLE);
    expect([rules.size, changes.size, findings.size]).toEqual([2, 1, 1]);
  });

  it.each([HEAD, `${HEAD}rules:\n  REV-01: { to: 9006, ${BASIS} }\nfindings:\n`])('finds good: %j', (text) => {
    expect(isValid(text)).toBe(true);
  });

  it.each(illFormed)('finds bad: %s', (_, text) => expect(isValid(text)).toBe(false));
});
