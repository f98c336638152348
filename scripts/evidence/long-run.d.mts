import type { RunEvent } from '../../src/spec/run-events.js';

export declare const longRun: () => RunEvent[];
