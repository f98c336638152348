/**
 * Expectations: rule flips and interface changes that an upgrade announces, and findings that are accepted, each with reason,
 * author and last day. They are read from an `assay.yaml`.
 */
import { InputError } from '../properties/recording-file.js';
import type { Expectations } from './expectations/expectation.js';

export * from './expectations/expectation.js';
export { applyExpectations, type Applied } from './expectations/apply.js';

/** @throws InputError: one sentence with file, line and column */
export const readExpectations = (file: string): Promise<Expectations> =>
  Promise.reject(new InputError(`${file}: expectations are not read yet`));
