/** What breaks an invariant, as findings: seen on the target, with why, how bad it is, and a recording of it. */
import type { FoundChange } from '../gate/expectations.js';
import type { Side } from '../gate/sides.js';
import { causeText, idOf, type Attributed } from '../properties/attribute.js';
import type { Cast } from '../properties/cast.js';
import { keepCounterexample } from '../properties/counterexample.js';
import { engineBeside } from '../properties/differential.js';
import { sceneOf, shortestBreak, type Break } from '../properties/hunt.js';
import type { Shortest } from '../properties/shorten.js';
import { deviations } from '../spec/deviations.js';
import type { Invariant } from '../spec/invariants.js';
import type { Explained } from './hunt-all.js';
import { brokenOnTarget, type Audited } from './on-target.js';
import { promiseOfInvariant } from './promise.js';

export interface InvariantFindingOptions {
  readonly side: Side;
  readonly audited: Audited;
  readonly cast: Cast;
  readonly seed: number;
  /** Folder for counterexamples. */
  readonly out: string;
}

/** What is said of a cause. */
const knownAs = ({ cause }: Attributed): string => {
  if (cause.kind === 'rules') return `known: ${causeText(cause)}`;
  return cause.kind === 'finding' ? 'on no list' : 'unattributed';
};

/** A known one is as bad as its worst rule. */
const severityOf = ({ cause }: Attributed, invariant: Invariant): Invariant['severity'] => {
  if (cause.kind !== 'rules') return invariant.severity;
  const order = ['critical', 'high', 'medium', 'low'] as const;
  const severities = deviations
    .filter(({ id }) => cause.rules.some((rule) => rule === id))
    .map(({ severity }) => severity);
  return order.find((each) => severities.includes(each)) ?? invariant.severity;
};

export class InvariantFindings {
  constructor(private readonly options: InvariantFindingOptions) {}

  /** Null where it did not come again. */
  async ofExplained({ found, attributed }: Explained): Promise<FoundChange | null> {
    if (attributed === null) return null;
    const { invariant } = found;
    const { cause } = attributed;
    const shown = await this.onTheTarget(found, attributed);
    const broken = shown?.broken ?? attributed.shortest.failure;
    const isKnown = cause.kind === 'rules';
    // The fingerprint saw these rules on the target; with all of its rules another of them may be in the way of what these do alone.
    const unseen = isKnown
      ? 'the engine under these alone does it, under all of the rules of this runtime it was not seen'
      : 'the engine under these rules does it, this runtime was not seen to';
    return {
      ...(await this.broken(invariant, { ...attributed, shortest: shown?.shortest ?? attributed.shortest }, broken)),
      sentence: `${invariant.name}: ${broken} (${knownAs(attributed)}${shown === null ? `; ${unseen}` : ''})`,
      status: isKnown ? 'known' : 'open',
      severity: severityOf(attributed, invariant),
    };
  }

  /** The steps that show the cause alone, else those that the target's own rules need; null where neither breaks it there. */
  private async onTheTarget(
    found: Break,
    { shortest }: Attributed,
  ): Promise<{ readonly broken: string; readonly shortest: Shortest<string> } | null> {
    const { audited, cast } = this.options;
    const { invariant } = found;
    const seen = async (each: Shortest<string>): Promise<string | null> => {
      const end = invariant.id === 'INV-33' ? sceneOf(cast, each.plan).end : undefined;
      return brokenOnTarget(audited, invariant, each, end);
    };
    const broken = await seen(shortest);
    if (broken !== null) return { broken, shortest };
    const own = await shortestBreak(audited.rules, cast, found);
    const ownBroken = own && (await seen(own));
    return own && ownBroken !== null ? { broken: ownBroken, shortest: own } : null;
  }

  /** What was found on the target; `attributed` is null where the engine does not break it by the same commands under its rules. */
  async ofTarget(
    invariant: Invariant,
    shortest: Shortest<string>,
    attributed: Attributed | null,
  ): Promise<FoundChange> {
    const { rules } = this.options.audited;
    const known: Attributed = { ...(attributed ?? { cause: { kind: 'unattributed' }, rules }), shortest };
    const why =
      attributed === null ? "unattributed: the engine does not do that under this runtime's rules" : knownAs(known);
    return {
      ...(await this.broken(invariant, known, shortest.failure)),
      sentence: `${invariant.name}: ${shortest.failure} (${why})`,
      status: known.cause.kind === 'rules' ? 'known' : 'open',
      severity: severityOf(known, invariant),
    };
  }

  private async broken(
    invariant: Invariant,
    attributed: Attributed,
    broken: string,
  ): Promise<Omit<FoundChange, 'sentence' | 'status'>> {
    const { side, seed, out, cast, audited } = this.options;
    const { shortest, cause } = attributed;
    const { id, statement } = invariant;
    const target = side.makeTarget({ fresh: true });
    const kept = await keepCounterexample(shortest, {
      stem: `${id}-${causeText(cause).replaceAll('+', '-')}`,
      engine: engineBeside(audited.rules, target),
      recorder: target,
      cast,
      found: { seed, path: '', shrinks: 0 },
      about: { invariant: { id, statement, broken } },
      out,
      ...(side.named !== null && { target: side.named }),
    });
    target.close();
    const last = shortest.steps.findLast((step) => 'call' in step);
    return {
      id: idOf(invariant, attributed),
      kind: 'invariant',
      part: last && 'call' in last ? last.call.name : id,
      promise: promiseOfInvariant(invariant),
      steps: kept.steps,
      ...(kept.changes && { changes: kept.changes }),
      file: kept.file,
      ...(side.named !== null && { command: kept.command }),
    };
  }
}
