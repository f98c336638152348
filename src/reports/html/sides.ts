/**
 * What parts two sides, each named: what was expected beside what came, an old runtime beside a new one, and what the last step
 * changes in each of them.
 */
import { MOST_CHANGES, type StateChange } from '../../spec/run-events.js';
import { FIRST_SIDE, SECOND_SIDE, type Result } from '../results.js';
import { shortened } from '../text.js';
import { code, html, scrolling, stackedCell, tableOf, withoutLongHex, type Content, type Markup } from './markup.js';

/** Characters of a side. */
const SIDE = 1_500;

/** Shared words at both ends are shown plain, what lies between is marked. */
const marked = (text: string, other: string): Markup => {
  const [words, others] = [text.split(/\b/), other.split(/\b/)];
  const least = Math.min(words.length, others.length);
  let start = 0;
  while (start < least && words[start] === others[start]) start += 1;
  let end = 0;
  while (end < least - start && words.at(-1 - end) === others.at(-1 - end)) end += 1;
  const stop = words.length - end;
  const [before, middle, after] = [words.slice(0, start), words.slice(start, stop), words.slice(stop)];
  return html`<code
    >${before.join('')}${middle.length > 0 && html`<mark>${middle.join('')}</mark>`}${after.join('')}</code
  >`;
};

const sidesTable = (title: string, heads: readonly string[], rows: Content): Markup =>
  html`<h5>${title}</h5>
    ${scrolling(title, tableOf(heads, rows, { style: 'beside stack' }))}`;

interface Sides {
  readonly title: string;
  readonly heads: readonly [string, string];
  readonly values: readonly [string, string];
}

/** The two things that part, each as it was told. Null where only one, or none, was. */
const sidesOf = ({ source }: Result): Sides | null => {
  if (source.type === 'counterexample') return null;
  if (source.type !== 'finding') {
    const values = [source.expected, source.observed] as const;
    return { title: 'What was expected, and what came', heads: ['expected', 'observed'], values };
  }
  const { old, new: next, against = 'old' } = source;
  if (old === undefined && next === undefined) return null;
  const values = [old ?? 'nothing', next ?? 'nothing'] as const;
  return { title: 'What parts them', heads: [FIRST_SIDE[against], SECOND_SIDE], values };
};

export const beside = (result: Result): Content => {
  const sides = sidesOf(result);
  if (sides === null) return null;
  const { title, heads, values } = sides;
  const [left, right] = [shortened(values[0], SIDE), shortened(values[1], SIDE)];
  const { source } = result;
  const where =
    source.type === 'difference' && source.where !== '' ? html`<p>${source.aspect}: ${code(source.where)}</p>` : null;
  const cells = html`<tr>
    ${stackedCell(heads[0], marked(left, right))}${stackedCell(heads[1], marked(right, left))}
  </tr>`;
  return html`${where} ${sidesTable(title, heads, cells)}`;
};

/** As a person reads it; null where there is nothing. */
type Field = string | null;

const legible = (field: Field): Field => (field === null ? null : shortened(withoutLongHex(field), SIDE));

const shown = (field: Field, other: Field): Content =>
  field === null ? html`<small>not there</small>` : marked(field, other ?? '');

const whereOf = (where: string): Markup => html`<th scope="row">${code(withoutLongHex(where), 300)}</th>`;

/** Fields before and after a step, what changed in them marked. */
const changesTable = (title: string, changes: readonly StateChange[]): Content => {
  if (changes.length === 0)
    return html`<h5>${title}</h5>
      <p>Nothing.</p>`;
  const heads = ['state', 'before the last step', 'after it'];
  const rows = changes.map(({ where, before, after }) => {
    const [was, is] = [legible(before), legible(after)];
    return html`<tr>
      ${whereOf(where)}${stackedCell('before the last step', shown(was, is))}${stackedCell('after it', shown(is, was))}
    </tr>`;
  });
  return sidesTable(title, heads, rows);
};

const isSame = (one: StateChange | undefined, other: StateChange): boolean =>
  one?.where === other.where && one.before === other.before && one.after === other.after;

/** Two sides of a step that began in one state: each field once, with what becomes of it on either side. */
const bothTable = (
  heads: readonly [string, string],
  sides: readonly [readonly StateChange[], readonly StateChange[]],
) => {
  const wheres = [...new Set(sides.flat().map(({ where }) => where))];
  const before = 'before the last step';
  const [ours, theirs] = [`after it: ${heads[0]}`, `after it: ${heads[1]}`];
  const rows = wheres.map((where) => {
    const [one, other] = sides.map((changes) => changes.find((each) => each.where === where));
    const was = legible((one ?? other)?.before ?? null);
    const [left, right] = [one, other].map((side) => (side ? legible(side.after) : was));
    return html`<tr>
      ${whereOf(where)}${stackedCell(before, shown(was, was))}${stackedCell(ours, shown(left ?? null, right ?? null))}${stackedCell(theirs, shown(right ?? null, left ?? null))}
    </tr>`;
  });
  return sidesTable('What the last step changes', ['state', before, ours, theirs], rows);
};

/** What a step changes on two sides: in one table where it began alike on both and all of it is told, else in one each. */
const bothChanges = (first: string, old: readonly StateChange[], next: readonly StateChange[]): Content => {
  if (old.length === next.length && next.every((each, at) => isSame(old[at], each)))
    return changesTable(`What the last step changes, in both alike (${first}, ${SECOND_SIDE})`, next);
  const isWhole = old.length < MOST_CHANGES && next.length < MOST_CHANGES;
  const beganAlike = old.every(({ where, before }) =>
    next.every((each) => each.where !== where || each.before === before),
  );
  if (isWhole && beganAlike) return bothTable([first, SECOND_SIDE], [old, next]);
  return html`${changesTable(`What the last step changes: ${first}`, old)}${changesTable(`What the last step changes: ${SECOND_SIDE}`, next)}`;
};

/** The state before and after the last step, of each side that told it. */
export const changed = ({ source }: Result): Content => {
  if (source.type !== 'counterexample' && source.type !== 'finding') return null;
  const { changes = [] } = source;
  if (source.type === 'finding' && source.against !== undefined) {
    const first = FIRST_SIDE[source.against];
    if (source.changesNew) return bothChanges(first, changes, source.changesNew);
    return changes.length > 0 && changesTable(`What the last step changes: ${first}`, changes);
  }
  return changes.length > 0 && changesTable('What the last step changes, as the recording has it', changes);
};
