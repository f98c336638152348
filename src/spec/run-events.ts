/**
 * What a run tells while it works: one JSON object a line with `--json`, consumed by every report. `docs/run-events.md`
 * describes them for people. Times are the only fields that differ between two equal runs.
 */
import { z } from 'zod';
import { HexSchema } from './answers.js';

export const RUN_EVENTS_FORMAT = 'assay-run/1';

/** One vocabulary for the terminal, the reports and the exit code. */
export const Verdict = z.enum([
  'conforms',
  'deviates',
  'finding',
  'unattributed',
  'absent',
  'not covered',
  'vacuous',
  'error',
]);
export type Verdict = z.infer<typeof Verdict>;

/** From good to bad: a run's verdict is its worst suite's. */
export const SEVERITY: readonly Verdict[] = [
  'conforms',
  'deviates',
  'vacuous',
  'not covered',
  'absent',
  'unattributed',
  'finding',
  'error',
];

const Milliseconds = z.number().nonnegative();
const Count = z.int().nonnegative();

export const RunStarted = z.object({
  type: z.literal('run-started'),
  format: z.literal(RUN_EVENTS_FORMAT),
  /** Of this tool. */
  version: z.string(),
  node: z.string(),
  command: z.array(z.string()),
  /** ISO 8601. */
  time: z.string(),
});

/**
 * A part of a run: one recording's replay, one invariant's search, a layout check, a differential run, a recording made, a node
 * introduced, its pool asked; of a gate the interfaces held against each other, the rules that each side was found to follow, old
 * against new step by step, the state across the upgrade, storage operations, and what was announced; calls timed, their growth,
 * a load on a node; a chain that is followed.
 */
export const SuiteStarted = z.object({
  type: z.literal('suite-started'),
  suite: z.string(),
  kind: z.enum([
    'replay',
    'invariant',
    'layout',
    'differential',
    'record',
    'node',
    'pool',
    'interface',
    'fingerprint',
    'behaviour',
    'upgrade',
    'cost',
    'expectations',
    'bench',
    'growth',
    'load',
    'follow',
  ]),
  /** What was tested, with its rules. */
  target: z.string(),
  seed: z.int().optional(),
  /** What a recording says of itself: the invariant that it breaks. */
  about: z.string().optional(),
  /** `blake2_256` of the code of the runtimes that it is about, by what they are called. Told by the suite that looks at all of it. */
  code: z.record(z.string(), HexSchema).optional(),
});

export type SuiteStarted = z.infer<typeof SuiteStarted>;

export const Progress = z.object({
  type: z.literal('progress'),
  suite: z.string(),
  steps: Count,
  /** How much of the suite is done, 0 to 1, where known. */
  share: z.number().min(0).max(1).optional(),
  elapsed: Milliseconds,
});

/** Something the target did otherwise than expected. */
export const Difference = z.object({
  type: z.literal('difference'),
  suite: z.string(),
  file: z.string().optional(),
  line: Count.optional(),
  scenario: z.int(),
  /**
   * Null where it is about the scenario's beginning or end; the number of the check where it is about the pool, of the extrinsic in its
   * block where a chain is followed.
   */
  step: z.int().nullable(),
  block: z.string(),
  /** The step as somebody would write it. */
  what: z.string(),
  aspect: z.enum([
    'validity',
    'outcome',
    'outer outcome',
    'events',
    'storage',
    'opening',
    'query',
    'final state',
    'pool',
  ]),
  /** The storage key's name, or the event's, with the path into the value. */
  where: z.string(),
  expected: z.string(),
  observed: z.string(),
  /** For bytes: both sides, null for no value, and the first byte in which they differ. */
  raw: z
    .object({
      key: HexSchema.nullable(),
      expected: HexSchema.nullable(),
      observed: HexSchema.nullable(),
      byte: z.int(),
    })
    .optional(),
});
export type Difference = z.infer<typeof Difference>;

/** Where a runtime's interface is not the specified one: a call, event, storage item or error that differs or is missing. */
export const LayoutFinding = z.object({
  type: z.literal('layout-finding'),
  suite: z.string(),
  /** From `Pallet.part` on, as a person would point at it. */
  path: z.string(),
  expected: z.string(),
  observed: z.string(),
  /** All of it, with what follows from it. */
  sentence: z.string(),
});
export type LayoutFinding = z.infer<typeof LayoutFinding>;

/** What a node is, before anything is sent to it. */
export const NodeIntroduced = z.object({
  type: z.literal('node-introduced'),
  suite: z.string(),
  url: z.string(),
  chain: z.string(),
  /** `Development`, `Local`, `Live`, or a name of the chain's own. */
  chainType: z.string(),
  /** Name and version of the program. */
  node: z.string(),
  specName: z.string(),
  specVersion: z.int(),
  genesisHash: HexSchema,
  /** `blake2_256` of the runtime's code. */
  codeHash: HexSchema,
  /** Of JSON-RPC. */
  methods: z.array(z.string()),
  pallets: z.array(z.string()),
  capabilities: z.array(z.string()),
  /** What can't be checked on it, in words. */
  notCovered: z.array(z.string()),
});
export type NodeIntroduced = z.infer<typeof NodeIntroduced>;

/** Something that happened while a chain was followed, and is no verdict: a connection lost, an upgrade, blocks passed over. */
export const Notice = z.object({ type: z.literal('notice'), suite: z.string(), sentence: z.string() });
export type Notice = z.infer<typeof Notice>;

/** Something that could not be checked, and why. Counted once per suite. */
export const NotCoveredEvent = z.object({
  type: z.literal('not-covered'),
  suite: z.string(),
  what: z.string(),
  reason: z.string(),
  count: Count,
});

/**
 * Which of the cells that a suite is about it reached: `coverage.ts` says what they are. Only of suites that came to their end
 * without a difference.
 */
export const CoverageEvent = z.object({
  type: z.literal('coverage'),
  suite: z.string(),
  /** Whether the suite is vacuous where one is missing. */
  required: z.boolean(),
  /** How often each was. */
  reached: z.record(z.string(), Count),
  /** Those of them that calls alone are not known to lead to: storage that was written did, or the target can do more than it tells. */
  beyond: z.array(z.string()),
  /** Those that can be reached here, and were not. */
  missing: z.array(z.string()),
  /** Those that can't be reached here: under these rules, on this target, or at all. */
  unreachable: z.array(z.object({ reason: z.string(), cells: z.array(z.string()) })),
});
export type CoverageEvent = z.infer<typeof CoverageEvent>;

/** A field of storage, by its key's name and its path in the value, before a step and after it; null where it is not there. */
export const StateChange = z.object({ where: z.string(), before: z.string().nullable(), after: z.string().nullable() });
export type StateChange = z.infer<typeof StateChange>;

/** Fields that are told of one step at most. */
export const MOST_CHANGES = 20;

/** A shrunk sequence that breaks an invariant, or in which a target does otherwise than the engine. */
export const Counterexample = z.object({
  type: z.literal('counterexample'),
  suite: z.string(),
  /** The invariant's id and statement. */
  invariant: z.string().optional(),
  statement: z.string().optional(),
  /** What is the case where the statement, or the engine, says otherwise. */
  broken: z.string(),
  rules: z.string(),
  seed: z.int(),
  /** fast-check's path. */
  path: z.string(),
  shrinks: Count,
  steps: z.array(z.string()),
  /** What the last step changed, as the recording has it: {@link MOST_CHANGES} fields at most. */
  changes: z.array(StateChange).optional(),
  /** The recording, and the one command that plays it. */
  file: z.string(),
  command: z.string(),
});
export type Counterexample = z.infer<typeof Counterexample>;

/**
 * Something that an upgrade changes, an expectation that went wrong, a limit that was asked for and is crossed (`growth`, `load`).
 * What an audit finds: deviations (`known`), what breaks an invariant, what is on no list. `open` findings fail the run; the others were
 * announced or accepted, are known, or harm nobody.
 */
export const Finding = z.object({
  type: z.literal('finding'),
  suite: z.string(),
  /** Made of its shape: two runs that find the same call it the same. `kind/part/...`, as `assay.yaml` names it. */
  id: z.string(),
  kind: z.enum([
    'interface',
    'rule',
    'behaviour',
    'upgrade',
    'cost',
    'expectation',
    'growth',
    'load',
    'invariant',
    'difference',
    'state',
  ]),
  /** The call, storage item, event, ... that it is about, by its `Pallet.name`; the expectation's own name for those. */
  part: z.string(),
  /** All of it, for a person. */
  sentence: z.string(),
  /** Of an interface: whom the change harms. */
  effect: z.enum(['breaks callers', 'breaks indexers', 'breaks the upgrade', 'harmless']).optional(),
  old: z.string().optional(),
  new: z.string().optional(),
  /** Which runtime does otherwise than the engine says under the rules that hold for it; `unknown` where it has no say. */
  blame: z.enum(['old', 'new', 'both', 'unknown']).optional(),
  status: z.enum(['open', 'announced', 'accepted', 'harmless', 'known']),
  /** Of an audit: how bad it is, and where the promise comes from that is not kept. */
  severity: z.enum(['critical', 'high', 'medium', 'low']).optional(),
  promise: z.string().optional(),
  /** Of what was announced or accepted: why, by whom, until when. */
  expectation: z.string().optional(),
  /** The shrunk steps that show it, the recording of them and the one command that plays it. */
  steps: z.array(z.string()).optional(),
  /** As of a counterexample. */
  changes: z.array(StateChange).optional(),
  /** Of a gate, beside it: what the last step changes in the new runtime, which played the same steps. Empty: nothing. */
  changesNew: z.array(StateChange).optional(),
  /**
   * Whose `old` and `changes` are where a gate holds a new runtime against another: the old runtime's, or the engine's under the rules that
   * were announced, or that were found.
   */
  against: z.enum(['old', 'announced', 'found']).optional(),
  file: z.string().optional(),
  command: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;

/** Where figures were measured, and with what: told once by a run that measures. */
export const Machine = z.object({
  type: z.literal('machine'),
  cpu: z.string(),
  /** Logical processors. */
  cores: Count,
  /** Bytes. */
  memory: Count,
  os: z.string(),
  /** Of what took part, by name: node, v8, k6, benny, ... */
  versions: z.record(z.string(), z.string()),
});
export type Machine = z.infer<typeof Machine>;

/** Measured figures as a table. */
export const Figures = z.object({
  type: z.literal('figures'),
  suite: z.string(),
  /** The same for two runs that measure the same, as `bench/requests`. */
  id: z.string(),
  title: z.string(),
  /** A column of figures has a unit, such as `ms`, `calls/s`, `reads`; of a plain number it is `1`. */
  columns: z.array(z.object({ name: z.string(), unit: z.string().optional() })),
  /** Null where there is no figure. */
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
});
export type Figures = z.infer<typeof Figures>;

const ChartAxis = z.object({ label: z.string(), scale: z.enum(['linear', 'log']) });

/** Measured figures as lines over a common axis. */
export const Curves = z.object({
  type: z.literal('curves'),
  suite: z.string(),
  id: z.string(),
  title: z.string(),
  x: ChartAxis,
  y: ChartAxis,
  lines: z.array(z.object({ name: z.string(), points: z.array(z.tuple([z.number(), z.number()])) })),
});
export type Curves = z.infer<typeof Curves>;

/** A table that was asked for: `assay list`. */
export const Listing = z.object({
  type: z.literal('listing'),
  what: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
});

export const SuiteFinished = z.object({
  type: z.literal('suite-finished'),
  suite: z.string(),
  verdict: Verdict,
  scenarios: Count,
  steps: Count,
  differences: Count,
  /** In one sentence, for the table. */
  summary: z.string(),
  /** Of a fingerprint: each rule's setting, `neither` where none was told, by whose it is: `target`; `old` and `new`. */
  rules: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  /** Of watched invariants, by id: how many things each spoke of, on the engine and on the target. One that spoke of none held nothing. */
  spoke: z.record(z.string(), Count).optional(),
  elapsed: Milliseconds,
});
export type SuiteFinished = z.infer<typeof SuiteFinished>;

export const RunFinished = z.object({
  type: z.literal('run-finished'),
  verdict: Verdict,
  exit: z.int(),
  /** What it came to, or what went wrong. */
  message: z.string(),
  /** What to do next: sentences, most with a command. */
  next: z.array(z.string()).optional(),
  elapsed: Milliseconds,
});
export type RunFinished = z.infer<typeof RunFinished>;

export const RunEvent = z.discriminatedUnion('type', [
  RunStarted,
  SuiteStarted,
  Progress,
  Difference,
  LayoutFinding,
  NodeIntroduced,
  Notice,
  NotCoveredEvent,
  CoverageEvent,
  Counterexample,
  Finding,
  Machine,
  Figures,
  Curves,
  Listing,
  SuiteFinished,
  RunFinished,
]);
export type RunEvent = z.infer<typeof RunEvent>;

/** Where run events go. */
export type Emit = (event: RunEvent) => void;
