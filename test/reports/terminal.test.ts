/** The terminal report of a gate: readable when fifty things were found. */
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { terminalReport } from '../../src/reports/terminal.js';
import type { RunEvent } from '../../src/spec/run-events.js';
import { everything, finding, finished, started, suite } from './events.js';

/** Without colours, which a CI's environment turns on. */
const shown = (...events: readonly RunEvent[]): string => {
  const text: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => text.push(chunk.toString()));
  // All that it asks of a terminal that is none is that it can be written to.
  const emit = terminalReport({ stream: stream as unknown as NodeJS.WriteStream, quiet: false });
  for (const event of events) emit(event);
  return stripVTControlCharacters(text.join(''));
};

const fifty = Array.from({ length: 50 }, (_, at) =>
  finding({ id: `behaviour/${at}`, steps: ['one', 'two'], command: `npx assay replay ${at}.jsonl` }),
);

describe('the terminal report', () => {
  it('has something of every event that is for people', () => {
    const text = shown(...everything);
    expect(text).toContain('announced rule/DEV-04: announced by ops, until 2026-12-31');
    expect(text).toContain('finding interface/Compute.z: the event names the sub account (breaks callers; ');
    expect(text).toContain('not covered: call ExecutionUnit 4 (3 times): nothing describes it');
  });

  it('shows all of ten findings, and of the others a line and the command', () => {
    const text = shown(started('gate'), ...suite('behaviour', 'finding', fifty), finished('finding', 1));
    expect(text.match(/^ {2}2\. two$/gm)).toHaveLength(10);
    expect(text.match(/^ {2}replay it: /gm)).toHaveLength(50);
    expect(text.match(/^finding behaviour\//gm)).toHaveLength(50);
  });

  it('has what is open in a table of its own', () => {
    const text = shown(started('gate'), ...suite('behaviour', 'finding', fifty.slice(0, 3)), finished('finding', 1));
    expect(text).toMatch(/│ open finding +│ about +│ harms, to blame +│/);
    expect(
      text.match(/^│ behaviour\/\d+ +│ Compute.request_compute_stop +│ the new runtime is to blame +│$/gm),
    ).toHaveLength(3);
  });

  it('counts what is harmless in one line a suite', () => {
    const harmless = ['a', 'b', 'c'].map((name) =>
      finding({ id: `interface/${name}`, kind: 'interface', status: 'harmless', effect: 'harmless' }),
    );
    const events = [...suite('one', 'conforms', harmless), ...suite('two', 'conforms')];
    const text = shown(started('gate'), ...events, finished('conforms', 0));
    expect(text.match(/harmless.*/g)).toEqual(['harmless: 3 (a, b, c)']);
    expect(text).not.toContain('open finding');
  });

  it('says in one line what was reached, and names what was not', () => {
    const coverage = (missing: readonly string[], beyond: readonly string[]): RunEvent => ({
      type: 'coverage',
      suite: 'one',
      required: false,
      reached: { 'call/Compute.x/ok': 3, 'rule/DEV-01/deployed': 1, 'call/Compute.x/panic': 1 },
      beyond: [...beyond],
      missing: [...missing],
      unreachable: [
        { reason: 'it needs the other setting', cells: ['rule/DEV-01/promised'] },
        { reason: 'it needs root calls', cells: ['call/PalletIp.x/ok', 'status/Running/Compute.x'] },
      ],
    });
    const linesOf = (missing: readonly string[], beyond = ['call/Compute.x/panic']): readonly string[] =>
      shown(started('check'), ...suite('one', 'conforms', [coverage(missing, beyond)]), finished('conforms', 0)).match(
        /^(coverage:| {2}not reached| {2}and ).*$/gm,
      ) ?? [];
    const out = "3 can't be reached here (rule 1, call 1, status 1)";
    expect(linesOf([])).toEqual([`coverage: 2 of 2 reachable cells, and 1 beyond them; ${out}`]);
    expect(linesOf(['call/Compute.x/Other'], [])).toEqual([
      `coverage: 3 of 4 reachable cells; ${out}`,
      '  not reached call/Compute.x/Other',
    ]);
    const many = Array.from({ length: 14 }, (_, at) => `call/Compute.x/${at}`);
    expect(linesOf(many)).toHaveLength(12);
    expect(linesOf(many).at(-1)).toBe('  and 4 more: --json FILE has all');
  });
});
