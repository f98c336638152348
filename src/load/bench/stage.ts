/**
 * A state of a size with one VM whose life is played in it again and again. Each life leaves the state as large as it was: the
 * IP that it gave back is taken out of its pool and put into it anew.
 */
import type { RawState } from '../../spec/answers.js';
import type { CallName } from '../../spec/calls.js';
import { storage } from '../../spec/storage.js';
import type { ComputeRequest } from '../../spec/types/compute.js';
import { PURCHASE } from '../../properties/differential.js';
import { InputError } from '../../properties/recording-file.js';
import { life, removeIp, type CallStep } from '../life.js';
import { SeededState } from '../seeded-state.js';
import { request, sizedState, sizesOf, type Axis, type Vm } from '../sized-state.js';
import type { Player } from './player.js';

/** Of everything that is not the axis. */
const OTHERS = 10;

/** What a lap is of: a call, or the opening of a block with what is due in it. */
export type Lap = CallName | 'opening a block';

export const OPENING = 'opening a block';

/** Told the milliseconds of each lap of a life. */
export type OnLap = (lap: Lap, milliseconds: number) => void;

export class Stage {
  /** Whose life is next. */
  private vm: Vm;
  /** Whose life is played. */
  private created: Vm;

  private constructor(
    private readonly player: Player,
    vm: Vm,
    /** The user's requests besides. */
    private readonly owned: readonly ComputeRequest[],
  ) {
    this.vm = vm;
    this.created = vm;
  }

  /** `size` on one axis, a few on all others. @throws InputError where the player has not all calls of a life */
  static at(player: Player, axis: Axis, size: number): Stage {
    expectCalls(player);
    const { state, vm, owned } = sizedState({ ...sizesOf(OTHERS), [axis]: size });
    state.push(storage.PalletIp.VmAvailableIps, null, vm.ip);
    player.begin(state.raw(), [vm.user]);
    return new Stage(player, vm, owned);
  }

  /** Plays one life more. @throws InputError where a call of it does not succeed */
  play(): void {
    this.player.together(() => {
      for (const step of this.steps()) this.take(step);
      this.player.passRelease();
    });
  }

  /** As {@link play}, each lap timed. */
  timed(onLap: OnLap): void {
    this.player.together(() => {
      for (const step of this.steps()) {
        const before = performance.now();
        const isCall = this.take(step);
        if (isCall) onLap(step.call.name, performance.now() - before);
      }
      const before = performance.now();
      this.player.passRelease();
      onLap(OPENING, performance.now() - before);
    });
  }

  private steps(): readonly CallStep[] {
    const { vm } = this;
    this.created = vm;
    this.vm = { ...vm, request_id: vm.request_id + 1n };
    return lifeFrom(vm);
  }

  /** Whether it was a call: what has no call for creation is created by injection, which costs no lap. */
  private take(step: CallStep): boolean {
    if (step.call.name === PURCHASE && !this.player.calls.includes(PURCHASE)) {
      this.player.inject(this.creation());
      return false;
    }
    this.expectOk(step);
    return true;
  }

  /** What creating the request writes (BEHAVIOUR.md section 4), beside the user's others. */
  private creation(): RawState {
    const { request_id, user, plan } = this.created;
    const { ComputeRequests, NextRequestId } = storage.Compute;
    return new SeededState()
      .push(ComputeRequests, user, ...this.owned, request(request_id, user, plan))
      .set(NextRequestId, null, request_id + 1n)
      .raw();
  }

  private expectOk(step: CallStep): void {
    const outcome = this.player.send(step);
    if ('ok' in outcome) return;
    throw new InputError(
      `${this.player.name}: expected that a VM's whole life succeeds, but ${step.call.name} comes to ${JSON.stringify(outcome)}: only what can be played to its end can be timed`,
    );
  }
}

const expectCalls = ({ name, calls }: Player): void => {
  const missing = LAPS.filter((lap) => lap !== OPENING && lap !== PURCHASE && !calls.includes(lap));
  if (missing.length === 0) return;
  throw new InputError(
    `${name}: expected a runtime with all calls of a VM's life as specified, but it has not ${missing.join(', ')}`,
  );
};

const lifeFrom = (vm: Vm): readonly CallStep[] => [removeIp(vm), ...life(vm)];

/** The laps of a life, in order. */
export const LAPS: readonly Lap[] = [...lifeFrom(sizedState(sizesOf(0)).vm).map(({ call }) => call.name), OPENING];

/** Calls of a life, the block's opening apart. */
export const CALLS_OF_A_LIFE = LAPS.length - 1;
