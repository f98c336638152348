/**
 * Plays a recording on a target and compares everything that was recorded: validity, outcome, events, raw storage, block
 * openings, query answers, and at each scenario's end the whole state. After a difference the target is given the
 * recorded state, so that one divergence does not drown the rest.
 */
import type { RawDiff } from '../spec/answers.js';
import { argsType, callOf, decodeCall, encodeCall, isCallName, type Call } from '../spec/calls.js';
import type { Hex } from '../spec/hex.js';
import { FormError, fromJson, toJson } from '../spec/json.js';
import type {
  RecordedAdvance,
  RecordedBlock,
  RecordedCall,
  RecordedInjection,
  RecordedQuery,
  RecordedScenario,
  RecordedStep,
  RecordingHeader,
} from '../spec/recording.js';
import type { Difference, Emit, SuiteFinished } from '../spec/run-events.js';
import { DecodeError } from '../spec/scale.js';
import { locate, nameOfKey, palletOfKey, palletPrefix, storage } from '../spec/storage.js';
import { ForeignKeyError } from '../engine/state.js';
import { NotCovered, type Opening, type Target } from '../targets/target.js';
import { compareDiffs, compareEvents, compareJson, keyMismatch, type Mismatch } from './compare.js';
import { callText, valueText } from './readable.js';
import { InputError, type Recording } from './recording-file.js';

export interface ReplayOptions {
  /** Makes the target that the recording's header asks for. */
  readonly makeTarget: (header: RecordingHeader) => Promise<Target> | Target;
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
  /** Set to end early; what was done is told. */
  readonly signal?: AbortSignal;
}

/** Steps between two progress events. */
const PROGRESS_STEPS = 500;

/**
 * Plays one recording.
 * @returns what the suite came to; also emitted.
 * @throws InputError where the recording is not what its format says.
 */
export const replay = async (recording: Recording, options: ReplayOptions): Promise<SuiteFinished> => {
  const target = await options.makeTarget(recording.header);
  try {
    return await new Replay(recording, target, options).run();
  } finally {
    await target.close();
  }
};

class Replay {
  private readonly started: number;
  private readonly recorded: ReadonlySet<string>;
  /** What the recording says that storage is: raw keys and values of the recorded pallets. */
  private expected = new Map<Hex, Hex>();
  private scenario: RecordedScenario | undefined;
  private block = 0n;
  private line = 1;
  private scenarios = 0;
  private steps = 0;
  private stepsOfScenario = 0;
  private differences = 0;
  /** Set where a difference can't be mended: the rest of the scenario says nothing. */
  private lost = false;
  private readonly uncovered = new Map<string, number>();
  private readonly unknownCalls = new Set<string>();

  constructor(
    private readonly recording: Recording,
    private readonly target: Target,
    private readonly options: ReplayOptions,
  ) {
    this.started = options.now();
    this.recorded = new Set(recording.header.recorded_pallets);
    for (const pallet of this.recorded) {
      if (!Object.hasOwn(storage, pallet))
        this.notCovered(`pallet ${pallet}`, 'the specification does not describe it');
    }
    const { releasePeriod } = target;
    const wanted = BigInt(recording.header.ip_release_period);
    if (releasePeriod !== null && releasePeriod !== wanted) {
      throw new InputError(
        `${recording.file}: was recorded with an IP release period of ${wanted} blocks, ${target.name} has ${releasePeriod}`,
      );
    }
  }

  async run(): Promise<SuiteFinished> {
    const { emit, signal } = this.options;
    const { header, file, batches } = this.recording;
    const total =
      header.scenarios !== undefined && header.steps !== undefined ? header.scenarios * header.steps : undefined;
    emit({
      type: 'suite-started',
      suite: file,
      kind: 'replay',
      target: this.target.name,
      rules: header.rules ?? 'deployed',
      ...(total !== undefined && { total }),
      ...(header.seed !== undefined && { seed: header.seed }),
    });
    for await (const batch of batches) {
      for (const { number, line } of batch) {
        this.line = number;
        if ('scenario' in line) await this.begin(line);
        else await this.play(line);
      }
      if (signal?.aborted === true) break;
    }
    if (signal?.aborted !== true) await this.end();
    return this.finish(signal?.aborted === true);
  }

  private async begin(scenario: RecordedScenario): Promise<void> {
    if (this.scenario !== undefined) await this.endScenario();
    this.scenario = scenario;
    this.scenarios += 1;
    this.stepsOfScenario = 0;
    this.lost = false;
    this.block = BigInt(scenario.block);
    this.checkKeys(scenario.genesis);
    this.checkKeys(scenario.opening);
    this.expected = new Map(Object.entries(scenario.genesis));
    const accounts = [...scenario.users, ...(scenario.sub_accounts ?? []), scenario.sudo];
    const { opening } = await this.guard(() =>
      this.target.reset({ block: this.block, sudo: scenario.sudo, accounts, storage: scenario.genesis }),
    );
    const mismatches = this.diffMismatches('opening', scenario.opening, opening.diff);
    await this.settle(null, () => `opening of block ${scenario.block}`, mismatches, scenario.opening, opening.diff);
  }

  private play(step: RecordedStep): Promise<void> | undefined {
    if (this.scenario === undefined) throw this.malformed('expected a scenario before the first step');
    if (step.step !== this.stepsOfScenario) {
      throw this.malformed(
        `expected step ${this.stepsOfScenario}, came step ${step.step}: lines are missing or out of order`,
      );
    }
    this.stepsOfScenario += 1;
    this.steps += 1;
    if (this.steps % PROGRESS_STEPS === 0) this.progress();
    if (this.lost) {
      this.notCovered('steps after a difference', `${this.target.name} can't be given the recorded state`);
      return undefined;
    }
    if ('call' in step) return this.playCall(step);
    if ('advance' in step) return this.playAdvance(step);
    return 'inject' in step ? this.playInjection(step) : this.playQuery(step);
  }

  private async playCall(step: RecordedCall): Promise<void> {
    this.expectBlock(step.block, this.block);
    const call = this.callOf(step);
    if (call === undefined) {
      this.unknownCalls.add(step.call);
      this.notCovered(
        `call ${step.call}`,
        'the specification does not describe it; its storage was taken from the recording',
      );
      await this.restore(step.diff ?? {}, {});
      return;
    }
    const mismatches: (Mismatch | undefined)[] = [];
    if (step.validity !== undefined) {
      mismatches.push(compareJson('validity', '', step.validity, await this.target.validate(call)));
    }
    const answer = await this.target.dispatch(call, step.origin);
    mismatches.push(compareJson('outcome', '', step.outcome, answer.outcome));
    if (step.outer !== undefined) mismatches.push(compareJson('outer outcome', '', step.outer, answer.outer ?? null));
    mismatches.push(
      compareEvents(
        step.events,
        answer.events.filter((event) => this.isRecorded(event.name)),
      ),
    );
    const { diff } = answer;
    if (step.diff !== undefined && diff !== undefined)
      mismatches.push(...this.diffMismatches('storage', step.diff, diff));
    else
      this.notCovered(
        'storage changes of single calls',
        step.diff ? `${this.target.name} does not tell them` : 'not recorded',
      );
    await this.settle(step.step, () => callText(call, step.origin), mismatches, step.diff ?? {}, diff ?? {});
  }

  private async playAdvance(step: RecordedAdvance): Promise<void> {
    this.expectBlock(step.from, this.block);
    this.expectBlock(step.block, this.block + BigInt(step.advance));
    this.block = BigInt(step.block);
    const jump = step.jump === true;
    const opened = await this.target.advance(BigInt(step.advance), { jump });
    const what = () => `advance ${step.advance} ${jump ? 'blocks in one jump' : 'blocks'} to ${step.block}`;
    const { mismatches, recorded, observed } = this.compareBlocks(step.blocks, opened);
    await this.settle(step.step, what, mismatches, recorded, observed);
  }

  private compareBlocks(
    recorded: readonly RecordedBlock[],
    opened: readonly Opening[],
  ): { mismatches: (Mismatch | undefined)[]; recorded: RawDiff; observed: RawDiff } {
    const mismatches: (Mismatch | undefined)[] = [];
    for (const block of new Set([
      ...recorded.map((each) => each.block),
      ...opened.map((each) => each.block.toString()),
    ])) {
      const left = recorded.find((each) => each.block === block) ?? { events: [], diff: {} };
      const right = opened.find((each) => each.block.toString() === block) ?? { events: [], diff: {} };
      const inBlock = [
        compareEvents(
          left.events,
          right.events.filter((event) => this.isRecorded(event.name)),
          'opening',
        ),
        ...this.diffMismatches('opening', left.diff, right.diff),
      ];
      mismatches.push(...inBlock.map((found) => found && { ...found, where: `block ${block}: ${found.where}` }));
    }
    return {
      mismatches,
      recorded: Object.assign({}, ...recorded.map(({ diff }) => diff)) as RawDiff,
      observed: Object.assign({}, ...opened.map(({ diff }) => diff)) as RawDiff,
    };
  }

  private async playInjection(step: RecordedInjection): Promise<void> {
    this.expectBlock(step.block, this.block);
    this.checkKeys(step.inject);
    if (!this.target.capabilities.has('inject')) {
      this.lost = true;
      this.notCovered('injections of storage', `${this.target.name} takes none`);
      return;
    }
    await this.guard(() => this.target.inject(step.inject));
    this.expect(step.inject);
  }

  private async playQuery(step: RecordedQuery): Promise<void> {
    this.expectBlock(step.block, this.block);
    try {
      const observed = await this.target.query(step.query, step.args);
      const same = observed === step.result_hex;
      const mismatch: Mismatch = {
        ...keyMismatch('storage', '0x', step.result_hex, observed),
        aspect: 'query',
        where: step.query,
      };
      await this.settle(step.step, () => `${step.query}(${valueText(step.args)})`, same ? [] : [mismatch], {}, {});
    } catch (error) {
      if (error instanceof NotCovered) this.notCovered(`query ${step.query}`, error.message);
      else throw error;
    }
  }

  /** The call that a line plays; undefined where the specification does not describe it. */
  private callOf(step: RecordedCall): Call | undefined {
    if (!isCallName(step.call)) {
      const decoded = this.decode(step);
      if (decoded !== undefined) throw this.malformed(`call is ${step.call}, but call_hex is a ${decoded.name}`);
      return undefined;
    }
    try {
      const call = callOf(step.call, fromJson(argsType(step.call), step.args) as never);
      if (encodeCall(call) === step.call_hex) return call;
    } catch (error) {
      if (error instanceof FormError) throw this.malformed(`args of ${step.call}: ${error.message}`);
      throw error;
    }
    const decoded = this.decode(step);
    throw this.malformed(
      `call_hex must be the encoding of call and args: it is ${decoded ? callText(decoded, step.origin) : 'another call'}, ` +
        `they are ${step.call}${valueText(toJson(step.args))}`,
    );
  }

  private decode(step: RecordedCall): Call | undefined {
    try {
      return decodeCall(step.call_hex);
    } catch (error) {
      if (error instanceof DecodeError) throw this.malformed(`call_hex does not decode: ${error.message}`);
      throw error;
    }
  }

  /** Tells differences, and brings recording and target together again. */
  private settle(
    step: number | null,
    what: () => string,
    mismatches: readonly (Mismatch | undefined)[],
    recorded: RawDiff,
    observed: RawDiff,
  ): Promise<void> | undefined {
    const found = mismatches.filter((mismatch) => mismatch !== undefined);
    if (found.length === 0) {
      this.expect(recorded);
      return undefined;
    }
    for (const mismatch of found) this.tell(step, what(), mismatch);
    return this.restore(recorded, observed);
  }

  /** Gives the target the recorded state where it has another. */
  private async restore(recorded: RawDiff, observed: RawDiff): Promise<void> {
    this.expect(recorded);
    const keys = [...Object.keys(recorded), ...Object.keys(observed)].filter(this.concerns);
    if (keys.length === 0) return;
    if (this.target.capabilities.has('inject')) {
      await this.guard(() =>
        this.target.inject(Object.fromEntries(keys.map((key) => [key, this.expected.get(key) ?? null]))),
      );
    } else this.lost = true;
  }

  private async end(): Promise<void> {
    if (this.scenario === undefined) throw this.malformed('the recording ends without a scenario');
    await this.endScenario();
    const { scenarios } = this.recording.header;
    if (scenarios !== undefined && scenarios !== this.scenarios) {
      throw this.malformed(
        `the header promises ${scenarios} scenarios, the file has ${this.scenarios}: it was cut short`,
      );
    }
  }

  private async endScenario(): Promise<void> {
    const { steps } = this.recording.header;
    // Injections and queries come on top of what the header counts.
    if (steps !== undefined && this.stepsOfScenario < steps) {
      throw this.malformed(
        `the header promises ${steps} steps a scenario, scenario ${this.scenario?.scenario} has ${this.stepsOfScenario}: lines are missing`,
      );
    }
    if (this.lost) return;
    for (const pallet of this.recorded) {
      const observed = await this.target.readAll(palletPrefix(pallet));
      const expected = Object.fromEntries([...this.expected].filter(([key]) => palletOfKey(key) === pallet));
      const found = compareDiffs('final state', expected, observed, () => true);
      for (const mismatch of found) this.tell(null, 'end of the scenario', mismatch);
    }
  }

  private finish(interrupted: boolean): SuiteFinished {
    const { emit } = this.options;
    for (const [what, count] of this.uncovered) {
      const [subject = '', reason = ''] = what.split('\n');
      emit({ type: 'not-covered', suite: this.recording.file, what: subject, reason, count });
    }
    const unknown = this.unknownCalls.size > 0 ? `, calls not covered: ${[...this.unknownCalls].join(', ')}` : '';
    const summary = `${this.scenarios} scenarios, ${this.differences} differences${unknown}${interrupted ? ' (interrupted)' : ''}`;
    const finished: SuiteFinished = {
      type: 'suite-finished',
      suite: this.recording.file,
      verdict: this.verdict(),
      scenarios: this.scenarios,
      steps: this.steps,
      differences: this.differences,
      summary,
      elapsed: this.options.now() - this.started,
    };
    emit(finished);
    return finished;
  }

  private verdict(): SuiteFinished['verdict'] {
    if (this.differences > 0) return 'finding';
    if (this.unknownCalls.size > 0) return 'not covered';
    return this.steps === 0 ? 'vacuous' : 'conforms';
  }

  private tell(step: number | null, what: string, mismatch: Mismatch): void {
    this.differences += 1;
    const { file } = this.recording;
    this.options.emit({
      type: 'difference',
      suite: file,
      file,
      line: this.line,
      scenario: this.scenario?.scenario ?? -1,
      step,
      block: this.block.toString(),
      what,
      ...mismatch,
    });
  }

  private progress(): void {
    const elapsed = this.options.now() - this.started;
    this.options.emit({ type: 'progress', suite: this.recording.file, steps: this.steps, elapsed });
  }

  private notCovered(what: string, reason: string): void {
    const key = `${what}\n${reason}`;
    this.uncovered.set(key, (this.uncovered.get(key) ?? 0) + 1);
  }

  private readonly concerns = (key: Hex): boolean => this.recorded.has(palletOfKey(key) ?? '');

  private isRecorded(event: string): boolean {
    return this.recorded.has(event.slice(0, event.indexOf('.')));
  }

  private diffMismatches(aspect: 'storage' | 'opening', recorded: RawDiff, observed: RawDiff): Mismatch[] {
    return compareDiffs(aspect, recorded, observed, this.concerns);
  }

  private expect(diff: RawDiff): void {
    for (const key in diff) {
      const value = diff[key];
      if (value === null || value === undefined) this.expected.delete(key);
      else this.expected.set(key, value);
    }
  }

  private expectBlock(came: string, expected: bigint): void {
    if (BigInt(came) !== expected) throw this.malformed(`expected block ${expected}, came block ${came}`);
  }

  /** A key of another pallet is an error, an item that the specification does not describe is not covered. */
  private checkKeys(raw: RawDiff): void {
    for (const key in raw) {
      if (!this.concerns(key)) {
        const pallet = palletOfKey(key);
        throw this.malformed(
          `storage key ${pallet === undefined ? key : nameOfKey(key)} is outside the recorded pallets ${[...this.recorded].join(', ')}`,
        );
      }
      const at = this.guardSync(() => locate(key));
      if (at === undefined)
        this.notCovered(`storage item ${key.slice(0, 66)}`, 'the specification does not describe it');
    }
  }

  private guardSync<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw this.asInput(error);
    }
  }

  private async guard<T>(body: () => T | PromiseLike<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      throw this.asInput(error);
    }
  }

  private asInput(error: unknown): unknown {
    return error instanceof DecodeError || error instanceof ForeignKeyError ? this.malformed(error.message) : error;
  }

  private malformed(message: string): InputError {
    return new InputError(`${this.recording.file}:${this.line}: ${message}`);
  }
}

export type { Difference };
