/** Plays steps and serves them out on one engine, more than once if need be; says what is not served. */
import type { Engine } from '../../src/engine/engine.js';
import { genesisOf, type Cast } from '../../src/properties/cast.js';
import type { Plan } from '../../src/properties/generate.js';
import { begin, resolve } from '../../src/properties/play-plan.js';
import { Grants } from '../../src/properties/service/granted.js';
import { serve, type Served, type ServeOptions } from '../../src/properties/service/serve.js';
import { unserved } from '../../src/properties/service/unserved.js';
import type { Genesis, Step } from '../../src/spec/steps.js';

export interface Played<R> {
  readonly steps: readonly Step[];
  /** What their maker says in the end. */
  readonly ended: R;
}

export class ServicePlay {
  private readonly grants = new Grants();

  constructor(
    readonly engine: Engine,
    genesis: Genesis,
  ) {
    begin(engine, genesis);
  }

  /** Plays steps, each made once the one before was played. */
  play<R>(steps: Iterator<Step, R>): Played<R> {
    const played: Step[] = [];
    for (;;) {
      const next = steps.next();
      if (next.done === true) return { steps: played, ended: next.value };
      played.push(next.value);
      this.apply(next.value);
    }
  }

  serve(options: ServeOptions): Played<Served> {
    return this.play(serve(this.engine, options));
  }

  unserved({ hasRoom }: Pick<ServeOptions, 'hasRoom'> = {}): readonly string[] {
    return [...unserved(this.engine, hasRoom), ...this.grants.unserved(this.engine.state)];
  }

  private apply(step: Step): void {
    if ('call' in step) this.grants.note(this.engine, step, this.engine.dispatch(step.call, step.origin));
    else if ('advance' in step) this.engine.advance(step.advance, step.jump);
    else if ('inject' in step) this.engine.inject(step.inject);
  }
}

/** A plan, played and not yet served. */
export const playPlan = (engine: Engine, cast: Cast, { nextRequestId, commands }: Plan): ServicePlay => {
  const play = new ServicePlay(engine, genesisOf(cast, nextRequestId));
  play.play(resolve(engine, cast, commands));
  return play;
};

/** Every IP that PalletIp knows for VMs, sorted: none of them is lost or made by what serves. */
export const vmIps = ({ state }: Engine): readonly string[] => {
  const { VmAvailableIps, RoleToIp, IpReleaseRequests } = state.PalletIp;
  const assigned = RoleToIp.present().flatMap(([role, ip]) => ('Vm' in role ? [ip] : []));
  return [...VmAvailableIps.get(), ...assigned, ...IpReleaseRequests.get().map(({ ip }) => ip)].toSorted();
};
