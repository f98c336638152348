/** Where a runtime does otherwise than the engine does under the runtime's own rules: that is on no list. */
import type { FoundChange } from '../gate/expectations.js';
import { runDifferential, type DifferentialOptions } from '../properties/differential-run.js';
import type { Counterexample, Emit, SuiteFinished } from '../spec/run-events.js';

/** The differential run is a part of the audit's suite: its own beginning and end are not told, and its progress is this suite's. */
const quietly =
  (emit: Emit, suite: string): Emit =>
  (event) => {
    if (event.type === 'suite-started' || event.type === 'suite-finished') return;
    emit('suite' in event ? { ...event, suite } : event);
  };

/** Values change with the seed; what they are values of does not. */
const differenceFinding = ({ broken, steps, changes, file, command }: Counterexample): FoundChange => {
  const aspect = broken.replace(/: expected .*$/s, '').replaceAll(/\b(0x)?[0-9a-f]{8,}/g, '…');
  const call = /[A-Z]\w*\.\w+/.exec(steps.at(-1) ?? '')?.[0] ?? 'time';
  return {
    id: `difference/${call}/${aspect.replaceAll(' ', '-')}`,
    kind: 'difference',
    part: call,
    sentence: `the runtime does otherwise than its own rules say: ${broken}`,
    status: 'open',
    severity: 'high',
    promise: 'BEHAVIOUR.md and RULES.md, under the rules of the fingerprint',
    steps: [...steps],
    ...(changes && { changes }),
    file,
    command,
  };
};

/** Searches for differences as a part of a suite. @returns what was found, and what the search came to */
export const searchDifferences = async (
  suite: string,
  options: DifferentialOptions,
): Promise<{ readonly findings: readonly FoundChange[]; readonly finished: SuiteFinished }> => {
  const told: Counterexample[] = [];
  const emit: Emit = (event) => {
    if (event.type === 'counterexample') told.push(event);
    else options.emit(event);
  };
  const finished = await runDifferential({ ...options, emit: quietly(emit, suite) });
  return { findings: told.map(differenceFinding), finished };
};
