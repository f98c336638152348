/** Limits that people set on growth: a class that no call may pass, a budget at a size. What is beyond is a finding; equal passes. */
import type { Finding } from '../../spec/run-events.js';
import { callNames } from '../../spec/calls.js';
import { InputError } from '../../properties/recording-file.js';
import { parseCount } from '../count.js';
import { MEASURES, type Cost } from './cost.js';
import { growsFaster, smallestSize, valueAt, type GrowthClass } from './fit.js';
import { formulaText, numberText, sizeText } from './formula.js';
import type { Growth } from './survey.js';
import type { Part } from './tour.js';

/** What a budget can be of; `bytes` are those read and those written. */
export const BUDGETED = ['reads', 'writes', 'bytes'] as const;
export type Budgeted = (typeof BUDGETED)[number];

export interface Budget {
  /** As it was written. */
  readonly text: string;
  /** The calls with this name, with or without the pallet; all parts where there is none. */
  readonly call: string | null;
  readonly measure: Budgeted;
  /** As much is still within it. */
  readonly most: number;
  /** Of each axis in turn, the others being small. */
  readonly size: number;
}

const BUDGET = /^(?:([\w.]+):)?(\w+)=([^@]+)@([^@]+)$/;
const MOST = 1e12;
/** Beyond it a state's tour takes half a minute. */
export const LARGEST_SIZE = 200_000;

const isBudgeted = (name: string): name is Budgeted => BUDGETED.some((each) => each === name);

const isCall = (name: string, asked: string): boolean => name === asked || name.endsWith(`.${asked}`);

/** Whether a budget is for a part. */
export const isFor = ({ call }: Budget, part: Part): boolean => call === null || isCall(part, call);

/** `reads=100@10k`, `request_compute_stop:bytes=1M@1000`. @throws InputError */
export const parseBudget = (text: string): Budget => {
  const flag = `--budget ${text}`;
  const [, call = null, measure = '', most = '', at = ''] = BUDGET.exec(text) ?? [];
  if (!isBudgeted(measure))
    throw new InputError(
      `${flag}: expected one of ${BUDGETED.join(', ')}, then "=", how many, "@" and a size, such as reads=100@10k, with a call's name and ":" before it where it is for one call, came "${text}"`,
    );
  if (call !== null && !callNames.some((name) => isCall(name, call)))
    throw new InputError(
      `${flag}: expected the name of a call, with or without its pallet, came "${call}": one of ${callNames.join(', ')}`,
    );
  const size = parseCount(`${flag}, size`, at, LARGEST_SIZE);
  if (size === 0) throw new InputError(`${flag}: expected a size from 1 on, came "${at}"`);
  return { text, call, measure, most: parseCount(`${flag}, ${measure}`, most, MOST), size };
};

const amountOf = (cost: Cost, measure: Budgeted): number =>
  measure === 'bytes' ? cost['bytes read'] + cost['bytes written'] : cost[measure];

const predicted = ({ counted }: Growth, measure: Budgeted, size: number): number => {
  const courses = measure === 'bytes' ? [counted['bytes read'], counted['bytes written']] : [counted[measure]];
  return courses.reduce((sum, { fit }) => sum + valueAt(fit, size), 0);
};

type Found = Omit<Finding, 'type' | 'suite'>;

const overBudget = (growth: Growth, budget: Budget): Found[] => {
  const { part, axis, costs } = growth;
  const { measure, most, size, text } = budget;
  const cost = costs.get(size);
  if (cost === undefined || !isFor(budget, part)) return [];
  const amount = amountOf(cost, measure);
  if (amount <= most) return [];
  const from = smallestSize((each) => predicted(growth, measure, each) > most);
  const since = from === null || from > size ? '' : `; it is beyond from ${sizeText(axis, from)} on`;
  return [
    {
      id: `growth/${part}/${axis}/${measure}@${size}`,
      kind: 'growth',
      part,
      sentence: `\`${part}\` takes ${numberText(amount)} ${measure} at ${sizeText(axis, size)}, more than its budget of ${numberText(most)} (--budget ${text})${since}`,
      status: 'open',
    },
  ];
};

const tooFast = (growth: Growth, most: GrowthClass): Found[] => {
  const { part, axis, counted } = growth;
  return MEASURES.filter((measure) => growsFaster(counted[measure].fit.class, most)).map((measure) => {
    const { fit, points } = counted[measure];
    const [size, value] = points.at(-1) ?? [0, 0];
    return {
      id: `growth/${part}/${axis}/${measure.replace(' ', '-')}`,
      kind: 'growth',
      part,
      sentence: `\`${part}\`: ${measure} grow with ${axis}: ${formulaText(fit, axis)}, which is ${fit.class}, faster than ${most} (--fail-above ${most}): ${numberText(value)} at ${sizeText(axis, size)}`,
      status: 'open',
    };
  });
};

export interface Limits {
  readonly failAbove: GrowthClass | undefined;
  readonly budgets: readonly Budget[];
}

/** What is beyond a limit. Time is not looked at: it has noise, and another machine's is another. */
export const beyondLimits = (growths: readonly Growth[], { failAbove, budgets }: Limits): readonly Found[] =>
  growths.flatMap((growth) => [
    ...(failAbove === undefined ? [] : tooFast(growth, failAbove)),
    ...budgets.flatMap((budget) => overBudget(growth, budget)),
  ]);
