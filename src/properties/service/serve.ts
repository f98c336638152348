/**
 * The off-chain world as a maker of steps: what validators (section 8) and miners (section 9) would send next, round by round,
 * until nothing is left that would change anything. Whoever asks for a step plays it before it asks for the next one; the state is
 * read anew each time. A call that failed is not sent again until something has changed, so a world that is stuck comes to rest.
 *
 * Rounds stand for the 19 blocks between two runs of a worker; no block is opened for them. Only where nothing is left to do but
 * wait for an IP, and one is awaiting its release, time passes: in a jump to the end of the earliest release period.
 */
import { signAt } from '../../spec/accounts.js';
import { signedMessage } from '../../spec/calls.js';
import { hexOfText, type Hex } from '../../spec/hex.js';
import type { Step } from '../../spec/steps.js';
import { accountsOf, type Cast } from '../cast.js';
import { healthy, type Conduct } from './conduct.js';
import type { Duty } from './duty.js';
import { answers, waitsForIp, type Worker } from './miner.js';
import { assignments, FailureMemory, type HasRoom } from './validator.js';
import { computeMiners, registrationOf, type World } from './world.js';

export interface ServeOptions {
  /** Derivation path of each account that signs for a node (`accounts.ts`); {@link signersOf} makes it. */
  readonly signers: ReadonlyMap<Hex, string>;
  /** How each miner behaves. Default: all are healthy. */
  readonly conductOf?: (node: Hex) => Conduct;
  /** Default: there is room everywhere. */
  readonly hasRoom?: HasRoom;
  /** A validator to the letter: it knows of a failure what the chain shows, and nothing else. Default: false. */
  readonly isForgetful?: boolean;
  /** Rounds at most. Default: 200; 110 000 generated scenarios took 8 at most. */
  readonly maxRounds?: number;
}

/** What serving came to. */
export interface Served {
  readonly rounds: number;
  /** Whether nothing is left that anybody would send with an effect; false where the rounds were used up. */
  readonly isAtRest: boolean;
  /** Nodes with open entries that nobody could sign for: the owner's path is not known, or the node has none. */
  readonly unsigned: readonly Hex[];
}

/** Everybody of a cast who can sign. */
export const signersOf = (cast: Cast): ReadonlyMap<Hex, string> =>
  new Map([...accountsOf(cast), ...cast.miners.map(({ owner }) => owner)].map(({ id, path }) => [id, path]));

export const roomEverywhere: HasRoom = () => true;

const MAX_ROUNDS = 200;

const fourDigits = (number: bigint): string => (number & 0xffffn).toString(16).padStart(4, '0');

/** `xxxx-yyyy`, of the request's id and a count: the first such name from then on that no VM has. */
const jobNames = ({ state }: World): ((request_id: bigint) => Hex) => {
  let count = -1n;
  return (request_id) => {
    let name: Hex;
    do {
      count += 1n;
      name = hexOfText(`${fourDigits(request_id)}-${fourDigits(count)}`);
    } while (state.PalletIp.RoleToIp.has({ Vm: name }));
    return name;
  };
};

/** Blocks until the first IP that awaits its release is due; undefined where none does. */
const untilRelease = ({ state, block, releasePeriod }: World): bigint | undefined => {
  const dues = state.PalletIp.IpReleaseRequests.get().map(({ created_at }) => created_at + releasePeriod - block);
  if (dues.length === 0) return undefined;
  const first = dues.reduce((least, due) => (due < least ? due : least));
  return first > 0n ? first : 1n;
};

class OffChain {
  /** Calls and jumps that had an effect. */
  private changes = 0;
  /** Duties that were refused, each with the number of changes at the time. */
  private readonly refused = new Map<string, number>();
  private readonly memory = new FailureMemory();
  private readonly unsignedNodes = new Set<Hex>();
  private readonly newJob: (request_id: bigint) => Hex;
  private readonly hasRoom: HasRoom;

  constructor(
    private readonly world: World,
    private readonly options: ServeOptions,
  ) {
    this.newJob = jobNames(world);
    this.hasRoom = options.hasRoom ?? roomEverywhere;
  }

  *serve(): Generator<Step, Served> {
    const { maxRounds = MAX_ROUNDS } = this.options;
    /** Miners whose worker had nothing to do since something changed. */
    const idle = new Set<Hex>();
    for (let round = 0; round < maxRounds; round += 1) {
      const before = this.changes;
      const awake = yield* this.round(round);
      if (this.changes > before) idle.clear();
      else for (const node of awake) idle.add(node);
      if (!computeMiners(this.world.state).every((node) => idle.has(node))) continue;
      if (!(yield* this.waited())) return this.ended(round + 1, true);
      idle.clear();
    }
    return this.ended(maxRounds, false);
  }

  private ended(rounds: number, isAtRest: boolean): Served {
    return { rounds, isAtRest, unsigned: [...this.unsignedNodes] };
  }

  /** What all send once; answers who of the miners was awake. */
  private *round(number: number): Generator<Step, readonly Hex[]> {
    const { conductOf = () => healthy } = this.options;
    yield* this.discharge(assignments(this.world, this.hasRoom, this.memory));
    const awake = computeMiners(this.world.state).filter((node) => conductOf(node).serves(number));
    for (const node of awake) yield* this.discharge(answers(this.world.state, this.worker(node, conductOf(node))));
    return awake;
  }

  private *discharge(duties: Iterable<Duty>): Generator<Step> {
    for (const { name, step, list, done } of duties) {
      if (this.refused.get(name) === this.changes) continue;
      const before = list();
      yield step();
      if (list() === before) {
        this.refused.set(name, this.changes);
        continue;
      }
      this.changes += 1;
      done?.();
    }
  }

  /** Lets time pass where that brings an IP to somebody who waits for one. */
  private *waited(): Generator<Step, boolean> {
    const { state } = this.world;
    const blocks = untilRelease(this.world);
    if (blocks === undefined || !computeMiners(state).some((node) => waitsForIp(state, node))) return false;
    yield { advance: blocks, jump: true };
    // A release whose time wraps past the end of its type comes at once or never.
    if (state.PalletIp.VmAvailableIps.get().length === 0) return false;
    this.changes += 1;
    return true;
  }

  private worker(node: Hex, conduct: Conduct): Worker {
    const failed = (request_id: bigint): void => {
      if (this.options.isForgetful !== true) this.memory.add(node, request_id);
    };
    const sign: Worker['sign'] = (name, request_id) => {
      const owner = registrationOf(this.world.state, node)?.owner;
      const path = owner === undefined ? undefined : this.options.signers.get(owner);
      if (path !== undefined) return signAt(path, signedMessage(name, node, request_id));
      this.unsignedNodes.add(node);
      return null;
    };
    return { node, conduct, newJob: this.newJob, sign, failed };
  }
}

/** The steps that serve what is open, each made in the state that whoever asks has brought about by then. */
export const serve = (world: World, options: ServeOptions): Generator<Step, Served> =>
  new OffChain(world, options).serve();
