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

/** Scenarios around the counterexample that are played for one rule set. */
const AROUND = 80;
/** And scenarios that have nothing to do with it. */
const ANYWHERE = 250;
/** Where all is promised more of them are: silence must mean something there. */
const THOROUGH = 600;
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

/** Attributes what is found in one target. */
export class Attributor {
  private anywhere: readonly Plan[] | undefined;
  /** What breaks under all promised, whatever was found. */
  private promised: ReadonlyMap<Invariant, Plan> | undefined;

  constructor(
    private readonly cast: Cast,
    private readonly options: AttributeOptions,
  ) {}

  /** @returns null where what was found did not come again: an error of ours, never a finding */
  async attribute(found: Pick<Break, 'invariant' | 'plan'>): Promise<Attributed | null> {
    const variations = variationsOf(found.plan, this.options.seed);
    const own = await shortestBreak(this.options.rules, this.cast, found, this.options.signal);
    if (own === null) return null;
    const search: Around = { ...found, variations, asked: this.askedIn(own.plan, found.invariant) };
    const afresh = this.whatIsPromised().get(found.invariant) ?? (await this.breaks(search, [], variations));
    if (afresh) return this.shown(found, { kind: 'finding' }, this.only([]), afresh);
    const smallest = await this.smallest(search);
    if (smallest === null) return this.shown(found, { kind: 'unattributed' }, this.options.rules, found.plan);
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
    this.anywhere ??= fc.sample(plans(COMMANDS), { seed: this.options.seed, numRuns: THOROUGH });
    return this.anywhere;
  }

  private whatIsPromised(): ReadonlyMap<Invariant, Plan> {
    if (this.promised) return this.promised;
    const stage = new EngineStage(createEngine(optionsOf(this.only([]))));
    const broken = new Map<Invariant, Plan>();
    for (const plan of this.sampled()) {
      const watching = invariants.filter((each) => !broken.has(each));
      for (const [each] of watchNow(stage, this.cast, plan, watching).broken) broken.set(each, plan);
    }
    this.promised = broken;
    return broken;
  }

  /** One rule where one is enough; else as few as can be had by leaving out one after the other. */
  private async smallest(search: Around): Promise<{ rules: readonly DeviationRule[]; plan: Plan } | null> {
    const deployed = deviationRules.filter((rule) => !this.options.rules.promised(rule) && search.asked.has(rule));
    const known = deployed.filter((rule) => search.invariant.brokenBy.includes(rule));
    const anywhere = [...search.variations, ...this.sampled().slice(0, ANYWHERE)];
    for (const rule of [...known, ...deployed.filter((each) => !known.includes(each))]) {
      const plan = await this.breaks(search, [rule], anywhere);
      if (plan) return { rules: [rule], plan };
    }
    const whole = await this.breaks(search, deployed, anywhere);
    if (!whole) return null;
    let cause: { rules: readonly DeviationRule[]; plan: Plan } = { rules: deployed, plan: whole };
    for (const rule of deployed) {
      const rules = cause.rules.filter((each) => each !== rule);
      const plan = await this.breaks(search, rules, [cause.plan, ...anywhere]);
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
