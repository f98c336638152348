/** Findings and expectations brought together: what was expected is said so, and what was expected in vain is found. */
import {
  isExpired,
  type Expectation,
  type Expectations,
  type FoundChange,
  type RuleExpectation,
} from './expectation.js';

export interface Applied<F extends FoundChange> {
  /** The findings in their order; what an expectation covers is `announced` or `accepted`. */
  readonly findings: readonly F[];
  /** Of the kind `expectation`, all of them open: those that expired, and those that did not come true. */
  readonly wrong: readonly FoundChange[];
}

type Covers = (finding: FoundChange) => boolean;

/** An expectation, and what of it becomes of the findings that it covers. */
interface Claim {
  readonly expectation: Expectation;
  readonly status: 'announced' | 'accepted';
  readonly covers: Covers;
  /** Where it did not come true: what there is instead, for the sentence. */
  readonly instead: (findings: readonly FoundChange[]) => string;
}

const nothing = (): string => 'nothing in this run is it';

const ofRule = (expectation: RuleExpectation): Claim => {
  const { name, rule, to } = expectation;
  return {
    expectation,
    status: 'announced',
    covers: (finding) => finding.id === name && finding.new === to,
    instead: (findings) => {
      const flip = findings.find(({ id }) => id === name);
      return flip?.new === undefined
        ? `the new runtime has ${rule} as the old one has it`
        : `the new runtime has ${rule} as ${flip.new}, not as ${to}`;
    },
  };
};

const ofName =
  (status: Claim['status']) =>
  (expectation: Expectation): Claim => ({
    expectation,
    status,
    covers: ({ id }) => id === expectation.name,
    instead: nothing,
  });

const claimsOf = ({ rules, interface: changes, findings }: Expectations): Claim[] => [
  ...[...rules.values()].map(ofRule),
  ...[...changes.values()].map(ofName('announced')),
  ...[...findings.values()].map(ofName('accepted')),
];

const words = ({ status, expectation: { author, expires, reason } }: Claim): string =>
  `${status} by ${author} until ${expires}: ${reason}`;

const wrong = ({ expectation: { name } }: Claim, how: 'expired' | 'not-come-true', sentence: string): FoundChange => ({
  id: `expectation/${name}/${how}`,
  kind: 'expectation',
  part: name,
  sentence,
  status: 'open',
});

const expired = (file: string, claim: Claim): FoundChange => {
  const { name, author, expires, reason, line } = claim.expectation;
  const said = `${file}:${line}: "${name}", ${claim.status} by ${author} (${reason}), expired on ${expires}`;
  return wrong(
    claim,
    'expired',
    `${said} and covers nothing any more: take it out, or have its author set a later day`,
  );
};

const inVain = (file: string, claim: Claim, findings: readonly FoundChange[]): FoundChange => {
  const { name, author, expires, reason, line } = claim.expectation;
  const said = `${file}:${line}: "${name}", ${claim.status} by ${author} until ${expires} (${reason}), did not come true`;
  return wrong(claim, 'not-come-true', `${said}: ${claim.instead(findings)}; take it out, or correct it`);
};

/**
 * What becomes of a run's findings. An expectation that expired covers nothing; every other one must cover something.
 * @param findings those of the kind `rule` have the setting as `new`
 * @param today in UTC: `2027-03-31`
 */
export const applyExpectations = <F extends FoundChange>(
  findings: readonly F[],
  expectations: Expectations,
  today: string,
): Applied<F> => {
  const { file } = expectations;
  const claims = claimsOf(expectations);
  const counting = claims.filter(({ expectation }) => !isExpired(expectation, today));
  return {
    findings: findings.map((finding) => {
      const claim = counting.find(({ covers }) => covers(finding));
      return claim === undefined ? finding : { ...finding, status: claim.status, expectation: words(claim) };
    }),
    wrong: claims.flatMap((claim) => {
      if (isExpired(claim.expectation, today)) return [expired(file, claim)];
      return findings.some(claim.covers) ? [] : [inVain(file, claim, findings)];
    }),
  };
};
