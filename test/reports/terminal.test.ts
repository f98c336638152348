/** The terminal report: readable when fifty things were found, whole where that is asked for, and nothing but the end where that is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/spec/run-events.js';
import { counterexample, difference, everything, finding, finished, hostileText, started, suite } from './events.js';
import { showing, type Showing } from './screen.js';

const shownWith = (options: Showing, ...events: readonly RunEvent[]): string => {
  const { emit, text } = showing(options);
  for (const event of events) emit(event);
  return text();
};

const shown = (...events: readonly RunEvent[]): string => shownWith({}, ...events);

const fifty = Array.from({ length: 50 }, (_, at) =>
  finding({ id: `behaviour/${at}`, steps: ['one', 'two'], command: `npx assay replay ${at}.jsonl` }),
);

describe('the terminal report', () => {
  it('has something of every event that is for people', () => {
    const text = shown(...everything);
    expect(text).toContain('announced rule/DEV-04: announced by ops, until 2026-12-31');
    expect(text).toContain('finding interface/Compute.z: the event names the sub account (breaks callers; ');
    expect(text).toContain('not covered: call ExecutionUnit 4 (3 times): nothing describes it');
  });

  it('shows all of ten findings, and of the others a line and the command', () => {
    const text = shown(started('gate'), ...suite('behaviour', 'finding', fifty), finished('finding', 1));
    expect(text.match(/^ {2}2\. two$/gm)).toHaveLength(10);
    expect(text.match(/^ {2}replay it: /gm)).toHaveLength(50);
    expect(text.match(/^finding behaviour\//gm)).toHaveLength(50);
  });

  it('has what is open in a table of its own', () => {
    const text = shown(started('gate'), ...suite('behaviour', 'finding', fifty.slice(0, 3)), finished('finding', 1));
    expect(text).toMatch(/│ open finding +│ about +│ harms, to blame +│/);
    expect(
      text.match(/^│ behaviour\/\d+ +│ Compute.request_compute_stop +│ the new runtime is to blame +│$/gm),
    ).toHaveLength(3);
  });

  it('counts what is harmless in one line a suite', () => {
    const harmless = ['a', 'b', 'c'].map((name) =>
      finding({ id: `interface/${name}`, kind: 'interface', status: 'harmless', effect: 'harmless' }),
    );
    const events = [...suite('one', 'conforms', harmless), ...suite('two', 'conforms')];
    const text = shown(started('gate'), ...events, finished('conforms', 0));
    expect(text.match(/harmless.*/g)).toEqual(['harmless: 3 (a, b, c)']);
    expect(text).not.toContain('open finding');
  });

  it('says in one line what was reached, and names what was not', () => {
    const coverage = (missing: readonly string[], beyond: readonly string[]): RunEvent => ({
      type: 'coverage',
      suite: 'one',
      required: false,
      reached: { 'call/Compute.x/ok': 3, 'rule/DEV-01/deployed': 1, 'call/Compute.x/panic': 1 },
      beyond: [...beyond],
      missing: [...missing],
      unreachable: [
        { reason: 'it needs the other setting', cells: ['rule/DEV-01/promised'] },
        { reason: 'it needs root calls', cells: ['call/PalletIp.x/ok', 'status/Running/Compute.x'] },
      ],
    });
    const linesOf = (missing: readonly string[], beyond = ['call/Compute.x/panic']): readonly string[] =>
      shown(started('check'), ...suite('one', 'conforms', [coverage(missing, beyond)]), finished('conforms', 0)).match(
        /^(coverage:| {2}not reached| {2}and ).*$/gm,
      ) ?? [];
    const out = "3 can't be reached here (rule 1, call 1, status 1)";
    expect(linesOf([])).toEqual([`coverage: 2 of 2 reachable cells, and 1 beyond them; ${out}`]);
    expect(linesOf(['call/Compute.x/Other'], [])).toEqual([
      `coverage: 3 of 4 reachable cells; ${out}`,
      '  not reached call/Compute.x/Other',
    ]);
    const many = Array.from({ length: 14 }, (_, at) => `call/Compute.x/${at}`);
    expect(linesOf(many)).toHaveLength(12);
    expect(linesOf(many).at(-1)).toBe('  and 4 more: --verbose shows all');
  });
});

describe('what is cut', () => {
  const hex = `0x${'ab'.repeat(200)}`;
  const steps = Array.from({ length: 40 }, (_, at) => `step ${at}`);
  const many: readonly RunEvent[] = [
    started('check'),
    ...suite('replay', 'finding', [
      ...Array.from({ length: 9 }, (_, at) => difference({ line: at, expected: hex })),
      ...Array.from({ length: 30 }, (_, at): RunEvent => ({
        type: 'notice',
        suite: 'replay',
        sentence: `notice ${at}`,
      })),
      counterexample({ steps }),
    ]),
    ...suite(
      'behaviour',
      'finding',
      Array.from({ length: 12 }, (_, at) => finding({ id: `behaviour/${at}`, steps })),
    ),
    finished('finding', 1),
  ];

  it('says what it was cut from, and how to see it', () => {
    const text = shown(...many);
    expect(text.match(/^difference in scenario/gm)).toHaveLength(5);
    expect(text).toContain('more differences in this suite are counted, not shown: --verbose shows all');
    expect(text.match(/^notice \d+$/gm)).toHaveLength(20);
    expect(text).toContain('more notices in this suite are counted, not shown: --verbose shows all');
    expect(text).not.toContain(hex);
    expect(text).toContain('  20. step 19\n  and 20 more: --verbose shows all\n  replay it: ');
    expect(text).not.toContain('  21. ');
  });

  it('is there with --verbose', () => {
    const text = shownWith({ verbose: true }, ...many);
    expect(text.match(/^difference in scenario/gm)).toHaveLength(9);
    expect(text.match(/^notice \d+$/gm)).toHaveLength(30);
    expect(text.split(hex)).toHaveLength(10);
    expect(text.match(/^ {2}40\. step 39$/gm)).toHaveLength(13);
    expect(text).not.toMatch(/ more|not shown|…/);
  });

  it('is counted for each suite by itself', () => {
    const six = (name: string): RunEvent[] =>
      suite(
        name,
        'finding',
        Array.from({ length: 6 }, () => difference({ suite: name })),
      );
    const text = shown(started('replay'), ...six('a'), ...six('b'), finished('finding', 1));
    expect(text.match(/^difference in scenario/gm)).toHaveLength(10);
    expect(text.match(/^more differences/gm)).toHaveLength(2);
  });
});

describe('with --quiet', () => {
  it('nothing is told but what was asked for, and the end', () => {
    const text = shownWith({ quiet: true }, ...everything);
    const [first = ''] = text.split('how calls grow');
    expect(first).toBe('\n');
    for (const told of ['coverage:', 'not covered: ', 'connected again', 'difference in', 'replay it: ', 'measured on'])
      expect(text).not.toContain(told);
    expect(text).toContain('│ open finding');
    expect(text).toContain('│ checked');
    expect(text).toContain('│ DEV-04 │');
    expect(text.trimEnd().endsWith('the node fell silent')).toBe(true);
  });
});

describe('colours', () => {
  const ESCAPE = '\u001b';
  const environments: readonly [string, Showing, boolean][] = [
    ['none where there is no terminal', {}, false],
    ['some on a terminal', { columns: 80 }, true],
    ['none on a terminal with NO_COLOR', { columns: 80, env: { NO_COLOR: '1' } }, false],
    ['some where NO_COLOR is empty', { columns: 80, env: { NO_COLOR: '' } }, true],
    ['none on a terminal that is dumb', { columns: 80, env: { TERM: 'dumb' } }, false],
    ['some with FORCE_COLOR, though there is no terminal', { env: { FORCE_COLOR: '1' } }, true],
    ['none with FORCE_COLOR=0', { columns: 80, env: { FORCE_COLOR: '0' } }, false],
    ['none with both, as NO_COLOR has the last word', { columns: 80, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, false],
    ['some in the log of a CI', { env: { CI: 'true' } }, true],
    ['none there with NO_COLOR', { env: { CI: 'true', NO_COLOR: 'yes' } }, false],
  ];
  it.each(environments)('are %s, and so is every other escape sequence', (_, options, isColoured) => {
    expect(shownWith(options, ...everything).includes(ESCAPE)).toBe(isColoured);
  });

  it('are ours alone: no runtime gets a control character onto the terminal', () => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (text, isColoured) => {
        const out = shownWith(
          isColoured ? { env: { FORCE_COLOR: '1' } } : {},
          started('check'),
          ...suite(text, 'finding', [
            difference({ suite: text, where: text, what: text, expected: text, observed: text }),
            finding({ suite: text, id: text, part: text, sentence: text, steps: [text], command: text }),
            counterexample({ suite: text, broken: text, steps: [text], command: text }),
            { type: 'notice', suite: text, sentence: text },
          ]),
          finished('finding', 1, text),
        );
        // eslint-disable-next-line no-control-regex
        const ours = isColoured ? out.replaceAll(/\u001b\[3[1-39]m/g, '') : out;
        // eslint-disable-next-line no-control-regex
        expect(ours).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });
});
