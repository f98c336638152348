/**
 * The recording format, `compute-trace/1` (`recordings/README.md`): JSON lines, the first about the file, then scenarios,
 * each followed by its steps. Unknown fields are ignored.
 */
import { z } from 'zod';
import { Decimal, HexSchema, Origin, Outcome, RawDiff, RawState, Validity } from './answers.js';

export const RECORDING_FORMAT = 'compute-trace/1';

const Counts = z.record(z.string(), z.number());
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Arguments and event fields: checked against their types where those are known. */
const Fields = z.custom<Readonly<Record<string, unknown>>>(isObject, 'expected an object');

/** The first line: what ran. What only our own recordings have is optional. */
export const RecordingHeader = z.object({
  format: z.literal(RECORDING_FORMAT),
  wasm_blake2_256: HexSchema.optional(),
  spec_name: z.string(),
  spec_version: z.int(),
  seed: z.int().optional(),
  scenarios: z.int().optional(),
  steps: z.int().optional(),
  recorded_pallets: z.array(z.string()).min(1),
  /** In blocks. */
  ip_release_period: Decimal,
  /** The rule set that was in force, as `Rules.parse` reads it. */
  rules: z.string().optional(),
  /** fast-check's path to the counterexample. */
  path: z.string().optional(),
  /** The invariant that the steps break. */
  invariant: z.object({ id: z.string(), statement: z.string(), broken: z.string() }).optional(),
  /** What a target did otherwise than the engine, whose answers these are. */
  finding: z.string().optional(),
  /** The published phrase that the accounts are derived from; their paths stand in the scenario. */
  phrase: z.string().optional(),
});
export type RecordingHeader = z.infer<typeof RecordingHeader>;

export const RecordedScenario = z.object({
  scenario: z.int(),
  /** The block that is open. */
  block: Decimal,
  users: z.array(HexSchema),
  sub_accounts: z.array(HexSchema).optional(),
  sudo: HexSchema,
  /** Derivation path of each account that has one. */
  paths: z.record(HexSchema, z.string()).optional(),
  genesis: RawState,
  /** What opening the block changed: to be applied after the genesis. */
  opening: RawDiff,
});
export type RecordedScenario = z.infer<typeof RecordedScenario>;

export interface RecordedEvent {
  readonly index: readonly [number, number];
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const isEvent = (value: unknown): boolean =>
  isObject(value) &&
  Array.isArray(value.index) &&
  value.index.length === 2 &&
  value.index.every(Number.isInteger) &&
  typeof value.name === 'string' &&
  isObject(value.fields);

/** One pass: as nested schemas, events were a tenth of a replay's time. */
const RecordedEvents = z.custom<readonly RecordedEvent[]>(
  (value) => Array.isArray(value) && value.every(isEvent),
  'expected events with index [pallet, event], name and fields',
);

const step = { step: z.int(), block: Decimal };

export const RecordedCall = z.object({
  ...step,
  origin: Origin,
  call: z.string(),
  args: Fields,
  /** Compared with the encoding of `call` and `args`, which says whether it is hex. */
  call_hex: z.string(),
  validity: Validity.optional(),
  outcome: Outcome,
  /** For root: the outcome of `Sudo.sudo`. */
  outer: Outcome.optional(),
  /** Not compared. */
  panic_message: z.string().optional(),
  events: RecordedEvents,
  /** Optional because a node can give one for a block only: see `block_diff`. */
  diff: RawDiff.optional(),
  /** What the call's block changed as a whole: where the call has a block of its own, and nobody can tell its opening's part. */
  block_diff: RawDiff.optional(),
  counts: Counts.optional(),
});
export type RecordedCall = z.infer<typeof RecordedCall>;

export const RecordedBlock = z.object({
  block: Decimal,
  events: RecordedEvents,
  /** Missing of the last block only: what its opening changed is then in the `block_diff` of the call that follows. */
  diff: RawDiff.optional(),
});
export type RecordedBlock = z.infer<typeof RecordedBlock>;

export const RecordedAdvance = z.object({
  ...step,
  advance: z.int().positive(),
  jump: z.boolean().optional(),
  from: Decimal,
  /** The blocks whose opening changed something. */
  blocks: z.array(RecordedBlock),
  counts: Counts.optional(),
});
export type RecordedAdvance = z.infer<typeof RecordedAdvance>;

export const RecordedInjection = z.object({ ...step, inject: RawDiff });
export type RecordedInjection = z.infer<typeof RecordedInjection>;

export const RecordedQuery = z.object({
  ...step,
  query: z.string(),
  args: Fields,
  result_hex: HexSchema,
});
export type RecordedQuery = z.infer<typeof RecordedQuery>;

export type RecordedStep = RecordedCall | RecordedAdvance | RecordedInjection | RecordedQuery;
/** A line behind the first. */
export type RecordedLine = RecordedScenario | RecordedStep;

/** Thrown where a line is not of the format. The message says what was expected and what came. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Which field tells a line's kind, and its schema. */
const kinds: readonly (readonly [string, z.ZodType<RecordedLine>])[] = [
  ['call', RecordedCall],
  ['advance', RecordedAdvance],
  ['inject', RecordedInjection],
  ['query', RecordedQuery],
  ['scenario', RecordedScenario],
];

const parseWith = <T>(schema: z.ZodType<T>, json: unknown, what: string): T => {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue !== undefined && issue.path.length > 0 ? issue.path.join('.') : 'the line';
  throw new RecordingError(`${what}: ${place}: ${issue?.message ?? 'not of the format'}`);
};

const parseJson = (line: string): Readonly<Record<string, unknown>> => {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new RecordingError(`expected a line of JSON, came ${JSON.stringify(line.slice(0, 60))}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    // The text itself: a list in a list in a list, as deep as a file may have them, can be read and not be written.
    throw new RecordingError(`expected a JSON object, came ${line.slice(0, 60)}`);
  }
  return json as Readonly<Record<string, unknown>>;
};

const formatText = (format: unknown): string =>
  typeof format === 'string' ? JSON.stringify(format.slice(0, 60)) : 'one that is no text';

/**
 * The first line of a recording.
 * @throws RecordingError
 */
export const parseHeader = (line: string): RecordingHeader => {
  const json = parseJson(line);
  if (json.format !== RECORDING_FORMAT) {
    const came = 'format' in json ? formatText(json.format) : 'a line without "format"';
    throw new RecordingError(`expected a recording of format "${RECORDING_FORMAT}", came ${came}`);
  }
  return parseWith(RecordingHeader, json, 'header');
};

/**
 * Any line behind the first.
 * @throws RecordingError
 */
export const parseLine = (line: string): RecordedLine => {
  const json = parseJson(line);
  for (const [kind, schema] of kinds) if (kind in json) return parseWith(schema, json, kind);
  throw new RecordingError(
    `expected a line with one of ${kinds.map(([kind]) => `"${kind}"`).join(', ')}, came fields ${Object.keys(json).join(', ')}`,
  );
};
