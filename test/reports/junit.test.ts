/** JUnit XML of runs: valid whatever a runtime says of itself, and nothing passes that was not looked at. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { junitReport } from '../../src/reports/junit.js';
import { RunEvent, Verdict } from '../../src/spec/run-events.js';
import { collected, difference, everything, finding, finished, hostileRun, started, suite } from './events.js';
import { junitErrors } from './validating.js';

/** A document's cases: `name` and how it came out. */
const casesOf = (xml: string): Record<string, string> =>
  Object.fromEntries(
    [...xml.matchAll(/<testcase classname="[^"]*" name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
      ([, name = '', body = '']) => [name, /<(failure|error|skipped)/.exec(body)?.[1] ?? 'passed'],
    ),
  );

const reportOf = (...events: readonly RunEvent[]): string => junitReport(collected(events));

describe('a JUnit report', () => {
  it('is made of every type of event and every verdict', () => {
    const types = new Set(everything.map(({ type }) => type));
    expect(types.size).toBe(RunEvent.options.length);
    const verdicts = everything.flatMap((event) => (event.type === 'suite-finished' ? [event.verdict] : []));
    expect(new Set(verdicts)).toEqual(new Set(Verdict.options));
    for (const event of everything) RunEvent.parse(event);
  });

  it('is valid, and what is wrong is seen', async () => {
    const xml = reportOf(...everything);
    expect(await junitErrors(xml)).toEqual([]);
    expect(await junitErrors(xml.replace('<testcase ', '<testcase colour="red" '))).not.toEqual([]);
    expect(await junitErrors(xml.replace('<failure', '<defeat').replace('</failure', '</defeat'))).not.toEqual([]);
    expect(await junitErrors(xml.replace('</testsuites>', '\u0001</testsuites>'))).not.toEqual([]);
  });

  it('has a case for each suite and for each thing that was found', () => {
    expect(casesOf(reportOf(...everything))).toEqual({
      node: 'passed',
      replay: 'passed',
      'difference/storage/Compute.UserRequests[user 0][0].status': 'failure',
      'difference/storage/Compute.UserRequests[user 0][0].status (2)': 'failure',
      'difference/pool/priority': 'failure',
      layout: 'passed',
      'layout/Compute.calls.stop.plan_id': 'failure',
      invariant: 'passed',
      'counterexample/INV-03/deployed': 'passed',
      behaviour: 'passed',
      'behaviour/Compute.request_compute_stop/event': 'failure',
      'rule/DEV-04': 'passed',
      'cost/Compute.x': 'passed',
      'interface/Compute.y': 'passed',
      'interface/Compute.z': 'failure',
      'upgrade/Compute.q': 'failure',
      'expectation/late': 'failure',
      replayed: 'skipped',
      missing: 'failure',
      empty: 'skipped',
      broken: 'error',
    });
  });

  it('counts what it has, and tells times in seconds', () => {
    const xml = reportOf(...everything);
    expect(xml).toContain('<testsuites name="assay" tests="21" failures="9" errors="1">');
    expect(xml).toMatch(/<testsuite name="replay" time="1.5" timestamp="2026-01-02T03:04:05" tests="4" failures="3"/);
  });

  it('says why what was announced, accepted or harmless passes', () => {
    const xml = reportOf(...everything);
    expect(xml).toContain('announced by ops, until 2026-12-31');
    expect(xml).toMatch(/<system-out><!\[CDATA\[accepted:\n[^\]]*accepted: two reads more/);
    expect(xml).toMatch(/<system-out><!\[CDATA\[known:\n/);
  });

  it.each<[Verdict, string]>([
    ['conforms', 'passed'],
    ['deviates', 'passed'],
    ['finding', 'failure'],
    ['unattributed', 'failure'],
    ['absent', 'failure'],
    ['not covered', 'skipped'],
    ['vacuous', 'skipped'],
    ['error', 'error'],
  ])('has a suite that says "%s" without more as %s', (verdict, outcome) => {
    expect(casesOf(reportOf(started('check'), ...suite('s', verdict), finished(verdict, 1)))).toEqual({ s: outcome });
  });

  it('skips an absent pallet that was let pass', () => {
    const events = [...suite('s', 'absent'), ...suite('t', 'finding')];
    const allowed = reportOf(started('check', '--allow-absent'), ...events, finished('finding', 1));
    expect(casesOf(allowed)).toEqual({ s: 'skipped', t: 'failure' });
    expect(casesOf(reportOf(started('gate'), ...suite('s', 'absent'), finished('absent', 0)))).toEqual({
      s: 'skipped',
    });
  });

  it('skips what was interrupted, and has what failed as an error', () => {
    const [begun] = suite('s', 'conforms');
    const events = [started('check'), ...(begun ? [begun] : [])];
    expect(casesOf(reportOf(...events, finished('conforms', 130)))).toEqual({ s: 'skipped' });
    expect(casesOf(reportOf(...events))).toEqual({ s: 'skipped' });
    const failed = reportOf(...events, finished('error', 2, 'the node fell silent'));
    expect(casesOf(failed)).toEqual({ s: 'error' });
    expect(failed).toContain('the node fell silent');
  });

  it('has a failure that no suite tells as an error of its own', () => {
    const failure = finished('error', 2, '--target nope: expected something else');
    expect(casesOf(reportOf(started('check'), failure))).toEqual({ assay: 'error' });
    expect(casesOf(reportOf(started('check'), ...suite('s', 'conforms'), failure))).toEqual({
      s: 'passed',
      assay: 'error',
    });
  });

  it('lists a hundred differences of a suite and counts the others', () => {
    const many = Array.from({ length: 150 }, (_, step) => difference({ step }));
    const xml = reportOf(started('replay'), ...suite('replay', 'finding', many), finished('finding', 1));
    expect(Object.keys(casesOf(xml))).toHaveLength(101);
    expect(xml).toContain('50 more results found');
  });

  it('shortens what is too long for a message', () => {
    const long = finding({ sentence: 'x'.repeat(5_000_000) });
    const xml = reportOf(started('gate'), ...suite('behaviour', 'finding', [long]), finished('finding', 1));
    expect(xml.length).toBeLessThan(50_000);
    expect(xml).toContain('(5000000 characters)');
  });

  it('is XML whatever a runtime says of itself', async () => {
    const documents = fc.array(hostileRun, { minLength: 20, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(documents, async (runs) => {
        expect(await junitErrors(...runs.map(junitReport))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
