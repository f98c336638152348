/**
 * A mix of calls, 28 of 50 signed. Most are about VMs that run, whose stops, boots, reboots and resizes are asked for and answered
 * in turn: the genesis has one of each open, so that an answer finds one whichever of the two a block takes first. One in twelve
 * fails, on purpose.
 *
 * No two have the same bytes, because they are looked for in blocks by their bytes. An unsigned call has no nonce for that: then
 * a port, an address, a reason, an id or the ignored signature has the arrival's number in it.
 */
import { accountAt } from '../../spec/accounts.js';
import { callOf, type Call } from '../../spec/calls.js';
import { EMPTY, hexOfText } from '../../spec/hex.js';
import type { MultiSignature } from '../../spec/types/registration.js';
import { purchase } from '../life.js';
import type { Vm } from '../sized-state.js';
import { Chance } from './chance.js';
import { BOUGHT_PLAN, unknownPlan, type World } from './world.js';

/** Sent by the user at a path, or by nobody. */
export interface MixedCall {
  readonly call: Call;
  readonly path: string | null;
}

const ACTIONS = ['stop', 'boot', 'reboot', 'resize'] as const;
type Action = (typeof ACTIONS)[number];

type Card =
  | { readonly kind: 'ask' | 'answer'; readonly action: Action }
  | {
      readonly kind: 'ask again' | 'purchase' | 'unknown plan' | 'vnc' | 'hypervisor' | 'failure' | 'unknown request';
    };

const cards = (kind: Exclude<Card['kind'], 'ask' | 'answer'>, times: number): readonly Card[] =>
  Array.from({ length: times }, () => ({ kind }));

/** Fifty calls, 28 of them signed: with the steps of lives (`arrivals.ts`), of which one in seven is, it is half. */
const DECK: readonly Card[] = [
  ...ACTIONS.flatMap((action) => Array.from({ length: 4 }, (): Card => ({ kind: 'ask', action }))),
  ...ACTIONS.flatMap((action) => Array.from({ length: 4 }, (): Card => ({ kind: 'answer', action }))),
  ...cards('ask again', 4),
  ...cards('purchase', 5),
  ...cards('unknown plan', 3),
  ...cards('vnc', 2),
  ...cards('hypervisor', 2),
  ...cards('failure', 1),
  ...cards('unknown request', 1),
];

const ask = (action: Action, plan_id: string, resize_to_gbs: number): Call => {
  switch (action) {
    case 'stop':
      return callOf('Compute.request_compute_stop', { plan_id });
    case 'boot':
      return callOf('Compute.request_compute_boot', { plan_id });
    case 'reboot':
      return callOf('Compute.request_compute_reboot', { plan_id });
    case 'resize':
      return callOf('Compute.request_compute_resize', { plan_id, resize_to_gbs });
  }
};

const ANSWERS = {
  stop: 'Compute.mark_miner_compute_stop_request_fulfilled',
  boot: 'Compute.submit_compute_boot_request_fulfillment',
  reboot: 'Compute.submit_compute_reboot_request_fulfillment',
  resize: 'Compute.submit_compute_resize_request_fulfillment',
} as const;

/** Nobody's, another one for each number: as deployed it is not looked at. */
const signatureOf = (number: number): MultiSignature => ({ Ed25519: '0x' + number.toString(16).padStart(128, '0') });

const answer = (action: Action, { node, request_id }: Vm, number: number): Call =>
  callOf(ANSWERS[action], { node_id: node, request_id, signature: signatureOf(number) });

/** Requests that there are not. */
const NOWHERE = 10n ** 15n;

const aboutNothing = (node_id: string, number: number): Call => {
  const ids = { node_id, request_id: NOWHERE + BigInt(number) };
  switch (number % 3) {
    case 0:
      return callOf('Compute.mark_compute_request_fulfilled', ids);
    case 1:
      return callOf('Compute.handle_miner_compute_request_failure', { ...ids, fail_reason: EMPTY });
    default:
      return callOf('Compute.update_miner_compute_request_hypervisor_ip', { ...ids, hypervisor_ip: EMPTY });
  }
};

/** Takes one after the other, and begins anew. */
class Turns<T> {
  constructor(
    private readonly items: readonly T[],
    private at = 0,
  ) {}

  next(): T {
    const item = this.items[this.at % this.items.length];
    if (item === undefined) throw new RangeError('expected at least one to take turns with');
    this.at += 1;
    return item;
  }
}

const FIRST_PORT = 5_900n;

/** Calls as the deck has them, the same for the same seed. */
export class Mixer {
  private readonly chance: Chance;
  private deck: Card[] = [];
  private readonly users: Turns<string>;
  private readonly nodes: Turns<string>;
  private readonly vms: Turns<Vm>;
  private readonly asks: Readonly<Record<Action, Turns<Vm>>>;
  private readonly answers: Readonly<Record<Action, Turns<Vm>>>;

  constructor(
    private readonly world: World,
    seed: number,
  ) {
    this.chance = new Chance(seed);
    const { running, users, nodes } = world;
    this.users = new Turns(users);
    this.nodes = new Turns(nodes);
    this.vms = new Turns(this.chance.shuffled(running));
    const order = this.chance.shuffled(running);
    // A VM is asked half a turn after it was answered, and the other way round. Each is stopped, resized, booted, rebooted in
    // turn: between what boots it and what would make it run anyway stands a quarter of a turn, so that a boot can be seen to.
    const turns = (offset: number): Record<Action, Turns<Vm>> => ({
      stop: new Turns(order, offset),
      reboot: new Turns(order, offset + Math.floor(order.length / 4)),
      boot: new Turns(order, offset + Math.floor(order.length / 2)),
      resize: new Turns(order, offset + Math.floor((3 * order.length) / 4)),
    });
    this.answers = turns(0);
    this.asks = turns(Math.floor(order.length / 2));
  }

  /** The next one, for the arrival of this number. */
  call(number: number): MixedCall {
    if (this.deck.length === 0) this.deck = [...this.chance.shuffled(DECK)];
    const card = this.deck.pop();
    if (card === undefined) throw new RangeError('a deck has no cards');
    return this.played(card, number);
  }

  private played(card: Card, number: number): MixedCall {
    switch (card.kind) {
      case 'ask':
        return this.asking(card.action, this.asks[card.action].next());
      case 'answer':
        return unsigned(answer(card.action, this.answers[card.action].next(), number));
      case 'ask again':
        return this.asAnother(this.asking(ACTIONS[this.chance.below(ACTIONS.length)] ?? 'stop', this.vms.next()));
      case 'purchase':
        return this.buying(this.users.next());
      case 'unknown plan':
        return { call: ask('stop', unknownPlan(number + 1), 0), path: this.users.next() };
      case 'unknown request':
        return unsigned(aboutNothing(this.nodes.next(), number));
      case 'vnc':
      case 'hypervisor':
      case 'failure':
        return unsigned(this.reporting(card.kind, this.vms.next(), number));
    }
  }

  private asking(action: Action, { plan, path }: Vm): MixedCall {
    return { call: ask(action, plan, 1 + this.chance.below(100)), path };
  }

  /** Signed by the user's sub-account, where there is one. */
  private asAnother({ call, path }: MixedCall): MixedCall {
    return { call, path: path === null ? null : (this.world.subAccounts.get(path) ?? path) };
  }

  private buying(path: string): MixedCall {
    const [first] = this.world.running;
    if (first === undefined) throw new RangeError('expected at least one VM');
    return { call: purchase({ ...first, user: accountAt(path), plan: BOUGHT_PLAN }).call, path };
  }

  private reporting(kind: 'vnc' | 'hypervisor' | 'failure', vm: Vm, number: number): Call {
    const ids = { node_id: vm.node, request_id: vm.request_id };
    switch (kind) {
      case 'vnc':
        return callOf('Compute.update_miner_compute_request_vnc', {
          ...ids,
          vnc_port: FIRST_PORT + BigInt(number),
          vm_name: vm.job,
        });
      case 'hypervisor':
        return callOf('Compute.update_miner_compute_request_hypervisor_ip', {
          ...ids,
          hypervisor_ip: hexOfText(`172.${16 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`),
        });
      case 'failure':
        return callOf('Compute.handle_miner_compute_request_failure', {
          ...ids,
          fail_reason: hexOfText(`attempt ${number}`),
        });
    }
  }
}

const unsigned = (call: Call): MixedCall => ({ call, path: null });
