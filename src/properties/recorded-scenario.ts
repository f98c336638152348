/** A recorded scenario as its lines tell it, whatever plays them: where it begins, and that each line follows from the one before. */
import type { RawDiff } from '../spec/answers.js';
import {
  RecordingError,
  type RecordedAdvance,
  type RecordedBlock,
  type RecordedCall,
  type RecordedScenario,
  type RecordedStep,
  type RecordingHeader,
} from '../spec/recording.js';
import type { Genesis } from '../spec/steps.js';
import type { Awaitable, Target } from '../targets/target.js';
import type { RecordedPallets } from './recorded-pallets.js';
import type { NumberedLine, Recording } from './recording-file.js';
import type { ReplayTally } from './replay-tally.js';

/** What plays the scenarios of a recording has. */
export interface ReplayContext {
  readonly recording: Recording;
  readonly target: Target;
  readonly pallets: RecordedPallets;
  readonly tally: ReplayTally;
}

/** Plays the scenarios of a recording, one at a time, and tells what came of them. */
export interface ScenarioPlayer {
  /** The number of the line that is played: where an error of the recording is. */
  readonly line: number;
  /** @throws RecordingError, and what the target throws */
  play(lines: readonly NumberedLine[]): Awaitable<void>;
}

/** Where a target begins a recorded scenario. */
export const recordedGenesis = (scenario: RecordedScenario, pallets: RecordedPallets): Genesis => ({
  block: BigInt(scenario.block),
  sudo: scenario.sudo,
  accounts: [...scenario.users, ...(scenario.sub_accounts ?? []), scenario.sudo],
  storage: pallets.only(scenario.genesis),
  ...(scenario.paths && { paths: scenario.paths }),
});

/** A block whose opening is told as a whole. */
export type WholeBlock = RecordedBlock & { readonly diff: RawDiff };

const isWhole = (block: RecordedBlock): block is WholeBlock => block.diff !== undefined;

/** The blocks of an advance: those whose openings are told, and the one that is the following call's own. */
export interface AdvancedBlocks {
  readonly whole: readonly WholeBlock[];
  readonly own: { readonly block: RecordedBlock; readonly call: RecordedCall; readonly line: number } | null;
}

/** @throws RecordingError where blocks are out of order, or one lacks what no call tells */
export const advancedBlocks = (step: RecordedAdvance, next: NumberedLine | undefined): AdvancedBlocks => {
  const { blocks } = step;
  const inOrder = blocks.every(({ block }, at) => BigInt(block) > BigInt(blocks[at - 1]?.block ?? -1));
  if (!inOrder) throw new RecordingError('blocks must be told in order, each once');
  const whole = blocks.filter(isWhole);
  const last = blocks.at(-1);
  if (whole.length === blocks.length || last === undefined) return { whole, own: null };
  const isOwn = whole.length === blocks.length - 1 && !isWhole(last) && last.block === step.block && step.jump !== true;
  if (!isOwn || next === undefined || !('call' in next.line) || next.line.block_diff === undefined) {
    throw new RecordingError(
      'a block without "diff" must be the last that an advance opens, followed by a call with "block_diff"',
    );
  }
  return { whole, own: { block: last, call: next.line, line: next.number } };
};

/** Follows the lines of a scenario. */
export class ScenarioCourse {
  /** The block that is open. */
  block: bigint;
  private steps = 0;

  constructor(readonly scenario: RecordedScenario) {
    this.block = BigInt(scenario.block);
  }

  /** @throws RecordingError */
  expectNumber({ step }: RecordedStep): void {
    if (step !== this.steps) {
      throw new RecordingError(`expected step ${this.steps}, came step ${step}: lines are missing or out of order`);
    }
    this.steps += 1;
  }

  /** Goes on to the block that the step leaves open. @throws RecordingError */
  expectBlock(step: RecordedStep): void {
    if ('advance' in step) {
      this.expectAt(step.from);
      this.block += BigInt(step.advance);
    }
    this.expectAt(step.block);
  }

  /** @throws RecordingError */
  expectEnd({ steps }: RecordingHeader): void {
    // Injections and queries come on top of what the header counts.
    if (steps === undefined || this.steps >= steps) return;
    throw new RecordingError(
      `the header promises ${steps} steps a scenario, scenario ${this.scenario.scenario} has ${this.steps}: lines are missing`,
    );
  }

  private expectAt(block: string): void {
    if (BigInt(block) !== this.block) throw new RecordingError(`expected block ${this.block}, came block ${block}`);
  }
}
