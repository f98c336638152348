/**
 * Plays recorded scenarios on a node. What was recorded holds at the recorded blocks, which a node does not have: so its steps are
 * played on the engine too, at the node's blocks, and the two are compared. What they part in ends a scenario.
 */
import { RecordingError, type RecordedLine, type RecordedScenario, type RecordedStep } from '../spec/recording.js';
import type { Rules } from '../spec/rules.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import type { Step } from '../spec/steps.js';
import { ITEM_DIGITS, rawPrefixes } from '../spec/storage.js';
import { EngineTarget } from '../targets/engine-target.js';
import { Interrupted } from '../targets/failures.js';
import type { Mismatch } from './compare.js';
import { stepText } from './counterexample.js';
import { compareScenario, splitReason, type Compared } from './differential.js';
import { recordedCall } from './recorded-call.js';
import type { RecordedPallets } from './recorded-pallets.js';
import {
  advancedBlocks,
  recordedGenesis,
  ScenarioCourse,
  type ReplayContext,
  type ScenarioPlayer,
} from './recorded-scenario.js';
import type { NumberedLine } from './recording-file.js';
import type { LayoutScope } from './scope.js';

export interface BesideEngineOptions {
  /** Of the engine. */
  readonly rules: Rules;
  /** What is compared of the node, as far as the recording has it. */
  readonly scope: LayoutScope;
  readonly signal?: AbortSignal | undefined;
}

/** What of a scope the recording is about, and the specification describes: the engine does nothing else. */
const recordedScope = ({ concernsKey, concernsEvent, calls }: LayoutScope, pallets: RecordedPallets): LayoutScope => {
  const described = new Set(rawPrefixes.map(({ prefix }) => prefix));
  return {
    concernsKey: (key) => described.has(key.slice(0, ITEM_DIGITS)) && pallets.concernsKey(key) && concernsKey(key),
    concernsEvent: (name) => pallets.concernsEvent(name) && concernsEvent(name),
    calls,
  };
};

export class BesideEngine implements ScenarioPlayer {
  line = 1;
  private readonly engine: EngineTarget;
  private readonly scope: LayoutScope;
  /** Of the scenario's lines, how many were played. */
  private played = 0;

  constructor(
    private readonly context: ReplayContext,
    private readonly options: BesideEngineOptions,
  ) {
    const { recording, pallets } = context;
    const releasePeriod = BigInt(recording.header.ip_release_period);
    this.engine = new EngineTarget({ rules: options.rules, releasePeriod, verify: remembering(verifySignature) });
    this.scope = recordedScope(options.scope, pallets);
  }

  async play([first, ...steps]: readonly NumberedLine[]): Promise<void> {
    const { tally } = this.context;
    if (this.options.signal?.aborted === true) throw new Interrupted();
    this.line = first?.number ?? this.line;
    if (first === undefined || !('scenario' in first.line)) {
      throw new RecordingError('expected a scenario before the first step');
    }
    tally.beginScenario();
    try {
      await this.playScenario(first.line, steps);
    } finally {
      tally.endScenario();
    }
  }

  private async playScenario(scenario: RecordedScenario, lines: readonly NumberedLine[]): Promise<void> {
    const { recording, target, pallets, tally } = this.context;
    const { engine, scope } = this;
    tally.scenarios += 1;
    this.played = 0;
    const course = new ScenarioCourse(scenario);
    const script = { genesis: recordedGenesis(scenario, pallets), steps: () => this.steps(course, lines) };
    const compared = await compareScenario({ engine, target, scope }, script);
    tally.compared += compared.answered;
    for (const [text, count] of compared.uncovered) {
      const { what, reason } = splitReason(text);
      tally.notCovered(what, reason, count);
    }
    if (compared.ended) throw compared.ended;
    if (compared.mismatch) this.tell(scenario, compared, compared.mismatch, lines[this.played - 1]);
    for (const { number, line } of lines.slice(this.played)) {
      this.line = number;
      course.expectNumber(stepOf(line));
      tally.step();
      tally.notCovered('steps after a difference', `engine and ${target.name} are in different states then`);
    }
    course.expectEnd(recording.header);
  }

  /** What the lines ask for, each line checked when it is its turn. */
  private *steps(course: ScenarioCourse, lines: readonly NumberedLine[]): Generator<Step> {
    for (const [at, { number, line }] of lines.entries()) {
      this.line = number;
      this.played = at + 1;
      const recorded = stepOf(line);
      course.expectNumber(recorded);
      course.expectBlock(recorded);
      this.context.tally.step();
      const step = this.asked(recorded, lines[at + 1]);
      if (step) yield step;
    }
  }

  /** What a line asks for; null where that is nothing that can be done, or comes with the next line. */
  private asked(line: RecordedStep, next: NumberedLine | undefined): Step | null {
    const { tally, pallets } = this.context;
    if ('call' in line) {
      const call = recordedCall(line);
      if (call === undefined) tally.unknownCall(line.call, 'it was not sent');
      return call ? { call, origin: line.origin } : null;
    }
    if ('inject' in line) return { inject: pallets.only(line.inject) };
    if ('query' in line) return line;
    const { own } = advancedBlocks(line, next);
    const advance = BigInt(line.advance) - (own ? 1n : 0n);
    return advance > 0n ? { advance, ...(line.jump === true && { jump: true }) } : null;
  }

  private tell(
    { scenario, paths = {} }: RecordedScenario,
    { steps }: Compared,
    mismatch: Mismatch,
    last: NumberedLine | undefined,
  ): void {
    const { line } = this;
    const { block } = this.engine.engine;
    const recorded = last && stepOf(last.line);
    const parting = steps.at(-1);
    const isOfStep = recorded !== undefined && parting !== undefined && mismatch.aspect !== 'final state';
    const what = isOfStep ? stepText(parting, new Map(Object.entries(paths))) : mismatch.aspect;
    this.context.tally.difference({ line, scenario, step: isOfStep ? recorded.step : null, block }, what, mismatch);
  }
}

/** A line behind a scenario's first. */
const stepOf = (line: RecordedLine): RecordedStep => {
  if ('step' in line) return line;
  throw new RecordingError('expected a step, came another scenario');
};
