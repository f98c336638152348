/**
 * Plays a recording on a target and compares everything that was recorded: validity, outcome, events, raw storage, block
 * openings, query answers, and at each scenario's end the whole state. After a difference the target is given the
 * recorded state, so that one divergence does not drown the rest.
 */
import type { RawDiff, Validity } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import { FormError } from '../spec/json.js';
import {
  RecordingError,
  type RecordedAdvance,
  type RecordedBlock,
  type RecordedCall,
  type RecordedInjection,
  type RecordedQuery,
  type RecordedScenario,
  type RecordedStep,
  type RecordingHeader,
} from '../spec/recording.js';
import type { Emit, SuiteFinished } from '../spec/run-events.js';
import { DecodeError } from '../spec/scale.js';
import { palletPrefix } from '../spec/storage.js';
import { ForeignKeyError } from '../engine/state.js';
import {
  firstInTurn,
  NotCovered,
  whenReady,
  type Answer,
  type Awaitable,
  type Opening,
  type Target,
} from '../targets/target.js';
import {
  compareDiffs,
  compareEvents,
  compareOpenings,
  compareOutcomes,
  compareValidity,
  queryMismatch,
  type Mismatch,
} from './compare.js';
import { ExpectedState } from './expected-state.js';
import { callText, valueText, type Names } from './readable.js';
import { recordedCall } from './recorded-call.js';
import { RecordedPallets } from './recorded-pallets.js';
import { InputError, type NumberedLine, type Recording } from './recording-file.js';
import { ReplayTally } from './replay-tally.js';

export interface ReplayOptions {
  /** How the suite is called; default: the file's name. */
  readonly suite?: string;
  /** Makes the target that the recording's header asks for. */
  readonly makeTarget: (header: RecordingHeader) => Promise<Target> | Target;
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
  /** Set to end early; what was done is told. */
  readonly signal?: AbortSignal;
}

/** Expected and observed of one step, and what parts them. */
interface Compared {
  readonly mismatches: readonly (Mismatch | undefined)[];
  readonly recorded: RawDiff;
  readonly observed: RawDiff;
}

/**
 * Plays one recording.
 * @returns what the suite came to; also emitted.
 * @throws InputError where the recording is not what its format says.
 */
export const replay = async (recording: Recording, options: ReplayOptions): Promise<SuiteFinished> => {
  try {
    const target = await options.makeTarget(recording.header);
    try {
      return await new Replay(recording, target, options).run();
    } finally {
      await target.close();
    }
  } finally {
    await recording.close();
  }
};

class Replay {
  private readonly pallets: RecordedPallets;
  private readonly tally: ReplayTally;
  private expected = new ExpectedState({});
  private scenario: RecordedScenario | undefined;
  private names: Names = new Map();
  private block = 0n;
  private line = 1;
  private stepsOfScenario = 0;
  /** Set where a difference can't be mended: the rest of the scenario says nothing. */
  private lost = false;
  /** Unset where some change of storage was not recorded: what the whole must be is not known then. */
  private complete = true;

  constructor(
    private readonly recording: Recording,
    private readonly target: Target,
    private readonly options: ReplayOptions,
  ) {
    this.tally = new ReplayTally(recording, options.suite ?? recording.file, options.emit, options.now);
    this.pallets = new RecordedPallets(recording.header.recorded_pallets);
    for (const pallet of this.pallets.undescribed) {
      this.tally.notCovered(`pallet ${pallet}`, 'the specification does not describe it');
    }
    const { releasePeriod } = target;
    const wanted = BigInt(recording.header.ip_release_period);
    if (releasePeriod !== null && releasePeriod !== wanted) {
      throw this.malformed(
        `recorded with an IP release period of ${wanted} blocks, ${target.name} has ${releasePeriod}`,
      );
    }
  }

  async run(): Promise<SuiteFinished> {
    this.tally.start(this.target.name);
    try {
      return this.tally.finish((await this.playLines()) ? '' : ' (interrupted)');
    } catch (error) {
      const isInput = [RecordingError, DecodeError, FormError, ForeignKeyError].some((kind) => error instanceof kind);
      throw isInput && error instanceof Error ? this.malformed(error.message) : error;
    }
  }

  /** Plays every scenario; false where it was interrupted. */
  private async playLines(): Promise<boolean> {
    let scenario: NumberedLine[] = [];
    for await (const batch of this.recording.batches) {
      for (const each of batch) {
        if ('scenario' in each.line && scenario.length > 0) {
          const whole = this.playScenario(scenario);
          if (whole) await whole;
          scenario = [];
        }
        scenario.push(each);
      }
      if (this.options.signal?.aborted === true) return false;
    }
    if (scenario.length > 0) await this.playScenario(scenario);
    this.expectScenarios();
    return true;
  }

  /** Plays a scenario as its target does it best, which may be twice: what is told of it is told at its end. */
  private playScenario(lines: readonly NumberedLine[]): Awaitable<void> {
    const { target, tally } = this;
    const play = (): Awaitable<void> => {
      tally.beginScenario();
      const played = firstInTurn<NumberedLine, never>(lines.values(), ({ number, line }) => {
        this.line = number;
        return whenReady('scenario' in line ? this.begin(line) : this.play(line), () => undefined);
      });
      return whenReady(played, () => this.endScenario());
    };
    try {
      return whenReady(target.together ? target.together(play) : play(), () => tally.endScenario());
    } catch (error) {
      tally.endScenario();
      throw error;
    }
  }

  private begin(scenario: RecordedScenario): Awaitable<void> {
    this.scenario = scenario;
    this.tally.scenarios += 1;
    this.stepsOfScenario = 0;
    this.lost = false;
    this.complete = true;
    this.block = BigInt(scenario.block);
    this.checkKeys(scenario.genesis);
    this.checkKeys(scenario.opening);
    this.names = new Map(Object.entries(scenario.paths ?? {}));
    this.expected = new ExpectedState(scenario.genesis);
    const accounts = [...scenario.users, ...(scenario.sub_accounts ?? []), scenario.sudo];
    const genesis = {
      block: this.block,
      sudo: scenario.sudo,
      accounts,
      storage: this.pallets.only(scenario.genesis),
      ...(scenario.paths && { paths: scenario.paths }),
    };
    return whenReady(this.target.reset(genesis), ({ opening }) => {
      const mismatches = compareDiffs('opening', scenario.opening, opening.diff, this.pallets.concernsKey);
      const compared = { mismatches, recorded: scenario.opening, observed: opening.diff };
      return this.settle(null, () => `opening of block ${scenario.block}`, compared);
    });
  }

  private play(step: RecordedStep): Awaitable<void> {
    if (this.scenario === undefined) throw new RecordingError('expected a scenario before the first step');
    if (step.step !== this.stepsOfScenario) {
      throw new RecordingError(
        `expected step ${this.stepsOfScenario}, came step ${step.step}: lines are missing or out of order`,
      );
    }
    this.stepsOfScenario += 1;
    this.tally.step();
    if (this.lost) {
      this.tally.notCovered('steps after a difference', `${this.target.name} can't be given the recorded state`);
      return undefined;
    }
    if ('call' in step) return this.playCall(step);
    if ('advance' in step) return this.playAdvance(step);
    return 'inject' in step ? this.playInjection(step) : this.playQuery(step);
  }

  private playCall(step: RecordedCall): Awaitable<void> {
    this.expectBlock(step.block, this.block);
    const call = recordedCall(step);
    if (step.diff !== undefined) this.pallets.expectKeys(step.diff);
    if (call === undefined) {
      this.tally.unknownCall(step.call);
      this.complete &&= step.diff !== undefined;
      return this.restore(step.diff ?? {}, {});
    }
    try {
      const validity = step.validity === undefined ? undefined : this.target.validate(call);
      return whenReady(validity, (said) =>
        whenReady(this.target.dispatch(call, step.origin), (answer) => this.compareCall(step, call, said, answer)),
      );
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
      this.tally.notCovered(`call ${call.name}`, error.message);
      this.complete &&= step.diff !== undefined;
      return this.restore(step.diff ?? {}, {});
    }
  }

  private compareCall(step: RecordedCall, call: Call, said: Validity | undefined, answer: Answer): Awaitable<void> {
    const mismatches: (Mismatch | undefined)[] = [];
    if (step.validity && said) mismatches.push(compareValidity(step.validity, said));
    else if (step.origin.kind === 'none') this.tally.notCovered('validity of unsigned calls', 'it was not recorded');
    mismatches.push(compareOutcomes('outcome', step.outcome, answer.outcome, answer.panicMessage));
    if (step.outer !== undefined) mismatches.push(compareOutcomes('outer outcome', step.outer, answer.outer));
    else if (step.origin.kind === 'root') this.tally.notCovered('outcomes of Sudo.sudo', 'they were not recorded');
    mismatches.push(compareEvents('events', step.events, answer.events, this.pallets.concernsEvent));
    const { diff } = answer;
    const observed = diff ?? {};
    // What was not recorded is taken as it is: later steps and the rest of the state still compare.
    const recorded = step.diff ?? observed;
    if (step.diff !== undefined && diff !== undefined) {
      mismatches.push(...compareDiffs('storage', recorded, observed, this.pallets.concernsKey));
    } else {
      this.complete &&= step.diff !== undefined || diff !== undefined;
      const why = step.diff ? `${this.target.name} does not tell them` : 'they were not recorded';
      this.tally.notCovered('storage changes of single calls', why);
    }
    return this.settle(step.step, () => callText(call, step.origin, this.names), { mismatches, recorded, observed });
  }

  private playAdvance(step: RecordedAdvance): Awaitable<void> {
    this.expectBlock(step.from, this.block);
    this.expectBlock(step.block, this.block + BigInt(step.advance));
    this.block = BigInt(step.block);
    const jump = step.jump === true;
    const what = () => `advance ${step.advance} ${jump ? 'blocks in one jump' : 'blocks'} to ${step.block}`;
    return whenReady(this.target.advance(BigInt(step.advance), { jump }), (opened) =>
      this.settle(step.step, what, this.compareBlocks(step.blocks, opened)),
    );
  }

  private compareBlocks(recorded: readonly RecordedBlock[], opened: readonly Opening[]): Compared {
    const inOrder = recorded.every(({ block }, at) => BigInt(block) > BigInt(recorded[at - 1]?.block ?? -1));
    if (!inOrder) throw new RecordingError('blocks must be told in order, each once');
    const mismatches = compareOpenings(recorded, opened, this.pallets);
    return { mismatches, recorded: merged(recorded), observed: merged(opened) };
  }

  private playInjection(step: RecordedInjection): Awaitable<void> {
    this.expectBlock(step.block, this.block);
    this.checkKeys(step.inject);
    if (!this.target.capabilities.has('inject')) {
      this.lost = true;
      this.tally.notCovered('injections of storage', `${this.target.name} takes none`);
      return undefined;
    }
    return whenReady(this.target.inject(this.pallets.only(step.inject)), () => this.expected.apply(step.inject));
  }

  private playQuery(step: RecordedQuery): Awaitable<void> {
    this.expectBlock(step.block, this.block);
    try {
      return whenReady(this.target.query(step.query, step.args), (observed) => {
        const mismatches = [queryMismatch(step.query, step.result_hex, observed)];
        const what = () => `${step.query}(${valueText(step.args)})`;
        return this.settle(step.step, what, { mismatches, recorded: {}, observed: {} });
      });
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
      this.tally.notCovered(`query ${step.query}`, error.message);
      return undefined;
    }
  }

  /** Tells differences, and brings recording and target together again. */
  private settle(step: number | null, what: () => string, compared: Compared): Awaitable<void> {
    const found = compared.mismatches.filter((mismatch) => mismatch !== undefined);
    if (found.length === 0) {
      this.expected.apply(compared.recorded);
      return undefined;
    }
    for (const mismatch of found) this.tell(step, what(), mismatch);
    return this.restore(compared.recorded, compared.observed);
  }

  /** Gives the target the recorded state where it may have another. */
  private restore(recorded: RawDiff, observed: RawDiff): Awaitable<void> {
    this.expected.apply(recorded);
    const keys = [...Object.keys(recorded), ...Object.keys(observed)].filter(this.pallets.concernsKey);
    if (keys.length === 0) return undefined;
    this.lost = !this.target.capabilities.has('inject');
    if (this.lost) return undefined;
    try {
      return this.target.inject(this.expected.at(keys));
    } catch (error) {
      // Told as a difference already: bytes that are no value of their type can't be taken over.
      if (!(error instanceof DecodeError)) throw error;
      this.lost = true;
      return undefined;
    }
  }

  private expectScenarios(): void {
    const { scenarios } = this.recording.header;
    const found = this.tally.scenarios;
    if (found === 0) throw new RecordingError('expected a scenario, came the end of the file');
    if (scenarios === undefined || scenarios === found) return;
    throw new RecordingError(`the header promises ${scenarios} scenarios, the file has ${found}: it was cut short`);
  }

  private endScenario(): Awaitable<void> {
    const { steps } = this.recording.header;
    // Injections and queries come on top of what the header counts.
    if (steps !== undefined && this.stepsOfScenario < steps) {
      throw new RecordingError(
        `the header promises ${steps} steps a scenario, scenario ${this.scenario?.scenario} has ${this.stepsOfScenario}: lines are missing`,
      );
    }
    if (this.lost) return undefined;
    if (!this.complete) {
      this.tally.notCovered('the state at the end', 'some changes of storage were not recorded');
      return undefined;
    }
    return firstInTurn<string, never>(this.pallets.described.values(), (pallet) =>
      whenReady(this.target.readAll(palletPrefix(pallet)), (observed) => {
        const found = compareDiffs('final state', this.expected.ofPallet(pallet), observed, this.pallets.concernsKey);
        for (const mismatch of found) this.tell(null, 'end of the scenario', mismatch);
        return undefined;
      }),
    );
  }

  private tell(step: number | null, what: string, mismatch: Mismatch): void {
    const { line, block, scenario } = this;
    this.tally.difference({ line, scenario: scenario?.scenario ?? -1, step, block }, what, mismatch);
  }

  private expectBlock(came: string, expected: bigint): void {
    if (BigInt(came) !== expected) throw new RecordingError(`expected block ${expected}, came block ${came}`);
  }

  /** What is about to be given to the target: an item that the specification does not describe is not covered. */
  private checkKeys(raw: RawDiff): void {
    for (const key of this.pallets.undescribedItems(raw)) {
      this.tally.notCovered(`storage item ${key.slice(0, 66)}`, 'the specification does not describe it');
    }
  }

  private malformed(message: string): InputError {
    return new InputError(`${this.recording.file}:${this.line}: ${message}`);
  }
}

/** The changes of several blocks, the later ones winning. */
const merged = (blocks: readonly { readonly diff: RawDiff }[]): RawDiff =>
  Object.fromEntries(blocks.flatMap(({ diff }) => Object.entries(diff)));
