/**
 * How a run ends whose node dies or falls silent, and one that is interrupted or killed: with what was done told, never with a
 * verdict on what was not, soon, and with no process left behind. The same tests for every node that we start.
 */
import { describe, expect, it } from 'vitest';
import {
  caughtAtPool,
  caughtAtStart,
  caughtAtWork,
  comparisonIn,
  untilTold,
  type Came,
  type Startable,
} from './mid-run.js';

/** Milliseconds in which a run has ended, whatever was done to it. */
const PATIENCE = 20_000;

/** Milliseconds for a test: node and program start, some blocks, the end. */
const timeout = 120_000;

const UNTIL_THEN = /; until then 0 differences in \d+ scenarios$/;

/** What is told of a run that its node ended: exit code, sentence, and what was done. */
const expectFailure = (came: Came, sentence: RegExp): void => {
  expect(came.stderr).toMatch(/^assay: ws:\/\/127\.0\.0\.1:\d+: [^\n]*\n$/);
  expect(came.stderr).toMatch(sentence);
  expect(came.code).toBe(2);
  const { verdict, steps, summary } = comparisonIn(came);
  expect(verdict).toBe('error');
  expect(steps).toBeGreaterThan(0);
  expect(summary).toMatch(sentence);
  expect(summary).toMatch(UNTIL_THEN);
  expect(came.events.at(-1)).toMatchObject({ type: 'run-finished', verdict: 'error', exit: 2 });
  expect(came.stdout).toMatch(/│ layout of .* │ conforms │$/m);
  expect(came.stdout).toMatch(/ │ error +│$/m);
  expect(came.took).toBeLessThan(PATIENCE);
};

export const endsEarly = (by: Startable): void => {
  describe(`a run on ${by.target}`, () => {
    it('tells what was done where its node is killed', { timeout }, async () => {
      const came = await caughtAtWork(by, [], ({ node }) => void process.kill(node, 'SIGKILL'));
      expectFailure(came, /the connection was lost while the node .*: it ended \(SIGKILL\), its log is \//);
    });

    it('tells what was done where its node falls silent', { timeout }, async () => {
      const flags = ['--wait', 'reply=3,block=3'];
      const came = await caughtAtWork(by, flags, ({ node }) => void process.kill(node, 'SIGSTOP'));
      expectFailure(came, /the node (did not answer \w+|made no new block|put an accepted .*) within 3 s/);
    });

    it('tells what was done after Ctrl-C', { timeout }, async () => {
      const came = await caughtAtWork(by, [], ({ running }) => running.kill('SIGINT'));
      expect({ code: came.code, stderr: came.stderr }).toEqual({ code: 130, stderr: '' });
      const { steps, summary } = comparisonIn(came);
      expect(steps).toBeGreaterThan(0);
      expect(summary).toContain('(interrupted)');
      expect(came.stdout).toContain('interrupted: the table has what was done so far');
      expect(came.events.at(-1)).toMatchObject({ type: 'run-finished', exit: 130 });
      expect(came.took).toBeLessThan(PATIENCE);
    });

    it('ends at once on a second Ctrl-C, though its node takes its time', { timeout }, async () => {
      const came = await caughtAtPool(by, async (run) => {
        process.kill(run.node, 'SIGSTOP');
        run.running.kill('SIGINT');
        await untilTold(run.folder, '(interrupted)');
        run.running.kill('SIGINT');
      });
      expect(came.code).toBe(130);
      const last = came.events.at(-1);
      expect(last?.type === 'suite-finished' && last.summary).toContain('(interrupted)');
    });

    it('takes its node along where it is killed itself', { timeout }, async () => {
      const came = await caughtAtPool(by, ({ running }) => running.kill('SIGKILL'));
      expect(came.code).toBe(null);
      expect(came.events.at(-1)?.type).not.toBe('run-finished');
    });

    it.each([1, 2])('ends before its node listens, by Ctrl-C (%i at once)', { timeout }, async (times) => {
      const came = await caughtAtStart(by, ({ running }) => {
        for (let time = 0; time < times; time += 1) running.kill('SIGINT');
      });
      expect({ code: came.code, stderr: came.stderr }).toEqual({ code: 130, stderr: '' });
      expect(came.took).toBeLessThan(PATIENCE);
    });
  });
};
