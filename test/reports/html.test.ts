/** The HTML report: all that a run tells in one page, whatever text it is told in, within two megabytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { svgOf } from '../../src/reports/chart.js';
import { withStatus, type CollectedRun } from '../../src/reports/collected-run.js';
import { htmlReport } from '../../src/reports/html.js';
import { html, textOfMarkup, within } from '../../src/reports/html/markup.js';
import { readStep } from '../../src/reports/html/sequence.js';
import { COLOURS } from '../../src/reports/html/style.js';
import { mutants } from '../../src/spec/mutants.js';
import { invariantsOf, requirements } from '../../src/spec/requirements.js';
import type { Finding, RunEvent } from '../../src/spec/run-events.js';
import { longRun } from '../../scripts/evidence/long-run.mjs';
import {
  collected,
  counterexample,
  difference,
  everything,
  finding,
  finished,
  hostileRun,
  hostileText,
  started,
  suite,
  suiteFinished,
} from './events.js';
import { elementsOf, idsOf, textOf, type Element } from './html-elements.js';

const MOST = 2_000_000;

const pageOf = (events: readonly RunEvent[]): string => htmlReport(collected(events), svgOf);
const whole = pageOf(everything);

const named = (page: string, name: string): Element[] => elementsOf(page).filter((each) => each.name === name);
const findings = (page: string): Element[] =>
  elementsOf(page).filter(({ name, attributes }) => name === 'details' && attributes.get('class') === 'finding');

const ALL = ['open', 'known', 'accepted', 'announced', 'harmless'] as const;
const countOf = (run: CollectedRun): number => withStatus(run, ...ALL).length;

/** The row of a table that has an id, or begins with it. */
const rowOf = (page: string, id: string): string =>
  page.split('</tr>').find((row) => row.includes(`<tr id="${id}">`) || row.includes(`<th scope="row">${id}<`)) ??
  expect.fail(`no row ${id}`);

describe('a page of a run', () => {
  it('has every finding of the events, each once, to be linked to', () => {
    const run = collected(everything);
    const items = findings(whole);
    expect(items).toHaveLength(countOf(run));
    expect(items.length).toBeGreaterThan(10);
    for (const { id } of withStatus(run, ...ALL)) expect(textOf(whole)).toContain(id);
    for (const { attributes } of items) {
      expect(attributes.get('id')).toMatch(/^finding\/\S+$/);
      expect(attributes.get('data-severity')).toMatch(/^(critical|high|medium|low|not rated)$/);
    }
  });

  it('has no id twice, even where two findings have one, and no link that leads nowhere', () => {
    const page = pageOf([
      started('replay', 'x'),
      ...suite('x', 'finding', [difference(), difference(), finding(), finding()]),
    ]);
    for (const each of [page, whole]) {
      const ids = idsOf(each);
      expect(new Set(ids).size).toBe(ids.length);
      const links = named(each, 'a').map(({ attributes }) => attributes.get('href') ?? '');
      expect(links.length).toBeGreaterThan(5);
      for (const link of links) expect(ids).toContain(decodeURIComponent(link.replace(/^#/, '')));
    }
    expect(idsOf(page).filter((id) => id.startsWith('finding/'))).toHaveLength(4);
  });

  it('begins with the verdict, and its headings go down one level at a time', () => {
    const levels = elementsOf(whole)
      .flatMap(({ name }) => /^h([1-6])$/.exec(name)?.[1] ?? [])
      .map(Number);
    expect(levels[0]).toBe(1);
    for (const [at, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[at - 1] ?? 1) + 1);
    const sections = named(whole, 'section').map(({ attributes }) => attributes.get('id'));
    expect(sections).toEqual(['verdict', 'findings', 'suites', 'measured', 'coverage', 'requirements', 'run']);
    expect(textOf(whole)).toMatch(/Verdict:\s+error/);
  });

  it('can be walked through by a screen reader: landmarks, names, scopes, a place that speaks', () => {
    for (const name of ['header', 'nav', 'main', 'footer']) expect(named(whole, name)).toHaveLength(1);
    for (const { attributes } of named(whole, 'th')) expect(attributes.get('scope')).toMatch(/^(col|row)$/);
    for (const { attributes } of elementsOf(whole).filter((each) => each.attributes.get('role') === 'region')) {
      expect(attributes.get('aria-label')).not.toBe('');
      expect(attributes.get('tabindex')).toBe('0');
    }
    expect(elementsOf(whole).filter(({ attributes }) => attributes.get('aria-live') === 'polite')).toHaveLength(1);
    expect(named(whole, 'html')[0]?.attributes.get('lang')).toBe('en');
  });

  it('lets nothing run but its own script, and asks for nothing', () => {
    const [policy] = named(whole, 'meta').filter(({ attributes }) => attributes.has('http-equiv'));
    expect(policy?.attributes.get('content')).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[\w+/]{43}='; img-src data:; base-uri 'none'; form-action 'none'$/,
    );
    expect(named(whole, 'script')).toHaveLength(1);
    for (const { attributes } of elementsOf(whole)) {
      expect([...attributes.keys()].filter((name) => name === 'src' || name.startsWith('on'))).toEqual([]);
      expect(attributes.get('href') ?? '#').toMatch(/^#/);
    }
  });

  it('says what of it is interrupted, with an end and without', () => {
    const cut = [
      started('check'),
      { type: 'suite-started', suite: 'endless', kind: 'differential', target: 'x' },
    ] as const;
    for (const page of [pageOf(cut), pageOf([...cut, finished('conforms', 130, 'interrupted: so far')])]) {
      expect(textOf(page)).toMatch(/interrupted\s*: what follows is what was done until then/);
      expect(textOf(page)).toContain('did not come to its end');
    }
    expect(textOf(whole)).not.toContain('what was done until then');
  });

  it('shows the state before and after the last step, what changed in it marked', () => {
    const changes = [
      { where: 'Compute.ComputeRequests[user 0][0].status', before: '"Stopped"', after: '"Started"' },
      { where: 'Compute.MinerComputeStopRequests["m"]', before: null, after: '[]' },
    ];
    const page = pageOf([started('check'), ...suite('x', 'finding', [counterexample({ changes })])]);
    expect(page).toMatch(/>&quot;<mark>Stopped<\/mark>&quot;</);
    expect(page).toMatch(/>&quot;<mark>Started<\/mark>&quot;</);
    expect(textOf(page)).toMatch(/MinerComputeStopRequests\["m"\]\s+not there\s+\[\]/);
    expect(textOf(whole)).not.toContain('What the last step changes');
  });

  it('names both runtimes of a gate in what parts them, and in what the step changes in each', () => {
    const where = 'Compute.ComputeRequests[user 0][0].status';
    const fields = {
      old: 'ok',
      new: 'BadOrigin',
      changes: [{ where, before: '"Running"', after: '"Stopped"' }],
      changesNew: [],
    };
    const told = textOf(pageOf([started('gate'), ...suite('x', 'finding', [finding({ ...fields, against: 'old' })])]));
    expect(told).toMatch(/old runtime\s+new runtime\s+ok\s+BadOrigin/);
    expect(told).toMatch(/before the last step\s+after it: old runtime\s+after it: new runtime/);
    expect(told).toMatch(/status\s+"Running"\s+"Stopped"\s+"Running"/);
    expect(told).not.toContain('as the recording has it');
  });

  it('says whose the state is where one side alone is told, or both began otherwise or changed the same', () => {
    const where = 'Compute.NextRequestId';
    const changes = [{ where, before: '1', after: '2' }];
    const shown = (fields: Partial<Finding>): string =>
      textOf(pageOf([started('gate'), ...suite('x', 'finding', [finding({ changes, ...fields })])]));
    expect(shown({ against: 'old' })).toContain('What the last step changes: old runtime');
    expect(shown({ against: 'announced' })).toContain('What the last step changes: the engine, as announced');
    expect(shown({ against: 'old', changesNew: changes })).toContain(
      'What the last step changes, in both alike (old runtime, new runtime)',
    );
    const otherwise = shown({ against: 'old', changesNew: [{ where, before: '7', after: '8' }] });
    expect(otherwise).toMatch(/changes: old runtime[^]*\s1\s+2[^]*changes: new runtime[^]*\s7\s+8/);
    expect(shown({})).toContain('What the last step changes, as the recording has it');
  });

  it('shows the fingerprint of both sides, and where they part', () => {
    const rules = {
      old: { 'DEV-04': 'deployed', 'DEV-05': 'deployed' },
      new: { 'DEV-04': 'promised', 'DEV-05': 'deployed' },
    };
    const ended = { ...suiteFinished('rules', 'conforms'), rules };
    const page = pageOf([started('gate'), ended]);
    expect(textOf(page)).toMatch(/DEV-04\s+deployed\s+promised/);
    expect(textOf(page).match(/\bdiffers\b/g)).toHaveLength(1);
  });

  it('ties a broken invariant to the sentences of the README that it holds', () => {
    const page = pageOf([
      started('check'),
      ...suite('INV-03 queue consistency, promised', 'finding', [counterexample()]),
    ]);
    expect(textOf(page)).toMatch(/REQ-ENTRY-9[^]*?INV-03 broken/);
    const held = (spoke: number): string =>
      textOf(pageOf([started('check'), { ...suiteFinished('invariants', 'conforms'), spoke: { 'INV-03': spoke } }]));
    expect(held(7)).toMatch(/REQ-ENTRY-9[^]*?INV-03 held\s+spoke of 7 things/);
    expect(held(0)).toMatch(/REQ-ENTRY-9[^]*?INV-03 had nothing to speak of/);
    expect(held(7)).toMatch(/INV-04\s[^]*?INV-04 not looked at/);
    expect(pageOf([started('bench')])).not.toContain('id="requirements"');
  });
});

describe('the way from a sentence of the README to a mutant', () => {
  const page = pageOf([started('check'), ...suite('invariants', 'finding', [counterexample()])]);

  it('is a link to each bug that breaks an invariant that holds the sentence', () => {
    const [requirement] = requirements.filter(({ id }) => invariantsOf(id).some((each) => each.id === 'INV-03'));
    const row = rowOf(page, requirement?.id ?? '');
    const breaking = mutants.filter(({ breaks }) =>
      invariantsOf(requirement?.id ?? '').some(({ id }) => breaks.includes(id)),
    );
    expect(breaking.length).toBeGreaterThan(0);
    for (const { number } of breaking) expect(row).toContain(`href="#mutant/${number}"`);
    expect(row.match(/#mutant\//g)).toHaveLength(breaking.length);
  });

  it('ends at all of them, each with the invariants that it breaks', () => {
    for (const { number, name, breaks } of mutants) {
      const row = textOf(rowOf(page, `mutant/${number}`));
      expect(row).toContain(`${number} ${name}`);
      expect(row).toContain(breaks.length === 0 ? 'none: comparing finds it' : breaks.join(', '));
    }
  });
});

describe('text of a run', () => {
  it('never gets out of its place, whatever it is', () => {
    fc.assert(
      fc.property(hostileRun, (run) => {
        const page = htmlReport(run, svgOf);
        const tags = new Set(elementsOf(page).map(({ name }) => name));
        for (const tag of tags) expect(OURS).toContain(tag);
        expect(named(page, 'script')).toHaveLength(1);
        expect(named(page, 'details').length).toBeGreaterThan(2);
        for (const { name, attributes } of elementsOf(page))
          for (const attribute of attributes.keys())
            expect(OUR_ATTRIBUTES, `${name} ${attribute}`).toContain(attribute);
        const ids = idsOf(page);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 30 },
    );
  });

  it('reads as it was, but for what nobody can read', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const markup = textOfMarkup(html`<p title="${text}">${text}</p>`);
        const [p] = elementsOf(markup);
        expect(elementsOf(markup)).toHaveLength(1);
        expect(p?.attributes.get('title')?.trim()).toBe(textOf(markup));
        expect(textOf(markup)).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0080-\u009f]/);
        const legible = text.replaceAll(/[^!-~]/g, '');
        expect(textOf(markup).replaceAll(/[^!-~]/g, '').length).toBeGreaterThanOrEqual(legible.length);
      }),
    );
  });

  it('shows a control of the writing direction instead of obeying it', () => {
    expect(textOfMarkup(html`${'a\u202eb'}`)).toBe('a\\u{202e}b');
  });
});

describe('the size of a page', () => {
  it('is below two megabytes with 50 findings of 10 000 steps, of which none is left out', () => {
    const page = pageOf(longRun());
    expect(findings(page)).toHaveLength(50);
    expect(named(page, 'li').filter(({ attributes }) => /^[umc]$/.test(attributes.get('class') ?? ''))).toHaveLength(
      10_000,
    );
    expect(Buffer.byteLength(page)).toBeLessThan(MOST);
  });

  it('is so where a run tells far too much: what has no room is counted', () => {
    const long = '<"&>'.repeat(5_000);
    const flood = Array.from({ length: 1_200 }, (_, at) =>
      finding({
        id: `${long}${at}`,
        sentence: long,
        old: long,
        new: long,
        steps: Array.from({ length: 50 }, () => long),
        command: long,
      }),
    );
    const suites = Array.from({ length: 1_000 }, (_, at) => suite(`${long}${at}`, 'error')).flat();
    const page = pageOf([
      started('gate', long),
      ...suite('behaviour', 'finding', flood),
      ...suites,
      finished('finding', 1, long),
    ]);
    expect(Buffer.byteLength(page)).toBeLessThan(MOST);
    expect(textOf(page)).toMatch(/\d+ more findings had no room here/);
    expect(textOf(page)).toMatch(/\d+ more suites had no room here/);
  });

  it('counts what has no room', () => {
    const parts = ['aaaa', 'bbbb', 'cccc'].map((text) => html`${text}`);
    expect(within(parts, 9)).toEqual({ shown: parts.slice(0, 2), left: 1 });
    expect(within(parts, 12)).toEqual({ shown: parts, left: 0 });
  });
});

describe('a step', () => {
  it.each([
    ['Compute.request_compute_stop(plan_id: plan 0), signed user 0', 'u', 'user 0'],
    ['PalletIp.add_available_vm_ip(ip: "10.0.0.1"), root sudo', 'u', 'root'],
    ['Compute.mark_compute_request_fulfilled(node_id: "12D3", request_id: 0), unsigned', 'm', '12D3'],
    ['Compute.submit_compute_request_assignment(miner_node_id: "12D3", owner: user 0), unsigned', 'm', '12D3'],
    ['ExecutionUnit.other(a: 1), unsigned', 'm', 'unsigned'],
    ['advance 3 blocks in one jump', 'c', ''],
    ['inject storage', 'c', ''],
    ['Compute.x(name: ", signed user 9"), unsigned', 'm', 'unsigned'],
  ])('is in the lane of who calls: %s', (text, lane, who) => {
    expect(readStep(text)).toMatchObject({ lane, who });
  });
});

/** Of sRGB, as WCAG 2 has it. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one: string, other: string): number => {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
};

describe.each(['light', 'dark'] as const)('the %s scheme', (scheme) => {
  it.each([
    ['text', ['page', 'card', 'user-back', 'miner-back', 'mark', 'h1', 'h2', 'h3', 'h4']],
    ['muted', ['page', 'card', 'user-back', 'miner-back']],
    ['link', ['page', 'card']],
    ['good', ['page', 'card', 'good-back']],
    ['warn', ['page', 'card', 'warn-back']],
    ['bad', ['page', 'card', 'bad-back']],
    ['user', ['user-back']],
    ['miner', ['miner-back']],
  ] as const)('has a contrast of 4.5 or more of %s', (front, backs) => {
    const colours = COLOURS[scheme];
    for (const back of backs) expect(contrast(colours[front], colours[back]), back).toBeGreaterThanOrEqual(4.5);
  });
});

/** Elements and attributes that a page has, wherever text of a run is in it. */
const OURS = (
  'html head meta title style body a header div h1 h2 h3 h4 h5 p code button nav ul li main section table caption thead tbody tr th td ' +
  'form label select option input span details summary small ol i b strong em mark pre dl dt dd footer script br'
).split(' ');
const OUR_ATTRIBUTES = (
  'lang charset http-equiv content name class href type data-toggle hidden aria-label aria-labelledby id scope data-filter value role ' +
  'data-search data-all data-shown data-severity data-status data-kind open aria-hidden start style tabindex data-copy title aria-live data-said data-head'
).split(' ');
