/**
 * Generated scenarios on both runtimes, once with the old one in the lead and once with the new one, so that what only the new one
 * can reach is seen too; behind each that the old one led, the upgrade of its state. All that parts the two is gathered by its shape.
 */
import type { CallName } from '../spec/calls.js';
import { revisions } from '../spec/deviations.js';
import { revisionRules } from '../spec/rules.js';
import type { Genesis, Step } from '../spec/steps.js';
import { genesisOf, type Cast } from '../properties/cast.js';
import type { Mismatch } from '../properties/compare.js';
import type { Plan } from '../properties/generate.js';
import { resolve } from '../properties/play-plan.js';
import { search, type SearchOptions } from '../properties/search.js';
import { LARGEST_SEED } from '../properties/seed.js';
import type { RuntimeTarget } from '../targets/runtime-target.js';
import type { Blame, Divergence } from './blame.js';
import { timeRatio, type TimePair, type TimeRatio } from '../load/time-ratio.js';
import { CostTally, type Operation } from './cost.js';
import { Joint, type JointPlay } from './joint.js';
import type { Measure, SideName, Sides } from './sides.js';
import { tryUpgrade, type StateBreak } from './upgrade.js';

/** Something that parts the two runtimes, by its shape; every play that shows it shows the same. */
export interface Parting {
  readonly id: string;
  readonly kind: 'behaviour' | 'rule' | 'upgrade' | 'cost';
  /** `Pallet.name`. */
  readonly part: string;
  /** Where, and what it was and is. */
  readonly where: string;
  readonly old: string;
  readonly next: string;
  readonly blame: Blame | null;
  /** What the new one was held against. */
  readonly against: Divergence['against'];
}

/** A play up to where it shows a parting. */
export interface Shown {
  readonly genesis: Genesis;
  readonly steps: readonly Step[];
  readonly parting: Parting;
}

export interface ExploreOptions extends SearchOptions {
  readonly sides: Sides;
  readonly measure: Measure;
  /** By what share a call's storage operations may grow: 0.1 is a tenth. */
  readonly tolerance: number;
}

/** Where a parting was seen first. */
export interface Seen {
  readonly parting: Parting;
  readonly leader: SideName;
  readonly plan: Plan;
}

export interface Explored {
  /** By id. */
  readonly partings: ReadonlyMap<string, Seen>;
  readonly scenarios: number;
  readonly steps: number;
  /** Calls that both answered. */
  readonly answered: number;
  readonly counts: JointPlay['counts'];
  readonly departures: JointPlay['departures'];
  readonly uncovered: ReadonlyMap<string, number>;
  readonly cost: CostTally;
  readonly time: TimeRatio | null;
  /** Values that were compared across the upgrade. */
  readonly upgraded: number;
}

/** Without what belongs to one scenario: keys, positions, the block's number. */
const shapeOf = ({ aspect, where, expected, observed }: Mismatch): string => {
  const place = where
    .replace(/^block \d+: /, '')
    .replace(/^event \d+: /, '')
    .replace(/\[.*\]/, '')
    .replaceAll(/\s+/g, '-');
  const outcome = aspect === 'outcome' || aspect === 'outer outcome';
  const sides = outcome ? `${expected.split(':')[0]}-to-${observed.split(/: /)[0]}` : '';
  return [aspect.replace(' ', '-'), place, sides].filter((each) => each !== '').join('/');
};

const partingOf = ({ part, mismatch, blame, against }: Divergence): Parting => ({
  id: `behaviour/${part}/${shapeOf(mismatch)}`,
  kind: 'behaviour',
  part,
  where: mismatch.aspect === 'events' ? mismatch.where : `${mismatch.aspect} ${mismatch.where}`.trimEnd(),
  old: mismatch.expected,
  next: mismatch.observed,
  blame,
  against,
});

/** A rule of a later release that the new one follows and nobody announced; deviations are told by their witnesses. */
const revisionShown = (each: Divergence, { next, found }: Measure): Parting[] =>
  revisionRules
    .filter(
      (rule) => next.setting(rule) !== found.setting(rule) && revisions[rule].calls.some((call) => call === each.part),
    )
    .map((rule) => ({ ...partingOf(each), id: `rule/${rule}`, kind: 'rule' }));

const brokenState = ({ id, part, sentence, old, next }: StateBreak): Parting => ({
  id,
  kind: 'upgrade',
  part,
  where: sentence,
  old,
  next,
  blame: 'new',
  against: 'old',
});

const perCall = (count: number): string => count.toFixed(1).replace(/\.0$/, '');

const dearer = (call: string, operation: Operation, old: number, next: number): Parting => ({
  id: `cost/${call}/${operation}`,
  kind: 'cost',
  part: call,
  where: `storage ${operation} a call`,
  old: perCall(old),
  next: perCall(next),
  blame: null,
  against: 'old',
});

/** The calls that became dearer. What became cheaper harms nobody. */
export const dearerCalls = (cost: CostTally, tolerance: number): Parting[] =>
  cost
    .changes(tolerance)
    .filter(({ old, next }) => next > old)
    .map(({ call, operation, old, next }) => dearer(call, operation, old, next));

const costOf = ({ priced }: JointPlay): CostTally => {
  const cost = new CostTally();
  cost.add(priced);
  return cost;
};

/** Plays plans, and says what parts the two in them. */
export class Explorer {
  readonly joint: Joint;
  private readonly trial: RuntimeTarget | null;

  constructor(
    { sides, measure }: Pick<ExploreOptions, 'sides' | 'measure'>,
    readonly leader: SideName,
    private readonly cast: Cast,
    fresh = false,
  ) {
    this.joint = new Joint({ sides, measure, leader, fresh });
    this.trial = leader === 'old' ? sides.next.makeTarget({ fresh }) : null;
  }

  play({ nextRequestId, commands }: Plan): JointPlay {
    const genesis = genesisOf(this.cast, nextRequestId);
    const cast = this.cast;
    return this.joint.play(genesis, function* (engine) {
      yield* resolve(engine, cast, commands);
      for (const { node } of cast.miners) yield { query: 'get_node_metrics', args: { node_id: node } };
    });
  }

  /** The upgrade where the last play ended; only with the old one in the lead. */
  upgrade(): ReturnType<typeof tryUpgrade> {
    const { old, next } = this.joint.runtimes;
    return this.trial === null ? { breaks: [], values: 0 } : tryUpgrade(old, this.trial, next, this.joint.meanings);
  }

  /** What one play shows, each with the steps up to it. */
  shows(plan: Plan, kind: Parting['kind'], tolerance: number): readonly Shown[] {
    const play = this.play(plan);
    const { genesis, steps } = play;
    if (kind === 'behaviour')
      return play.divergences.map((each) => ({ genesis, steps: steps.slice(0, each.at), parting: partingOf(each) }));
    const { measure } = this.joint.options;
    if (kind === 'rule')
      return play.unannounced.flatMap((each) =>
        revisionShown(each, measure).map((parting) => ({ genesis, steps: steps.slice(0, each.at), parting })),
      );
    const whole = (parting: Parting): Shown => ({
      genesis,
      steps: steps.filter((step) => !('query' in step)),
      parting,
    });
    if (kind === 'upgrade') return this.upgrade().breaks.map((each) => whole(brokenState(each)));
    return dearerCalls(costOf(play), tolerance).map(whole);
  }
}

/** The calls that both can be sent. */
export const commonCalls = ({ old, next }: Sides): readonly CallName[] =>
  old.scope.calls.filter((name) => next.scope.calls.includes(name));

const added = <K extends string>(all: Record<K, number>, more: Readonly<Record<K, number>>): void => {
  for (const name of Object.keys(all) as K[]) all[name] += more[name];
};

/** @throws BlockError where a runtime can't build a block of its own chain */
export const explore = async (suite: string, cast: Cast, options: ExploreOptions): Promise<Explored> => {
  const partings = new Map<string, Seen>();
  const counts = { same: 0, shared: 0, announced: 0, unannounced: 0 };
  const departures = { old: 0, next: 0 };
  const uncovered = new Map<string, number>();
  const cost = new CostTally();
  const times: TimePair[] = [];
  const done = { scenarios: 0, steps: 0, answered: 0, upgraded: 0 };
  const dearest = new Map<string, Omit<Seen, 'parting'>>();
  const gather = (at: Omit<Seen, 'parting'>, found: readonly Parting[]): void => {
    for (const parting of found) if (!partings.has(parting.id)) partings.set(parting.id, { parting, ...at });
  };
  const calls = commonCalls(options.sides);
  const { emit, seed, signal } = options;
  for (const [pass, leader] of (['old', 'next'] as const).entries()) {
    if (signal?.aborted === true) break;
    const explorer = new Explorer(options, leader, cast);
    // The new one's lead has scenarios of its own.
    const passSeed = (seed + pass) & LARGEST_SEED;
    const tryScenario = (plan: Plan) => {
      const at = { leader, plan };
      const play = explorer.play(plan);
      gather(at, play.divergences.map(partingOf));
      gather(
        at,
        play.unannounced.flatMap((each) => revisionShown(each, options.measure)),
      );
      added(counts, play.counts);
      added(departures, play.departures);
      for (const [what, count] of play.uncovered) uncovered.set(what, (uncovered.get(what) ?? 0) + count);
      cost.add(play.priced);
      times.push(play.time);
      const { breaks, values } = explorer.upgrade();
      gather(at, breaks.map(brokenState));
      for (const { id } of dearerCalls(costOf(play), options.tolerance)) if (!dearest.has(id)) dearest.set(id, at);
      done.upgraded += values;
      done.answered += play.answered;
      return { steps: play.steps.length, passed: true };
    };
    const progress: SearchOptions['emit'] = (event) =>
      emit(event.type === 'progress' ? { ...event, share: (pass + (event.share ?? 0)) / 2 } : event);
    const searched = await search(suite, { ...options, seed: passSeed, emit: progress }, tryScenario, calls);
    done.scenarios += searched.scenarios;
    done.steps += searched.steps;
  }
  // What is dearer is so over the whole run; the plan is one in which it shows by itself.
  for (const parting of dearerCalls(cost, options.tolerance)) {
    const shown = dearest.get(parting.id);
    if (shown) partings.set(parting.id, { parting, ...shown });
  }
  return { partings, ...done, counts, departures, uncovered, cost, time: timeRatio(times) };
};
