/** Which rules a runtime was found to follow: its fingerprint, of a gate the old one's beside the new one's. */
import { deviations, revisions } from '../../spec/deviations.js';
import { revisionRules } from '../../spec/rules.js';
import type { CollectedRun } from '../collected-run.js';
import { html, prose, scrolling, tableOf, type Content, type Markup } from './markup.js';

const titleOf = (rule: string): string => {
  const revision = revisionRules.find((each) => each === rule);
  return revision ? revisions[revision].title : (deviations.find(({ id }) => id === rule)?.title ?? '');
};

const table = (rules: Readonly<Record<string, Readonly<Record<string, string>>>>): Markup => {
  const sides = Object.keys(rules);
  const named = [...new Set(sides.flatMap((side) => Object.keys(rules[side] ?? {})))];
  const rows = named.map((rule) => {
    const settings = sides.map((side) => rules[side]?.[rule] ?? '');
    const flips = new Set(settings).size > 1;
    const cells = settings.map(
      (setting) => html`<td><span class="setting r-${classOf(setting)}">${setting}</span></td>`,
    );
    return html`<tr${flips && html` class="flip"`}><th scope="row">${rule}</th>${cells}<td>${flips && html`<strong>differs</strong>: `}${prose(titleOf(rule), 300)}</td></tr>
`;
  });
  return tableOf(['rule', ...sides, 'what it is about'], rows);
};

const classOf = (setting: string): string =>
  setting === 'promised' || setting === 'deployed' || setting === 'neither' ? setting : 'other';

/** `26 deployed; REV-01 9000`: what is no setting of a deviation is told by its rule. */
const countsOf = (settings: Readonly<Record<string, string>>): string => {
  const named = (['deployed', 'promised', 'neither'] as const).flatMap((setting) => {
    const count = Object.values(settings).filter((each) => each === setting).length;
    return count === 0 ? [] : [`${count} ${setting}`];
  });
  const others = Object.entries(settings).filter(([, setting]) => classOf(setting) === 'other');
  return [...named, ...others.map(([rule, setting]) => `${rule} ${setting}`)].join(', ');
};

export const fingerprintSection = ({ suites }: CollectedRun): Content => {
  const told = suites.flatMap(({ suite, finished }) => (finished?.rules ? [{ suite, rules: finished.rules }] : []));
  if (told.length === 0) return null;
  return html`<section id="fingerprint" aria-labelledby="fingerprint-title">
    <h2 id="fingerprint-title">Fingerprint</h2>
    <p>
      The rules of the specification that the runtime follows, told by playing each rule's witness: as
      <em>deployed</em> on the chain, or as <em>promised</em> by its README or by what a user assumes.
    </p>
    ${told.map(
      ({ suite, rules }) =>
        html`<p>
            ${Object.entries(rules).map(([side, settings]) => html`<strong>${side}</strong>: ${countsOf(settings)}. `)}
          </p>
          <details>
            <summary>All rules</summary>
            ${scrolling(`Rules of ${suite}`, table(rules))}
          </details>`,
    )}
  </section>`;
};
