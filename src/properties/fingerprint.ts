/**
 * Which rules a target follows: each deviation's witness is played on it, and its decisive step held against the engine under both
 * settings of the rule.
 */
import type { Validity } from '../spec/answers.js';
import { deviations } from '../spec/deviations.js';
import { deviationRules, type Rules, type DeviationRule, type RuleSetting } from '../spec/rules.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import type { Step } from '../spec/steps.js';
import { witnessOf, type Witness } from '../spec/witnesses.js';
import { EngineTarget } from '../targets/engine-target.js';
import { NotCovered, type Answer, type Target } from '../targets/target.js';
import { compareOutcomes, compareValidity } from './compare.js';
import { compareAnswers, PURCHASE } from './differential.js';
import type { LayoutScope } from './scope.js';

/** How one rule was told. */
export interface RuleReading {
  readonly rule: DeviationRule;
  /** null where the target does neither: then the rule stays as it was assumed. */
  readonly setting: RuleSetting | null;
  /** The decisive step of the witness, which the two settings answer differently. */
  readonly decisive: Step;
  /** The witness up to that step. */
  readonly witness: Witness;
}

export interface Fingerprint {
  readonly rules: Rules;
  readonly readings: readonly RuleReading[];
  /** Steps that were played on the target. */
  readonly steps: number;
}

export interface FingerprintOptions {
  readonly target: Target;
  readonly scope: LayoutScope;
  /** What is assumed of rules that the target leaves open; the revisions are taken from it. */
  readonly base: Rules;
}

type CallStep = Extract<Step, { call: unknown }>;

/** What a step gave, and what the pool said of its call where that tells: null where it was no call, or one that the target can't be given. */
type Seen = (Answer & { readonly validity?: Validity }) | null;

const verify = remembering(verifySignature);

/** Plays a witness. Where the target can't be given a creation, what creation writes is injected. */
const playOn = async (target: Target, witness: Witness, scope: LayoutScope): Promise<Seen[]> => {
  const { genesis, steps } = witness;
  const model = new EngineTarget({ verify });
  model.reset(genesis);
  await target.reset(genesis);
  const seen: Seen[] = [];
  for (const step of steps) {
    if ('inject' in step) {
      model.inject(step.inject);
      await target.inject(step.inject);
    }
    seen.push('call' in step ? await callOn(target, model, step, witness, scope) : null);
  }
  return seen;
};

/** Whether what the pool says of the step is looked at. */
const tellsValidity = ({ isOfPool }: Witness, { origin }: CallStep): boolean => isOfPool && origin.kind === 'none';

const callOn = async (
  target: Target,
  model: EngineTarget,
  step: CallStep,
  witness: Witness,
  scope: LayoutScope,
): Promise<Seen> => {
  const { call, origin } = step;
  const expected = model.dispatch(call, origin);
  try {
    if (scope.calls.includes(call.name)) {
      const validity = tellsValidity(witness, step) && (await target.validate(call));
      return { ...(await target.dispatch(call, origin)), ...(validity && { validity }) };
    }
  } catch (error) {
    if (!(error instanceof NotCovered)) throw error;
  }
  if (call.name === PURCHASE) await target.inject(expected.diff ?? {});
  return null;
};

const answersUnder = (rules: Rules, witness: Witness): Seen[] => {
  const { genesis, steps } = witness;
  const engine = new EngineTarget({ rules, verify });
  engine.reset(genesis);
  return steps.map((step) => {
    if ('inject' in step) engine.inject(step.inject);
    if (!('call' in step)) return null;
    const validity = tellsValidity(witness, step) && engine.validate(step.call);
    return { ...engine.dispatch(step.call, step.origin), ...(validity && { validity }) };
  });
};

/** Whether all that was seen is the same. */
const isSame = (expected: NonNullable<Seen>, observed: NonNullable<Seen>, scope: LayoutScope): boolean =>
  (expected.validity === undefined ||
    observed.validity === undefined ||
    compareValidity(expected.validity, observed.validity) === undefined) &&
  compareAnswers(expected, observed, scope) === undefined;

/** Of which of two answers the observed one is: the whole answer decides, or where it is neither the outcome alone. */
const nearest = (
  [deployed, promised]: readonly [NonNullable<Seen>, NonNullable<Seen>],
  observed: NonNullable<Seen>,
  scope: LayoutScope,
): RuleSetting | null => {
  if (isSame(deployed, observed, scope)) return 'deployed';
  if (isSame(promised, observed, scope)) return 'promised';
  const [one, other] = [deployed, promised].map(
    ({ outcome }) => compareOutcomes('outcome', outcome, observed.outcome) === undefined,
  );
  if (one === other) return null;
  return one === true ? 'deployed' : 'promised';
};

/** @throws RangeError where the two settings answer the same, which a test of the witnesses rules out */
const readRule = (
  rule: DeviationRule,
  witness: Witness,
  seen: readonly Seen[],
  assumed: Rules,
  scope: LayoutScope,
): RuleReading => {
  const [deployed, promised] = [
    answersUnder(assumed.with(rule, 'deployed'), witness),
    answersUnder(assumed.with(rule, 'promised'), witness),
  ];
  for (const [at, decisive] of witness.steps.entries()) {
    const [one, other, observed] = [deployed[at], promised[at], seen[at]];
    if (!one || !other || isSame(one, other, scope)) continue;
    const setting = observed ? nearest([one, other], observed, scope) : null;
    return { rule, setting, decisive, witness: { ...witness, steps: witness.steps.slice(0, at + 1) } };
  }
  const decisive = witness.steps.at(-1);
  if (decisive === undefined) throw new RangeError(`the witness of ${rule} has no step`);
  return { rule, setting: null, decisive, witness };
};

/** Readings depend on each other where a witness meets other rules: they are read again until none changes. */
const MOST_ROUNDS = 4;

/** @throws what the target throws where it can't do its work */
export const fingerprint = async ({ target, scope, base }: FingerprintOptions): Promise<Fingerprint> => {
  const played: (readonly [DeviationRule, Witness, readonly Seen[]])[] = [];
  for (const { rule } of deviations) {
    const witness = rule === null ? undefined : witnessOf(rule);
    if (rule !== null && witness) played.push([rule, witness, await playOn(target, witness, scope)]);
  }
  const steps = played.reduce((sum, [, witness]) => sum + witness.steps.length, 0);
  const readUnder = (rules: Rules): readonly RuleReading[] =>
    played.map(([rule, witness, seen]) => readRule(rule, witness, seen, rules, scope));
  let rules = base;
  for (let round = 1; ; round += 1) {
    const readings = readUnder(rules);
    const read = readings.reduce((all, { rule, setting }) => (setting === null ? all : all.with(rule, setting)), base);
    if (read.toString() === rules.toString() || round === MOST_ROUNDS) return { rules: read, readings, steps };
    rules = read;
  }
};

/** Each rule's setting as it was told, for the run events: `neither` where the target does none of the two. */
export const settingsOf = ({ rules, readings }: Fingerprint): Record<string, string> => {
  const revisions = (['REV-01', 'REV-02'] as const).map((rule) => [rule, rules.setting(rule)] as const);
  return Object.fromEntries([
    ...readings.map(({ rule, setting }) => [rule, setting ?? 'neither'] as const),
    ...revisions,
  ]);
};

/** The rules of which the target did neither what the one setting says nor the other. */
export const unclearRules = ({ readings }: Fingerprint): readonly DeviationRule[] =>
  deviationRules.filter((each) => readings.some(({ rule, setting }) => rule === each && setting === null));
