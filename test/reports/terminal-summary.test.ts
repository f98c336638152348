/** The end of a run: one screen, whatever was found, with the worst in it and what to do next at its end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SUMMARY_LINES } from '../../src/reports/terminal/summary.js';
import { Finding, Verdict, type RunEvent } from '../../src/spec/run-events.js';
import { finding, finished, started, suite, suiteFinished } from './events.js';
import { showing, type Showing } from './screen.js';

/** Lines as a terminal breaks them. */
const screenLines = (text: string, columns: number): string[] =>
  text
    .trimEnd()
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']);

/** What the last event writes. */
const endOf = (options: Showing, events: readonly RunEvent[], last: RunEvent): string => {
  const { emit, text } = showing({ ...options, env: { NO_COLOR: '1' } });
  for (const event of events) emit(event);
  const before = text().length;
  emit(last);
  return text().slice(before);
};

const NEXT = ['see it again: npx assay replay counterexamples/a.jsonl', 'see all of it as a page: --report assay.html'];
const ended: RunEvent = {
  type: 'run-finished',
  verdict: 'finding',
  exit: 1,
  message: 'finding: it is otherwise',
  next: NEXT,
  elapsed: 1,
};

const findings = (count: number): RunEvent[] =>
  Array.from({ length: count }, (_, at) => finding({ id: `behaviour/Compute.request_compute_stop/${at}` }));

const suites = (count: number, verdict: Verdict = 'conforms'): RunEvent[] =>
  Array.from({ length: count }, (_, at) => suite(`suite ${at}`, verdict)).flat();

describe('the end of a run', () => {
  const words = fc.array(fc.stringMatching(/^[a-z0-9/.]{1,90}$/), { maxLength: 15 }).map((each) => each.join(' '));
  const effects = Finding.shape.effect.unwrap().options;
  const anyFinding = fc
    .record({ id: words, part: words, effect: fc.constantFrom(...effects) })
    .map((fields) => finding(fields));
  const anySuite = fc
    .record({ name: words, summary: words, verdict: fc.constantFrom(...Verdict.options) })
    .map(({ name, summary, verdict }): RunEvent[] => [
      ...suite(name, verdict).slice(0, 1),
      { ...suiteFinished(name, verdict), summary },
    ]);

  it.each([80, 120])('takes no more lines than a screen of %i columns has, whatever came out', (columns) => {
    fc.assert(
      fc.property(
        fc.array(anyFinding, { maxLength: 30 }),
        fc.array(anySuite, { minLength: 1, maxLength: 30 }),
        (found, ran) => {
          const text = endOf({ columns }, [started('gate'), ...found, ...ran.flat()], ended);
          expect(screenLines(text, columns).length).toBeLessThanOrEqual(SUMMARY_LINES);
          expect(text.trimEnd().split('\n').slice(-3)).toEqual([
            'finding: it is otherwise',
            `next: ${NEXT[0]}`,
            `      ${NEXT[1]}`,
          ]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('counts what has no room', () => {
    const text = endOf({ columns: 120 }, [...findings(50), ...suites(3)], ended);
    const shown = text.match(/^│ behaviour/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(5);
    expect(text).toContain(`and ${50 - shown} more open findings: --verbose shows all, --json FILE keeps all`);
    expect(text.match(/^│ suite \d/gm)).toHaveLength(3);
  });

  it('is whole with --verbose', () => {
    const text = endOf({ columns: 120, verbose: true }, [...findings(50), ...suites(60, 'finding')], ended);
    expect(text.match(/^│ behaviour/gm)).toHaveLength(50);
    expect(text.match(/^│ suite \d/gm)).toHaveLength(60);
    expect(text).not.toContain(' more ');
  });

  it('shows the worst, not the first', () => {
    const worst = finding({ id: 'upgrade/block', effect: 'breaks the upgrade' });
    const bad = suite('the bad one', 'finding');
    const text = endOf({ columns: 120 }, [...findings(30), worst, ...suites(40, 'vacuous'), ...bad], ended);
    expect(text).toMatch(/^│ upgrade\/block /m);
    expect(text).toMatch(/^│ the bad one .* │ finding +│$/m);
    expect(text).toMatch(/^and \d\d more suites: /m);
  });

  it('puts suites that came out alike into one row, where they have no room by themselves', () => {
    const text = endOf(
      { columns: 120 },
      Array.from({ length: 30 }, (_, at) => [
        ...suite(`recording ${at}`, 'conforms').slice(0, 1),
        { ...suiteFinished(`recording ${at}`, 'conforms'), summary: '0 differences' },
      ]).flat(),
      finished('conforms', 0, 'conforms'),
    );
    expect(text).toMatch(/^│ recording 0, and 29 more of the kind │ 37 020 │ 0 differences │ conforms │$/m);
    expect(text).not.toContain('more suites');
  });

  it('breaks what is longer than its column, and loses nothing of it', () => {
    const id = `behaviour/${'Compute.request_compute_stop/'.repeat(4)}end`;
    const text = endOf({ columns: 80 }, [finding({ id }), ...suites(1)], ended);
    const column = text
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .map((line) => line.split('│')[1]?.trim() ?? '');
    expect(column.join('')).toContain(id);
  });
});
