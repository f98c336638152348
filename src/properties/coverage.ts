/**
 * Counts the cells of `spec/coverage.ts` that a run reaches. Whoever plays steps feeds it: what a call meets before it is played, what
 * became of it, which rules the engine asked, what an invariant spoke of.
 *
 * It is fed at every step, so it does little: a status is two look-ups in the engine's indexes, the rest adds one to a number (measured: 1 us
 * a step in all, a hundredth of what a step takes on the lab runtime).
 */
import type { Chain } from '../engine/chain.js';
import type { Engine } from '../engine/engine.js';
import { Failure } from '../engine/failures.js';
import { findMinerEntry, findRequest, mainAccount } from '../engine/lookups.js';
import type { Origin, Outcome } from '../spec/answers.js';
import { callNames, calls, type Call, type CallName } from '../spec/calls.js';
import {
  antecedentCell,
  callCell,
  cells,
  lacksOf,
  meetingOf,
  outcomeName,
  ruleCell,
  statusCell,
  type Cell,
  type Ground,
  type MetStatus,
  type Need,
} from '../spec/coverage.js';
import type { Hex } from '../spec/hex.js';
import { allRules, type Rule, type Rules } from '../spec/rules.js';
import type { CoverageEvent } from '../spec/run-events.js';
import type { Target } from '../targets/target.js';

/** What a run reached of what it could. */
export interface CoverageReport {
  /** Cell to count. */
  readonly reached: ReadonlyMap<string, number>;
  /** Those of them that are not known to be reachable: storage that was written led to them, or the target can do more than it tells. */
  readonly beyond: readonly string[];
  /** Cells that can be reached where the run stands, and were not. */
  readonly missing: readonly string[];
  /** Cells that can't be reached where it stands, by the reason. */
  readonly unreachable: ReadonlyMap<string, readonly string[]>;
}

/** Where a run against a target stands, as far as the target tells before it is used. */
export const groundOf = (
  rules: Rules,
  { capabilities, releasePeriod }: Pick<Target, 'capabilities' | 'releasePeriod'>,
  sendable: readonly CallName[] = callNames,
): Ground => {
  const sent = new Set(sendable);
  return {
    rules,
    calls: sent,
    lacks: lacksOf({ can: capabilities, calls: sent, hasReleasePeriod: releasePeriod !== null }),
  };
};

export const coverageEvent = (
  suite: string,
  { reached, beyond, missing, unreachable }: CoverageReport,
  required: boolean,
): CoverageEvent => ({
  type: 'coverage',
  suite,
  required,
  reached: Object.fromEntries(reached),
  beyond: [...beyond],
  missing: [...missing],
  unreachable: [...unreachable].map(([reason, of]) => ({ reason, cells: [...of] })),
});

/** Whether a suite has shown too little to say anything: a cell was missed that it was to reach. */
export const isVacuous = (covered: CoverageEvent | null): boolean =>
  covered !== null && covered.required && covered.missing.length > 0;

/** What a suite's summary says of it, behind what it came to: nothing where nothing was missed. */
export const coverageNote = (covered: CoverageEvent | null): string => {
  if (covered === null || covered.missing.length === 0) return '';
  const { reached, beyond, missing } = covered;
  const all = missing.length + Object.keys(reached).length - beyond.length;
  return `; ${missing.length} of ${all} reachable cells not reached`;
};

interface CallCounts {
  readonly outcomes: Map<string, number>;
  readonly statuses: Map<MetStatus, number>;
}

const addTo = <K>(counts: Map<K, number>, key: K, count = 1): void =>
  void counts.set(key, (counts.get(key) ?? 0) + count);

const known: ReadonlySet<string> = new Set(cells.map(({ id }) => id));
const meetings = new Map(callNames.map((name) => [name, meetingOf(name)]));

/** Whose VM with which plan a lookup is for. */
const wantedBy = (
  chain: Chain,
  { args }: Call,
  origin: Origin,
): { readonly owner: Hex; readonly plan_id: Hex } | null => {
  if (!('plan_id' in args)) return null;
  const { plan_id } = args;
  if ('account_id' in args) return { owner: args.account_id, plan_id };
  return origin.kind === 'signed' ? { owner: mainAccount(chain, origin.account), plan_id } : null;
};

/** Looks as a call does, without being one: nobody is told of the rules that are asked. */
const readingOf = ({ state, rules, block, releasePeriod }: Engine): Chain => ({
  state,
  rules,
  block,
  releasePeriod,
  verify: () => false,
  deposit: () => undefined,
});

const lookedUp = (chain: Chain, call: Call, origin: Origin): MetStatus => {
  const wanted = wantedBy(chain, call, origin);
  if (wanted === null) return 'none';
  const { owner, plan_id } = wanted;
  try {
    const { request_id } = findMinerEntry(chain, owner, plan_id).entry;
    const request = chain.state.Compute.ComputeRequests.get(owner).find((each) => each.request_id === request_id);
    return request?.status ?? 'none';
  } catch (failure) {
    if (failure instanceof Failure) return 'none';
    throw failure;
  }
};

/** The status of the request that a call is about, before it is played; null where it will not get as far as to look. */
export const metBy = (engine: Engine, call: Call, origin: Origin): MetStatus | null => {
  const meeting = meetings.get(call.name) ?? null;
  if (meeting === null || calls[call.name].origin !== origin.kind) return null;
  const chain = readingOf(engine);
  if (meeting === 'looked up') return lookedUp(chain, call, origin);
  return 'request_id' in call.args ? (findRequest(chain, call.args.request_id)?.request.status ?? 'none') : 'none';
};

const REFUSED = 'Sudo.RequireSudo';

export class Coverage {
  private readonly byCall = new Map<CallName, CallCounts>();
  private readonly asked = Object.fromEntries(allRules.map((rule) => [rule, 0])) as Record<Rule, number>;
  private readonly antecedents = new Map<string, number>();
  private readonly served = new Set<Need>();
  private readonly refusals = new Map<Need, string>();
  private isListening = true;

  /** For the engine that plays: `EngineOptions.onRule`. */
  readonly onRule = (rule: Rule): void => {
    if (this.isListening) this.asked[rule] += 1;
  };

  /** A call came to an outcome; `met` is what {@link metBy} said before. */
  called({ name }: Call, origin: Origin, outcome: Outcome, met: MetStatus | null): void {
    let counts = this.byCall.get(name);
    if (counts === undefined) this.byCall.set(name, (counts = { outcomes: new Map(), statuses: new Map() }));
    const became = outcomeName(outcome);
    addTo(counts.outcomes, became);
    if (met !== null && became !== REFUSED) addTo(counts.statuses, met);
    if (origin.kind !== 'root') return;
    this.served.add('sudo');
    if (became !== REFUSED) this.served.add('root');
  }

  /** The target did not take a call that it has. */
  notTaken(origin: Origin, reason: string): void {
    if (origin.kind !== 'root') return;
    this.refusals.set('root', reason);
    this.refusals.set('sudo', reason);
  }

  /** The target can't be asked what its pool says. */
  poolNotAsked(reason: string): void {
    this.refusals.set('pool', reason);
  }

  /** An invariant spoke of so many things. */
  antecedent(invariant: string, spoke: number): void {
    if (spoke > 0) addTo(this.antecedents, invariant, spoke);
  }

  /** What the engine does alone is reached by nobody. */
  aside<T>(play: () => T): T {
    this.isListening = false;
    try {
      return play();
    } finally {
      this.isListening = true;
    }
  }

  /** `isAbout` says which cells the run is about at all: where no invariant is watched, no antecedent. */
  report(ground: Ground, isAbout: (cell: Cell) => boolean): CoverageReport {
    const counts = this.counts(ground);
    const stands = { ...ground, lacks: new Map([...ground.lacks, ...this.lacking()]) };
    const reached = new Map<string, number>();
    const beyond: string[] = [];
    const missing: string[] = [];
    const unreachable = new Map<string, string[]>();
    for (const cell of cells.filter(isAbout)) {
      const { id } = cell;
      const count = counts.get(id);
      const reason = cell.unreachable(stands);
      // A rule may be asked in every block, whether the target has its calls or not.
      const isReached = count !== undefined && (reason === null || cell.kind !== 'rule');
      if (isReached) reached.set(id, count);
      if (isReached && reason !== null) beyond.push(id);
      if (!isReached && reason === null) missing.push(id);
      if (!isReached && reason !== null) unreachable.set(reason, [...(unreachable.get(reason) ?? []), id]);
    }
    for (const [id, count] of counts) {
      if (known.has(id)) continue;
      reached.set(id, count);
      beyond.push(id);
    }
    return { reached, beyond, missing, unreachable };
  }

  /** All that was counted, whether anybody lists it or not. */
  counts({ rules }: Pick<Ground, 'rules'>): ReadonlyMap<string, number> {
    const all = new Map<string, number>();
    for (const [name, { outcomes, statuses }] of this.byCall) {
      for (const [outcome, count] of outcomes) all.set(callCell(name, outcome), count);
      for (const [status, count] of statuses) all.set(statusCell(status, name), count);
    }
    for (const rule of allRules)
      if (this.asked[rule] > 0) all.set(ruleCell(rule, rules.setting(rule)), this.asked[rule]);
    for (const [invariant, count] of this.antecedents) all.set(antecedentCell(invariant), count);
    return all;
  }

  private lacking(): Map<Need, string> {
    return new Map(
      [...this.refusals].filter(([what]) => !this.served.has(what) && !(what === 'pool' && this.asked['DEV-28'] > 0)),
    );
  }
}
