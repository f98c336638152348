/** What a person sees of a run that is under way: on a terminal, and in a log. */
import { describe, expect, it } from 'vitest';
import { paceOf, timeText } from '../../src/reports/terminal/progress.js';
import type { RunEvent } from '../../src/spec/run-events.js';
import { difference, finished, suite, suiteFinished } from './events.js';
import { showing, type Shown } from './screen.js';

type Progress = Extract<RunEvent, { type: 'progress' }>;

const progress = (fields: Partial<Progress> = {}): Progress => ({
  type: 'progress',
  suite: 'behaviour',
  steps: 0,
  elapsed: 0,
  ...fields,
});

const [begun] = suite('behaviour', 'conforms', [], { seed: 7 });

const begin = (shown: Shown): void => {
  if (begun !== undefined) shown.emit(begun);
};

describe('a time', () => {
  it.each([
    [1, '1 s'],
    [19_400, '20 s'],
    [20_001, '25 s'],
    [89_999, '90 s'],
    [90_000, '2 min'],
    [600_001, '11 min'],
    [5_400_000, '1 h 30 min'],
    [7_199_999, '2 h 0 min'],
  ])('of %i ms is told as %j', (milliseconds, text) => {
    expect(timeText(milliseconds)).toBe(text);
  });
});

describe('the pace', () => {
  /** What is told at each [moment, steps, share], with as much elapsed. */
  const toldAt = (...moments: readonly (readonly [number, number, number?])[]): string[] => {
    let time = 0;
    const pace = paceOf(() => time);
    return moments.map(([at, steps, share]) => {
      time = at;
      return pace(progress({ steps, elapsed: at, ...(share !== undefined && { share }) })).text;
    });
  };

  it('says no rate and no time before there is something to go by', () => {
    expect(toldAt([0, 0, 0], [100, 50, 0.005], [400, 400, 0.3])).toEqual(['', '', '30 %']);
  });

  it('has share, rate and the time that is left', () => {
    expect(toldAt([0, 0, 0], [10_000, 5_000, 0.25])).toEqual(['', '25 %, 500/s, 30 s left']);
  });

  it('does not take for work what went before the first share', () => {
    expect(toldAt([60_000, 0, 0], [70_000, 700, 0.5]).at(-1)).toBe('50 %, 10/s, 10 s left');
  });

  it('says of a suite whose whole nobody knows what is done', () => {
    expect(toldAt([0, 0], [10_000, 1_234])).toEqual(['', '1 234 so far, 123/s']);
  });

  it('says of several searches in one suite no share, which would be that of one of them', () => {
    expect(toldAt([0, 0, 0], [10_000, 1_000, 0.9], [20_000, 1_000, 0.1], [30_000, 3_000, 0.9])).toEqual([
      '',
      '90 %, 100/s, 2 s left',
      '50/s',
      '100/s',
    ]);
  });

  it('leaves nothing to come at the end', () => {
    expect(toldAt([0, 0, 0], [10_000, 1_000, 1]).at(-1)).toBe('100 %, 100/s');
  });
});

describe('where there is no terminal', () => {
  /** Lines that a suite of so many seconds makes, with a progress each second. */
  const linesOf = (seconds: number, quiet = false): string[] => {
    const shown = showing({ quiet });
    begin(shown);
    for (let second = 1; second <= seconds; second += 1) {
      shown.pass(1_000);
      shown.emit(progress({ steps: second * 10, share: second / seconds, elapsed: second * 1_000 }));
    }
    return shown.text().trimEnd().split('\n');
  };

  it('a short suite is a line', () => {
    expect(linesOf(9)).toEqual(['comparing behaviour, seed 7']);
  });

  it('a long one says now and then how far it is', () => {
    expect(linesOf(100)).toEqual([
      'comparing behaviour, seed 7',
      'comparing behaviour, seed 7: 10 %, 10/s, 2 min left',
      'comparing behaviour, seed 7: 30 %, 10/s, 70 s left',
      'comparing behaviour, seed 7: 70 %, 10/s, 30 s left',
    ]);
  });

  it('an hour is no more than a screen', () => {
    expect(linesOf(3_600).length).toBeLessThan(20);
    expect(linesOf(3_600).length).toBeGreaterThan(10);
  });

  it('nothing is said with --quiet', () => {
    expect(linesOf(100, true)).toEqual(['']);
  });

  it('a suite that tells no share shows that it goes on', () => {
    const shown = showing();
    begin(shown);
    shown.pass(11_000);
    shown.emit(progress());
    expect(shown.text()).toBe('comparing behaviour, seed 7\ncomparing behaviour, seed 7: goes on\n');
  });
});

/** What a line shows whose end was drawn last. */
const drawn = ({ text }: Shown): string => text().split('\u001b[1G').at(-1)?.split('\u001b')[0] ?? '';

describe('on a terminal', () => {
  it.each([80, 120])('of %i columns the line has a bar and all figures, however long the name is', (columns) => {
    const shown = showing({ columns });
    const name = 'runtime runtime/lab.wasm (assay-lab 9000, deployed, mutant 3) against deployed';
    shown.emit({ type: 'suite-started', suite: name, kind: 'differential', target: '', seed: 1_234_567 });
    shown.emit(progress({ share: 0 }));
    shown.pass(100_000);
    shown.emit(progress({ steps: 1_234_500, share: 0.25, elapsed: 100_000 }));
    // Stops the bar, which draws it a last time.
    shown.emit(suiteFinished(name, 'conforms'));
    const line =
      shown
        .text()
        .split('\u001b[0K')
        .findLast((each) => each.includes('25 %')) ?? '';
    const [, seen = ''] = line.split('\u001b[1G');
    expect(seen).toMatch(/^comparing runtime .*… \[=+-+\] 25 %, 12 345\/s, 5 min left$/);
    expect(seen.length).toBeLessThan(columns);
  });

  it('comes back after something was told', () => {
    const shown = showing({ columns: 80 });
    begin(shown);
    shown.emit(progress({ share: 0 }));
    shown.emit(difference({ suite: 'behaviour' }));
    shown.pass(10_000);
    shown.emit(progress({ steps: 100, share: 0.5, elapsed: 10_000 }));
    expect(drawn(shown)).toContain('50 %, 10/s, 10 s left');
    shown.emit(finished('conforms', 0));
  });

  it('is drawn with nothing but letters where there may be no escape sequences', () => {
    const shown = showing({ columns: 80, env: { NO_COLOR: '1' } });
    begin(shown);
    shown.pass(11_000);
    shown.emit(progress({ steps: 100, share: 0.5, elapsed: 11_000 }));
    expect(shown.text()).toBe('comparing behaviour, seed 7\ncomparing behaviour, seed 7: 50 %, 9/s\n');
  });
});
