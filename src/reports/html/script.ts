/**
 * The page's only script: choosing colours, filters, copying, opening what a link leads to. It adds to the page and takes nothing from
 * it: without it everything is there to read, and its buttons are not shown. It touches text by `textContent` alone.
 */

/** As it stands in the page; the policy of the page lets run what has its hash, and nothing else. */
export const SCRIPT = `'use strict';
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
for (const each of all('.js')) each.hidden = false;

const themes = ['system', 'light', 'dark'];
const toggle = document.querySelector('[data-toggle]');
let theme = 0;
toggle.addEventListener('click', () => {
  theme = (theme + 1) % themes.length;
  if (theme === 0) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = themes[theme];
  toggle.textContent = 'Colours: ' + themes[theme];
});

const findings = all('.finding');
const selects = all('[data-filter]');
const search = document.querySelector('[data-search]');
const shown = document.querySelector('[data-shown]');
const texts = new Map();
const textOf = (finding) => {
  if (!texts.has(finding)) texts.set(finding, finding.textContent.toLowerCase());
  return texts.get(finding);
};
const filter = () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
  let count = 0;
  for (const finding of findings) {
    const fits = selects.every(({ value, dataset }) => value === '' || finding.dataset[dataset.filter] === value);
    const isShown = fits && words.every((word) => textOf(finding).includes(word));
    finding.hidden = !isShown;
    if (isShown) count += 1;
  }
  for (const group of all('.group')) group.hidden = all('.finding', group).every((each) => each.hidden);
  shown.textContent = count + ' of ' + findings.length + ' shown';
};
if (search) {
  for (const select of selects) select.addEventListener('change', filter);
  search.addEventListener('input', filter);
  search.form.addEventListener('submit', (event) => event.preventDefault());
  const opener = document.querySelector('[data-all]');
  opener.addEventListener('click', () => {
    const seen = findings.filter((each) => !each.hidden);
    const open = seen.some((each) => !each.open);
    for (const each of seen) each.open = open;
    opener.textContent = open ? 'Close all' : 'Open all';
  });
  filter();
}

const said = document.querySelector('[data-said]');
for (const button of all('[data-copy]')) {
  button.addEventListener('click', () => {
    const text = button.parentElement.querySelector('code');
    const select = () => {
      getSelection().selectAllChildren(text);
      return document.execCommand('copy');
    };
    const say = (copied) => {
      said.textContent = copied ? 'The command is copied.' : 'The command is selected: copy it with Ctrl+C.';
      button.textContent = copied ? 'Copied' : 'Selected';
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(() => say(true), () => say(select()));
    else say(select());
  });
}

const follow = () => {
  const target = location.hash === '' ? null : document.querySelector(':target');
  if (target === null) return;
  if (target.hidden && search) {
    for (const each of [...selects, search]) each.value = '';
    filter();
  }
  for (let at = target; at !== null; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
  target.scrollIntoView();
  target.querySelector('summary')?.focus({ preventScroll: true });
};
addEventListener('hashchange', follow);
// Until then nothing is the target yet.
addEventListener('load', follow);

let opened = [];
addEventListener('beforeprint', () => {
  opened = all('details:not([open])');
  for (const each of opened) each.open = true;
});
addEventListener('afterprint', () => {
  for (const each of opened) each.open = false;
});
`;
