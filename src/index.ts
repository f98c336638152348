/** The library: the engine, its targets, and what plays and checks them. */
export { createEngine, type Dispatched, type Engine, type EngineOptions } from './engine/engine.js';
export { EngineTarget } from './targets/engine-target.js';
export type { Answer, Awaitable, Capability, Opening, SeenEvent, Target } from './targets/target.js';
export { NotCovered } from './targets/target.js';
export { openRecording, findRecordings, InputError, type Recording } from './properties/recording-file.js';
export { replay, type ReplayOptions } from './properties/replay.js';
export { recordScenario, writeRecording } from './properties/record.js';
export { runInvariant, type InvariantRunOptions } from './properties/invariant-run.js';
export { invariants, type Invariant, type StateView } from './spec/invariants.js';
export { Rules, deviationRules, revisionRules, type Rule } from './spec/rules.js';
export { callOf, calls, decodeCall, encodeCall, type Call, type CallName } from './spec/calls.js';
export { events, errors, type ChainEvent, type EventName } from './spec/events.js';
export { storage, rawKey, nameOfKey } from './spec/storage.js';
export { encode, decode } from './spec/scale.js';
export type { Genesis, Step } from './spec/steps.js';
export type { Origin, Outcome, RawDiff, RawState, Validity } from './spec/answers.js';
export { RunEvent, RUN_EVENTS_FORMAT, type Emit } from './spec/run-events.js';
