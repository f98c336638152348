/**
 * What was found, made as short as it goes. Commands first, whose meaning changes with those before them that are left out, then steps,
 * which stay what they are: parts that halve in size before single ones, then whole lives of requests. Where plays are slow it is done
 * sparingly: 20 to 60 commands become 4 to 8 in some 60 plays. Where they are fast, what is left gets plain values, too.
 */
import type { Genesis, Step } from '../spec/steps.js';
import { Interrupted } from '../targets/failures.js';
import type { Command } from './commands/command.js';
import { isEnding, type Ending } from './ending.js';
import type { Plan } from './generate.js';
import { plainer } from './plainer.js';
import { withoutRequests } from './without-requests.js';

/** What a scenario came to: its steps up to where it failed, and a failure of null where it did not. */
export interface Played<F> {
  /** Where it began. */
  readonly genesis: Genesis;
  readonly steps: readonly Step[];
  readonly failure: F | null;
}

/** The shortest that was made of a scenario. */
export interface Shortest<F> extends Played<F> {
  readonly plan: Plan;
  readonly failure: F;
}

export interface Shortened<F> {
  readonly shortest: Shortest<F>;
  /** What ended the shortening early: then it is the shortest so far. */
  readonly ended: Ending | null;
}

export interface ShortenOptions<F> {
  readonly play: (plan: Plan) => Promise<Played<F>>;
  /** Whether plays are slow, because each call waits for a block of its own. */
  readonly isSlow?: boolean;
  /** Says nothing any more: nobody else shrinks. */
  readonly isUnshrunk?: boolean;
  /** Whether the failure needs time: what is left out of a slow play may be what passed it, and is then waited for instead. */
  readonly needsTime?: boolean;
  /** After so many plays it is as short as it is. Default: no limit. */
  readonly mostPlays?: number;
  /** Asked before each play; false where it can be told without playing that this is not the failure. Default: true. */
  readonly mayFail?: (plan: Plan) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The command that means this step, whatever the state. */
class Always implements Command {
  constructor(readonly step: Step) {}

  resolve(): Step {
    return this.step;
  }
}

type Commands = readonly Command[];

const timeOf = (command: Command | undefined): Extract<Step, { advance: bigint }> | undefined =>
  command instanceof Always && 'advance' in command.step ? command.step : undefined;

/** Time that passes twice in a row, block by block, as one. */
const joined = (commands: Commands): Commands => {
  const all: Command[] = [];
  for (const command of commands) {
    const [before, now] = [timeOf(all.at(-1)), timeOf(command)];
    if (before && now && before.jump !== true && now.jump !== true) {
      all.splice(-1, 1, new Always({ advance: before.advance + now.advance }));
    } else all.push(command);
  }
  return all;
};

/** As many blocks may be opened one by one: longer jumps stay what they are. */
const FEW = 1_000n;

/** Time that passes twice in a row, as one: a jump where both are, or one that is far. Null where it does not. */
const joinedTwo = (commands: Commands, at: number): Commands | null => {
  const [before, now] = [timeOf(commands[at - 1]), timeOf(commands[at])];
  if (!before || !now) return null;
  const advance = before.advance + now.advance;
  const both = { advance, jump: (before.jump === true && now.jump === true) || advance > FEW };
  return commands.toSpliced(at - 1, 2, new Always(both));
};

/** Blocks that a call takes on a slow target, about: those that come while it is sent, and its own. */
const BLOCKS_PER_CALL = 2;

/** Commands without some of them, and where time `waits`, with as much of it in their stead, if that leaves fewer calls. */
const without = (commands: Commands, at: number, count: number, waits: boolean): Commands[] => {
  const left = joined(commands.toSpliced(at, count));
  const areIdle = commands.slice(at, at + count).every((command) => timeOf(command) !== undefined);
  if (!waits || areIdle) return [left];
  return [left, joined(commands.toSpliced(at, count, new Always({ advance: BigInt(BLOCKS_PER_CALL * count) })))];
};

class Shortening<F> {
  private plays = 0;
  /** Set once commands are steps. A play may add what it does at its end: from then on what is left out must leave fewer. */
  private areSteps = false;

  constructor(
    private shortest: Shortest<F>,
    private readonly options: ShortenOptions<F>,
  ) {}

  get soFar(): Shortest<F> {
    return this.shortest;
  }

  /** @throws Ending */
  async run(): Promise<void> {
    const { isSlow = false, needsTime = false } = this.options;
    await this.fromTheFirstId();
    const commands = await this.withoutIdleParts(this.shortest.plan.commands, false);
    if (!isSlow) await this.withoutIdle(commands, false);
    await this.fromTheFirstId();
    await this.onlySteps(isSlow && needsTime);
    if (isSlow) return;
    await this.withoutWhole();
    await this.inPlainValues();
    // Plainer, it may need less.
    await this.withoutIdle(this.steps, false);
  }

  /** What a command means changes with those before it that are left out; a step stays what it is. */
  private async onlySteps(waits: boolean): Promise<void> {
    this.areSteps = true;
    await this.withoutIdle(await this.withoutIdleParts(this.steps, waits), waits);
  }

  private get steps(): Commands {
    return this.shortest.steps.map((step) => new Always(step));
  }

  /** Without requests that are needed for nothing but for the ids of those behind them. */
  private async withoutWhole(): Promise<void> {
    const { steps, plan } = this.shortest;
    for (const fewer of withoutRequests(steps, plan.nextRequestId)) {
      if (!(await this.fails({ ...plan, commands: fewer.map((step) => new Always(step)) }))) continue;
      await this.withoutIdle(this.steps, false);
      await this.withoutWhole();
      return;
    }
  }

  /** Each value that is not what it is about, as plain as its type has it. */
  private async inPlainValues(): Promise<void> {
    for (let at = 0; at < this.shortest.steps.length; at += 1) {
      for (const plain of plainer(this.shortest.steps[at])) {
        const { steps, plan } = this.shortest;
        const step = plain(steps[at]);
        const commands = step && steps.with(at, step).map((each) => new Always(each));
        if (commands) await this.fails({ ...plan, commands }, steps.length);
      }
    }
  }

  /** Ids at the edge of their type are seldom what a failure needs. */
  private async fromTheFirstId(): Promise<void> {
    const { plan } = this.shortest;
    if (plan.nextRequestId > 0n) await this.fails({ ...plan, nextRequestId: 0n });
  }

  /** Without halves, then quarters, eighths, ... that it does not need. */
  private async withoutIdleParts(commands: Commands, waits: boolean): Promise<Commands> {
    let shortest = commands;
    for (let size = Math.ceil(commands.length / 2); size > 1; size = Math.ceil(size / 2)) {
      for (let end = shortest.length; end > 0; end = Math.min(end - size, shortest.length)) {
        const at = Math.max(0, end - size);
        shortest = (await this.firstThatFails(without(shortest, at, end - at, waits))) ?? shortest;
      }
    }
    return shortest;
  }

  /** One by one, from the end on, until each that is left is needed. */
  private async withoutIdle(commands: Commands, waits: boolean): Promise<void> {
    let shortest = commands;
    for (let at = commands.length - 1; at >= 0; at -= 1) {
      // Joining time that passes may have made it shorter by two.
      if (at >= shortest.length) continue;
      const two = joinedTwo(shortest, at);
      const shorter = [...without(shortest, at, 1, waits), ...(two ? [two] : [])];
      shortest = (await this.firstThatFails(shorter)) ?? shortest;
    }
    if (shortest.length < commands.length) await this.withoutIdle(shortest, waits);
  }

  private async firstThatFails(all: readonly Commands[]): Promise<Commands | null> {
    const { plan, steps } = this.shortest;
    const most = this.areSteps && this.options.isSlow !== true ? steps.length - 1 : Infinity;
    for (const commands of all) if (await this.fails({ ...plan, commands }, most)) return commands;
    return null;
  }

  /** Whether it fails in no more steps than that. */
  private async fails(plan: Plan, most = Infinity): Promise<boolean> {
    if (this.options.signal?.aborted === true) throw new Interrupted();
    const { mayFail, mostPlays = Infinity } = this.options;
    if (this.plays >= mostPlays || mayFail?.(plan) === false) return false;
    this.plays += 1;
    const { failure, ...played } = await this.options.play(plan);
    if (failure === null || played.steps.length > most) return false;
    this.shortest = { ...played, failure, plan };
    return true;
  }
}

/**
 * Plays what was found once more and leaves out what it does not need.
 * @returns null where it did not come again: an error of ours, never a finding
 * @throws what `play` throws the first time, an {@link Ending} too
 */
export const shorten = async <F>(
  { plan }: { readonly plan: Plan },
  options: ShortenOptions<F>,
): Promise<Shortened<F> | null> => {
  const again = await options.play(plan);
  if (again.failure === null) return null;
  const shortening = new Shortening({ ...again, failure: again.failure, plan }, options);
  try {
    await shortening.run();
  } catch (error) {
    if (!isEnding(error)) throw error;
    return { shortest: shortening.soFar, ended: error };
  }
  return { shortest: shortening.soFar, ended: null };
};
