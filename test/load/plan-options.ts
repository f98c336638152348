/** A small plan's options, for tests of plans. */
import type { PlanOptions } from '../../src/load/plan/plan.js';

/** 1500 calls, 750 of them signed. */
export const small: PlanOptions = {
  scenario: 'submit',
  users: 12,
  rate: 100,
  duration: 15,
  seed: 3,
  requests: 20,
  queue: 4,
};
