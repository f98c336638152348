/**
 * Tours through a runtime in this process, in a state of one size: once to count what each call costs, then again and again for the
 * time it takes. The first time that a call occurs in a tour is the one that counts.
 */
import { accountAt } from '../../spec/accounts.js';
import { outcomeText, type RawState } from '../../spec/answers.js';
import { isCallName, type CallName } from '../../spec/calls.js';
import { decode, encode } from '../../spec/scale.js';
import { rawKey, storage } from '../../spec/storage.js';
import type { RuntimeTarget } from '../../targets/runtime-target.js';
import { PURCHASE } from '../../properties/differential.js';
import type { CallStep } from '../life.js';
import { median } from '../median.js';
import { SeededState } from '../seeded-state.js';
import { LOAD_SUDO, request, sizedState, sizesOf, type Axis, type SizedState, type Vm } from '../sized-state.js';
import { costOf, type Cost } from './cost.js';
import { OPENINGS, tourOf, touristsOf, withMiner, type Part, type Tourists } from './tour.js';

/** Of every axis but the one that is grown. */
const OTHERS = 1;
/** Milliseconds that tours are timed for at one size, and tours at least. */
const TIMING = 200;
const FEWEST_TOURS = 3;
const MICROSECONDS = 1_000;
/** The block that the state is of: what was released in it is due a period later. */
const FIRST_BLOCK = 1n;
const EMPTY_LIST = '0x00';

/** What is there of a call once it succeeded. */
export interface Counted {
  readonly cost: Cost;
  /** Bytes of the extrinsic, and SCALE of the event records of its block that it deposited; of an opening none. */
  readonly length: number;
  readonly records: readonly Uint8Array[];
}

/** What a tour came to. */
export interface Walked {
  readonly counted: ReadonlyMap<Part, Counted>;
  /** Of calls that did not succeed: what came of them. */
  readonly failed: ReadonlyMap<Part, string>;
  readonly calls: number;
}

/** Told each part of a tour as it is over, with the microseconds that it took. */
type OnPart = (part: Part, time: number, outcome: string) => void;

/** A size on one axis, and what is sent there. */
export class Walk {
  private readonly storage: RawState;
  /** As {@link storage}, with everything that waits for its release due a period after the first block. */
  private readonly due: RawState;
  private readonly tourists: Tourists;
  private readonly steps: readonly CallStep[];
  private readonly creation: RawState;

  private constructor(
    private readonly target: RuntimeTarget,
    /** What the runtime has of the specified calls. */
    private readonly calls: ReadonlySet<CallName>,
    sized: SizedState,
  ) {
    withMiner(sized);
    this.storage = sized.state.raw();
    this.due = allDue(this.storage);
    this.tourists = touristsOf(sized.vm);
    this.steps = tourOf(this.tourists).filter(({ call }) => calls.has(call.name));
    this.creation = creationOf(sized, this.tourists);
  }

  static at(target: RuntimeTarget, calls: ReadonlySet<CallName>, axis: Axis, size: number): Walk {
    return new Walk(target, calls, sizedState({ ...sizesOf(OTHERS), [axis]: size }));
  }

  /** One tour, each call under a timer of its own: also states whose tour takes many seconds. */
  count(): Walked {
    const counted = new Map<Part, Counted>();
    const failed = new Map<Part, string>();
    let calls = 0;
    const seen = new Set<Part>();
    this.play((part, _, outcome) => {
      calls += 1;
      if (seen.has(part)) return;
      seen.add(part);
      if (outcome === 'ok') counted.set(part, this.counted(part));
      else failed.set(part, outcome);
    });
    return { counted, failed, calls };
  }

  /**
   * Microseconds that each part takes: the median of some tours.
   * @param most tours; fewer where they take long, but three at least
   */
  time(most: number): ReadonlyMap<Part, number> {
    const times = new Map<Part, number[]>();
    const began = performance.now();
    for (let tours = 0; tours < Math.max(most, FEWEST_TOURS); tours += 1) {
      if (tours >= FEWEST_TOURS && performance.now() - began > TIMING) break;
      for (const [part, time] of this.timed()) times.set(part, [...(times.get(part) ?? []), time]);
    }
    return new Map([...times].map(([part, all]) => [part, median(all)]));
  }

  /** What the last part took. */
  private counted(part: Part): Counted {
    const { spent, extrinsicLength: length, records } = this.target;
    const cost = costOf(spent);
    return isCallName(part) ? { cost, length, records } : { cost, length: 0, records: [] };
  }

  private timed(): ReadonlyMap<Part, number> {
    return this.target.together(() => {
      const times = new Map<Part, number>();
      this.play((part, time, outcome) => {
        if (!times.has(part) && outcome === 'ok') times.set(part, time);
      });
      return times;
    });
  }

  private play(onPart: OnPart): void {
    const { target } = this;
    const opened = (part: Part, blocks: bigint): void => {
      target.settle();
      const before = performance.now();
      target.advance(blocks, { jump: true });
      onPart(part, (performance.now() - before) * MICROSECONDS, 'ok');
    };
    this.begin(this.storage);
    opened(OPENINGS.idle, 1n);
    if (!this.calls.has(PURCHASE)) target.inject(this.creation);
    for (const { call, origin } of this.steps) {
      target.settle();
      const before = performance.now();
      const { outcome } = target.dispatch(call, origin);
      const time = (performance.now() - before) * MICROSECONDS;
      onPart(call.name, time, outcomeText(outcome));
    }
    if (target.releasePeriod === null) return;
    opened(OPENINGS.oneDue, target.releasePeriod);
    this.begin(this.due);
    opened(OPENINGS.allDue, target.releasePeriod);
  }

  private begin(state: RawState): void {
    const sudo = accountAt(LOAD_SUDO);
    this.target.reset({ block: FIRST_BLOCK, sudo, accounts: [this.tourists.living.user], storage: state });
  }
}

/** The same state, in which all that waits for its release was released in the first block. */
const allDue = (state: RawState): RawState => {
  const item = storage.PalletIp.IpReleaseRequests;
  const key = rawKey(item, null);
  const waiting = decode(item.value, state[key] ?? EMPTY_LIST);
  return {
    ...state,
    [key]: encode(
      item.value,
      waiting.map((each) => ({ ...each, created_at: FIRST_BLOCK })),
    ),
  };
};

/** What creating the tourists' requests writes (BEHAVIOUR.md section 4), where no call does it. */
const creationOf = ({ owned, vm }: SizedState, tourists: Tourists): RawState => {
  const { ComputeRequests, NextRequestId } = storage.Compute;
  const created = Object.values<Vm>({ ...tourists }).map(({ request_id, user, plan }) =>
    request(request_id, user, plan),
  );
  return new SeededState()
    .push(ComputeRequests, vm.user, ...owned, ...created)
    .set(NextRequestId, null, vm.request_id + BigInt(created.length))
    .raw();
};
