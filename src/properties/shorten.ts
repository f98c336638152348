/**
 * What was found, made as short as it goes: parts that halve in size are left out before single steps are. Where plays are fast
 * fast-check has shrunk it before; where they are slow it has not, and 20 to 60 commands become 4 to 8 in some 60 plays.
 */
import type { Genesis, Step } from '../spec/steps.js';
import { Interrupted } from '../targets/failures.js';
import type { Command } from './commands/command.js';
import { isEnding, type Ending } from './ending.js';
import type { Plan } from './generate.js';

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
  /** Whether plays are slow, because each call waits for a block of its own: fast-check has not shrunk the commands then. */
  readonly isSlow?: boolean;
  /** Whether fast-check has not shrunk the commands although plays are fast: it can't, where scenarios have a least length. */
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

/** Time that passes twice in a row, as one: a jump where both are. Null where it does not. */
const joinedTwo = (commands: Commands, at: number): Commands | null => {
  const [before, now] = [timeOf(commands[at - 1]), timeOf(commands[at])];
  if (!before || !now) return null;
  const both = { advance: before.advance + now.advance, jump: before.jump === true && now.jump === true };
  return commands.toSpliced(at - 1, 2, new Always(both));
};

/** Commands without some of them, and where time `waits`, with as many blocks in their stead, if that is shorter too. */
const without = (commands: Commands, at: number, count: number, waits: boolean): Commands[] => {
  const left = joined(commands.toSpliced(at, count));
  if (!waits) return [left];
  const waiting = joined(commands.toSpliced(at, count, new Always({ advance: BigInt(count) })));
  return waiting.length < commands.length ? [left, waiting] : [left];
};

class Shortening<F> {
  private plays = 0;

  constructor(
    private shortest: Shortest<F>,
    private readonly options: ShortenOptions<F>,
  ) {}

  get soFar(): Shortest<F> {
    return this.shortest;
  }

  /** @throws Ending */
  async run(): Promise<void> {
    const { isSlow = false, isUnshrunk = false, needsTime = false } = this.options;
    const waits = isSlow && needsTime;
    if (isSlow || isUnshrunk) {
      await this.fromTheFirstId();
      const commands = await this.withoutIdleParts(this.shortest.plan.commands, false);
      if (isUnshrunk) await this.withoutIdle(commands, false);
      await this.fromTheFirstId();
    }
    // What a command means changes with those before it that are left out; a step stays what it is.
    const steps = this.shortest.steps.map((step) => new Always(step));
    await this.withoutIdle(await this.withoutIdleParts(steps, waits), waits);
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

  /** One by one, from the end on, until each that is left is needed: fast-check shrinks an array's front best. */
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
    for (const commands of all) if (await this.fails({ ...this.shortest.plan, commands })) return commands;
    return null;
  }

  private async fails(plan: Plan): Promise<boolean> {
    if (this.options.signal?.aborted === true) throw new Interrupted();
    const { mayFail, mostPlays = Infinity } = this.options;
    if (this.plays >= mostPlays || mayFail?.(plan) === false) return false;
    this.plays += 1;
    const { failure, ...played } = await this.options.play(plan);
    if (failure === null) return false;
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
