/** Plays a scenario on the engine, then serves it out: what any user may have done, and what becomes of it. */
import type { Engine } from '../../engine/engine.js';
import type { State } from '../../engine/state.js';
import type { Genesis, Step } from '../../spec/steps.js';
import { genesisOf, type Cast } from '../cast.js';
import type { Plan } from '../generate.js';
import { resolve } from '../play-plan.js';
import { Grants } from './granted.js';
import { serve, type Served, type ServeOptions } from './serve.js';
import { unserved } from './unserved.js';

export interface PlayServiceOptions extends ServeOptions {
  /** Shown every state that a step has changed, and the first one. */
  readonly look?: (state: State) => void;
  /** Where the scenario begins. Default: the cast's own. */
  readonly genesis?: Genesis;
}

/** What a scenario came to once it was served. */
export interface PlayedService {
  /** The scenario's steps. */
  readonly steps: readonly Step[];
  /** The steps that served it. */
  readonly service: readonly Step[];
  readonly served: Served;
  /** What is not served, of the state and of what was granted. */
  readonly unserved: readonly string[];
}

/** One engine on which a scenario is played and served, more than once if need be. */
export class ServicePlay {
  private readonly grants = new Grants();

  constructor(
    private readonly engine: Engine,
    genesis: Genesis,
    private readonly look: (state: State) => void = () => undefined,
  ) {
    engine.reset({ ...genesis, block: genesis.block - 1n });
    engine.advance(1n);
    look(engine.state);
  }

  /** Plays steps as they come; answers them, and what their maker says in the end. */
  play<R>(steps: Iterator<Step, R>): { readonly steps: readonly Step[]; readonly ended: R } {
    const played: Step[] = [];
    for (;;) {
      const next = steps.next();
      if (next.done === true) return { steps: played, ended: next.value };
      played.push(next.value);
      if (this.apply(next.value)) this.look(this.engine.state);
    }
  }

  /** Serves what is open now. */
  serve(options: ServeOptions): { readonly steps: readonly Step[]; readonly ended: Served } {
    return this.play(serve(this.engine, options));
  }

  /** What is not served in the state as it is now. */
  unserved({ hasRoom }: Pick<ServeOptions, 'hasRoom'> = {}): readonly string[] {
    return [...unserved(this.engine, hasRoom), ...this.grants.unserved(this.engine.state)];
  }

  private apply(step: Step): boolean {
    if ('call' in step) {
      const dispatched = this.engine.dispatch(step.call, step.origin);
      this.grants.note(this.engine, step, dispatched);
      return !dispatched.changes.isEmpty();
    }
    if ('advance' in step) return this.engine.advance(step.advance, step.jump).length > 0;
    if ('inject' in step) this.engine.inject(step.inject);
    return 'inject' in step;
  }
}

/** Plays a plan and serves it out. */
export const playService = (
  engine: Engine,
  cast: Cast,
  { nextRequestId, commands }: Plan,
  options: PlayServiceOptions,
): PlayedService => {
  const play = new ServicePlay(engine, options.genesis ?? genesisOf(cast, nextRequestId), options.look);
  const { steps } = play.play(resolve(engine, cast, commands));
  const { steps: service, ended: served } = play.serve(options);
  return { steps, service, served, unserved: play.unserved(options) };
};
