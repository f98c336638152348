/** What becomes of findings under expectations, and of expectations without findings. */
import { describe, expect, it } from 'vitest';
import { announcedRules, applyExpectations, noExpectations, type FoundChange } from '../../src/gate/expectations.js';
import { parseExpectations } from '../../src/gate/expectations/parse.js';
import { Rules } from '../../src/spec/rules.js';

const expectations = parseExpectations(
  'assay.yaml',
  `format: assay/1
rules:
  DEV-04: { to: promised, reason: repaired, author: Ada, expires: 2027-03-31 }
interface:
  - { change: interface/A.b/index, reason: in order, author: Bob, expires: 2027-03-31 }
findings:
  - { id: cost/A.b, reason: worth it, author: Eve, expires: 2027-03-31 }
`,
);

const finding = (id: string, more: Partial<FoundChange> = {}): FoundChange => ({
  id,
  kind: 'behaviour',
  part: 'A.b',
  sentence: 'it changed',
  status: 'open',
  ...more,
});
const flip = finding('rule/DEV-04', { kind: 'rule', old: 'deployed', new: 'promised' });
const change = finding('interface/A.b/index', { kind: 'interface' });
const cost = finding('cost/A.b', { kind: 'cost' });
const all = [flip, change, cost];

const [ON_THE_LAST_DAY, THE_DAY_AFTER] = ['2027-03-31', '2027-04-01'];

const statuses = (findings: readonly FoundChange[]): string[] => findings.map(({ id, status }) => `${id} ${status}`);

describe('findings that were expected', () => {
  it('are announced or accepted, in whose words and until when, to the end of the last day', () => {
    const { findings, wrong } = applyExpectations(all, expectations, ON_THE_LAST_DAY);
    expect(findings).toEqual([
      { ...flip, status: 'announced', expectation: 'announced by Ada until 2027-03-31: repaired' },
      { ...change, status: 'announced', expectation: 'announced by Bob until 2027-03-31: in order' },
      { ...cost, status: 'accepted', expectation: 'accepted by Eve until 2027-03-31: worth it' },
    ]);
    expect(wrong).toEqual([]);
  });

  it('come true where they harm nobody, and where there are several of one name', () => {
    const harmless = finding(change.id, { kind: 'interface', status: 'harmless' });
    const { findings, wrong } = applyExpectations([flip, harmless, cost, cost], expectations, ON_THE_LAST_DAY);
    expect(statuses(findings)).toEqual([
      'rule/DEV-04 announced',
      'interface/A.b/index announced',
      'cost/A.b accepted',
      'cost/A.b accepted',
    ]);
    expect(wrong).toEqual([]);
  });

  it('leave the others as they are', () => {
    const others = [
      finding('behaviour/A.b/events'),
      finding('interface/A.b', { status: 'harmless' }),
      finding('rule/DEV-05'),
    ];
    const { findings } = applyExpectations([...others, ...all], expectations, ON_THE_LAST_DAY);
    expect(findings.slice(0, others.length)).toEqual(others);
  });

  it('are what they are where nobody expects anything', () => {
    expect(applyExpectations(all, noExpectations, ON_THE_LAST_DAY)).toEqual({ findings: all, wrong: [] });
  });
});

describe('expectations that expired', () => {
  it('cover nothing, and are findings themselves', () => {
    const { findings, wrong } = applyExpectations(all, expectations, THE_DAY_AFTER);
    expect(findings).toEqual(all);
    expect(statuses(wrong)).toEqual([
      'expectation/rule/DEV-04/expired open',
      'expectation/interface/A.b/index/expired open',
      'expectation/cost/A.b/expired open',
    ]);
    expect(wrong[0]).toEqual({
      id: 'expectation/rule/DEV-04/expired',
      kind: 'expectation',
      part: 'rule/DEV-04',
      status: 'open',
      sentence:
        'assay.yaml:3: "rule/DEV-04", announced by Ada (repaired), expired on 2027-03-31 and covers nothing any more: ' +
        'take it out, or have its author set a later day',
    });
  });

  it('are told once, whether they would have come true or not', () => {
    const { wrong } = applyExpectations([], expectations, THE_DAY_AFTER);
    expect(wrong.map(({ id }) => id.split('/').at(-1))).toEqual(['expired', 'expired', 'expired']);
  });
});

describe('expectations that did not come true', () => {
  const sentencesFor = (findings: readonly FoundChange[]): Record<string, string> =>
    Object.fromEntries(
      applyExpectations(findings, expectations, ON_THE_LAST_DAY).wrong.map(({ id, sentence }) => [id, sentence]),
    );

  it('are findings, each with its place, who said so and what to do', () => {
    expect(sentencesFor([])).toEqual({
      'expectation/rule/DEV-04/not-come-true':
        'assay.yaml:3: "rule/DEV-04", announced by Ada until 2027-03-31 (repaired), did not come true: ' +
        'the new runtime has DEV-04 as the old one has it; take it out, or correct it',
      'expectation/interface/A.b/index/not-come-true':
        'assay.yaml:5: "interface/A.b/index", announced by Bob until 2027-03-31 (in order), did not come true: ' +
        'nothing in this run is it; take it out, or correct it',
      'expectation/cost/A.b/not-come-true':
        'assay.yaml:7: "cost/A.b", accepted by Eve until 2027-03-31 (worth it), did not come true: ' +
        'nothing in this run is it; take it out, or correct it',
    });
  });

  it('are told alone where the others came true', () => {
    expect(Object.keys(sentencesFor([flip, cost]))).toEqual(['expectation/interface/A.b/index/not-come-true']);
  });

  it('are those of a rule that flipped the other way, which stays open', () => {
    const back = { ...flip, old: 'promised', new: 'deployed' };
    const { findings, wrong } = applyExpectations([back, change, cost], expectations, ON_THE_LAST_DAY);
    expect(statuses(findings)[0]).toBe('rule/DEV-04 open');
    expect(wrong.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining('did not come true: the new runtime has DEV-04 as deployed, not as promised; '),
    ]);
  });
});

describe('the rules that the new runtime is measured by', () => {
  const old = Rules.parse('DEV-05=promised,REV-01=9006');

  it.each([
    [ON_THE_LAST_DAY, 'DEV-04=promised,DEV-05=promised,REV-01=9006'],
    [THE_DAY_AFTER, 'DEV-05=promised,REV-01=9006'],
  ])("are the old one's and what is announced: on %s", (today, rules) => {
    expect(announcedRules(old, expectations, today).toString()).toBe(rules);
  });
});
