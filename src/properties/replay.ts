/**
 * Plays a recording on a target, scenario by scenario. A target whose blocks are ours is held against what was recorded
 * (`recorded-answers.ts`), a node against the engine at the node's own blocks (`beside-engine.ts`).
 */
import { FormError } from '../spec/json.js';
import { RecordingError, type RecordingHeader } from '../spec/recording.js';
import { Rules } from '../spec/rules.js';
import type { Emit, SuiteFinished } from '../spec/run-events.js';
import { DecodeError } from '../spec/scale.js';
import { ForeignKeyError } from '../engine/state.js';
import type { Target } from '../targets/target.js';
import { BesideEngine } from './beside-engine.js';
import { closing, failureOf, interruptionNote, isEnding } from './ending.js';
import { RecordedAnswers } from './recorded-answers.js';
import { RecordedPallets } from './recorded-pallets.js';
import type { ScenarioPlayer } from './recorded-scenario.js';
import { InputError, type NumberedLine, type Recording } from './recording-file.js';
import { ReplayTally } from './replay-tally.js';
import { everything, type LayoutScope } from './scope.js';

export interface ReplayOptions {
  /** How the suite is called; default: the file's name. */
  readonly suite?: string;
  /** Makes the target that the recording's header asks for. */
  readonly makeTarget: (header: RecordingHeader) => Promise<Target> | Target;
  /** Of the engine that a node is held against; default: what the header says, else as deployed at its release. */
  readonly rules?: (header: RecordingHeader) => Rules;
  /** What is compared of a node, once it is made; default: everything that the recording has. */
  readonly scope?: () => LayoutScope;
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
  /** Set to end early; what was done is told. */
  readonly signal?: AbortSignal;
}

const recordedRules = ({ rules = 'deployed', spec_version }: RecordingHeader): Rules =>
  Rules.parse(rules, Rules.deployed.revisedFor(spec_version));

/** What is said at the end of a node's summary. */
const AT_THE_NODES_BLOCKS = '; what is expected is what the engine answers at the node’s blocks';

/**
 * Plays one recording.
 * @returns what the suite came to; also emitted.
 * @throws InputError where the recording is not what its format says; NodeFailure, once all that was done is emitted
 */
export const replay = async (recording: Recording, options: ReplayOptions): Promise<SuiteFinished> =>
  closing(recording, async () => {
    const target = await options.makeTarget(recording.header);
    return closing(target, async () => new Replay(recording, target, options).run());
  });

class Replay {
  private readonly tally: ReplayTally;
  private readonly player: ScenarioPlayer;

  constructor(
    private readonly recording: Recording,
    private readonly target: Target,
    private readonly options: ReplayOptions,
  ) {
    const { suite = recording.file, emit, now, signal, rules = recordedRules, scope = () => everything } = options;
    const { header } = recording;
    this.tally = new ReplayTally(recording, suite, emit, now);
    const pallets = new RecordedPallets(header.recorded_pallets);
    for (const pallet of pallets.undescribed) {
      this.tally.notCovered(`pallet ${pallet}`, 'the specification does not describe it');
    }
    const context = { recording, target, pallets, tally: this.tally };
    this.player =
      target.kind === 'node'
        ? new BesideEngine(context, { rules: rules(header), scope: scope(), signal })
        : new RecordedAnswers(context);
    const { releasePeriod } = target;
    const wanted = BigInt(header.ip_release_period);
    if (releasePeriod !== null && releasePeriod !== wanted) {
      throw this.malformed(
        `recorded with an IP release period of ${wanted} blocks, ${target.name} has ${releasePeriod}`,
      );
    }
  }

  async run(): Promise<SuiteFinished> {
    const { signal } = this.options;
    const note = this.target.kind === 'node' ? AT_THE_NODES_BLOCKS : '';
    this.tally.start(this.target.name);
    try {
      return this.tally.finish(note + ((await this.playLines()) ? '' : ' (interrupted)'));
    } catch (error) {
      if (isEnding(error)) {
        const failure = failureOf(error, signal);
        const finished = this.tally.finish(note + interruptionNote(error, signal), failure);
        if (failure) throw failure;
        return finished;
      }
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
          const whole = this.player.play(scenario);
          if (whole) await whole;
          scenario = [];
        }
        scenario.push(each);
      }
      if (this.options.signal?.aborted === true) return false;
    }
    if (scenario.length > 0) await this.player.play(scenario);
    this.expectScenarios();
    return true;
  }

  private expectScenarios(): void {
    const { scenarios } = this.recording.header;
    const found = this.tally.scenarios;
    if (found === 0) throw new RecordingError('expected a scenario, came the end of the file');
    if (scenarios === undefined || scenarios === found) return;
    throw new RecordingError(`the header promises ${scenarios} scenarios, the file has ${found}: it was cut short`);
  }

  private malformed(message: string): InputError {
    return new InputError(`${this.recording.file}:${this.player.line}: ${message}`);
  }
}
