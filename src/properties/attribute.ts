/**
 * Why an invariant is broken (RULES.md, "Attribution"). Flipping rules under unchanged steps proves nothing, since a flip that blocks the
 * path mends everything behind it. So the search begins anew: from all `promised`, around the counterexample, with a fixed budget.
 * It still breaks: that is on no list. Otherwise the cause is a set of rules, none of which can be left out, that must be `deployed`.
 */
import fc from 'fast-check';
import { createEngine } from '../engine/engine.js';
import { invariants, type Invariant } from '../spec/invariants.js';
import { deviationRules, Rules, type DeviationRule, type Rule } from '../spec/rules.js';
import type { Cast } from './cast.js';
import { plan as plans, type Plan } from './generate.js';
import { shortestBreak, watchNow, type Break } from './hunt.js';
import { optionsOf } from './play-plan.js';
import { breathe } from './search.js';
import type { Shortest } from './shorten.js';
import { EngineStage } from './stage.js';
import { Interrupted } from '../targets/failures.js';
import type { Awaitable } from '../targets/target.js';

/** Why an invariant is broken. */
export type Cause =
  /** It is broken under all `promised`: on no list. */
  | { readonly kind: 'finding' }
  /** These must be `deployed`, and no fewer. */
  | { readonly kind: 'rules'; readonly rules: readonly DeviationRule[] }
  /** The budget was spent before it was known: which is not known. */
  | { readonly kind: 'unattributed' };

export interface Attributed {
  readonly cause: Cause;
  /** The rule set under which {@link shortest} breaks it: exactly the cause. The target's own where there is none. */
  readonly rules: Rules;
  readonly shortest: Shortest<string>;
}

export interface AttributeOptions {
  /** Of the target. */
  readonly rules: Rules;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Scenarios around the counterexample, and as many around what is left of it when it is short, that are played for one rule set. */
const AROUND = 60;
/** And scenarios that have nothing to do with it: under all promised, and under each rule alone that is known to break the invariant. */
const ANYWHERE = 600;
/** Under any other rule set: what is known is looked for more closely. */
const FEWER = 200;
const COMMANDS = 60;
/** Commands that are put in, at most. */
const OTHERS = 8;

/** The counterexample itself, then with other commands put in, or doubled. */
const variationsOf = ({ nextRequestId, commands }: Plan, seed: number): readonly Plan[] => {
  const around = fc
    .tuple(plans(OTHERS), fc.nat(), fc.boolean(), fc.boolean())
    .map(([{ commands: others }, place, doubled, fromZero]): Plan => {
      const at = place % (commands.length + 1);
      const again = doubled ? commands.slice(0, at) : [];
      return {
        nextRequestId: fromZero ? 0n : nextRequestId,
        commands: [...commands.slice(0, at), ...others, ...again, ...commands.slice(at)],
      };
    });
  return [{ nextRequestId, commands }, ...fc.sample(around, { seed, numRuns: AROUND })];
};

/** What breaks in scenarios that have nothing to do with what was found, as far as they were played. */
interface Anywhere {
  readonly broken: Map<Invariant, Plan>;
  /** How many of them were. */
  played: number;
}

/** Attributes what is found in one target. */
export class Attributor {
  private samples: readonly Plan[] | undefined;
  /** By the one rule that is deployed, or by none. */
  private readonly anywhere = new Map<DeviationRule | null, Anywhere>();

  constructor(
    private readonly cast: Cast,
    private readonly options: AttributeOptions,
  ) {}

  /** @returns null where what was found did not come again: an error of ours, never a finding */
  async attribute(found: Pick<Break, 'invariant' | 'plan'>): Promise<Attributed | null> {
    const { rules: own, seed, signal } = this.options;
    const shortest = await shortestBreak(own, this.cast, found, signal);
    if (shortest === null) return null;
    const variations = [...variationsOf(shortest.plan, seed), ...variationsOf(found.plan, seed)];
    const search: Around = { ...found, variations, asked: this.askedIn(shortest.plan, found.invariant) };
    const afresh = (await this.breaks(search, [], variations)) ?? this.breaksAnywhere(found.invariant, null);
    if (afresh) return this.shown(found, { kind: 'finding' }, this.only([]), afresh);
    const smallest = await this.smallest(search);
    if (smallest === null) return { cause: { kind: 'unattributed' }, rules: own, shortest };
    const { rules, plan } = smallest;
    return this.shown(found, { kind: 'rules', rules }, this.only(rules), plan);
  }

  private async shown(
    { invariant }: Pick<Break, 'invariant'>,
    cause: Cause,
    rules: Rules,
    plan: Plan,
  ): Promise<Attributed | null> {
    const shortest = await shortestBreak(rules, this.cast, { invariant, plan }, this.options.signal);
    return shortest && { cause, rules, shortest };
  }

  /** The rules that were asked at their places: what was not asked has no part in what broke. */
  private askedIn(plan: Plan, invariant: Invariant): ReadonlySet<Rule> {
    const asked = new Set<Rule>();
    const onRule = (rule: Rule): void => void asked.add(rule);
    const stage = new EngineStage(createEngine({ ...optionsOf(this.options.rules), onRule }));
    watchNow(stage, this.cast, plan, [invariant]);
    return asked;
  }

  /** All promised but for some. */
  private only(deployed: readonly DeviationRule[]): Rules {
    return deployed.reduce<Rules>(
      (all, rule) => all.with(rule, 'deployed'),
      Rules.parse('promised', this.options.rules),
    );
  }

  private sampled(): readonly Plan[] {
    this.samples ??= fc.sample(plans(COMMANDS), { seed: this.options.seed, numRuns: ANYWHERE });
    return this.samples;
  }

  /** Of what a rule is known to break, and under all promised of everything, the first scenario that breaks it; each is played once. */
  private breaksAnywhere(invariant: Invariant, rule: DeviationRule | null): Plan | null {
    const anywhere = this.anywhere.get(rule) ?? { broken: new Map<Invariant, Plan>(), played: 0 };
    this.anywhere.set(rule, anywhere);
    const { broken } = anywhere;
    const known = rule === null ? invariants : invariants.filter(({ brokenBy }) => brokenBy.includes(rule));
    const watched = new Set([invariant, ...known]);
    const stage = new EngineStage(createEngine(optionsOf(this.only(rule === null ? [] : [rule]))));
    for (const plan of this.sampled().slice(anywhere.played)) {
      if (broken.has(invariant)) break;
      const watching = [...watched].filter((each) => !broken.has(each));
      for (const [each] of watchNow(stage, this.cast, plan, watching).broken) broken.set(each, plan);
      anywhere.played += 1;
    }
    return broken.get(invariant) ?? null;
  }

  /** One rule where one is enough; else as few as can be had by leaving out one after the other. */
  private async smallest(search: Around): Promise<{ rules: readonly DeviationRule[]; plan: Plan } | null> {
    const { invariant, variations, asked } = search;
    const deployed = deviationRules.filter((rule) => !this.options.rules.promised(rule) && asked.has(rule));
    const known = deployed.filter((rule) => invariant.brokenBy.includes(rule));
    const fewer = [...variations, ...this.sampled().slice(0, FEWER)];
    const others = deployed.filter((rule) => !known.includes(rule));
    const alone: (readonly [DeviationRule, () => Awaitable<Plan | null>])[] = [
      ...known.map((rule) => [rule, () => this.breaks(search, [rule], variations)] as const),
      ...known.map((rule) => [rule, () => this.breaksAnywhere(invariant, rule)] as const),
      ...others.map((rule) => [rule, () => this.breaks(search, [rule], fewer)] as const),
    ];
    for (const [rule, look] of alone) {
      const plan = await look();
      if (plan) return { rules: [rule], plan };
    }
    const whole = await this.breaks(search, deployed, fewer);
    if (!whole) return null;
    let cause: { rules: readonly DeviationRule[]; plan: Plan } = { rules: deployed, plan: whole };
    for (const rule of deployed) {
      const rules = cause.rules.filter((each) => each !== rule);
      const plan = await this.breaks(search, rules, [cause.plan, ...fewer]);
      if (plan) cause = { rules, plan };
    }
    return cause;
  }

  /** @returns the first plan that breaks the invariant where these rules alone are deployed */
  private async breaks(
    { invariant }: Around,
    deployed: readonly DeviationRule[],
    plans: readonly Plan[],
  ): Promise<Plan | null> {
    await breathe();
    if (this.options.signal?.aborted === true) throw new Interrupted();
    const stage = new EngineStage(createEngine(optionsOf(this.only(deployed))));
    return plans.find((plan) => watchNow(stage, this.cast, plan, [invariant]).broken.size > 0) ?? null;
  }
}

/** What is attributed, and what is tried for it. */
interface Around extends Pick<Break, 'invariant' | 'plan'> {
  readonly variations: readonly Plan[];
  readonly asked: ReadonlySet<Rule>;
}

/** The name of a cause: the rules, or what is known of none. */
export const causeText = (cause: Cause): string =>
  cause.kind === 'rules' ? cause.rules.join('+') : cause.kind === 'finding' ? 'new' : 'unattributed';

/** An invariant and why it is broken. */
export const idOf = (invariant: Invariant, { cause, shortest }: Pick<Attributed, 'cause' | 'shortest'>): string => {
  if (cause.kind === 'rules') return `invariant/${invariant.id}/${causeText(cause)}`;
  const last = shortest.steps.findLast((step) => 'call' in step);
  return `invariant/${invariant.id}/${causeText(cause)}/${last && 'call' in last ? last.call.name : 'time'}`;
};
