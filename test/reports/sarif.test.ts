/** SARIF of runs: valid by the schema, with what GitHub's code scanning asks for, and the same id for the same thing. */
import fc from 'fast-check';
import type { Log, Result, Run } from 'sarif';
import { describe, expect, it } from 'vitest';
import { sarifLog, sarifReport } from '../../src/reports/sarif.js';
import type { RunEvent } from '../../src/spec/run-events.js';
import {
  collected,
  counterexample,
  difference,
  everything,
  finding,
  finished,
  hostileRun,
  started,
  suite,
} from './events.js';
import { sarifErrors } from './validating.js';

const FOLDER = '/home/ci/project';

const logOf = (...events: readonly RunEvent[]): Log => sarifLog(collected(events), { folder: FOLDER });
const runOf = (...events: readonly RunEvent[]): Run => logOf(...events).runs[0] ?? expect.fail('no run');
const resultsOf = (...events: readonly RunEvent[]): Result[] => runOf(...events).results ?? [];
const gateOf = (...events: readonly RunEvent[]): Result[] =>
  resultsOf(started('gate', '--new', 'new.wasm'), ...suite('behaviour', 'finding', events), finished('finding', 1));
const uriOf = (result: Result | undefined): string | undefined =>
  result?.locations?.[0]?.physicalLocation?.artifactLocation?.uri;

describe('a SARIF report', () => {
  const text = sarifReport(collected(everything), { folder: FOLDER });

  it('is valid', () => {
    expect(sarifErrors(text)).toEqual([]);
  });

  it.each<[string, (text: string) => string]>([
    ['a level that there is not', (valid) => valid.replace('"level": "error"', '"level": "fatal"')],
    ['a result without its message', (valid) => valid.replace(/"message": \{[^}]*\},\s*"locations"/, '"locations"')],
    ['another version', (valid) => valid.replace('"version": "2.1.0"', '"version": "2.2.0"')],
    ['a property that there is not', (valid) => valid.replace('"ruleIndex"', '"ruleNumber"')],
    ['a path that is no URI', (valid) => valid.replace('"uri": "build/new.wasm"', '"uri": "build new.wasm"')],
  ])('is not valid with %s', (_, broken) => {
    expect(broken(text)).not.toBe(text);
    expect(sarifErrors(broken(text))).not.toEqual([]);
  });

  it('has a result for each thing that was found, with its rule and level', () => {
    const told = resultsOf(...everything).map(({ ruleId, level }) => `${ruleId} ${level}`);
    expect(told).toEqual([
      'difference error',
      'difference error',
      'difference error',
      'layout error',
      'invariant note',
      'behaviour error',
      'rule note',
      'cost note',
      'interface note',
      'interface error',
      'upgrade error',
      'expectation error',
    ]);
  });

  it('has rules with help for all that its results name', () => {
    const { tool, results = [] } = runOf(...everything);
    const { rules = [], version, informationUri } = tool.driver;
    expect({ version, informationUri }).toEqual({
      version: '0.1.0',
      informationUri: expect.stringMatching(/^https:/) as string,
    });
    for (const { ruleId, ruleIndex = -1 } of results) expect(rules[ruleIndex]?.id).toBe(ruleId);
    for (const { help, fullDescription, shortDescription } of rules) {
      expect(
        [help?.text, fullDescription?.text, shortDescription?.text].every((each) => (each ?? '').length > 10),
      ).toBe(true);
    }
  });

  it('suppresses what was announced, accepted or known, with its reason, and nothing else', () => {
    const justifications = resultsOf(...everything).map(({ suppressions }) => suppressions?.[0]);
    expect(justifications.map((each) => each?.justification)).toEqual([
      ...[undefined, undefined, undefined, undefined],
      expect.stringContaining('known of the deployed pallet'),
      undefined,
      'announced by ops, until 2026-12-31',
      'accepted: two reads more',
      ...[undefined, undefined, undefined, undefined],
    ]);
    expect(justifications[6]).toMatchObject({ kind: 'external', status: 'accepted' });
  });

  it('points at the call, and at the file that was tested', () => {
    const [result] = gateOf(finding({ file: 'counterexamples/behaviour-7.jsonl' }));
    expect(result?.locations).toEqual([
      {
        physicalLocation: { artifactLocation: { uri: 'new.wasm' }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: 'Compute.request_compute_stop', name: 'request_compute_stop' }],
      },
    ]);
    expect(result?.relatedLocations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe(
      'counterexamples/behaviour-7.jsonl',
    );
  });

  it('points at the line of a recording that was replayed', () => {
    const [result] = resultsOf(started('replay', 'recordings'), ...suite('replay', 'finding', [difference()]));
    expect(result?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'recordings/compute-1.jsonl.gz' },
      region: { startLine: 7 },
    });
  });

  it.each([
    [['--target', 'runtime:runtime/lab.wasm?rules=promised&mutant=3'], 'runtime/lab.wasm'],
    [['--target=chopsticks:./lab.wasm'], 'lab.wasm'],
    [['--target', `${FOLDER}/build/new.wasm`], 'build/new.wasm'],
    [['--new', '/elsewhere/a b.wasm'], 'a%20b.wasm'],
    [['--new', '../up.wasm', '--target', 'x'], 'up.wasm'],
    [['--target', 'ws://127.0.0.1:9944'], 'ws%3A/127.0.0.1%3A9944'],
    [['--target', 'engine'], 'engine'],
    [[], 'the%20suite%27s%20target'.replace('%27', "'")],
  ])('finds in the command %j the file %s', (words, uri) => {
    const target = "the suite's target";
    const [result] = resultsOf(started('check', ...words), ...suite('behaviour', 'finding', [finding()], { target }));
    expect(uriOf(result)).toBe(uri);
  });

  it('fingerprints the same thing the same way, whatever its seed', () => {
    const prints = gateOf(
      counterexample({
        broken: 'events event 0: Compute.X.caller: expected 0x01, observed 0x02',
        seed: 1,
        file: 'a-1',
      }),
      counterexample({
        broken: 'events event 0: Compute.X.caller: expected 0x03, observed 0x04',
        seed: 2,
        file: 'a-2',
      }),
      counterexample({ invariant: 'INV-04', rules: 'promised' }),
      finding(),
      finding({ sentence: 'said otherwise' }),
      finding({ id: 'behaviour/other' }),
    ).map(({ partialFingerprints }) => partialFingerprints?.primaryLocationLineHash);
    expect(prints[0]).toBe(prints[1]);
    expect(prints[3]).toBe(prints[4]);
    expect(new Set(prints).size).toBe(4);
    expect(prints[0]).toMatch(/^[0-9a-f]{16}:1$/);
  });

  it.each([
    [0, true, 'as expected'],
    [1, true, 'not as expected'],
    [2, false, 'the work could not be done'],
    [130, false, 'interrupted'],
  ])('tells exit code %i: successful %s, %s', (exit, successful, description) => {
    const [invocation] = runOf(started('check'), finished('conforms', exit, 'why')).invocations ?? [];
    expect(invocation).toMatchObject({
      executionSuccessful: successful,
      exitCode: exit,
      exitCodeDescription: description,
      startTimeUtc: '2026-01-02T03:04:05.678Z',
      endTimeUtc: '2026-01-02T03:04:18.023Z',
    });
  });

  it('notifies of what was not looked at and of what failed', () => {
    const [invocation] = runOf(...everything).invocations ?? [];
    const told = invocation?.toolExecutionNotifications?.map(({ level, message }) => `${level} ${message.text}`);
    expect(told).toEqual([
      'error the node fell silent',
      'warning replayed: not covered: how replayed came out',
      'note replayed: not covered: call ExecutionUnit 4 (3 times): nothing describes it',
      'warning missing: absent: how missing came out',
      'warning empty: vacuous: how empty came out',
      'note empty: not reached: call/Compute.x/BadOrigin',
      'error broken: how broken came out',
    ]);
  });

  it('is valid and well-formed text whatever a runtime says of itself', () => {
    fc.assert(
      fc.property(hostileRun, (run) => {
        const report = sarifReport(run, { folder: FOLDER });
        expect(sarifErrors(report)).toEqual([]);
        expect(report).not.toMatch(/\\u(?:d[89a-f]|00[01])/i);
        for (const result of sarifLog(run, { folder: FOLDER }).runs[0]?.results ?? []) {
          expect(uriOf(result)).toMatch(/^(?!\/)[^:\\]+$/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
