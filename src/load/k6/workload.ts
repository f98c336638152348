/**
 * The document that the k6 script reads: a signed plan with what only k6 needs of it. Types alone, because k6 loads no npm package
 * and no node module; who makes the document is `../plan/k6-workload.ts`.
 */
import type { ScenarioName } from '../workload.js';

/** So many arrivals a second, for so long. */
export interface RateStep {
  readonly rate: number;
  readonly seconds: number;
}

/** Expressions of k6's thresholds by metric, such as `{ time_to_pool: ['p(95)<500'] }`. */
export type Thresholds = Readonly<Record<string, readonly string[]>>;

/** What each of k6's virtual users is told, however many calls there are. */
export interface K6Head {
  readonly scenario: ScenarioName;
  /** Milliseconds between the beginning of `watch` and that of everything else. */
  readonly lead: number;
  /** Seconds that the load lasts; of `lifecycle` those in which a life may begin. */
  readonly duration: number;
  /** Of `submit`; empty where nothing arrives. */
  readonly submits: readonly RateStep[];
  /** Of `read`; empty where nothing is read. */
  readonly reads: readonly RateStep[];
  /** Virtual users that live lives; 0 where there are none. */
  readonly lanes: number;
  /** Calls of all arrivals and lives together. */
  readonly total: number;
  /** Milliseconds until a step of a life that is in no block is stuck. */
  readonly stepLimit: number;
  /** Milliseconds after the last arrival until the watch gives up what is in no block. */
  readonly drain: number;
  /** `System.BlockWeight` under its raw key, and what a block may have at most. */
  readonly blockWeight: { readonly key: string; readonly maxRefTime: number; readonly maxProofSize: number };
  /** `Pallet.call_name` of all calls of the plan, by the number that stands for it below. */
  readonly calls: readonly string[];
  /** In the place of the script's own for these metrics, or besides them; an empty list takes them away. */
  readonly thresholds: Thresholds;
}

/** Milliseconds after the beginning; number of the call; extrinsic in hex. */
export type K6Arrival = readonly [at: number, call: number, extrinsic: string];

/** Number of the call; extrinsic in hex. */
export type K6LifeStep = readonly [call: number, extrinsic: string];

export type K6Life = readonly K6LifeStep[];

/** Numbers of the lives that one virtual user lives, one after the other. */
export type K6Lane = readonly number[];

export interface K6Read {
  readonly name: string;
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface K6Workload {
  readonly head: K6Head;
  readonly arrivals: readonly K6Arrival[];
  readonly lives: readonly K6Life[];
  readonly lanes: readonly K6Lane[];
  readonly reads: readonly K6Read[];
}
