/** All that was found, the worst first, with filters where a list is long. Without a script all of it is there to read. */
import { withStatus, type CollectedRun } from '../collected-run.js';
import type { Result } from '../results.js';
import { counted, shortened } from '../text.js';
import { findingItem, type Placed } from './finding.js';
import {
  anchorOf,
  bytesOf,
  html,
  leftOut,
  linkTo,
  prose,
  scrolling,
  tableOf,
  within,
  type Content,
  type Markup,
} from './markup.js';
import { SEVERITIES, severityOf, type Rated } from './meaning.js';

const STATUSES = ['open', 'known', 'accepted', 'announced', 'harmless'] as const satisfies readonly Result['status'][];

/** Every result with a name that no other one has: two differences of one shape have one id. */
export const placedResults = (run: CollectedRun): readonly Placed[] => {
  const seen = new Set<string>();
  return withStatus(run, ...STATUSES).map((result) => {
    const name = anchorOf(`finding/${shortened(result.id, 160)}`);
    let anchor = name;
    for (let again = 2; seen.has(anchor); again += 1) anchor = `${name}~${again}`;
    seen.add(anchor);
    return { result, anchor };
  });
};

const rank = ({ result }: Placed): number =>
  SEVERITIES.indexOf(severityOf(result)) * STATUSES.length + STATUSES.indexOf(result.status);

/** By severity, then what is open first. */
export const byWeight = (placed: readonly Placed[]): readonly Placed[] =>
  placed.toSorted((one, other) => rank(one) - rank(other));

/** Of the bytes that items may have, those that are kept for the ones whose steps have no room any more. */
const BRIEF = 0.1;
/** Steps of one finding. */
const STEPS = 300;
/** So few that are open stand open. */
const FEW = 3;

/** In full while there is room; then without their steps, then counted. */
const itemsOf = (
  placed: readonly Placed[],
  bytes: number,
): { readonly items: readonly (readonly [Placed, Markup])[]; readonly left: number } => {
  let room = bytes * (1 - BRIEF);
  const isFew = placed.filter(({ result }) => result.status === 'open').length <= FEW;
  const all = placed.map((each): Markup => {
    const isOpen = isFew && each.result.status === 'open';
    const full = findingItem(each, { most: STEPS, isOpen });
    const fits = bytesOf(full) <= room;
    if (fits) room -= bytesOf(full);
    return fits ? full : findingItem(each, { most: 0, isOpen });
  });
  const { shown, left } = within(all, bytes);
  return { items: shown.flatMap((item, at) => (placed[at] ? [[placed[at], item] as const] : [])), left };
};

const valuesOf = (placed: readonly Placed[], of: (each: Placed) => string): string[] => [...new Set(placed.map(of))];

const choice = (name: string, values: readonly string[]): Content =>
  html`<label
    >${name}
    <select data-filter="${name}">
      <option value="">all</option>
      ${values.map((value) => html`<option>${value}</option>`)}
    </select></label
  >`;

const filters = (placed: readonly Placed[]): Content =>
  html`<form class="filters js" role="search" aria-label="Findings" hidden>
    ${choice(
      'severity',
      valuesOf(placed, ({ result }) => severityOf(result)),
    )}${choice(
      'status',
      valuesOf(placed, ({ result }) => result.status),
    )}${choice(
      'kind',
      valuesOf(placed, ({ result }) => result.rule),
    )}<label>search <input type="search" data-search /></label> <button type="button" data-all>Open all</button>
    <span role="status" data-shown></span>
  </form>`;

const HEADINGS: Readonly<Record<Rated, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  'not rated': 'Not rated',
};

const group = (severity: Rated, items: readonly Markup[]): Content =>
  items.length > 0 &&
  html`<div class="group">
    <h3 class="v-${severity === 'not rated' ? 'none' : severity}">
      ${HEADINGS[severity]} <small>${items.length}</small>
    </h3>
    ${items}
  </div>`;

/** `bytes`: that the items may have. */
export const findingsSection = (run: CollectedRun, placed: readonly Placed[], bytes: number): Markup => {
  const more = run.suites.reduce((sum, suite) => sum + suite.more, 0);
  if (placed.length === 0)
    return html`<section id="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">Findings</h2>
      <p>None.</p>
    </section>`;
  const { items, left } = itemsOf(placed, bytes);
  const groups = SEVERITIES.map((severity) =>
    group(
      severity,
      items.filter(([{ result }]) => severityOf(result) === severity).map(([, item]) => item),
    ),
  );
  return html`<section id="findings" aria-labelledby="findings-title">
    <h2 id="findings-title">Findings</h2>
    ${filters(placed)} ${groups}${leftOut(left + more, 'findings')}
  </section>`;
};

/** Links in the verdict. */
const LINKS = 20;

/** What is open, to go to. */
export const openLinks = (placed: readonly Placed[]): Content => {
  const open = placed.filter(({ result }) => result.status === 'open');
  if (open.length === 0) return null;
  return html`<h3>Open</h3>
    <ul class="open">
      ${open.slice(0, LINKS).map(({ result, anchor }) => html`<li>${linkTo(anchor, prose(result.sentence, 240))}</li>`)}
    </ul>
    ${open.length > LINKS && html`<p class="note">and ${counted(open.length - LINKS, 'more open finding')} below.</p>`}`;
};

/** How many there are of each severity and status. */
export const countsTable = (placed: readonly Placed[]): Content => {
  if (placed.length === 0) return html`<p>Nothing was found.</p>`;
  const statuses = STATUSES.filter((status) => placed.some(({ result }) => result.status === status));
  const severities = SEVERITIES.filter((severity) => placed.some(({ result }) => severityOf(result) === severity));
  const count = (severity: Rated, status: Result['status']): number =>
    placed.filter(({ result }) => severityOf(result) === severity && result.status === status).length;
  const rows = severities.map((severity) => {
    const counts = statuses.map((status) => html`<td class="figure">${count(severity, status) || '·'}</td>`);
    return html`<tr>
      <th scope="row">${severity}</th>
      ${counts}
    </tr>`;
  });
  const title = 'Findings by severity and status';
  return scrolling(title, tableOf(['severity', ...statuses], rows, { style: 'counts', caption: title }));
};
