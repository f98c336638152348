/** Which errors are told in one sentence, with exit code 2: of what was given to the tool, or of a node, not of the tool. */
import { InputError } from '../properties/recording-file.js';
import { RuleError } from '../spec/rules.js';
import { BlockError, NodeFailure, UnusableRuntime } from '../targets/failures.js';

const KINDS = [InputError, RuleError, UnusableRuntime, BlockError, NodeFailure];

/** Whether an error's message says all that a person has to know. */
export const isToldInASentence = (error: unknown): error is Error => KINDS.some((kind) => error instanceof kind);
