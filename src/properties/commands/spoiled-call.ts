/** Near misses: the call that would be right now, with one thing in it that is wrong. */
import { argsType, callNamed, type Call } from '../../spec/calls.js';
import type { Origin } from '../../spec/answers.js';
import type { Field } from '../../spec/shape.js';
import type { Step } from '../../spec/steps.js';
import { choose, pick, type Command, type Model } from './command.js';
import { inTurn, NUMBERS, valueOf } from './edges.js';
import { meaning } from './meaning.js';
import { wrongSignature } from './signatures.js';

type CallStep = Extract<Step, { call: Call }>;
type Args = Readonly<Record<string, unknown>>;

/** Somebody else, or nobody, or one who is not root. */
const wrongOrigin = ({ origin }: CallStep, { cast }: Model, number: number): Origin => {
  const others = [...cast.users, ...cast.subAccounts].filter(
    ({ id }) => origin.kind === 'none' || id !== origin.account,
  );
  const account = choose(others, number).id;
  switch (origin.kind) {
    case 'none':
      return { kind: number % 2 === 0 ? 'signed' : 'root', account };
    case 'root':
      return number % 3 === 0 ? { kind: 'none' } : { kind: number % 3 === 1 ? 'signed' : 'root', account };
    case 'signed':
      // Another user's plan is the near miss; an origin of another kind is a far one.
      if (number % 4 === 2) return { kind: 'root', account: cast.sudo.id };
      return number % 8 === 7 ? { kind: 'none' } : { kind: 'signed', account };
    default:
      return origin satisfies never;
  }
};

const wrongValue = ({ name, shape }: Field, { call }: CallStep, model: Model, number: number): unknown => {
  const args: Args = call.args;
  const { node_id: node, request_id } = args;
  if (name === 'signature' && typeof node === 'string' && typeof request_id === 'bigint') {
    return wrongSignature(model.cast, { name: call.name, node, request_id }, number);
  }
  const others = new Set(meaning(name, model)?.filter((value) => value !== args[name]));
  return pick([...others], number) ?? valueOf(shape, inTurn([number]));
};

/** What can be wrong in a call, its origin aside. */
const fieldsOf = ({ call }: CallStep): readonly Field[] => {
  const { shape } = argsType(call.name);
  return shape.kind === 'struct' ? shape.fields : [];
};

const withWrong = (step: CallStep, field: Field | undefined, number: number, model: Model): CallStep => {
  const { call, origin } = step;
  if (field === undefined) return { call, origin: wrongOrigin(step, model, number) };
  return { call: callNamed(call.name, { ...call.args, [field.name]: wrongValue(field, step, model, number) }), origin };
};

/** Numbers from there on mean that two things are wrong, or all arguments: which error wins is part of what is promised. */
const TWO = NUMBERS / 2;
const ALL = (NUMBERS * 3) / 4;

/** What `right` would do, with an argument or its origin wrong; `number` says which of the wrong ones. */
export class SpoiledCall implements Command {
  constructor(
    private readonly right: Command,
    private readonly part: number,
    private readonly number: number,
  ) {}

  resolve(model: Model): Step | null {
    const step = this.right.resolve(model);
    if (step === null || !('call' in step)) return step;
    const { part, number } = this;
    const fields = fieldsOf(step);
    if (number >= ALL) {
      return fields.reduce((spoiled, field, at) => withWrong(spoiled, field, number + at, model), step);
    }
    // Behind the arguments stands the origin.
    const partAt = (at: number): Field | undefined => fields[at % (fields.length + 1)];
    const once = withWrong(step, partAt(part), number, model);
    return number < TWO ? once : withWrong(once, partAt(part + 1 + (number % 3)), number + 1, model);
  }

  toString(): string {
    return `SpoiledCall(${this.right.toString()}, part ${this.part}, ${this.number})`;
  }
}
