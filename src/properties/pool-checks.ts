/**
 * What a node's pool is asked by offering it calls (BEHAVIOUR.md section 10): which of them it takes, in which order they come into a
 * block, and what becomes of one that the runtime panics on. Tags carry the number of the block, so two calls that meet in the
 * pool must be offered before the next block is built: where one came between, the offer says nothing, and is made again.
 */
import { outcomeText, type Origin } from '../spec/answers.js';
import { callOf, type Call } from '../spec/calls.js';
import { hexOfText, type Hex } from '../spec/hex.js';
import type { EngineTarget } from '../targets/engine-target.js';
import type { NodeTarget, Offered } from '../targets/node-target.js';
import { NotCovered, type Awaitable, type Target } from '../targets/target.js';
import type { Cast } from './cast.js';

/** A target with a pool. */
export type PoolTarget = Target & Pick<NodeTarget, 'offer'>;

/** A call, and who sends it. */
export interface Sending {
  readonly call: Call;
  readonly origin: Origin;
}

/** What the checks work on. */
export interface PoolStage {
  readonly target: PoolTarget;
  /** In the target's state. */
  readonly engine: EngineTarget;
  readonly cast: Cast;
  /** An id that no request has: another one each time. */
  readonly unusedId: () => bigint;
}

export interface PoolCheck {
  /** What the pool should do with the calls, in words. */
  readonly expected: string;
  /** For the summary of a run in which it did. */
  readonly seen: string;
  /** What is offered, one after the other: other calls each time. */
  readonly calls: () => readonly Sending[];
  /** Whether they fared as they should; null where what became of them says nothing. */
  readonly judge: (fates: readonly Offered[]) => boolean | null;
}

/** How often calls are offered that are to meet in the pool, until they do. */
const TRIES = 30;

/** Codes with which a pool refuses: the hash is banned for a while, as that of what a block has; it has these very bytes; it has the tag. */
const BANNED = 1012;
const ALREADY_IMPORTED = 1013;
const TOO_LOW_PRIORITY = 1014;

const NONE: Origin = { kind: 'none' };

const isRefused = (fate: Offered | undefined, code: number): boolean => fate?.kind === 'refused' && fate.code === code;

/** Null of calls that are in blocks of their own, for they did not meet; false of others: they met, and were not told apart. */
const apart = (first: Offered | undefined, second: Offered | undefined): false | null =>
  first?.kind === 'included' && second?.kind === 'included' && first.block !== second.block ? null : false;

/** A call that fails in a block and changes nothing: nobody has the request. */
const report = (request_id: bigint, fail_reason: Hex): Sending => ({
  call: callOf('Compute.handle_miner_compute_request_failure', {
    node_id: hexOfText('12D3KooWPool'),
    request_id,
    fail_reason,
  }),
  origin: NONE,
});

/** Two reasons for one failure: one tag, or two where a tag is made of all arguments (DEV-28). */
const oneTag = ({ unusedId, engine }: PoolStage): PoolCheck => {
  const calls = (): Sending[] => {
    const id = unusedId();
    return [report(id, hexOfText('one reason')), report(id, hexOfText('another'))];
  };
  if (engine.engine.rules.promised('DEV-28')) {
    return {
      expected: 'both are included',
      seen: 'tags of all arguments: both included',
      calls,
      judge: (fates) => fates.every(({ kind }) => kind === 'included'),
    };
  }
  return {
    expected: `the first is included, the second refused (${TOO_LOW_PRIORITY})`,
    seen: `one tag: the second refused (${TOO_LOW_PRIORITY})`,
    calls,
    judge: ([first, second]) =>
      isRefused(second, TOO_LOW_PRIORITY) ? first?.kind === 'included' : apart(first, second),
  };
};

const sameBytes = ({ unusedId }: PoolStage): PoolCheck => ({
  expected: `the first is included, the second refused (${ALREADY_IMPORTED})`,
  seen: `the same bytes: the second refused (${ALREADY_IMPORTED})`,
  calls: () => {
    const sending = report(unusedId(), hexOfText('one reason'));
    return [sending, sending];
  },
  judge: ([first, second]) => {
    if (isRefused(second, ALREADY_IMPORTED)) return first?.kind === 'included';
    if (isRefused(second, BANNED) && first?.kind === 'included') return null;
    return apart(first, second);
  },
});

const otherTags = ({ unusedId }: PoolStage): PoolCheck => ({
  expected: 'both are included',
  seen: 'other tags: both included',
  calls: () => [report(unusedId(), hexOfText('one reason')), report(unusedId(), hexOfText('one reason'))],
  judge: (fates) => fates.every(({ kind }) => kind === 'included'),
});

const priority = ({ unusedId, cast }: PoolStage): PoolCheck => ({
  expected: 'both are included, the unsigned one before the signed one',
  seen: 'priority: the unsigned before the signed',
  calls: () => {
    const [plan_id = '0x'] = cast.plans;
    const [account = cast.sudo] = cast.users;
    // It fails as long as the user has no VM of that plan, and changes nothing either.
    const signed = callOf('Compute.request_compute_stop', { plan_id });
    return [{ call: signed, origin: { kind: 'signed', account: account.id } }, report(unusedId(), hexOfText('reason'))];
  },
  judge: ([signed, unsigned]) => {
    if (signed?.kind !== 'included' || unsigned?.kind !== 'included') return false;
    return signed.block === unsigned.block ? unsigned.index < signed.index : null;
  },
});

/** Has a request created on both. @returns its id. @throws NotCovered where the target can't */
const createRequest = async ({ target, engine }: PoolStage, plan_id: Hex, account: Hex): Promise<bigint> => {
  const call = callOf('Marketplace.purchase_plan', {
    plan_id,
    plan_technical_description: hexOfText('{}'),
    image_name: hexOfText('image'),
    image_url: hexOfText('ipfs://image'),
    cloud_init_cid: null,
    pay_for: null,
    miner_id: null,
  });
  const origin: Origin = { kind: 'signed', account };
  const answer = await target.dispatch(call, origin);
  if (!('ok' in answer.outcome)) throw new NotCovered(`no request could be created: ${outcomeText(answer.outcome)}`);
  const id = engine.engine.state.Compute.NextRequestId.get();
  engine.dispatchIn(answer.block, call, origin);
  return id;
};

const unregistered = async (stage: PoolStage): Promise<PoolCheck> => {
  const { engine, cast } = stage;
  const [plan_id = '0x'] = cast.plans;
  const [miner_node_id = '0x'] = cast.strangers;
  const [user = cast.sudo] = cast.users;
  const request_id = await createRequest(stage, plan_id, user.id);
  const assignment: Sending = {
    call: callOf('Compute.submit_compute_request_assignment', { miner_node_id, plan_id, request_id, owner: user.id }),
    origin: NONE,
  };
  const { outcome } = engine.dispatch(assignment.call, assignment.origin);
  const panics = 'panic' in outcome;
  return {
    expected: panics ? 'the pool takes it, and no block includes it' : `it is included (${outcomeText(outcome)})`,
    seen: `DEV-02: taken, and ${panics ? 'left out' : 'included'}`,
    calls: () => [assignment],
    judge: ([fate]) => fate?.kind === (panics ? 'left out' : 'included'),
  };
};

/** In the order in which they are made; `prepare` may bring about what a check needs. @throws NotCovered where that can't be */
export const poolChecks: readonly {
  /** In words, as the subject of a report. */
  readonly name: string;
  readonly prepare: (stage: PoolStage) => Awaitable<PoolCheck>;
}[] = [
  { name: 'two calls with one tag', prepare: oneTag },
  { name: 'the same bytes twice', prepare: sameBytes },
  { name: 'two calls with other tags', prepare: otherTags },
  { name: 'a signed call, then an unsigned one', prepare: priority },
  { name: 'an assignment to an unregistered node', prepare: unregistered },
];

/** How the calls of a check fared when they said something. */
export interface Judged {
  readonly calls: readonly Sending[];
  readonly fates: readonly Offered[];
  readonly isAsExpected: boolean;
  /** The block that was open then. */
  readonly block: bigint;
}

/** Opens the blocks that the calls came into; they themselves change nothing, or are the engine's already. */
const follow = ({ engine }: EngineTarget, fates: readonly Offered[]): void => {
  for (const fate of fates)
    if (fate.kind === 'included' && fate.block > engine.block) engine.advance(fate.block - engine.block);
};

/**
 * How often calls must fare otherwise than they should: a tag may have the number of the block for which it was asked, so that two
 * calls between which a block was built have two, and one block takes both.
 */
const CONFIRMED = 3;

/**
 * Makes the offers of a check until they say something: once that they fare as they should, or {@link CONFIRMED} times that they do not.
 * @returns of those the first
 * @throws NotCovered where they never do, or the target has no pool or no such call
 */
export const judgeOffers = async ({ target, engine }: PoolStage, { calls, judge }: PoolCheck): Promise<Judged> => {
  const otherwise: Judged[] = [];
  for (let each = 0; each < TRIES; each += 1) {
    const sendings = calls();
    const fates = await target.offer(sendings);
    follow(engine, fates);
    const isAsExpected = judge(fates);
    if (isAsExpected === null) continue;
    const judged = { calls: sendings, fates, isAsExpected, block: engine.engine.block };
    if (isAsExpected) return judged;
    otherwise.push(judged);
    if (otherwise[0] && otherwise.length === CONFIRMED) return otherwise[0];
  }
  throw new NotCovered(`${TRIES} times a block was built between the two`);
};

/** What became of a call, in words. */
export const fateText = (fate: Offered): string => {
  switch (fate.kind) {
    case 'refused':
      return `refused (${fate.code}: ${fate.message})`;
    case 'included':
      return `included in block ${fate.block} at ${fate.index}`;
    case 'left out':
      return `taken, but left out (${fate.why})`;
    default:
      return fate satisfies never;
  }
};
