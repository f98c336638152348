/** A small chain that is made up: what an honest node would have built of a plan's calls, for tests to falsify. */
import { genesisStorage, planLoad } from '../../src/load/plan/plan.js';
import type { LoadedBlock, LoadedExtrinsic } from '../../src/load/run/blocks.js';
import { fatesOf, type Fates } from '../../src/load/run/fates.js';
import { Replay } from '../../src/load/run/replay.js';
import { sentCalls, type SentCall } from '../../src/load/run/sent.js';
import type { Samples } from '../../src/load/run/samples.js';
import { LOAD_SUDO } from '../../src/load/sized-state.js';
import type { Plan } from '../../src/load/workload.js';
import { everything } from '../../src/properties/scope.js';
import { accountAt } from '../../src/spec/accounts.js';
import type { RawState } from '../../src/spec/answers.js';
import { EngineTarget } from '../../src/targets/engine-target.js';

/** Milliseconds since 1970 at which the first call was due. */
export const BEGUN = 1_000_000;
/** Milliseconds between two blocks, each of which has the calls that were due since the one before. */
const BLOCK_TIME = 1_000;

const planned = planLoad({
  scenario: 'submit',
  users: 3,
  rate: 10,
  duration: 4,
  seed: 1,
  requests: 5,
  queue: 2,
});

/** Calls have numbers for bytes: nobody decodes them. */
export const plan: Plan = {
  ...planned,
  arrivals: planned.arrivals.map((each, number) => ({ ...each, extrinsic: '0x' + (1_000 + number).toString() })),
};

export const began = { block: 4n, sudo: accountAt(LOAD_SUDO), storage: genesisStorage(plan) };

/** The pool took them all, each 5 ms after it was due. */
const samples: Samples = {
  answers: new Map(plan.arrivals.map(({ at }, number) => [String(number), { at: BEGUN + at, answer: 'taken' }])),
  fullness: [],
};

export const sent = sentCalls(plan, samples);

const INHERENT: LoadedExtrinsic = { bytes: '0x01', outcome: { ok: true }, events: [] };

export interface MadeUp {
  readonly sent: readonly SentCall[];
  readonly blocks: readonly LoadedBlock[];
  readonly storage: RawState;
}

/** What an honest chain makes of calls, given the block that each of them gets into. */
export const honest = (calls: readonly SentCall[] = sent): MadeUp => {
  const engine = new EngineTarget();
  engine.beginAfter(began);
  const blocks = [1, 2, 3, 4].map((second): LoadedBlock => {
    const seen = BEGUN + BLOCK_TIME * second;
    const [opened] = engine.advance(1n);
    const due = calls.filter(({ due }) => due !== null && due < seen && due >= seen - BLOCK_TIME);
    const extrinsics = due.map(({ call, origin, extrinsic }): LoadedExtrinsic => {
      const { outcome, events } = engine.dispatch(call, origin);
      return { bytes: extrinsic, outcome, events };
    });
    const number = began.block + BigInt(second);
    return { number, seen, inherents: 1, extrinsics: [INHERENT, ...extrinsics], opening: opened?.events ?? [] };
  });
  return { sent: calls, blocks, storage: engine.readAll('0x') };
};

/** What verification says of it. */
export const verified = (made: MadeUp, late = 10_000): { readonly replay: Replay; readonly fates: Fates } => {
  const replay = new Replay({ engine: {}, scope: everything, began, sent: made.sent });
  for (const block of made.blocks) replay.play(block);
  replay.finish(made.storage);
  return { replay, fates: fatesOf({ sent: made.sent, places: replay.places, seen: made.blocks, late }) };
};

/** Changes one extrinsic of ours: the first that `which` says, in its block. */
export const changed = (
  made: MadeUp,
  which: (extrinsic: LoadedExtrinsic) => boolean,
  change: (extrinsic: LoadedExtrinsic) => readonly LoadedExtrinsic[],
): MadeUp => {
  const found = made.blocks.map(({ extrinsics, inherents }) =>
    extrinsics.findIndex((extrinsic, at) => at >= inherents && which(extrinsic)),
  );
  const first = found.findIndex((at) => at !== -1);
  if (first === -1) throw new Error('no extrinsic of the chain is of that kind');
  const blocks = made.blocks.map((block, number) => {
    if (number !== first) return block;
    const extrinsics = block.extrinsics.flatMap((each, at) => (at === found[first] ? change(each) : [each]));
    return { ...block, extrinsics };
  });
  return { ...made, blocks };
};
