/** What parts the two runtimes, made as short as it goes, played once more on fresh ones, and kept as a recording. */
import { Interrupted } from '../targets/failures.js';
import { EngineTarget } from '../targets/engine-target.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import type { Cast } from '../properties/cast.js';
import { keepCounterexample, type Kept } from '../properties/counterexample.js';
import type { Plan } from '../properties/generate.js';
import { breathe } from '../properties/search.js';
import { shorten } from '../properties/shorten.js';
import { Explorer, type ExploreOptions, type Parting, type Shown } from './explore.js';
import { engineBeside, type SideName } from './sides.js';

/** A parting as a person is told of it. */
export interface Proven {
  /** As the shortest play shows it. */
  readonly parting: Parting;
  readonly kept: Kept;
}

/** Plays for shortening one parting: each takes milliseconds. */
const MOST_PLAYS = 400;

const NOT_SHRUNK_BY_FAST_CHECK = '';

const shownIn =
  (explorer: Explorer, { id, kind }: Parting, tolerance: number) =>
  (plan: Plan): Shown | undefined =>
    explorer.shows(plan, kind, tolerance).find(({ parting }) => parting.id === id);

/**
 * Null where it did not come again: an error of this tool, never a finding.
 * @throws Interrupted
 */
export const prove = async (
  { parting, leader, plan }: { readonly parting: Parting; readonly leader: SideName; readonly plan: Plan },
  cast: Cast,
  options: ExploreOptions,
): Promise<Proven | null> => {
  const { tolerance, signal, sides, measure, out, seed } = options;
  const show = shownIn(new Explorer(options, leader, cast), parting, tolerance);
  const play = async (each: Plan) => {
    // Lets Ctrl-C through.
    await breathe();
    const shown = show(each);
    return shown ? { ...shown, failure: shown.parting } : { genesis: NOWHERE, steps: [], failure: null };
  };
  const shortened = await shorten({ plan }, { play, isSlow: true, mostPlays: MOST_PLAYS, signal });
  if (shortened?.ended) throw new Interrupted();
  const again =
    shortened && shownIn(new Explorer(options, leader, cast, true), parting, tolerance)(shortened.shortest.plan);
  if (!again) return null;
  const old = sides.old.makeTarget({ fresh: true });
  const engine = engineBeside(again.parting.isUnkept ? measure.next : measure.old, old);
  const kept = await keepCounterexample(again, {
    stem: `gate-${blake2_256(hexOfText(`${sides.next.named} ${parting.id}`)).slice(2, 8)}`,
    engine,
    recorder: again.parting.isUnkept ? new EngineTarget(engine) : old,
    cast,
    found: { plan: shortened.shortest.plan, seed, path: NOT_SHRUNK_BY_FAST_CHECK, shrinks: 0 },
    about: { finding: `${parting.id}: ${again.parting.where}` },
    out,
    target: sides.next.named,
  });
  return { parting: again.parting, kept };
};

/** Of a play that showed nothing: nobody looks. */
const NOWHERE = { block: 0n, sudo: '0x', accounts: [], storage: {} };
