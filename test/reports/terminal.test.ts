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
});
