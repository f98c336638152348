/** Workflow commands: escaped as GitHub reads them, ten of a level, and none that a runtime could give. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotationsOf, annotationsReport, workflowCommand } from '../../src/reports/annotations.js';
import { printable, shortened } from '../../src/reports/text.js';
import type { RunEvent } from '../../src/spec/run-events.js';
import { collected, difference, everything, finding, finished, hostileText, started, suite } from './events.js';

/** A line as GitHub's runner reads it: the level, its properties, the text. */
const read = (line: string): { level: string; title: string; text: string } => {
  const [, level = '', title = '', text = ''] = /^::(error|warning|notice) title=([^:,]*)::(.*)$/s.exec(line) ?? [];
  const plain = (escaped: string): string =>
    escaped
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%');
  return { level, title: plain(title), text: plain(text) };
};

const linesOf = (...events: readonly RunEvent[]): string[] => annotationsOf(collected(events));

describe('a workflow command', () => {
  it('is one line of the form that GitHub documents', () => {
    const told = workflowCommand('error', { title: 'a: b, c', text: '50 %\nmore: yes, it is' });
    expect(told).toBe('::error title=a%3A b%2C c::50 %25%0Amore: yes, it is');
  });

  it('is read as what was meant', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (title, text) => {
        const line = workflowCommand('notice', { title, text });
        expect(line).not.toMatch(/[\r\n]/);
        const meant = (said: string): string => printable(shortened(said, 1_000));
        expect(read(line)).toEqual({ level: 'notice', title: meant(title), text: meant(text) });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('annotations', () => {
  it('are errors for what is open or failed, warnings for what was not looked at, notices for what was settled', () => {
    const told = linesOf(...everything).map((line) => `${read(line).level} ${read(line).title}`);
    expect(told).toEqual([
      ...Array.from({ length: 2 }, () => 'error Assay: difference/storage/Compute.UserRequests[user 0][0].status'),
      'error Assay: difference/pool/priority',
      'error Assay: layout/Compute.calls.stop.plan_id',
      'error Assay: behaviour/Compute.request_compute_stop/event',
      'error Assay: interface/Compute.z',
      'error Assay: upgrade/Compute.q',
      'error Assay: expectation/late',
      'error Assay: missing',
      'error Assay: broken',
      'warning Assay: replayed',
      'warning Assay: empty',
      'notice Assay: rule/DEV-04',
      'notice Assay: cost/Compute.x',
    ]);
  });

  it('say what was found, whom it harms and how to see it', () => {
    const [line = ''] = linesOf(...suite('behaviour', 'finding', [finding({ command: 'npx assay replay b.jsonl' })]));
    expect(read(line).text).toBe(
      'the event names the sub account\nthe new runtime is to blame\nreplay it: npx assay replay b.jsonl',
    );
  });

  it('are ten of a level, the last of which counts the others', () => {
    const some = (length: number): string[] =>
      linesOf(
        ...suite(
          'replay',
          'finding',
          Array.from({ length }, (_, step) => difference({ step })),
        ),
      );
    expect(some(10).map((line) => read(line).title)).not.toContain('Assay');
    expect(some(11)).toHaveLength(10);
    expect(some(11).at(-1)).toMatch(/^::error title=Assay::2 more/);
  });

  it('warn of an absent pallet that was let pass', () => {
    const lines = linesOf(started('check', '--allow-absent'), ...suite('s', 'absent'), finished('absent', 0));
    expect(lines).toEqual(['::warning title=Assay%3A s::absent: how s came out']);
  });

  it('tell of a failure once, where no suite does', () => {
    const failure = finished('error', 2, 'no such file');
    expect(linesOf(started('check'), failure)).toEqual(['::error title=Assay::no such file']);
    expect(linesOf(...suite('s', 'error'), failure)).toEqual(['::error title=Assay%3A s::error: how s came out']);
  });

  it('are none where all is well', () => {
    expect(linesOf(started('check'), ...suite('s', 'conforms'), finished('conforms', 0))).toEqual([]);
  });

  it('come at the end, and until then no line is a command', () => {
    const lines: string[] = [];
    const emit = annotationsReport({ write: (line) => lines.push(line), token: 'secret' });
    const events = [started('check'), ...suite('s', 'vacuous'), finished('vacuous', 0)];
    for (const event of events.slice(0, -1)) emit(event);
    expect(lines).toEqual(['::stop-commands::secret']);
    for (const event of events.slice(-1)) emit(event);
    expect(lines.slice(1)).toEqual(['::secret::', '::warning title=Assay%3A s::vacuous: how s came out']);
  });
});
