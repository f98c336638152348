/**
 * Rules: deviations as switches (RULES.md, and `docs/findings.md` from DEV-20 on). A rule set gives each deviation rule `deployed` or `promised` and each
 * revision `9000` or `9006`; every mixture is legal.
 */

/** Every deviation that changes behaviour. DEV-14, DEV-15 and DEV-18 change none: they are observed, not switched. */
export const deviationRules = [
  'DEV-01',
  'DEV-02',
  'DEV-03',
  'DEV-04',
  'DEV-05',
  'DEV-06',
  'DEV-07',
  'DEV-08',
  'DEV-09',
  'DEV-10',
  'DEV-11',
  'DEV-12',
  'DEV-13',
  'DEV-16',
  'DEV-17',
  'DEV-19',
  'DEV-20',
  'DEV-21',
  'DEV-22',
  'DEV-23',
  'DEV-24',
  'DEV-25',
  'DEV-26',
  'DEV-27',
  'DEV-28',
  'DEV-29',
] as const;
export type DeviationRule = (typeof deviationRules)[number];

/** What a later release changed on purpose. */
export const revisionRules = ['REV-01', 'REV-02'] as const;
export type RevisionRule = (typeof revisionRules)[number];

export type Rule = DeviationRule | RevisionRule;
/** Every rule that can be set. */
export const allRules: readonly Rule[] = [...deviationRules, ...revisionRules];

export type RuleSetting = 'deployed' | 'promised' | '9000' | '9006';

const observed: ReadonlySet<string> = new Set(['DEV-14', 'DEV-15', 'DEV-18']);

/** The first release with the revisions (RULES.md, "Revisions"). */
export const REVISED_SPEC_VERSION = 9006;

/** Thrown where a rule set can't be read. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

/** An immutable rule set. */
export class Rules {
  protected constructor(
    protected readonly asPromised: ReadonlySet<DeviationRule>,
    protected readonly asRevised: ReadonlySet<RevisionRule>,
  ) {}

  /** All rules as deployed, revisions at 9000. */
  static readonly deployed = new Rules(new Set(), new Set());
  /** All rules as promised, revisions at 9000. */
  static readonly promised = new Rules(new Set(deviationRules), new Set());

  /** A rule set from the rules that are not at `deployed` or `9000`. */
  static of(promised: Iterable<DeviationRule>, revised: Iterable<RevisionRule> = []): Rules {
    return new Rules(new Set(promised), new Set(revised));
  }

  /**
   * Reads `deployed`, `promised`, or a list such as `DEV-04=promised,REV-01=9006`, which may begin with one of the two
   * words. What the list does not name stays as `base` has it: `deployed` and `promised` alone leave its revisions.
   * @throws RuleError that names the word that was not understood and what is known.
   */
  static parse(text: string, base: Rules = Rules.deployed): Rules {
    const promised = new Set<DeviationRule>(base.asPromised);
    const revised = new Set<RevisionRule>(base.asRevised);
    const seen = new Set<string>();
    text.split(',').forEach((part, at) => {
      const word = part.trim();
      if (at === 0 && (word === 'deployed' || word === 'promised')) {
        promised.clear();
        if (word === 'promised') deviationRules.forEach((rule) => promised.add(rule));
        return;
      }
      const [name = '', ...settings] = word.split('=');
      const setting = settings.join('=');
      const rule = knownRule(name, word);
      if (seen.has(rule)) throw new RuleError(`rule ${rule} is set twice in "${text}": name it once`);
      seen.add(rule);
      if (isRevision(rule)) flip(revised, rule, setting, '9000', '9006');
      else flip(promised, rule, setting, 'deployed', 'promised');
    });
    return new Rules(promised, revised);
  }

  /** Whether a deviation is repaired. */
  promised(rule: DeviationRule): boolean {
    return this.asPromised.has(rule);
  }

  /** Whether a revision is that of 9006. */
  revised(rule: RevisionRule): boolean {
    return this.asRevised.has(rule);
  }

  setting(rule: Rule): RuleSetting {
    if (isRevision(rule)) return this.revised(rule) ? '9006' : '9000';
    return this.promised(rule) ? 'promised' : 'deployed';
  }

  /** Whether every deviation is repaired. */
  isPromised(): boolean {
    return this.asPromised.size === deviationRules.length;
  }

  /** This set with one rule at a setting. */
  with(rule: Rule, setting: RuleSetting): Rules {
    return Rules.parse(`${rule}=${setting}`, this);
  }

  /** This set with both revisions as the release `specVersion` has them. */
  revisedFor(specVersion: number): Rules {
    return new Rules(this.asPromised, new Set(specVersion >= REVISED_SPEC_VERSION ? revisionRules : []));
  }

  /** The shortest text that {@link Rules.parse} reads back, from `deployed` at 9000. */
  toString(): string {
    const revisions = revisionRules.filter((rule) => this.revised(rule)).map((rule) => `${rule}=9006`);
    const repaired = deviationRules.filter((rule) => this.promised(rule));
    if (this.isPromised()) return ['promised', ...revisions].join(',');
    if (repaired.length === 0 && revisions.length === 0) return 'deployed';
    return [...repaired.map((rule) => `${rule}=promised`), ...revisions].join(',');
  }

  /** A text that {@link Rules.parse} reads back from any base: it names every revision. */
  toPinnedString(): string {
    const deviations = Rules.of(deviationRules.filter((rule) => this.promised(rule))).toString();
    return [deviations, ...revisionRules.map((rule) => `${rule}=${this.setting(rule)}`)].join(',');
  }

  /** This set, which tells of each rule that it is asked for: whoever gives it away hears what is asked at its place. */
  observedBy(onRule: (rule: Rule) => void): Rules {
    return new ObservedRules(this.asPromised, this.asRevised, onRule);
  }
}

/** A class of its own, so that sets that nobody observes ask nobody. */
class ObservedRules extends Rules {
  constructor(
    asPromised: ReadonlySet<DeviationRule>,
    asRevised: ReadonlySet<RevisionRule>,
    private readonly onRule: (rule: Rule) => void,
  ) {
    super(asPromised, asRevised);
  }

  override promised(rule: DeviationRule): boolean {
    this.onRule(rule);
    return this.asPromised.has(rule);
  }

  override revised(rule: RevisionRule): boolean {
    this.onRule(rule);
    return this.asRevised.has(rule);
  }
}

const isRevision = (rule: Rule): rule is RevisionRule => (revisionRules as readonly string[]).includes(rule);

const knownRule = (name: string, word: string): Rule => {
  const known = allRules.find((rule) => rule === name);
  if (known !== undefined) return known;
  if (observed.has(name)) {
    throw new RuleError(
      `${name} changes no behaviour, so it is no rule: it is observed over a run (see "assay list deviations")`,
    );
  }
  throw new RuleError(
    `unknown rule "${word}": expected "deployed", "promised", or a list such as "DEV-04=promised,REV-01=9006" ` +
      `of ${deviationRules.join(', ')}, ${revisionRules.join(', ')}`,
  );
};

const flip = <R extends Rule>(into: Set<R>, rule: R, setting: string, off: RuleSetting, on: RuleSetting): void => {
  if (setting === on) into.add(rule);
  else if (setting === off) into.delete(rule);
  else throw new RuleError(`rule ${rule} has the settings "${off}" and "${on}", came "${setting}"`);
};
