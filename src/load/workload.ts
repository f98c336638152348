/**
 * What a load test sends, planned beforehand: who calls what, when, in which order, with which nonce; once it is signed for a
 * chain, as the bytes that k6 sends. One JSON document for both, `assay-load/1`.
 */
import { z } from 'zod';
import { HexSchema } from '../spec/answers.js';

export const LOAD_FORMAT = 'assay-load/1';

/**
 * - `read`: storage and runtime API of the hot request and IP paths
 * - `submit`: unsigned calls of miners and signed ones of users, at a constant rate
 * - `lifecycle`: whole lives of requests that the chain begins with, each step after the inclusion of the one before
 * - `spike`: as `submit`, with ten times the rate in the middle fifth
 * - `soak`: `submit` and `read` together
 */
export const SCENARIOS = ['read', 'submit', 'lifecycle', 'spike', 'soak'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

const Milliseconds = z.number().nonnegative();

/** An extrinsic of the plan. */
export const PlannedCall = z.object({
  /** `Pallet.call_name`. */
  call: z.string(),
  /** In the JSON form of recordings. */
  args: z.record(z.string(), z.unknown()),
  /** Derivation path of who signs, and that account's nonce; null for an unsigned call. */
  signer: z.object({ path: z.string(), nonce: z.int().nonnegative() }).nullable(),
  /** The bytes, once signed for {@link Plan.signedFor}. */
  extrinsic: HexSchema.optional(),
});
export type PlannedCall = z.infer<typeof PlannedCall>;

/** A read over JSON-RPC. */
export const PlannedRead = z.object({ name: z.string(), method: z.string(), params: z.array(z.unknown()) });
export type PlannedRead = z.infer<typeof PlannedRead>;

export const Plan = z.object({
  format: z.literal(LOAD_FORMAT),
  scenario: z.enum(SCENARIOS),
  seed: z.int().nonnegative(),
  users: z.int().positive(),
  /** Arrivals a second, of `submit` before and after its spike. */
  rate: z.number().positive(),
  /** Seconds. */
  duration: z.number().positive(),
  /** What the chain begins with: other users' requests, entries of each miner's queue. */
  requests: z.int().nonnegative(),
  queue: z.int().nonnegative(),
  /** The chain that the calls are signed for, by the hash of its block 0; null before. */
  signedFor: HexSchema.nullable(),
  /** In the order of their arrival, `at` milliseconds after the beginning. */
  arrivals: z.array(PlannedCall.extend({ at: Milliseconds })),
  /** Each the calls of one VM, one after the other. */
  lives: z.array(z.array(PlannedCall)),
  reads: z.array(PlannedRead),
});
export type Plan = z.infer<typeof Plan>;
