/**
 * The library: the reference engine, targets, and properties for fast-check. Its shortest use:
 *
 * ```ts
 * import fc from 'fast-check';
 * import { differential, runtimeTarget } from 'pallet-assay';
 *
 * await fc.assert(differential(await runtimeTarget('my-runtime.wasm')), { numRuns: 100 });
 * ```
 *
 * @packageDocumentation
 */
export {
  createEngine,
  type Dispatched,
  type Engine,
  type EngineGenesis,
  type EngineOptions,
  type OpenedBlock,
  RELEASE_PERIOD,
} from './engine/engine.js';
export type { Changes } from './engine/journal.js';

export { openTarget, runtimeTarget, type OpenedTarget, type OpenTargetOptions } from './cli/open-target.js';
export type { Subject } from './properties/emitted-test.js';
export type { LayoutScope } from './properties/scope.js';
export type {
  Answer,
  Awaitable,
  Beginning,
  Capability,
  Opening,
  OperationCounts,
  OwnBlock,
  SeenEvent,
  Target,
} from './targets/target.js';
export { NotCovered } from './targets/target.js';
export { BlockError, Interrupted, NodeFailure, UnusableRuntime } from './targets/failures.js';

export {
  differential,
  invariantsHold,
  type InvariantOptions,
  type ScenarioOptions,
} from './properties/own-property.js';
export type { Plan } from './properties/generate.js';
export { breaches, departures, differences } from './properties/emitted-test.js';
export { recordingOf, scenariosIn, type Scenario } from './properties/recorded-steps.js';
export { InputError, openRecording, type NumberedLine, type Recording } from './properties/recording-file.js';
export { replay, type ReplayOptions } from './properties/replay.js';

export {
  ACTION_LISTS,
  invariants,
  type ActionList,
  type Finding,
  type Invariant,
  type Lists,
  type Seen,
  type SeenAnswer,
  type Severity,
  type StateView,
  type Watchable,
} from './spec/invariants.js';
export { firstBroken, ofStates, ofSuccesses, SILENT, type Part } from './spec/invariants/invariant.js';
export {
  deviationRules,
  revisionRules,
  RuleError,
  Rules,
  type DeviationRule,
  type RevisionRule,
  type Rule,
  type RuleSetting,
} from './spec/rules.js';
export { callOf, calls, decodeCall, encodeCall, type Call, type CallArgs, type CallName } from './spec/calls.js';
export { events, errors, type ChainEvent, type EventFields, type EventName } from './spec/events.js';
export { nameOfKey, rawKey, storage, type StorageItem } from './spec/storage.js';
export { decode, encode } from './spec/scale.js';
export { hexOfText, readable, type Hex } from './spec/hex.js';
export { accountAt } from './spec/accounts.js';
export type { Verify } from './spec/signatures.js';
export type {
  RecordedAdvance,
  RecordedCall,
  RecordedEvent,
  RecordedInjection,
  RecordedLine,
  RecordedQuery,
  RecordedScenario,
  RecordedStep,
  RecordingHeader,
} from './spec/recording.js';
export type { Genesis, Step } from './spec/steps.js';
export type { Origin, Outcome, RawDiff, RawState, Validity } from './spec/answers.js';
export type { ActionRequest, ComputeRequest, ImageMetadata, MinerComputeRequest } from './spec/types/compute.js';
export type { NodeMetricsData } from './spec/types/execution-unit.js';
export type { IpReleaseRequest, RoleType } from './spec/types/pallet-ip.js';
export type { NodeInfo } from './spec/types/registration.js';
export { RUN_EVENTS_FORMAT, RunEvent, type Emit } from './spec/run-events.js';
