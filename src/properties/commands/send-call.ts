/**
 * The other half: every call, with every origin, and arguments that are often wrong: unknown ids, ids at the edges of their
 * types, somebody else's plan, bytes that are no text, signatures of nobody.
 */
import type { Origin } from '../../spec/answers.js';
import { argsType, callNamed, calls, type CallName } from '../../spec/calls.js';
import { NO_SIGNATURE } from '../../spec/signatures.js';
import type { Step } from '../../spec/steps.js';
import { choose, type Command, type Model } from './command.js';
import { inTurn, valueOf, type Next } from './edges.js';
import { meaning } from './meaning.js';
import { signature, wrongSignature } from './signatures.js';

/** Of root there is a wrong one, too: an account that is not. */
const WRONG_KINDS = {
  none: ['signed', 'root'],
  signed: ['none', 'root'],
  root: ['signed', 'root', 'signed', 'none'],
} as const;

/** Mostly the origin that the call accepts, with the account that fits. */
const originOf = (name: CallName, next: Next, { cast }: Model): Origin => {
  const right = calls[name].origin;
  const wrong = next() % 4 === 3;
  const kind = wrong ? choose(WRONG_KINDS[right], next()) : right;
  if (kind === 'none') return { kind };
  const signers = [...cast.users, ...cast.subAccounts];
  // Root itself is wrong, too, where a user is asked for.
  if (kind === 'root') return { kind, account: wrong ? choose([...signers, cast.sudo], next()).id : cast.sudo.id };
  return { kind, account: choose(signers, next()).id };
};

/** One in four is wrong. */
const signatureOf = (
  name: CallName,
  { node_id: node, request_id }: Readonly<Record<string, unknown>>,
  next: Next,
  { cast }: Model,
): unknown => {
  if (typeof node !== 'string' || typeof request_id !== 'bigint') return NO_SIGNATURE;
  const number = next();
  const signed = { name, node, request_id };
  return number % 4 === 3 ? wrongSignature(cast, signed, Math.floor(number / 4)) : signature(cast, signed);
};

/** A call; `numbers` decide, in order, its origin and each of its arguments. */
export class SendCall implements Command {
  constructor(
    private readonly name: CallName,
    private readonly numbers: readonly number[],
  ) {}

  resolve(model: Model): Step {
    const next = inTurn(this.numbers);
    const { name } = this;
    const origin = originOf(name, next, model);
    const args: Record<string, unknown> = {};
    const { shape } = argsType(name);
    for (const field of shape.kind === 'struct' ? shape.fields : []) {
      const known = meaning(field.name, model);
      args[field.name] = known ? choose(known, next()) : valueOf(field.shape, next);
    }
    if ('signature' in args) args.signature = signatureOf(name, args, next, model);
    return { call: callNamed(name, args), origin };
  }

  toString(): string {
    return `SendCall(${this.name}, [${this.numbers.join(', ')}])`;
  }
}
