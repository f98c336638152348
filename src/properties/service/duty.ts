/** One call that somebody of the off-chain world has to send. */
import type { Call } from '../../spec/calls.js';
import type { Step } from '../../spec/steps.js';

export interface Duty {
  /** What is done, by whom, about what: who was refused does not try the same again as long as nothing has changed. */
  readonly name: string;
  /** Made when it is sent, since some are signed. */
  readonly step: () => Step;
  /** The list that the call changes. Values are immutable: the same one afterwards means that the call failed. */
  readonly list: () => unknown;
  /** Told that the call had its effect. */
  readonly done?: () => void;
}

/** Every call of miners and validators is one. */
export const unsigned = (call: Call): Step => ({ call, origin: { kind: 'none' } });
