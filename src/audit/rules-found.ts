/** What a fingerprint says, as findings: the deviations that are there, and those of which the target does neither. */
import { join } from 'node:path';
import type { FoundChange } from '../gate/expectations.js';
import { namesOf, type Cast } from '../properties/cast.js';
import { keepCounterexample, stepText } from '../properties/counterexample.js';
import type { Fingerprint, RuleReading } from '../properties/fingerprint.js';
import { optionsOf } from '../properties/play-plan.js';
import { deviations, type Deviation } from '../spec/deviations.js';
import type { Step } from '../spec/steps.js';
import { promiseOfRule } from './promise.js';

export interface RuleFindingOptions {
  readonly cast: Cast;
  /** As `--target` names the target; null where it is in no file. */
  readonly named: string | null;
  readonly seed: number;
  readonly out: string;
}

const partOf = (step: Step): string => ('call' in step ? step.call.name : 'storage');

/** The recording says what is promised: its replay shows where the target departs from it. */
const evidenceOf = async (
  { rule, witness }: RuleReading,
  { rules }: Fingerprint,
  { title }: Deviation,
  { cast, named, seed, out }: RuleFindingOptions,
): Promise<Pick<FoundChange, 'steps' | 'changes' | 'file' | 'command'>> => {
  const { steps, changes, file, command } = await keepCounterexample(witness, {
    stem: rule,
    engine: optionsOf(rules.with(rule, 'promised')),
    cast,
    found: { seed, path: '', shrinks: 0 },
    about: { finding: title },
    out: join(out, 'witnesses'),
    ...(named !== null && { target: named }),
  });
  return { steps, ...(changes && { changes }), file, ...(named !== null && { command }) };
};

/** Every deviation that a target has. */
export const ruleFindings = async (
  fingerprint: Fingerprint,
  options: RuleFindingOptions,
): Promise<readonly FoundChange[]> => {
  const found: FoundChange[] = [];
  for (const reading of fingerprint.readings) {
    const deviation = deviations.find(({ id }) => id === reading.rule);
    if (reading.setting === 'promised' || deviation === undefined) continue;
    const { id, severity, title } = deviation;
    const isClear = reading.setting !== null;
    const steps = reading.witness.steps.map((step) => stepText(step, namesOf(options.cast)));
    found.push({
      id: isClear ? `rule/${id}` : `rule/${id}/neither`,
      kind: 'rule',
      part: partOf(reading.decisive),
      sentence: isClear ? title : `${id}: the target does neither what is deployed nor what is promised (${title})`,
      status: isClear ? 'known' : 'open',
      severity,
      promise: promiseOfRule(deviation),
      ...(isClear ? await evidenceOf(reading, fingerprint, deviation, options) : { steps }),
    });
  }
  return found;
};
