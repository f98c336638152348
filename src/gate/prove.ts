/** What parts the two runtimes, made as short as it goes, played once more on fresh ones, and kept as a recording. */
import { Interrupted } from '../targets/failures.js';
import { EngineTarget } from '../targets/engine-target.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import type { Cast } from '../properties/cast.js';
import { keepCounterexample, type Kept } from '../properties/counterexample.js';
import type { Plan } from '../properties/generate.js';
import { breathe, search } from '../properties/search.js';
import { shorten } from '../properties/shorten.js';
import { commonCalls, Explorer, type ExploreOptions, type Parting, type Seen, type Shown } from './explore.js';
import { engineBeside } from './sides.js';

/** A parting as a person is told of it. */
export interface Proven {
  /** As the shortest play shows it. */
  readonly parting: Parting;
  readonly kept: Kept;
}

const shownIn =
  (explorer: Explorer, { id, kind }: Parting, tolerance: number) =>
  (plan: Plan): Shown | undefined =>
    explorer.shows(plan, kind, tolerance).find(({ parting }) => parting.id === id);

/**
 * Null where it did not come again: an error of this tool, never a finding.
 * @throws Interrupted
 */
export const prove = async (
  { parting, leader, seed, scenario }: Seen,
  cast: Cast,
  options: ExploreOptions,
): Promise<Proven | null> => {
  const { tolerance, signal, sides, measure, out } = options;
  const show = shownIn(new Explorer(options, leader, cast), parting, tolerance);
  const { found } = await search(
    parting.id,
    // fast-check begins with the scenario that showed it, and shrinks it.
    { ...options, seed, path: `${scenario}`, emit: () => undefined },
    (plan) => ({ steps: 0, passed: show(plan) === undefined }),
    commonCalls(sides),
  );
  if (signal?.aborted === true) throw new Interrupted();
  if (found === null) return null;
  const play = async (plan: Plan) => {
    // Lets Ctrl-C through.
    await breathe();
    const shown = show(plan);
    return shown ? { ...shown, failure: shown.parting } : { ...NOTHING, failure: null };
  };
  const shortened = await shorten({ plan: found.plan }, { play, signal });
  if (shortened?.ended) throw shortened.ended;
  if (!shortened) return null;
  const { plan } = shortened.shortest;
  const again = shownIn(new Explorer(options, leader, cast, true), parting, tolerance)(plan);
  if (!again) return null;
  const old = sides.old.makeTarget({ fresh: true });
  const engine = engineBeside(again.parting.isUnkept ? measure.next : measure.old, old);
  const kept = await keepCounterexample(again, {
    stem: `gate-${blake2_256(hexOfText(`${sides.next.named} ${parting.id}`)).slice(2, 8)}`,
    engine,
    recorder: again.parting.isUnkept ? new EngineTarget(engine) : old,
    cast,
    found,
    about: { finding: `${parting.id}: ${again.parting.where}` },
    out,
    target: sides.next.named,
  });
  return { parting: again.parting, kept };
};

/** Of a play that showed nothing: nobody looks. */
const NOTHING = { genesis: { block: 0n, sudo: '0x', accounts: [], storage: {} }, steps: [] };
