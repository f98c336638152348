/**
 * A small world and stories in it, each a few moves that lead to a cell which chance finds late: written for the table of
 * `src/spec/coverage/`, and so that every cell that it lists is reached by one of them under whatever rules.
 */
import fc from 'fast-check';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { makeCast } from '../../src/properties/cast.js';
import { metBy, type Coverage } from '../../src/properties/coverage.js';
import { plan, type Plan } from '../../src/properties/generate.js';
import { begin, optionsOf, resolve } from '../../src/properties/play-plan.js';
import { rareScenarios } from '../../src/properties/rare.js';
import { beginningOf } from '../../src/properties/regressions.js';
import type { Origin } from '../../src/spec/answers.js';
import { argsType, callNamed, callNames, callOf, type Call, type CallName } from '../../src/spec/calls.js';
import { blake2_256 } from '../../src/spec/hashing.js';
import { EMPTY, hexOfText, type Hex } from '../../src/spec/hex.js';
import type { Rules } from '../../src/spec/rules.js';
import { encode } from '../../src/spec/scale.js';
import type { Shape } from '../../src/spec/shape.js';
import type { Genesis, Step } from '../../src/spec/steps.js';
import { PalletIp, rawKey, Registration, storage, SubAccount, type StorageItem } from '../../src/spec/storage.js';
import type { MultiSignature, NodeInfo } from '../../src/spec/types/registration.js';

/** Keys in the order in which the chain visits what is stored under them. */
const inKeyOrder = <V, E>(item: StorageItem<Hex, V, E>, keys: readonly Hex[]): Hex[] =>
  keys.toSorted((left, right) => (rawKey(item, left) < rawKey(item, right) ? -1 : 1));

const { ComputeRequests, MinerComputeRequests, NextRequestId } = storage.Compute;
const twoUsers = [1, 2].map((n) => blake2_256(hexOfText(`user ${n}`)));
const [B = EMPTY, A = EMPTY] = inKeyOrder(ComputeRequests, twoUsers);
const twoNodes = [1, 2].map((n) => hexOfText(`node ${n}`));
const [Y = EMPTY, X = EMPTY] = inKeyOrder(MinerComputeRequests, twoNodes);
const SUB_OF_A = blake2_256(hexOfText('sub'));
const SUDO = blake2_256(hexOfText('sudo'));
const OWNER = blake2_256(hexOfText('owner'));
const PLAN = blake2_256(hexOfText('plan'));
const OTHER_PLAN = blake2_256(hexOfText('other plan'));
const STRANGER = hexOfText('stranger');
const STORE = hexOfText('store');
const IPS = Array.from({ length: 8 }, (_, n) => hexOfText(`10.0.0.${n}`));
const GOOD: MultiSignature = { Ed25519: '0x' + '11'.repeat(64) };
const FORGED: MultiSignature = { Ed25519: '0x' + '00'.repeat(64) };

/** `b` comes before `a` among owners, `y` before `x` among miners. */
const USERS: Readonly<Record<string, Hex>> = { a: A, b: B, sub: SUB_OF_A };
const NODES: Readonly<Record<string, Hex>> = { x: X, y: Y, store: STORE, stranger: STRANGER };

const registered = (node_id: Hex): NodeInfo => ({
  node_id,
  node_type: node_id === STORE ? 'StorageMiner' : 'ComputeMiner',
  ipfs_node_id: null,
  status: 'Online',
  registered_at: 1n,
  owner: OWNER,
});

const genesisOf = (nextRequestId: bigint): Readonly<Record<Hex, Hex>> => ({
  ...Object.fromEntries(
    [X, Y, STORE].map((node) => [
      rawKey(Registration.NodeRegistration, node),
      encode(Registration.NodeRegistration.value, registered(node)),
    ]),
  ),
  [rawKey(SubAccount.SubAccount, SUB_OF_A)]: encode(SubAccount.SubAccount.value, A),
  [rawKey(PalletIp.VmAvailableIps, null)]: encode(PalletIp.VmAvailableIps.value, IPS),
  [rawKey(NextRequestId, null)]: encode(NextRequestId.value, nextRequestId),
});

/** Zero and empty. */
const zero = (shape: Shape): unknown => {
  switch (shape.kind) {
    case 'uint':
      return shape.bits < 64 ? 0 : 0n;
    case 'bool':
      return false;
    case 'bytes':
      return EMPTY;
    case 'text':
      return '';
    case 'fixed':
      return '0x' + '00'.repeat(shape.length);
    case 'option':
      return null;
    case 'list':
      return [];
    case 'struct':
      return Object.fromEntries(shape.fields.map(({ name, shape: of }) => [name, zero(of)]));
    case 'enum': {
      const [first] = shape.variants;
      if (first === undefined) throw new Error('an enum without variants');
      return first.shape === null ? first.name : { [first.name]: zero(first.shape) };
    }
    default:
      return shape satisfies never;
  }
};

const zeroArgs = (name: CallName): Record<string, unknown> => zero(argsType(name).shape) as Record<string, unknown>;

const NONE: Origin = { kind: 'none' };
const signed = (account: Hex): Origin => ({ kind: 'signed', account });
const root = (account: Hex = SUDO): Origin => ({ kind: 'root', account });

/** One chain with one story on it. */
export class World {
  private readonly engine: Engine;
  private readonly ids = new Map<string, bigint>();
  private jobs = 0;
  steps = 0;

  constructor(
    rules: Rules,
    private readonly coverage: Coverage,
  ) {
    const verify = (signature: MultiSignature): boolean => signature === GOOD;
    this.engine = createEngine({ rules, releasePeriod: 3n, verify, onRule: coverage.onRule });
  }

  /** Plays a story: moves, each a word with the miner and the user that it is about, from a state whose next id is given. */
  play(story: string, nextRequestId: bigint): void {
    this.engine.reset({ block: 99n, sudo: SUDO, storage: genesisOf(nextRequestId) });
    this.engine.advance(1n);
    this.ids.clear();
    for (const move of story.split('|')) {
      const [verb = '', ...of] = move.trim().split(' ');
      this.move(verb, of);
    }
  }

  private send(call: Call, origin: Origin): void {
    const { engine, coverage } = this;
    if (origin.kind === 'none') engine.validate(call);
    const met = metBy(engine, call, origin);
    const { outcome } = engine.dispatch(call, origin);
    coverage.called(call, origin, outcome, met);
    this.steps += 1;
  }

  private move(verb: string, of: readonly string[]): void {
    const node = of.map((name) => NODES[name]).find((each) => each !== undefined) ?? X;
    const who = of.find((name) => name in USERS) ?? 'a';
    const user = USERS[who] ?? A;
    const request_id = this.ids.get(who) ?? 77n;
    const ids = { node_id: node, request_id };
    const plan_id = of.includes('other') ? OTHER_PLAN : PLAN;
    const known = (name: CallName, args: Record<string, unknown>, origin = NONE): void =>
      this.send(callNamed(name, { ...zeroArgs(name), ...args }), origin);
    const answer = (name: CallName): void => known(name, { ...ids, signature: of.includes('forged') ? FORGED : GOOD });
    const moves: Readonly<Record<string, () => void>> = {
      buy: () => {
        this.ids.set(who, this.engine.state.Compute.NextRequestId.get());
        known('Marketplace.purchase_plan', { plan_id, miner_id: of.includes('wish') ? Y : null }, signed(user));
      },
      assign: () =>
        known('Compute.submit_compute_request_assignment', { miner_node_id: node, plan_id, request_id, owner: user }),
      job: () => this.job(ids, of),
      fulfil: () => known('Compute.mark_compute_request_fulfilled', ids),
      hypervisor: () => known('Compute.update_miner_compute_request_hypervisor_ip', ids),
      vnc: () => known('Compute.update_miner_compute_request_vnc', ids),
      fail: () =>
        known('Compute.handle_miner_compute_request_failure', { ...ids, fail_reason: hexOfText('out of memory') }),
      failed: () =>
        known('Compute.handle_miner_compute_request_failure', {
          ...ids,
          fail_reason: hexOfText('No Cloud-Init CID provided'),
        }),
      stop: () => known('Compute.request_compute_stop', { plan_id }, signed(user)),
      boot: () => known('Compute.request_compute_boot', { plan_id }, signed(user)),
      reboot: () => known('Compute.request_compute_reboot', { plan_id }, signed(user)),
      resize: () => known('Compute.request_compute_resize', { plan_id }, signed(user)),
      delete: () => known('Compute.request_compute_delete', { plan_id }, signed(user)),
      force: () => known('Compute.force_request_compute_delete', { plan_id, account_id: user }, root()),
      asks: () => ['stop', 'boot', 'reboot', 'resize'].forEach((each) => this.move(each, of)),
      stopped: () => answer('Compute.mark_miner_compute_stop_request_fulfilled'),
      booted: () => answer('Compute.submit_compute_boot_request_fulfillment'),
      rebooted: () => answer('Compute.submit_compute_reboot_request_fulfillment'),
      resized: () => answer('Compute.submit_compute_resize_request_fulfillment'),
      gone: () => this.gone(ids, of),
      named: () => this.named(request_id),
      origins: () => this.origins(),
      ips: () => this.pools(),
      metrics: () => this.metrics(),
    };
    const play = moves[verb];
    if (play === undefined) throw new Error(`no move "${verb}"`);
    play();
  }

  /** A new job with an IP that is there; `same`: the last one's name, `no ip`: an IP that is not. */
  private job(ids: { node_id: Hex; request_id: bigint }, of: readonly string[]): void {
    if (!of.includes('same')) this.jobs += 1;
    const ip = of.includes('unknown')
      ? hexOfText('10.9.9.9')
      : (this.engine.state.PalletIp.VmAvailableIps.get()[0] ?? EMPTY);
    this.send(
      callOf('Compute.update_miner_compute_request', { ...ids, job_id: hexOfText(`job ${this.jobs}`), ip }),
      NONE,
    );
  }

  /** Names the VM as the job that it was, or `wrongly`. */
  private gone({ node_id, request_id }: { node_id: Hex; request_id: bigint }, of: readonly string[]): void {
    const queue = this.engine.state.Compute.MinerComputeDeletionRequests.get(node_id);
    const job = queue.find((entry) => entry.request_id === request_id)?.job_id ?? EMPTY;
    const vm_name = of.includes('wrongly') ? hexOfText('vm-') : job;
    this.send(callOf('Compute.submit_compute_deletion_request', { node_id, request_id, vm_name }), NONE);
  }

  /** Every call with a `request_id`, by a node that nobody knows: they change nothing. */
  private named(request_id: bigint): void {
    for (const name of callNames) {
      const args = zeroArgs(name);
      if ('request_id' in args) this.send(callNamed(name, { ...args, request_id }), NONE);
    }
  }

  /** Every call with every origin, about nothing. */
  private origins(): void {
    for (const name of callNames) {
      for (const origin of [NONE, signed(A), root(), root(A)]) this.send(callNamed(name, zeroArgs(name)), origin);
    }
  }

  /** Every pool is given an IP twice, and gives it back twice. */
  private pools(): void {
    const ip = hexOfText('10.1.1.1');
    for (const name of callNames.filter((each) => each.startsWith('PalletIp.'))) {
      // Removals come after additions, and pools one after the other: what is in one must not be in another (DEV-03).
      if (!name.includes('add_')) continue;
      for (const each of [
        name,
        name,
        name.replace('add_', 'remove_') as CallName,
        name.replace('add_', 'remove_') as CallName,
      ])
        this.send(callNamed(each, { ip }), root());
    }
  }

  /** A node is heard of, and then too often. */
  private metrics(): void {
    const names = callNames.filter((each) => each.startsWith('ExecutionUnit.'));
    const report = (name: CallName): void => this.send(callNamed(name, { ...zeroArgs(name), node_id: X }), NONE);
    for (const name of names.toReversed()) report(name);
    for (let times = 0; times < 8; times += 1) names.forEach(report);
  }
}

const RUNS = 'buy a | assign x a | job x a | fulfil x a';
const STANDS = `${RUNS} | stop a | stopped x a`;

/** Every ending for a VM that was led to where it stands. */
const asked = (until: string, who = 'a'): string[] => [
  `${until} | asks ${who} | delete ${who}`,
  `${until} | force ${who}`,
];

/** Stories from an id that is one among many. */
const ordinary: readonly string[] = [
  'origins',
  'ips',
  'metrics',
  'named | stopped x a | asks a | delete a | force a',
  'buy a | named | stopped x a',
  'buy a | assign x a | named | fulfil x a | job x a unknown | job x a | job x a same | job x a',
  'buy a | assign x a | failed x a | named',
  'buy a | assign stranger a | assign store a | assign x b | assign x a other | assign x a | assign x a',
  'buy a wish | assign x a | assign y a',
  `${RUNS} | named | hypervisor x a | vnc x a | stopped x a | stop a | stop sub | booted x a | rebooted x a | resized x a`,
  `${RUNS} | stop a | stopped x a forged | stopped x a | named | boot a | booted x a | reboot a | resize a | resize a | rebooted x a`,
  `${RUNS} | resize a | resized x a | delete a | gone x a wrongly | gone x a | gone x a`,
  `${RUNS} | boot a | booted x a`,
  `${RUNS} | reboot a | stop a | stopped x a | rebooted x a`,
  // Another user's VM comes first in the list (DEV-04).
  `buy b | assign x b | job x b | fulfil x b | ${RUNS} | asks a | delete a`,
  ...asked(RUNS),
  ...asked(STANDS),
];

/** Where a request fails that ran, or is assigned again. */
const afterwards: readonly string[] = [
  ...asked(`${RUNS} | fail x a`),
  ...asked(`${RUNS} | failed x a`),
  ...asked(`${RUNS} | assign y a`),
  ...asked('buy a | assign x a | assign y a | job x a | job y a | fulfil y a | fail x a'),
  ...asked('buy a | assign x a | assign y a | job x a | job y a | fulfil y a | failed x a'),
  // The deletion looks into one miner's lists only.
  'buy a | assign x a | assign y a | job x a | job y a | fulfil x a | reboot a | stop a | stopped x a | boot a | fulfil y a | delete a | booted x a | rebooted x a',
  `${STANDS} | boot a | fail x a | assign y a | job y a | fulfil y a | delete a | booted x a`,
  `${RUNS} | reboot a | fail x a | assign y a | job y a | fulfil y a | delete a | rebooted x a`,
  // A failure took the job's IP.
  `${RUNS} | fail x a | delete a | gone x a`,
  'buy a | assign x a | job x a | fail x a | assign x a | fulfil x a | delete a | gone x a',
];

/** Stories of two requests with the last id. */
const twins: readonly string[] = [
  'buy a | buy a',
  'buy a | assign x a | buy b | assign x b',
  ...asked(`${RUNS} | buy b`, 'b'),
  ...asked(`${RUNS} | buy b | assign y b`),
  ...asked(`${RUNS} | buy b | assign y b | job y b | fail y b`),
  ...asked(`${RUNS} | buy b | assign y b | job y b | failed y b`),
  'buy a | buy b | assign x b | job x b | fulfil x b | stop a | stopped x a | boot a | boot b | booted x a | booted x a',
  `${RUNS} | reboot a | stop a | stopped x a | boot a | buy b | assign y b | job y b | fulfil y b | delete a | delete b | booted x a | rebooted x a`,
  'buy a | assign x a | job x a | fail x a | buy b | assign x b | fulfil x a | delete a | gone x a',
];

const LAST_ID = 2n ** 128n - 1n;

/** Tells all stories under rules. @returns how many steps that took */
export const tellStories = (rules: Rules, coverage: Coverage): number => {
  const world = new World(rules, coverage);
  for (const story of [...ordinary, ...afterwards]) world.play(story, 0n);
  for (const story of twins) world.play(story, LAST_ID);
  return world.steps;
};

/** Plays scenarios on one engine. */
class Player {
  private readonly engine: Engine;
  readonly cast = makeCast();
  steps = 0;

  constructor(
    rules: Rules,
    private readonly coverage: Coverage,
  ) {
    this.engine = createEngine({ ...optionsOf(rules), onRule: coverage.onRule });
  }

  play(genesis: Genesis, stepsOn: (engine: Engine) => Iterable<Step>): void {
    const { engine, coverage } = this;
    begin(engine, genesis);
    for (const step of stepsOn(engine)) {
      this.steps += 1;
      if ('advance' in step) engine.advance(step.advance, step.jump);
      if (!('call' in step)) continue;
      engine.validate(step.call);
      const met = metBy(engine, step.call, step.origin);
      coverage.called(step.call, step.origin, engine.dispatch(step.call, step.origin).outcome, met);
    }
  }
}

/** Plays generated scenarios. @returns how many steps that took */
export const wander = (rules: Rules, coverage: Coverage, { seed, runs }: { seed: number; runs: number }): number => {
  const player = new Player(rules, coverage);
  const { cast } = player;
  const play = (scenario: Plan): void =>
    player.play(beginningOf(cast, scenario), (engine) => resolve(engine, cast, scenario.commands));
  fc.assert(fc.property(plan(60), play), { seed, numRuns: runs });
  return player.steps;
};

/** Plays what chance finds late. */
export const playRare = (rules: Rules, coverage: Coverage): void => {
  const player = new Player(rules, coverage);
  for (const { genesis, steps } of rareScenarios()) player.play(genesis, () => steps);
};
