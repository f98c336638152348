/**
 * Expectations: rule flips and interface changes that an upgrade announces, and findings that are accepted, each with reason,
 * author and last day. They are read from an `assay.yaml`; `docs/examples/assay.yaml` is one.
 */
export * from './expectations/expectation.js';
export { applyExpectations, type Applied } from './expectations/apply.js';
export { readExpectations } from './expectations/read.js';
export { expectationsJsonSchema } from './expectations/schema.js';
