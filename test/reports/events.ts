/** Run events as reports get them: one run that has every type and every verdict, runs around given events, and hostile text. */
import fc from 'fast-check';
import { runCollector, type CollectedRun } from '../../src/reports/collected-run.js';
import {
  RUN_EVENTS_FORMAT,
  type Counterexample,
  type Difference,
  type Finding,
  type RunEvent,
  type SuiteFinished,
  type Verdict,
} from '../../src/spec/run-events.js';

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

export const started = (...command: readonly string[]): RunEvent => ({
  type: 'run-started',
  format: RUN_EVENTS_FORMAT,
  version: '0.1.0',
  node: 'v20.19.0',
  command: [...command],
  time: '2026-01-02T03:04:05.678Z',
});

export const finished = (verdict: Verdict, exit: number, message = ''): RunEvent => ({
  type: 'run-finished',
  verdict,
  exit,
  message,
  elapsed: 12_345.678,
});

/** A suite around events. */
export const suite = (
  name: string,
  verdict: Verdict,
  events: readonly RunEvent[] = [],
  fields: Partial<Event<'suite-started'>> = {},
): RunEvent[] => [
  { type: 'suite-started', suite: name, kind: 'behaviour', target: 'new.wasm', ...fields },
  ...events,
  suiteFinished(name, verdict),
];

export const suiteFinished = (name: string, verdict: Verdict): SuiteFinished => ({
  type: 'suite-finished',
  suite: name,
  verdict,
  scenarios: 3,
  steps: 1_234,
  differences: 0,
  summary: `how ${name} came out`,
  elapsed: 1_500,
});

export const finding = (fields: Partial<Finding> = {}): Finding => ({
  type: 'finding',
  suite: 'behaviour',
  id: 'behaviour/Compute.request_compute_stop/event',
  kind: 'behaviour',
  part: 'Compute.request_compute_stop',
  sentence: 'the event names the sub account',
  blame: 'new',
  status: 'open',
  ...fields,
});

export const difference = (fields: Partial<Difference> = {}): Difference => ({
  type: 'difference',
  suite: 'replay',
  file: 'recordings/compute-1.jsonl.gz',
  line: 7,
  scenario: 0,
  step: 3,
  block: '12',
  what: 'Compute.request_compute_stop(plan_id: plan 0), signed user 0',
  aspect: 'storage',
  where: 'Compute.UserRequests[user 0][0].status',
  expected: 'Stopped',
  observed: 'Running',
  ...fields,
});

export const counterexample = (fields: Partial<Counterexample> = {}): Counterexample => ({
  type: 'counterexample',
  suite: 'invariant',
  invariant: 'INV-03',
  statement: 'a request is in one queue',
  broken: 'request 0 is twice in the queue of miner "12D3KooWMiner0"',
  rules: 'deployed',
  seed: 7,
  path: '0:1',
  shrinks: 2,
  steps: ['Compute.submit_compute_request_assignment(request_id: 0), unsigned'],
  file: 'counterexamples/INV-03-7.jsonl',
  command: 'npx assay replay counterexamples/INV-03-7.jsonl',
  ...fields,
});

/** Every type of event, every verdict, every status of a finding. */
export const everything: readonly RunEvent[] = [
  started('gate', '--old', 'old.wasm', '--new', './build/new.wasm', '--seed', '7'),
  { type: 'machine', cpu: 'a processor', cores: 2, memory: 2 ** 34, os: 'an os', versions: { node: '20.19.0' } },
  {
    type: 'figures',
    suite: 'growth',
    id: 'growth/class',
    title: 'how calls grow',
    columns: [{ name: 'call' }, { name: 'reads', unit: 'reads' }],
    rows: [
      ['Compute.request_compute_stop', 12_345],
      ['Compute.request_compute_boot', null],
    ],
  },
  {
    type: 'curves',
    suite: 'growth',
    id: 'growth/reads',
    title: 'reads',
    x: { label: 'requests', scale: 'log' },
    y: { label: 'reads', scale: 'log' },
    lines: [{ name: 'Compute.request_compute_stop', points: [[10, 20]] }],
  },
  ...suite('node', 'conforms', [
    {
      type: 'node-introduced',
      suite: 'node',
      url: 'ws://127.0.0.1:9944',
      chain: 'Development',
      chainType: 'Development',
      node: 'omni 1.0',
      specName: 'lab',
      specVersion: 9000,
      genesisHash: '0x00',
      codeHash: '0x00',
      methods: ['chain_getHeader'],
      pallets: ['Compute'],
      capabilities: [],
      notCovered: [],
    },
  ]),
  ...suite(
    'replay',
    'finding',
    [
      { type: 'progress', suite: 'replay', steps: 10, share: 0.5, elapsed: 10 },
      difference(),
      difference({ step: 4 }),
      difference({ aspect: 'pool', where: 'priority', step: null }),
    ],
    { kind: 'replay', target: 'the lab runtime' },
  ),
  ...suite('layout', 'unattributed', [
    {
      type: 'layout-finding',
      suite: 'layout',
      path: 'Compute.calls.stop.plan_id',
      expected: 'u64',
      observed: 'u128',
      sentence: '`Compute.calls.stop.plan_id` is u128 in this runtime, u64 in the spec.',
    },
  ]),
  ...suite('invariant', 'deviates', [counterexample()], { kind: 'invariant', seed: 7 }),
  ...suite('behaviour', 'finding', [
    finding({ steps: ['one', 'two'], file: 'counterexamples/b.jsonl', command: 'npx assay replay b.jsonl' }),
    finding({
      id: 'rule/DEV-04',
      kind: 'rule',
      status: 'announced',
      expectation: 'announced by ops, until 2026-12-31',
    }),
    finding({ id: 'cost/Compute.x', kind: 'cost', status: 'accepted', expectation: 'accepted: two reads more' }),
    finding({ id: 'interface/Compute.y', kind: 'interface', status: 'harmless', effect: 'harmless' }),
    finding({ id: 'interface/Compute.z', kind: 'interface', effect: 'breaks callers', old: 'u32', new: 'u64' }),
    finding({ id: 'upgrade/Compute.q', kind: 'upgrade', effect: 'breaks the upgrade' }),
    finding({ id: 'expectation/late', kind: 'expectation', part: 'late', expectation: 'expired on 2026-01-01' }),
  ]),
  ...suite('replayed', 'not covered', [
    { type: 'notice', suite: 'replayed', sentence: 'connected again' },
    { type: 'not-covered', suite: 'replayed', what: 'call ExecutionUnit 4', reason: 'nothing describes it', count: 3 },
  ]),
  ...suite('missing', 'absent'),
  ...suite('empty', 'vacuous', [
    {
      type: 'coverage',
      suite: 'empty',
      required: true,
      reached: { 'call/Compute.x/ok': 3 },
      beyond: [],
      missing: ['call/Compute.x/BadOrigin'],
      unreachable: [{ reason: 'it needs DEV-01 promised', cells: ['call/Compute.x/Compute.InvalidSignature'] }],
    },
  ]),
  ...suite('broken', 'error'),
  { type: 'listing', what: 'rules', columns: ['id'], rows: [['DEV-04']] },
  finished('error', 2, 'the node fell silent'),
];

/** What a report is made of, after these events. */
export const collected = (events: readonly RunEvent[]): CollectedRun => {
  const { emit, run } = runCollector();
  for (const event of events) emit(event);
  return run();
};

/** Any code units, halves of surrogate pairs among them, and what formats take for their own. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(
        ']]>',
        '<![CDATA[',
        '</details>',
        '</code>',
        '<script>',
        '|',
        '\\|',
        '```',
        '````',
        '`',
        '[x](javascript:1)',
        '![x](http://a.b)',
        'https://a.b/c',
        'www.a.b',
        'a@b.co',
        '@team',
        '#1',
        '&lt;',
        '&#96;',
        '\r\n',
        '\n\n',
        '\n::error::',
        '%0A',
        ':',
        ',',
        '*',
        '__x__',
        '~~',
        '$x$',
        '\u001b[31m',
        '\ud800',
        '\udc00',
        '😀',
      ),
      fc.string(),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** A run in which a runtime says whatever it likes, wherever it has a word. */
export const hostileRun = hostileText.map((text) =>
  collected([
    started('check', '--target', `runtime:${text}`),
    ...suite(text, 'finding', [
      difference({ suite: text, where: text, what: text, expected: text, observed: text, file: text }),
      finding({
        suite: text,
        id: text,
        part: text,
        sentence: text,
        old: text,
        steps: [text],
        file: text,
        command: text,
      }),
      finding({ suite: text, id: `${text}2`, sentence: text, status: 'accepted', expectation: text }),
      finding({ suite: text, id: `${text}3`, sentence: text, status: 'harmless' }),
      counterexample({ suite: text, broken: text, steps: [text, text], file: text, command: text }),
      { type: 'notice', suite: text, sentence: text },
      { type: 'not-covered', suite: text, what: text, reason: text, count: 1 },
      {
        type: 'coverage',
        suite: text,
        required: false,
        reached: { [text]: 1 },
        beyond: [text],
        missing: [text],
        unreachable: [{ reason: text, cells: [text] }],
      },
    ]),
    ...suite(`${text}!`, 'error'),
    finished('error', 2, text),
  ]),
);
