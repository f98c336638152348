/** The pool suite on a real pool: it is as specified, and DEV-02 shows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runPool } from '../../src/properties/pool-run.js';
import { callNames } from '../../src/spec/calls.js';
import { Rules } from '../../src/spec/rules.js';
import { RunEvent } from '../../src/spec/run-events.js';
import { openOwnOmni } from '../targets/node/own-omni.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const REPAIRED = Rules.parse('DEV-02=promised');
const VALIDATED = 5 * callNames.length;

/** The suite under each of the rules in turn, on one node. */
const askPool = async (onNode: Rules, expected: readonly Rules[]) => {
  const node = await openOwnOmni(folder, { rules: onNode });
  try {
    const events: RunEvent[] = [];
    const emit = (event: RunEvent): void => void events.push(RunEvent.parse(event));
    for (const [seed, rules] of expected.entries())
      await runPool({ target: node.target, rules, seed, now: () => 0, emit });
    return {
      finished: events.filter((event) => event.type === 'suite-finished'),
      differences: events.filter((event) => event.type === 'difference'),
      uncovered: events.filter((event) => event.type === 'not-covered'),
    };
  } finally {
    await node.close();
  }
};

const summaryWith = (last: string): string =>
  [
    '0 differences',
    `validity of ${VALIDATED} calls`,
    'one tag: the second refused (1014)',
    'the same bytes: the second refused (1013)',
    'other tags: both included',
    'priority: the unsigned before the signed',
    last,
  ].join('; ');

describe('the pool of the omni-node', { timeout: 300_000 }, () => {
  it('is as specified: all is asked, and the call that panics is left out', async () => {
    const { finished, differences, uncovered } = await askPool(Rules.deployed, [Rules.deployed, REPAIRED]);
    expect(finished).toMatchObject([
      { verdict: 'conforms', summary: summaryWith('DEV-02: taken, and left out') },
      { verdict: 'finding', differences: 1 },
    ]);
    expect(uncovered).toEqual([]);
    expect(differences).toMatchObject([
      {
        step: 6,
        aspect: 'pool',
        where: 'an assignment to an unregistered node',
        expected: 'it is included (CannotLookup)',
        observed: 'taken, but left out (the pool gave it up as invalid)',
      },
    ]);
  });

  it('includes it where DEV-02 is repaired', async () => {
    const { finished, differences, uncovered } = await askPool(REPAIRED, [REPAIRED, Rules.deployed]);
    expect(finished).toMatchObject([
      { verdict: 'conforms', summary: summaryWith('DEV-02: taken, and included') },
      { verdict: 'finding', differences: 1 },
    ]);
    expect(uncovered).toEqual([]);
    expect(differences).toMatchObject([{ step: 6, expected: 'the pool takes it, and no block includes it' }]);
    expect(differences[0]?.observed).toMatch(/^included in block \d+ at 1$/);
  });
});
