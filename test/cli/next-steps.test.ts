/** What to do next: true for the command line that was given, and for what came out. */
import { describe, expect, it } from 'vitest';
import { Prospect, type NextFacts } from '../../src/cli/next-steps.js';
import type { RunEvent, Verdict } from '../../src/spec/run-events.js';
import { counterexample, finding, suite, suiteFinished } from '../reports/events.js';

const after = (line: string, facts: NextFacts, ...events: readonly RunEvent[]): Prospect => {
  const prospect = new Prospect(line.split(' '), facts);
  for (const event of events) prospect.emit(event);
  return prospect;
};

const SUITE = suite('behaviour', 'conforms', [], { seed: 7 });

describe('where nothing is open', () => {
  it.each<[string, NextFacts, string]>([
    ['check', {}, 'hold a runtime of your own against it: npx assay check --target runtime:FILE'],
    [
      'check --target runtime:a.wasm?mutant=3',
      { target: 'runtime:a.wasm?mutant=3' },
      "see what breaks invariants in it: npx assay audit --target 'a.wasm?mutant=3'",
    ],
    ['check --target engine', { target: 'engine' }, 'look deeper: the same with --runs 1600'],
    ['check --target omni', { target: 'omni' }, 'look deeper: the same with --runs 24'],
    ['check --target ws://a:1', { target: 'ws://a:1' }, 'see what others do on it: npx assay follow --url ws://a:1'],
    ['replay a.jsonl', {}, 'go beyond what was recorded: npx assay check'],
    ['record --out a.jsonl', { out: 'a.jsonl' }, 'play it on the engine: npx assay replay a.jsonl --target engine'],
    [
      'record --state ws://a:1 --out a.json',
      { state: 'ws://a:1', out: 'a.json' },
      'look for what is wrong in it: npx assay audit --state a.json',
    ],
    ['gate', { runs: 120 }, "look at a chain's own state, too: the same with --state ws://HOST"],
    ['gate --state a.json', { runs: 120, state: 'a.json' }, 'look deeper: the same with --runs 480'],
    ['follow', {}, 'to go on from where it ends the next time, give --checkpoint FILE'],
    ['follow', { checkpoint: 'a' }, 'a has how far it is: the next run with it goes on there'],
  ])('"%s" leads on', (line, facts, sentence) => {
    expect(after(line, facts, ...SUITE).next('conforms')).toEqual([sentence]);
  });

  it.each(['bench', 'load run'])('"%s" has said it with its tables', (line) => {
    expect(after(line, {}, ...SUITE).next('conforms')).toEqual([]);
  });

  it('a command that checked nothing leads nowhere', () => {
    expect(after('list rules', {}).next('error')).toEqual([]);
  });
});

describe('where something is open', () => {
  const events = [
    ...suite(
      'behaviour',
      'finding',
      [
        finding({ id: 'interface/a', effect: 'breaks indexers', command: 'npx assay replay a' }),
        finding({ id: 'upgrade/b', effect: 'breaks the upgrade', command: 'npx assay replay b' }),
      ],
      { seed: 7 },
    ),
  ];

  it('the worst is seen again, and the whole with the seed that chance gave it', () => {
    expect(after('audit', {}, ...events).next('finding')).toEqual([
      'see upgrade/b again: npx assay replay b',
      'see all of it as a page: the same with --seed 7 --report assay.html',
      'accept what is meant to be so: its id in an assay.yaml ("npx assay init" writes one), and --expect assay.yaml',
    ]);
  });

  it('what was given is not asked for again', () => {
    const line = '--config c.yaml gate --seed=7 --expect e.yaml --report r.html';
    expect(
      after(line, { expect: 'e.yaml', report: 'r.html' }, ...events)
        .next('finding')
        .slice(1),
    ).toEqual(['see all of it as a page: r.html', 'accept what is meant to be so: its id in e.yaml']);
  });

  it('a counterexample that is known is not what failed', () => {
    const known = suite('deployed', 'deviates', [counterexample({ suite: 'deployed', command: 'known' })]);
    const open = suite('promised', 'finding', [counterexample({ suite: 'promised', command: 'open' })]);
    expect(after('check', {}, ...open, ...known).next('finding')[0]).toBe('see it again: open');
    expect(after('check', {}, ...known).next('finding')).toHaveLength(1);
  });
});

describe('where too little was reached', () => {
  const vacuous = (steps: number): RunEvent => ({ ...suiteFinished('a', 'vacuous'), steps });

  it('more scenarios reach more', () => {
    expect(after('check', { runs: 5 }, vacuous(10)).next('vacuous')).toEqual(['look deeper: the same with --runs 20']);
  });

  it.each<[string, string, NextFacts, number]>([
    ['what was not begun', 'check', {}, 0],
    ['what has a time', 'check', { time: '5s' }, 10],
    ['a recording', 'check', { target: 'recording:a' }, 10],
    ['a replay', 'replay', {}, 10],
  ])('they do not help %s', (_, line, facts, steps) => {
    expect(after(line, facts, vacuous(steps)).next('vacuous')).toEqual([]);
  });
});

describe('a run that ended early', () => {
  const onlySuite = (kind: 'replay' | 'differential'): RunEvent[] => suite('a', 'conforms', [], { kind, seed: 7 });

  it('is done anew with its seed, where its command has one', () => {
    expect(after('check --suri //Bob', {}, ...onlySuite('differential')).afterFailure()).toBe(
      "what was done so far is kept; to do it anew: npx assay check --suri '***' --seed 7",
    );
    expect(after('replay a.jsonl', {}, ...onlySuite('replay')).afterInterrupt()).toEqual([
      'to do it anew: npx assay replay a.jsonl',
    ]);
    expect(after('follow --url ws://a:1', {}, ...onlySuite('differential')).afterInterrupt()).toEqual([
      'to do it anew: npx assay follow --url ws://a:1',
    ]);
  });

  it('is gone on with where a checkpoint has how far it was', () => {
    const prospect = after('follow --url ws://a:1 --checkpoint c', { checkpoint: 'c' });
    expect(prospect.afterInterrupt()).toEqual([
      'to go on where it ended: npx assay follow --url ws://a:1 --checkpoint c',
    ]);
  });

  it('names what was found, and where its reports are', () => {
    const found = suite('a', 'finding', [counterexample({ suite: 'a', command: 'npx assay replay a.jsonl' })]);
    expect(after('check --seed 1', { json: 'a.ndjson', report: 'a.html' }, ...found).afterInterrupt()).toEqual([
      'see it again: npx assay replay a.jsonl',
      'what was done so far is in a.ndjson, a.html',
      'to do it anew: npx assay check --seed 1',
    ]);
  });

  it.each<[Verdict]>([['error']])('by an error of its own says no more than the error (%s)', (verdict) => {
    expect(after('check', {}, ...onlySuite('differential')).next(verdict)).toEqual([]);
  });
});
