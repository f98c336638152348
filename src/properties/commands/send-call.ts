/**
 * The other half: every call, with every origin, and arguments that are often wrong: unknown ids, ids at the edges of their
 * types, somebody else's plan, bytes that are no text, signatures of nobody.
 */
import { U128_MAX } from '../../engine/integers.js';
import { signAt } from '../../spec/accounts.js';
import type { Origin } from '../../spec/answers.js';
import { argsType, callNamed, calls, signedMessage, type CallName } from '../../spec/calls.js';
import { EMPTY, hexOfText, type Hex } from '../../spec/hex.js';
import type { Shape } from '../../spec/shape.js';
import { NO_SIGNATURE } from '../../spec/signatures.js';
import type { Step } from '../../spec/steps.js';
import { choose, type Command, type Model } from './command.js';

type Next = () => number;

/** Empty, plain, bytes that are no UTF-8, a byte order mark, an overlong form, and longer than a one-byte length. */
const BYTE_STRINGS: readonly Hex[] = [
  EMPTY,
  hexOfText('vm-1'),
  '0xc328',
  '0xefbbbf41',
  '0xeda080',
  hexOfText('No Cloud-Init CID provided'),
  '0x' + '78'.repeat(70),
];

const UINT_EDGES: readonly ((bits: number) => bigint)[] = [
  () => 0n,
  () => 1n,
  () => 2n,
  (bits) => (1n << BigInt(bits)) - 1n,
  (bits) => (1n << BigInt(bits)) - 2n,
  (bits) => 1n << BigInt(bits - 1),
  (bits) => 1n << BigInt(bits / 2),
];

/** A value of any shape from small numbers. */
const valueOf = (shape: Shape, next: Next): unknown => {
  switch (shape.kind) {
    case 'uint': {
      const value = choose(UINT_EDGES, next())(shape.bits);
      return shape.bits < 64 ? Number(value) : value;
    }
    case 'bool':
      return next() % 2 === 1;
    case 'bytes':
      return choose(BYTE_STRINGS, next());
    case 'text':
      return 'text';
    case 'fixed':
      return '0x' + (next() % 256).toString(16).padStart(2, '0').repeat(shape.length);
    case 'option':
      return next() % 2 === 0 ? null : valueOf(shape.of, next);
    case 'list':
      return Array.from({ length: next() % 3 }, () => valueOf(shape.of, next));
    case 'struct':
      return Object.fromEntries(shape.fields.map(({ name, shape: of }) => [name, valueOf(of, next)]));
    case 'enum': {
      const { name, shape: of } = choose(shape.variants, next());
      return of === null ? name : { [name]: valueOf(of, next) };
    }
    default:
      return shape satisfies never;
  }
};

/** The names under which VMs and jobs are known, and some that are not. */
const vmNames = ({ engine }: Model): Hex[] => [
  ...engine.state.PalletIp.AssignedVmIps.get(),
  hexOfText('vm0-job'),
  hexOfText('vm1-job'),
  ...BYTE_STRINGS,
];

/** Ids that exist, the next one, and those at the edges. */
const requestIds = ({ engine }: Model): bigint[] => {
  const live = engine.state.Compute.ComputeRequests.present().flatMap(([, list]) =>
    list.map((each) => each.request_id),
  );
  return [
    ...live.toSorted((left, right) => (left < right ? -1 : 1)),
    engine.state.Compute.NextRequestId.get(),
    0n,
    U128_MAX,
  ];
};

/** What an argument's name says that it is; the others get any value of their shape. */
const meaning = (name: string, model: Model): readonly unknown[] | undefined => {
  const { cast } = model;
  switch (name) {
    case 'node_id':
    case 'miner_node_id':
      // Registered nodes twice: with others most calls end at the first check.
      return [...cast.miners, ...cast.miners].map(({ node }): Hex => node).concat(cast.strangers);
    case 'request_id':
      return requestIds(model);
    case 'plan_id':
      return [...cast.plans, '0x' + '00'.repeat(32)];
    case 'owner':
    case 'account_id':
      return [...cast.users, ...cast.subAccounts].map(({ id }) => id);
    case 'pay_for':
      return [null, ...cast.users.map(({ id }) => id)];
    case 'miner_id':
      return [null, ...cast.miners.map(({ node }) => node), ...cast.strangers];
    case 'job_id':
    case 'vm_name':
      return vmNames(model);
    case 'ip':
      return cast.ips;
    default:
      return undefined;
  }
};

/** Mostly the origin that the call accepts, with the account that fits. */
const originOf = (name: CallName, next: Next, { cast }: Model): Origin => {
  const kinds = ['none', 'signed', 'root'] as const;
  const wrong = next() % 8 === 7;
  const kind = wrong ? choose(kinds, next()) : calls[name].origin;
  if (kind === 'none') return { kind };
  const signers = [...cast.users, ...cast.subAccounts];
  if (kind === 'root') return { kind, account: wrong ? choose(signers, next()).id : cast.sudo.id };
  return { kind, account: choose(signers, next()).id };
};

/** A call; `numbers` decide, in order, its origin and each of its arguments. */
export class SendCall implements Command {
  constructor(
    private readonly name: CallName,
    private readonly numbers: readonly number[],
  ) {}

  resolve(model: Model): Step {
    let at = -1;
    const next: Next = () => {
      at += 1;
      return this.numbers[at % this.numbers.length] ?? 0;
    };
    const { name } = this;
    const origin = originOf(name, next, model);
    const args: Record<string, unknown> = {};
    const { shape } = argsType(name);
    for (const field of shape.kind === 'struct' ? shape.fields : []) {
      const known = meaning(field.name, model);
      args[field.name] = known ? choose(known, next()) : valueOf(field.shape, next);
    }
    if ('signature' in args) args.signature = signature(name, args, next, model);
    return { call: callNamed(name, args), origin };
  }

  toString(): string {
    return `SendCall(${this.name}, [${this.numbers.join(', ')}])`;
  }
}

/** One in four is 64 zero bytes, the others are the node's owner's, or the first miner's where nobody owns the node. */
const signature = (
  name: CallName,
  { node_id, request_id }: Readonly<Record<string, unknown>>,
  next: Next,
  { cast }: Model,
): unknown => {
  if (next() % 4 === 3 || typeof node_id !== 'string' || typeof request_id !== 'bigint') return NO_SIGNATURE;
  const { owner } = cast.miners.find(({ node }) => node === node_id) ?? choose(cast.miners, 0);
  return signAt(owner.path, signedMessage(name, node_id, request_id));
};
