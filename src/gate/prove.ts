/** What parts the two runtimes, made as short as it goes, played once more on fresh ones, and kept as a recording. */
import { EngineTarget } from '../targets/engine-target.js';
import { NotCovered } from '../targets/target.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import type { StateChange } from '../spec/run-events.js';
import { recordedCast, type Cast } from '../properties/cast.js';
import { keepCounterexample, type Kept } from '../properties/counterexample.js';
import { engineBeside } from '../properties/differential.js';
import type { Plan } from '../properties/generate.js';
import { lastChanges } from '../properties/last-change.js';
import { recordScenario } from '../properties/record.js';
import { breathe } from '../properties/search.js';
import { shorten } from '../properties/shorten.js';
import { Explorer, type ExploreOptions, type Parting, type Seen, type Shown } from './explore.js';
import { nameOf, type Sides } from './sides.js';

/** A parting as a person is told of it. */
export interface Proven {
  /** As the shortest play shows it. */
  readonly parting: Parting;
  readonly kept: Kept;
  /** What the last step changes in the new runtime; null where that is not told. */
  readonly changesNew: readonly StateChange[] | null;
}

/** What the last of these steps changes in the new runtime, which plays them from their beginning; null where it can't. */
export const changesInNew = async (
  { next }: Sides,
  cast: Cast,
  { genesis, steps }: Pick<Shown, 'genesis' | 'steps'>,
): Promise<readonly StateChange[] | null> => {
  const target = next.makeTarget({ fresh: true });
  try {
    return lastChanges(await recordScenario(target, 0, genesis, recordedCast(cast), steps));
  } catch (error) {
    if (error instanceof NotCovered) return null;
    throw error;
  } finally {
    target.close();
  }
};

const shownIn =
  (explorer: Explorer, { id, kind }: Parting, tolerance: number) =>
  (plan: Plan): Shown | undefined =>
    explorer.shows(plan, kind, tolerance).find(({ parting }) => parting.id === id);

/**
 * Null where it did not come again: an error of this tool, never a finding.
 * @throws Interrupted
 */
export const prove = async (
  { parting, leader, plan: seen }: Seen,
  cast: Cast,
  options: ExploreOptions & { readonly shortens?: boolean },
): Promise<Proven | null> => {
  const { tolerance, signal, sides, measure, out, seed, shortens = true } = options;
  const show = shownIn(new Explorer(options, leader, cast), parting, tolerance);
  const play = async (plan: Plan) => {
    // Lets Ctrl-C through.
    await breathe();
    const shown = show(plan);
    return shown ? { ...shown, failure: shown.parting } : { ...NOTHING, failure: null };
  };
  const shortened = await shorten(
    { plan: seen },
    { play, isUnshrunk: true, signal, ...(!shortens && { mostPlays: 0 }) },
  );
  if (shortened?.ended) throw shortened.ended;
  if (!shortened) return null;
  const { plan } = shortened.shortest;
  const again = shownIn(new Explorer(options, leader, cast, true), parting, tolerance)(plan);
  if (!again) return null;
  const old = sides.old.makeTarget({ fresh: true });
  const { against } = again.parting;
  const engine = engineBeside({ old: measure.old, announced: measure.next, found: measure.found }[against], old);
  const kept = await keepCounterexample(again, {
    stem: `gate-${blake2_256(hexOfText(`${sides.next.named ?? nameOf(sides.next)} ${parting.id}`)).slice(2, 8)}`,
    engine,
    recorder: against === 'old' ? old : new EngineTarget(engine),
    cast,
    found: { seed, path: NO_PATH, shrinks: 0 },
    about: { finding: `${parting.id}: ${again.parting.where}` },
    out,
    ...(sides.next.named !== null && { target: sides.next.named }),
  });
  // An upgrade is no step of either, and what only costs changes nothing else.
  const isOfSteps = parting.kind === 'behaviour' || parting.kind === 'rule';
  const changesNew = isOfSteps ? await changesInNew(sides, cast, again) : null;
  return { parting: again.parting, kept, changesNew };
};

/** Nothing of it leads back into fast-check. */
export const NO_PATH = '';

/** Of a play that showed nothing: nobody looks. */
const NOTHING = { genesis: { block: 0n, sudo: '0x', accounts: [], storage: {} }, steps: [] };
