/**
 * From each sentence of the pallet's README to what checks it, to the bugs that were put in to see that check fail, and what this run
 * says of it: which findings break it, which invariants spoke and held. Of a run that looks at no invariant and no rule there is no
 * such table.
 */
import { requirements, invariantsOf as invariantsHolding } from '../../spec/requirements.js';
import type { Requirement, Tie } from '../../spec/requirements/requirement.js';
import { invariants } from '../../spec/invariants.js';
import { mutants, type Mutant } from '../../spec/mutants.js';
import type { CollectedRun } from '../collected-run.js';
import { counted } from '../text.js';
import type { Placed } from './finding.js';
import {
  html,
  leftOut,
  linkTo,
  prose,
  scrolling,
  stackedCell,
  tableOf,
  within,
  type Content,
  type Markup,
} from './markup.js';
import { deviationsOf, invariantOf } from './meaning.js';

/** What a run says of one invariant or deviation. */
interface Said {
  readonly broken: readonly Placed[];
  /** How many things it spoke of; null where it was not watched. */
  readonly spoke: number | null;
}

type Saying = (id: string) => Said;

const sayingOf = ({ suites }: CollectedRun, placed: readonly Placed[]): Saying => {
  const spoke = new Map<string, number>();
  for (const { finished } of suites)
    for (const [id, count] of Object.entries(finished?.spoke ?? {})) spoke.set(id, (spoke.get(id) ?? 0) + count);
  return (id) => ({
    broken: placed.filter(
      ({ result }) => invariantOf(result) === id || (deviationsOf(result).includes(id) && id.startsWith('DEV')),
    ),
    spoke: spoke.get(id) ?? null,
  });
};

/** Links of one cell. */
const LINKS = 4;

const linksTo = (broken: readonly Placed[]): Content =>
  html`${broken.slice(0, LINKS).map(({ result, anchor }) => html` ${linkTo(anchor, result.status)}`)}${broken.length > LINKS && ` +${broken.length - LINKS}`}`;

const saidOf = (id: string, { broken, spoke }: Said): Markup => {
  if (broken.length > 0) return html`<span class="no">${id} broken</span>${linksTo(broken)}`;
  if (spoke === null) return html`<span>${id} not looked at</span>`;
  if (spoke === 0) return html`<span>${id} had nothing to speak of</span>`;
  return html`<span class="yes">${id} held</span> <small>spoke of ${counted(spoke, 'thing')}</small>`;
};

const tieOf = (tie: Tie, saying: Saying): Content => {
  if ('test' in tie) return html`<small>test: ${tie.test.name}</small>`;
  if ('notCheckable' in tie) return html`<small>not checkable: ${tie.notCheckable}</small>`;
  const { broken } = saying(tie.witness);
  return broken.length > 0
    ? html`<span class="no">${tie.witness} there</span>${linksTo(broken)}`
    : html`<span>${tie.witness} not seen</span>`;
};

const mutantAnchor = (number: number): string => `mutant/${number}`;

/** Links to bugs that were seen to break any of these invariants. */
const mutantLinks = (ids: readonly string[], label: (mutant: Mutant) => string): Content => {
  const breaking = mutants.filter(({ breaks }) => breaks.some((id) => ids.includes(id)));
  if (breaking.length === 0) return html`<small>none</small>`;
  return breaking.map((each, at) => html`${at > 0 && ', '}${linkTo(mutantAnchor(each.number), label(each))}`);
};

const byNumber = ({ number }: Mutant): string => String(number);
const byName = ({ number, name }: Mutant): string => `${number} ${name}`;

const rowOf = ({ id, line, text, ties }: Requirement, saying: Saying): Markup => {
  const holding = invariantsHolding(id);
  const ones = [
    ...holding.map((invariant) => saidOf(invariant.id, saying(invariant.id))),
    ...ties.map((tie) => tieOf(tie, saying)),
  ];
  const held = holding.map((each) => each.id);
  return html`<tr>
    <th scope="row">${id}<br /><small>line ${line}</small></th>
    ${stackedCell('sentence', prose(text.replaceAll('**', ''), 1_000))}${stackedCell(
      'checked by',
      html`<ul>
        ${ones.map((one) => html`<li>${one}</li>`)}
      </ul>`,
    )}${stackedCell('broken by mutants', mutantLinks(held, byNumber))}
  </tr> `;
};

const invariantRow = (id: string, name: string, statement: string, said: Said): Markup =>
  html`<tr>
    <th scope="row">${id}</th>
    ${stackedCell('what must hold', html`<strong>${name}</strong>: ${statement}`)}${stackedCell('in this run', saidOf(id, said))}${stackedCell('broken by mutants', mutantLinks([id], byName))}
  </tr> `;

const mutantRow = ({ number, name, where, description, breaks }: Mutant): Markup =>
  html`<tr id="${mutantAnchor(number)}">
    <th scope="row">${number} ${name}<br /><small>${where}</small></th>
    ${stackedCell('what is wrong', prose(description, 400))}${stackedCell('invariants that it breaks', breaks.length > 0 ? breaks.join(', ') : html`<small>none: comparing finds it</small>`)}
  </tr> `;

/** A bug of the lab runtime that was switched on, for whoever looks at how it was found. */
const mutantsOf = ({ started, suites }: CollectedRun): Content => {
  const named = [...(started?.command ?? []), ...suites.map((suite) => suite.started?.target ?? '')];
  const numbers = new Set(
    named.flatMap((word) => [...word.matchAll(/\bmutant[= ](\d+)/g)].map(([, number]) => Number(number))),
  );
  const on = mutants.filter(({ number }) => numbers.has(number));
  return on.map(
    ({ number, name, where, description }) =>
      html`<p><strong>Mutant ${number}</strong> (${name}, ${where}) is switched on: ${prose(description, 400)}</p>`,
  );
};

/** Bytes of a table's rows. */
const ROOM = 90_000;

const table = (title: string, columns: readonly string[], rows: readonly Markup[]): Markup => {
  const { shown, left } = within(rows, ROOM);
  return html`<details>
    <summary>${title} (${rows.length})</summary>
    ${scrolling(title, tableOf(columns, shown, { style: 'stack' }))}${leftOut(left, 'rows')}
  </details>`;
};

export const traceabilitySection = (run: CollectedRun, placed: readonly Placed[]): Content => {
  const saying = sayingOf(run, placed);
  const isAbout = invariants.some(({ id }) => {
    const { broken, spoke } = saying(id);
    return broken.length > 0 || spoke !== null;
  });
  const hasRules = placed.some(({ result }) => deviationsOf(result).length > 0);
  if (!isAbout && !hasRules) return null;
  const ofInvariants = invariants.map(({ id, name, statement }) => invariantRow(id, name, statement, saying(id)));
  const ofRequirements = requirements.map((requirement) => rowOf(requirement, saying));
  return html`<section id="requirements" aria-labelledby="requirements-title">
    <h2 id="requirements-title">Requirements</h2>
    <p>
      What the pallet's README promises, what checks each sentence, and what this run says of it. “Broken” is so of the
      rules and the target that the finding names. A mutant is a bug that was put into the lab runtime on purpose; those
      that stand beside an invariant were seen to break it where all rules are as promised, and it holds without them.
    </p>
    ${mutantsOf(run)}${table('Invariants', ['invariant', 'what must hold', 'in this run', 'broken by mutants'], ofInvariants)}
    ${table('Sentences of the README', ['requirement', 'sentence', 'checked by', 'broken by mutants'], ofRequirements)}
    ${table('Mutants', ['mutant', 'what is wrong', 'invariants that it breaks'], mutants.map(mutantRow))}
  </section>`;
};
