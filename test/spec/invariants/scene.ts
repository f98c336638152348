/**
 * Scenes for invariants: steps that are played on the engine, as promised unless something else is said, and shown one by one; the last
 * one as somebody tampered with it. Two users and what stands for the first, two compute miners and one that stores.
 */
import { expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/engine.js';
import { EngineStage } from '../../../src/properties/stage.js';
import { accountAt } from '../../../src/spec/accounts.js';
import { callNamed, type Call, type CallArgs, type CallName } from '../../../src/spec/calls.js';
import { hexOfText, type Hex } from '../../../src/spec/hex.js';
import {
  invariants,
  type ActionList,
  type Finding,
  type Invariant,
  type Lists,
  type Seen,
  type SeenAnswer,
  type StateView,
} from '../../../src/spec/invariants.js';
import { Rules } from '../../../src/spec/rules.js';
import { encode } from '../../../src/spec/scale.js';
import { remembering, verifySignature } from '../../../src/spec/signatures.js';
import type { Step } from '../../../src/spec/steps.js';
import { rawKey, SubAccount } from '../../../src/spec/storage.js';
import type { ActionRequest, ComputeRequest, MinerComputeRequest } from '../../../src/spec/types/compute.js';
import {
  A,
  addIp,
  assign,
  B,
  buys,
  confirmDeletion,
  forceDelete,
  fulfil,
  fulfilBoot,
  fulfilReboot,
  fulfilResize,
  fulfilStop,
  genesis,
  JOB,
  M,
  N,
  OTHER_IP,
  OTHER_JOB,
  P as PLAN,
  reportFailure as fail,
  reportMetrics,
  reportPinChecks,
  reportSpecs,
  requestBoot,
  requestDelete,
  requestReboot,
  requestResize,
  requestStop,
  running,
  startJob,
  tellHypervisorIp,
  tellVnc,
} from '../../../src/spec/witnesses/cast.js';

export {
  fail,
  forceDelete,
  fulfilBoot,
  fulfilReboot,
  fulfilResize,
  PLAN,
  reportMetrics,
  requestReboot,
  requestResize,
  tellHypervisorIp,
  tellVnc,
};

export const PERIOD = 20n;
export const ALICE = accountAt(A);
export const BOB = accountAt(B);
/** Stands for {@link ALICE}. */
export const SUB = '//Assay//sub//0';
export const IP = hexOfText('10.0.0.1');
/** In nobody's pool. */
export const THIRD_IP = hexOfText('10.0.0.3');

const SUDO = accountAt('//Assay//sudo');

export const byId = (id: string): Invariant => {
  const found = invariants.find((invariant) => invariant.id === id);
  if (found === undefined) throw new Error(`no invariant ${id}`);
  return found;
};

export const unsigned = <N extends CallName>(name: N, args: CallArgs<N>): Step => ({
  call: callNamed(name, args),
  origin: { kind: 'none' },
});

export const signed = <N extends CallName>(path: string, name: N, args: CallArgs<N>): Step => ({
  call: callNamed(name, args),
  origin: { kind: 'signed', account: accountAt(path) },
});

export const root = <N extends CallName>(name: N, args: CallArgs<N>): Step => ({
  call: callNamed(name, args),
  origin: { kind: 'root', account: SUDO },
});

export const time = (blocks: bigint, jump = false): Step => ({ advance: blocks, jump });

/** B's VM: request 1 on N, with {@link OTHER_IP}. */
export const runningOfB = (): readonly Step[] => [
  addIp(OTHER_IP),
  buys(B),
  assign(N.node, 1n, B),
  startJob(N, 1n, OTHER_JOB, OTHER_IP),
  fulfil(N.node, 1n),
];

/** A's and B's VMs run. */
export const both = (): readonly Step[] => [...running(), ...runningOfB()];

/** Everything that anybody does when nothing is wrong, and some of what is: each invariant has something to say of it. */
export const lives = (): readonly Step[] => [
  root('PalletIp.add_available_client_ip', { ip: THIRD_IP }),
  root('PalletIp.remove_available_client_ip', { ip: THIRD_IP }),
  addIp(THIRD_IP),
  root('PalletIp.remove_available_vm_ip', { ip: THIRD_IP }),
  ...both(),
  fulfil(M.node, 0n),
  time(1n),
  tellHypervisorIp(M, 0n),
  tellHypervisorIp(M, 0n),
  tellVnc(M, 0n),
  requestStop(A),
  requestStop(A),
  fulfilStop(M, 0n),
  fulfilStop(M, 0n),
  requestReboot(B),
  requestBoot(A),
  fulfilBoot(M, 0n),
  requestReboot(A),
  fulfilReboot(M, 0n),
  fulfilReboot(N, 1n),
  requestResize(A, 20),
  requestResize(A, 40),
  fulfilResize(M, 0n),
  fulfil(N.node, 7n),
  requestStop(B),
  requestResize(B, 10),
  buys(A, N.node),
  assign(N.node, 2n, A),
  addIp(THIRD_IP),
  startJob(N, 2n, hexOfText('9a-bc'), THIRD_IP),
  fail(N, 2n),
  assign(N.node, 2n, A),
  requestDelete(A),
  confirmDeletion(M, 0n, JOB),
  forceDelete(BOB),
  confirmDeletion(N, 1n, OTHER_JOB),
  time(PERIOD - 1n),
  time(1n),
  reportSpecs(),
  reportSpecs({ vm_count: 2 }),
  reportPinChecks(10),
  reportMetrics(M.node),
];

export interface Shown {
  /** Of the last step. */
  readonly broken: string | null;
  /** Of all steps. */
  readonly spoke: number;
  /** What was broken before the last step. */
  readonly earlier: readonly string[];
}

export interface ShowOptions {
  /** What is other than it was of the last step. */
  readonly tamper?: (seen: Seen) => Partial<Seen>;
  /** Default: all promised. */
  readonly rules?: Rules;
}

const verify = remembering(verifySignature);

/** Where scenes begin. */
export const beginning = () => {
  const begun = genesis();
  const sub: readonly [Hex, Hex] = [
    rawKey(SubAccount.SubAccount, accountAt(SUB)),
    encode(SubAccount.SubAccount.value, ALICE),
  ];
  return { ...begun, storage: { ...begun.storage, ...Object.fromEntries([sub]) } };
};

/** Plays steps, and shows each once it was taken. */
export const show = (
  { watch }: Invariant,
  steps: readonly Step[],
  { tamper = () => ({}), rules = Rules.promised }: ShowOptions = {},
): Shown => {
  const stage = new EngineStage(createEngine({ rules, releasePeriod: PERIOD, verify }));
  const look = watch();
  const findings: Finding[] = [];
  const see = (seen: Seen, at: number): void =>
    void findings.push(look(at === steps.length ? { ...seen, ...tamper(seen) } : seen));
  see(stage.begin(beginning()), 0);
  for (const [at, step] of steps.entries()) see(stage.take(step), at + 1);
  const broken = findings.map((finding) => finding.broken);
  return {
    broken: broken.at(-1) ?? null,
    spoke: findings.reduce((sum, { spoke }) => sum + spoke, 0),
    earlier: broken.slice(0, -1).filter((each) => each !== null),
  };
};

/** Every step of a scene, the beginning first, as invariants see them. */
export const allSeen = (steps: readonly Step[]): readonly Seen[] => {
  const all: Seen[] = [];
  const watch = () => (seen: Seen) => {
    all.push(seen);
    return { broken: null, spoke: 0 };
  };
  show({ ...byId('INV-01'), watch }, steps);
  return all;
};

/** The last step of a scene. */
export const lastSeen = (steps: readonly Step[]): Seen => {
  const last = allSeen(steps).at(-1);
  if (last === undefined) throw new Error('nothing was shown');
  return last;
};

/** What somebody made of the last step. */
export type Tamper = (seen: Seen) => Partial<Seen>;

/** A scene that breaks an invariant: what is wrong with it, its steps, what was tampered with at the last. */
export type Breaking = readonly [what: string, steps: readonly Step[], tamper: Tamper];

/** Tests that an invariant is broken at the last step of scenes, each by nothing but what was tampered with. */
export const isBroken = (id: string, scenes: readonly Breaking[]): void => {
  it.each(scenes.map(([what, steps, tamper]) => ({ what, steps, tamper })))(
    'is broken where $what',
    ({ steps, tamper }) => {
      expect(show(byId(id), steps)).toMatchObject({ broken: null, earlier: [] });
      const { broken, spoke } = show(byId(id), steps, { tamper });
      expect(broken).not.toBeNull();
      expect(spoke).toBeGreaterThan(0);
    },
  );
};

/** Tests that an invariant has something to say of scenes, and holds. */
export const holds = (
  id: string,
  scenes: readonly (readonly [what: string, steps: readonly Step[], tamper?: Tamper])[],
): void => {
  it.each(scenes.map(([what, steps, tamper]) => ({ what, steps, options: tamper ? { tamper } : {} })))(
    'holds where $what',
    ({ steps, options }) => {
      const { broken, earlier, spoke } = show(byId(id), steps, options);
      expect({ broken, earlier }).toEqual({ broken: null, earlier: [] });
      expect(spoke).toBeGreaterThan(0);
    },
  );
};

/** What becomes of each element of a list; null takes it away. */
type Edit<T> = (each: T) => T | null;

const edited = <T>(lists: Lists<T>, edit: Edit<T>): Lists<T> =>
  lists.map(([key, list]) => [key, list.map(edit).filter((each) => each !== null)] as const);

const only =
  <T extends { readonly request_id: bigint }>(id: bigint, change: Partial<T> | null): Edit<T> =>
  (each) =>
    each.request_id !== id ? each : change && { ...each, ...change };

/** A state in which a request is otherwise, or gone. */
export const withRequest = (state: StateView, id: bigint, change: Partial<ComputeRequest> | null): StateView => ({
  ...state,
  requests: edited(state.requests, only(id, change)),
});

/** And an entry of a miner's. */
export const withEntry = (state: StateView, id: bigint, change: Partial<MinerComputeRequest> | null): StateView => ({
  ...state,
  minerQueue: edited(state.minerQueue, only(id, change)),
});

export type AskedList = ActionList | 'deletionQueue';

const inList = (
  state: StateView,
  list: AskedList,
  edit: (lists: StateView['deletionQueue']) => StateView['deletionQueue'],
): StateView =>
  list === 'deletionQueue'
    ? { ...state, deletionQueue: edit(state.deletionQueue) }
    : { ...state, actionQueues: { ...state.actionQueues, [list]: edit(state.actionQueues[list]) } };

/** And an entry of what was asked for. */
export const withAsked = (
  state: StateView,
  list: AskedList,
  id: bigint,
  change: (Partial<ActionRequest> & { readonly resize_gbs?: number }) | null,
): StateView => inList(state, list, (lists) => edited(lists, only<ActionRequest>(id, change)));

const put = <T>(lists: Lists<T>, key: Hex, each: T): Lists<T> => [
  ...lists.filter(([other]) => other !== key),
  [key, [...(lists.find(([other]) => other === key)?.[1] ?? []), each]],
];

/** A state with one more of something. */
export const plusRequest = (state: StateView, owner: Hex, request: ComputeRequest): StateView => ({
  ...state,
  requests: put(state.requests, owner, request),
});
export const plusEntry = (state: StateView, node: Hex, entry: MinerComputeRequest): StateView => ({
  ...state,
  minerQueue: put(state.minerQueue, node, entry),
});
export const plusAsked = (state: StateView, list: AskedList, node: Hex, entry: ActionRequest): StateView =>
  inList(state, list, (lists) => put(lists, node, entry));

const first = <T>(lists: Lists<T>, is: (each: T) => boolean): T => {
  const found = lists.flatMap(([, list]) => list).find(is);
  if (found === undefined) throw new Error('the state has none');
  return found;
};

export const requestIn = ({ requests }: StateView, id: bigint): ComputeRequest =>
  first(requests, ({ request_id }) => request_id === id);
export const entryIn = ({ minerQueue }: StateView, id: bigint): MinerComputeRequest =>
  first(minerQueue, ({ request_id }) => request_id === id);

/** An open entry of what is asked of a VM that is there. */
export const asked = (state: StateView, id: bigint, more: Partial<ActionRequest> = {}): ActionRequest => {
  const { miner_node_id, job_id, plan_id } = entryIn(state, id);
  const user_id = requestIn(state, id).owner;
  return { miner_node_id, job_id, request_id: id, user_id, plan_id, created_at: 1n, fullfilled: false, ...more };
};

/** What came of a call, with another event in the place of the only one with this name, or none. */
export const withEvent = (
  answer: SeenAnswer | null,
  name: string,
  fields: Readonly<Record<string, unknown>> | null,
): SeenAnswer => {
  if (answer?.events.some((event) => event.name === name) !== true) throw new Error(`no event ${name}`);
  return {
    ...answer,
    events: answer.events.flatMap((event) => {
      if (event.name !== name) return [event];
      return fields === null ? [] : [{ name, fields: { ...event.fields, ...fields } }];
    }),
  };
};

/** A step that was answered otherwise. */
export const answered = (outcome: SeenAnswer['outcome'], events: SeenAnswer['events'] = []): Partial<Seen> => ({
  answer: { outcome, events },
});

export type { Call, Seen, StateView };
