/** What became of each call that was sent: included, refused, lost, twice there, late; and of those that were lost why, where that is known. */
import type { LoadedBlock } from './blocks.js';
import type { Place } from './replay.js';
import type { SentCall } from './sent.js';

/**
 * Why an accepted call is in no block, as far as can be known from outside:
 * - `expired`: unsigned, and the pool keeps those for five blocks only (BEHAVIOUR.md section 10)
 * - `behind another`: an earlier nonce of its signer is in no block
 */
export type LostWhy = 'expired' | 'behind another' | 'unknown';

/** Of the calls of one name. */
export interface CallCounts {
  sent: number;
  taken: number;
  refused: number;
  included: number;
  ok: number;
  /** By the error's name. */
  readonly failed: Map<string, number>;
  lost: number;
}

export interface Fates {
  /** In the order in which calls were first planned. */
  readonly calls: ReadonlyMap<string, CallCounts>;
  readonly total: CallCounts;
  /** Planned and never sent, as far as is known. */
  readonly unsent: number;
  readonly lost: ReadonlyMap<LostWhy, number>;
  /** In more than one place. */
  readonly duplicated: readonly SentCall[];
  /** Included though the pool said no. */
  readonly included: readonly SentCall[];
  /** Included later than the limit behind its due time. */
  readonly late: number;
  /** By the code of JSON-RPC, or what else the pool answered. */
  readonly refusals: ReadonlyMap<string, number>;
}

export interface FatesOptions {
  readonly sent: readonly SentCall[];
  readonly places: ReadonlyMap<SentCall['extrinsic'], readonly Place[]>;
  /** Of the blocks in turn, when each was seen. */
  readonly seen: readonly Pick<LoadedBlock, 'number' | 'seen'>[];
  /** Milliseconds behind its due time after which an inclusion is late. */
  readonly late: number;
}

const TAKEN = 'taken';
/** JSON-RPC's: everything else is no answer of the pool, but of what is in between. */
const CODE = /^-?\d+$/;

/** Blocks after which the pool gives up an unsigned call. */
const LONGEVITY = 5;

const counts = (): CallCounts => ({ sent: 0, taken: 0, refused: 0, included: 0, ok: 0, failed: new Map(), lost: 0 });

const add = <K>(to: Map<K, number>, key: K): void => void to.set(key, (to.get(key) ?? 0) + 1);

/** Blocks that came after a moment. */
const blocksAfter = (seen: FatesOptions['seen'], at: number): number =>
  seen.filter((block) => block.seen !== null && block.seen > at).length;

class Ledger {
  readonly calls = new Map<string, CallCounts>();
  readonly total = counts();
  readonly lost = new Map<LostWhy, number>();
  readonly refusals = new Map<string, number>();
  readonly duplicated: SentCall[] = [];
  readonly included: SentCall[] = [];
  unsent = 0;
  late = 0;
  /** Of signers, the lowest nonce that is in no block. */
  private readonly gaps = new Map<string, number>();

  constructor(private readonly options: FatesOptions) {
    for (const each of options.sent) this.noteGap(each);
    for (const each of options.sent) this.enter(each);
  }

  private placesOf({ extrinsic }: SentCall): readonly Place[] {
    return this.options.places.get(extrinsic) ?? [];
  }

  private noteGap(sent: SentCall): void {
    if (sent.origin.kind === 'none' || sent.nonce === null || this.placesOf(sent).length > 0) return;
    const { account } = sent.origin;
    this.gaps.set(account, Math.min(sent.nonce, this.gaps.get(account) ?? Infinity));
  }

  private enter(sent: SentCall): void {
    const places = this.placesOf(sent);
    const { answer } = sent;
    const own = this.calls.get(sent.call.name) ?? counts();
    this.calls.set(sent.call.name, own);
    if (answer === null && places.length === 0) {
      this.unsent += 1;
      return;
    }
    const wasTaken = answer?.answer === TAKEN;
    const wasRefused = answer !== null && CODE.test(answer.answer);
    if (answer !== null && !wasTaken) add(this.refusals, answer.answer);
    for (const each of [own, this.total]) {
      each.sent += 1;
      if (wasTaken) each.taken += 1;
      if (answer !== null && !wasTaken) each.refused += 1;
      if (places.length > 0) this.include(each, places);
      else if (wasTaken) each.lost += 1;
    }
    if (places.length === 0 && wasTaken) add(this.lost, this.whyLost(sent, answer.at));
    if (places.length > 1) this.duplicated.push(sent);
    if (places.length > 0 && wasRefused) this.included.push(sent);
    if (this.isLate(sent, places)) this.late += 1;
  }

  private include(each: CallCounts, [first]: readonly Place[]): void {
    each.included += 1;
    const failed = first?.failed ?? null;
    if (failed === null) each.ok += 1;
    else add(each.failed, failed);
  }

  private isLate({ due }: SentCall, [first]: readonly Place[]): boolean {
    const seen = first?.seen ?? null;
    return due !== null && seen !== null && seen - due > this.options.late;
  }

  private whyLost({ origin, nonce }: SentCall, at: number): LostWhy {
    if (origin.kind === 'none') return blocksAfter(this.options.seen, at) > LONGEVITY ? 'expired' : 'unknown';
    const gap = this.gaps.get(origin.account);
    return nonce !== null && gap !== undefined && gap < nonce ? 'behind another' : 'unknown';
  }
}

/** Counts them all. */
export const fatesOf = (options: FatesOptions): Fates => new Ledger(options);
