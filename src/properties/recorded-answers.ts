/**
 * Plays recorded scenarios on a target whose blocks are ours to open, and compares everything that was recorded: validity,
 * outcome, events, raw storage, block openings, query answers, and at each scenario's end the whole state. After a difference
 * the target is given the recorded state, so that one divergence does not drown the rest.
 */
import type { RawDiff, Validity } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import {
  RecordingError,
  type RecordedAdvance,
  type RecordedBlock,
  type RecordedCall,
  type RecordedInjection,
  type RecordedQuery,
  type RecordedScenario,
  type RecordedStep,
} from '../spec/recording.js';
import { DecodeError } from '../spec/scale.js';
import { palletPrefix } from '../spec/storage.js';
import { attempt, firstInTurn, NotCovered, whenReady, type Answer, type Awaitable } from '../targets/target.js';
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
import {
  advancedBlocks,
  recordedGenesis,
  ScenarioCourse,
  type AdvancedBlocks,
  type ReplayContext,
  type ScenarioPlayer,
} from './recorded-scenario.js';
import type { NumberedLine } from './recording-file.js';

/** Expected and observed of one step, and what parts them. */
interface Compared {
  readonly mismatches: readonly (Mismatch | undefined)[];
  readonly recorded: RawDiff;
  readonly observed: RawDiff;
}

/** A block that is open for one call: what was asked before it, and what its opening changed. */
interface OwnBlock {
  readonly said: Validity | undefined;
  readonly diff: RawDiff;
}

export class RecordedAnswers implements ScenarioPlayer {
  line = 1;
  private expected = new ExpectedState({});
  private course: ScenarioCourse | undefined;
  private names: Names = new Map();
  private own: OwnBlock | null = null;
  /** Set where a difference can't be mended: the rest of the scenario says nothing. */
  private lost = false;
  /** Unset where some change of storage was not recorded: what the whole must be is not known then. */
  private complete = true;

  constructor(private readonly context: ReplayContext) {}

  /** As the target does it best, which may be twice: what is told of a scenario is told at its end. */
  play(lines: readonly NumberedLine[]): Awaitable<void> {
    const { target, tally } = this.context;
    const play = (): Awaitable<void> => {
      tally.beginScenario();
      const played = firstInTurn<[number, NumberedLine], never>(lines.entries(), ([at, { number, line }]) => {
        this.line = number;
        return whenReady('scenario' in line ? this.begin(line) : this.step(line, lines[at + 1]), () => undefined);
      });
      return whenReady(played, () => this.end());
    };
    return attempt(
      () => whenReady(target.together ? target.together(play) : play(), () => tally.endScenario()),
      (error) => {
        tally.endScenario();
        throw error;
      },
    );
  }

  private begin(scenario: RecordedScenario): Awaitable<void> {
    const { target, tally, pallets } = this.context;
    this.course = new ScenarioCourse(scenario);
    tally.scenarios += 1;
    this.lost = false;
    this.complete = true;
    this.own = null;
    this.checkKeys(scenario.genesis);
    this.checkKeys(scenario.opening);
    this.names = new Map(Object.entries(scenario.paths ?? {}));
    this.expected = new ExpectedState(scenario.genesis);
    return whenReady(target.reset(recordedGenesis(scenario, pallets)), ({ opening }) => {
      const mismatches = compareDiffs('opening', scenario.opening, opening.diff, pallets.concernsKey);
      const compared = { mismatches, recorded: scenario.opening, observed: opening.diff };
      return this.settle(null, () => `opening of block ${scenario.block}`, compared);
    });
  }

  private step(step: RecordedStep, next: NumberedLine | undefined): Awaitable<void> {
    const { course } = this;
    const { target, tally } = this.context;
    if (course === undefined) throw new RecordingError('expected a scenario before the first step');
    course.expectNumber(step);
    tally.step();
    if (this.lost) {
      tally.notCovered('steps after a difference', `${target.name} can't be given the recorded state`);
      return undefined;
    }
    course.expectBlock(step);
    if ('call' in step) return this.call(step);
    if ('advance' in step) return this.advance(step, next);
    return 'inject' in step ? this.inject(step) : this.query(step);
  }

  private call(step: RecordedCall): Awaitable<void> {
    const { target, tally, pallets } = this.context;
    const { own } = this;
    this.own = null;
    const call = recordedCall(step);
    const changes = step.diff ?? step.block_diff;
    if (changes !== undefined) pallets.expectKeys(changes);
    if (call === undefined) {
      tally.unknownCall(step.call, 'its storage is the recorded one');
      return this.leaveOut(changes, own);
    }
    const said = own ? own.said : this.ask(step, call);
    return whenReady(said, (validity) =>
      attempt(
        () =>
          whenReady(target.dispatch(call, step.origin), (answer) =>
            this.compareCall(step, call, answer, [this.compareValidity(step, validity)], own),
          ),
        (error) => {
          this.notCovered(error, `call ${call.name}`);
          const mismatch = this.compareValidity(step, validity);
          if (mismatch) this.tell(step.step, callText(call, step.origin, this.names), mismatch);
          return this.leaveOut(changes, own);
        },
      ),
    );
  }

  /** What the pool says, where that was recorded. */
  private ask({ validity }: RecordedCall, call: Call): Awaitable<Validity | undefined> {
    if (validity === undefined) return undefined;
    return attempt<Validity | undefined>(
      () => this.context.target.validate(call),
      (error) => this.notCovered(error, 'validity of unsigned calls'),
    );
  }

  private compareValidity({ validity, origin }: RecordedCall, said: Validity | undefined): Mismatch | undefined {
    if (validity && said) return compareValidity(validity, said);
    if (validity === undefined && origin.kind === 'none') {
      this.context.tally.notCovered('validity of unsigned calls', 'it was not recorded');
    }
    return undefined;
  }

  /** A step that the target can't be given: it gets the recorded state. */
  private leaveOut(changes: RawDiff | undefined, own: OwnBlock | null): Awaitable<void> {
    this.complete &&= changes !== undefined;
    return this.restore(changes ?? {}, own?.diff ?? {});
  }

  private compareCall(
    step: RecordedCall,
    call: Call,
    answer: Answer,
    mismatches: (Mismatch | undefined)[],
    own: OwnBlock | null,
  ): Awaitable<void> {
    const { target, tally, pallets } = this.context;
    mismatches.push(compareOutcomes('outcome', step.outcome, answer.outcome, answer.panicMessage));
    if (step.outer !== undefined) mismatches.push(compareOutcomes('outer outcome', step.outer, answer.outer));
    else if (step.origin.kind === 'root') tally.notCovered('outcomes of Sudo.sudo', 'they were not recorded');
    mismatches.push(compareEvents('events', step.events, answer.events, pallets.concernsEvent));
    const { diff } = answer;
    const changes = step.diff ?? step.block_diff;
    // A block's changes say of a key no more than what it was before and is after it.
    const observed = own ? this.expected.changedBy({ ...own.diff, ...diff }) : (diff ?? {});
    // What was not recorded is taken as it is: later steps and the rest of the state still compare.
    const recorded = changes ?? observed;
    if (changes !== undefined && diff !== undefined) {
      mismatches.push(...compareDiffs('storage', recorded, observed, pallets.concernsKey));
    } else {
      this.complete &&= changes !== undefined || diff !== undefined;
      const why = changes ? `${target.name} does not tell them` : 'they were not recorded';
      tally.notCovered('storage changes of single calls', why);
    }
    return this.settle(step.step, () => callText(call, step.origin, this.names), { mismatches, recorded, observed });
  }

  private advance(step: RecordedAdvance, next: NumberedLine | undefined): Awaitable<void> {
    const { target, pallets } = this.context;
    const jump = step.jump === true;
    const what = () => `advance ${step.advance} ${jump ? 'blocks in one jump' : 'blocks'} to ${step.block}`;
    const { whole, own } = advancedBlocks(step, next);
    const blocks = BigInt(step.advance);
    const played = () =>
      whenReady(target.advance(own ? blocks - 1n : blocks, { jump }), (opened) => {
        const mismatches = compareOpenings(whole, opened, pallets);
        return this.settle(step.step, what, { mismatches, recorded: merged(whole), observed: merged(opened) });
      });
    if (own === null) return played();
    return whenReady(this.askBefore(own), (said) =>
      whenReady(played(), () => (this.lost ? undefined : this.openOwn(step, what, own.block, said))),
    );
  }

  /** A call with a block of its own was offered to the pool before that one came. */
  private askBefore({ call: step, line }: NonNullable<AdvancedBlocks['own']>): Awaitable<Validity | undefined> {
    const at = this.line;
    this.line = line;
    const call = recordedCall(step);
    this.line = at;
    return call && this.ask(step, call);
  }

  private openOwn(
    { step }: RecordedAdvance,
    what: () => string,
    recorded: RecordedBlock,
    said: Validity | undefined,
  ): Awaitable<void> {
    const { target, pallets } = this.context;
    return whenReady(target.advance(1n), (opened) => {
      for (const mismatch of compareOpenings([recorded], opened, pallets)) this.tell(step, what(), mismatch);
      this.own = { said, diff: merged(opened) };
    });
  }

  private inject(step: RecordedInjection): Awaitable<void> {
    const { target, tally, pallets } = this.context;
    this.checkKeys(step.inject);
    if (!target.capabilities.has('inject')) {
      this.lost = true;
      tally.notCovered('injections of storage', `${target.name} takes none`);
      return undefined;
    }
    tally.compared += 1;
    return whenReady(target.inject(pallets.only(step.inject)), () => this.expected.apply(step.inject));
  }

  private query(step: RecordedQuery): Awaitable<void> {
    const { target } = this.context;
    return attempt(
      () =>
        whenReady(target.query(step.query, step.args), (observed) => {
          const mismatches = [queryMismatch(step.query, step.result_hex, observed)];
          const what = () => `${step.query}(${valueText(step.args)})`;
          return this.settle(step.step, what, { mismatches, recorded: {}, observed: {} });
        }),
      (error) => this.notCovered(error, `query ${step.query}`),
    );
  }

  /** Tells differences, and brings recording and target together again. */
  private settle(step: number | null, what: () => string, compared: Compared): Awaitable<void> {
    if (step !== null) this.context.tally.compared += 1;
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
    const { target, pallets } = this.context;
    this.expected.apply(recorded);
    const keys = [...Object.keys(recorded), ...Object.keys(observed)].filter(pallets.concernsKey);
    if (keys.length === 0) return undefined;
    this.lost = !target.capabilities.has('inject');
    if (this.lost) return undefined;
    return attempt(
      () => target.inject(this.expected.at(keys)),
      (error) => {
        // Told as a difference already: bytes that are no value of their type can't be taken over.
        if (!(error instanceof DecodeError)) throw error;
        this.lost = true;
      },
    );
  }

  private end(): Awaitable<void> {
    const { recording, target, tally, pallets } = this.context;
    this.course?.expectEnd(recording.header);
    if (this.lost) return undefined;
    if (!this.complete) {
      tally.notCovered('the state at the end', 'some changes of storage were not recorded');
      return undefined;
    }
    return firstInTurn<string, never>(pallets.described.values(), (pallet) =>
      whenReady(target.readAll(palletPrefix(pallet)), (observed) => {
        const found = compareDiffs('final state', this.expected.ofPallet(pallet), observed, pallets.concernsKey);
        for (const mismatch of found) this.tell(null, 'end of the scenario', mismatch);
        return undefined;
      }),
    );
  }

  private tell(step: number | null, what: string, mismatch: Mismatch): void {
    const { line, course } = this;
    const { block = 0n, scenario } = course ?? {};
    this.context.tally.difference({ line, scenario: scenario?.scenario ?? -1, step, block }, what, mismatch);
  }

  /** What is about to be given to the target: an item that the specification does not describe is not covered. */
  private checkKeys(raw: RawDiff): void {
    const { tally, pallets } = this.context;
    for (const key of pallets.undescribedItems(raw)) {
      tally.notCovered(`storage item ${key.slice(0, 66)}`, 'the specification does not describe it');
    }
  }

  private notCovered(error: unknown, what: string): undefined {
    if (!(error instanceof NotCovered)) throw error;
    this.context.tally.notCovered(what, error.message);
    return undefined;
  }
}

/** The changes of several blocks, the later ones winning. */
const merged = (blocks: readonly { readonly diff: RawDiff }[]): RawDiff =>
  Object.fromEntries(blocks.flatMap(({ diff }) => Object.entries(diff)));
