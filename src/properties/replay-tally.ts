/** What a replay comes to: counts, differences and progress as run events, and the suite's verdict. */
import type { Emit, RunEvent, SuiteFinished } from '../spec/run-events.js';
import type { NodeFailure } from '../targets/failures.js';
import type { Mismatch } from './compare.js';
import type { Recording } from './recording-file.js';

/** Steps between two progress events. */
const PROGRESS_STEPS = 500;

/** Where in a recording something is. */
export interface Place {
  readonly line: number;
  readonly scenario: number;
  /** Null at a scenario's beginning or end. */
  readonly step: number | null;
  readonly block: bigint;
}

interface NotCoveredCount {
  readonly what: string;
  readonly reason: string;
  count: number;
}

/** What counts up over a replay. */
interface Counts {
  scenarios: number;
  compared: number;
  steps: number;
  differences: number;
  readonly uncovered: ReadonlyMap<string, NotCoveredCount>;
  readonly unknownCalls: ReadonlySet<string>;
}

export class ReplayTally {
  scenarios = 0;
  /** Steps of which something was compared. */
  compared = 0;
  private steps = 0;
  private differences = 0;
  private uncovered = new Map<string, NotCoveredCount>();
  private unknownCalls = new Set<string>();
  private readonly started: number;
  /** What is told of the scenario that plays, once it has come to its end. */
  private pending: RunEvent[] = [];
  private before: Counts | null = null;

  constructor(
    private readonly recording: Recording,
    private readonly suite: string,
    private readonly emit: Emit,
    private readonly now: () => number,
  ) {
    this.started = now();
  }

  start(target: string): void {
    const { header } = this.recording;
    const { suite } = this;
    const { seed, invariant, finding } = header;
    this.emit({
      type: 'suite-started',
      suite,
      kind: 'replay',
      target,
      ...(seed !== undefined && { seed }),
      ...(finding !== undefined && { about: `a counterexample: ${finding}` }),
      ...(invariant && { about: `a counterexample to ${invariant.id}: ${invariant.broken}` }),
    });
  }

  /** A scenario begins, or begins again: then what was counted and is to be told of it is forgotten. */
  beginScenario(): void {
    if (this.before === null) {
      const { scenarios, compared, steps, differences, uncovered, unknownCalls } = this;
      this.before = { scenarios, compared, steps, differences, uncovered, unknownCalls };
    } else {
      this.pending = [];
    }
    const { scenarios, compared, steps, differences, uncovered, unknownCalls } = this.before;
    Object.assign(this, { scenarios, compared, steps, differences });
    this.uncovered = new Map([...uncovered].map(([key, each]) => [key, { ...each }]));
    this.unknownCalls = new Set(unknownCalls);
  }

  /** The scenario has come to its end, or to where it can't go on. */
  endScenario(): void {
    this.before = null;
    for (const event of this.pending) this.emit(event);
    this.pending = [];
  }

  step(): void {
    this.steps += 1;
    if (this.steps % PROGRESS_STEPS !== 0) return;
    const { scenarios } = this.recording.header;
    this.pending.push({
      type: 'progress',
      suite: this.suite,
      steps: this.steps,
      ...(scenarios !== undefined && { share: Math.min(1, this.scenarios / scenarios) }),
      elapsed: this.now() - this.started,
    });
  }

  difference({ block, ...place }: Place, what: string, mismatch: Mismatch): void {
    this.differences += 1;
    const { suite, recording } = this;
    this.pending.push({
      type: 'difference',
      suite,
      file: recording.file,
      ...place,
      block: block.toString(),
      what,
      ...mismatch,
    });
  }

  notCovered(what: string, reason: string, count = 1): void {
    const key = JSON.stringify([what, reason]);
    const known = this.uncovered.get(key) ?? { what, reason, count: 0 };
    known.count += count;
    this.uncovered.set(key, known);
  }

  /** `consequence` is what was done instead. */
  unknownCall(name: string, consequence: string): void {
    this.unknownCalls.add(name);
    this.notCovered(`call ${name}`, `the specification does not describe it; ${consequence}`);
  }

  /** Ends the suite; `note` stands at the end of its summary, and what made it end too early at the beginning. */
  finish(note: string, failure: NodeFailure | null = null): SuiteFinished {
    const { suite } = this;
    for (const each of this.uncovered.values()) this.emit({ type: 'not-covered', suite, ...each });
    const unknown = this.unknownCalls.size > 0 ? `, calls not covered: ${[...this.unknownCalls].join(', ')}` : '';
    const until = failure ? `${failure.message}; until then ` : '';
    const far = failure ? ` in ${this.steps} steps` : '';
    const finished: SuiteFinished = {
      type: 'suite-finished',
      suite,
      verdict: this.verdict(failure),
      scenarios: this.scenarios,
      steps: this.steps,
      differences: this.differences,
      summary: `${until}${this.differences} differences${far}${unknown}${note}`,
      elapsed: this.now() - this.started,
    };
    this.emit(finished);
    return finished;
  }

  private verdict(failure: NodeFailure | null): SuiteFinished['verdict'] {
    if (this.differences > 0) return 'finding';
    if (failure) return 'error';
    if (this.unknownCalls.size > 0) return 'not covered';
    return this.compared === 0 ? 'vacuous' : 'conforms';
  }
}
