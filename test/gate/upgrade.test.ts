/** The state across an upgrade: what a migration leaves undone, loses, invents or changes is told, and nothing else is. */
import { describe, expect, it } from 'vitest';
import { Joint, type JointPlay } from '../../src/gate/joint.js';
import type { Side } from '../../src/gate/sides.js';
import { tryUpgrade, type StateBreak } from '../../src/gate/upgrade.js';
import { TwoMeanings } from '../../src/gate/values.js';
import { CAST_RELEASE_PERIOD } from '../../src/properties/cast.js';
import { accountAt } from '../../src/spec/accounts.js';
import type { RawDiff } from '../../src/spec/answers.js';
import { Rules } from '../../src/spec/rules.js';
import { decode, encode } from '../../src/spec/scale.js';
import { Compute, palletPrefix, PalletIp, rawKey, storage } from '../../src/spec/storage.js';
import type { Step } from '../../src/spec/steps.js';
import {
  A,
  addIp,
  assign,
  B,
  buys,
  confirmDeletion,
  fulfil,
  genesis,
  JOB,
  M,
  N,
  requestDelete,
  requestStop,
  running,
} from '../../src/spec/witnesses/cast.js';
import { decodeOwn } from '../../src/targets/metadata/values.js';
import { RuntimeTarget } from '../../src/targets/runtime-target.js';
import { loadRuntime, type Runtime } from '../../src/targets/runtime/runtime.js';
import { lab } from '../lab.js';
import { targetOf } from '../targets/runtime/wat-runtime.js';
import { MIGRATED, NOTED } from '../variants.js';
import { labSide } from './lab-gate.js';

const REQUESTS_OF_A = rawKey(Compute.ComputeRequests, accountAt(A));
const REQUESTS_OF_B = rawKey(Compute.ComputeRequests, accountAt(B));
const VM_IPS = rawKey(PalletIp.VmAvailableIps, null);
const DEPLOYED = { old: Rules.deployed, next: Rules.deployed, found: Rules.deployed };

/** Three requests of two users, one of them with a VM, its IP and a stop that nobody has done yet. */
const several: readonly Step[] = [
  ...running(),
  addIp(),
  buys(B),
  assign(N.node, 1n, B),
  fulfil(N.node, 1n),
  buys(A),
  requestStop(A),
];

interface Upgraded {
  readonly breaks: readonly StateBreak[];
  readonly values: number;
  readonly play: JointPlay;
  readonly old: RuntimeTarget;
  readonly upgraded: RuntimeTarget;
  /** Keys that the engine has. */
  readonly keys: number;
}

interface Trial {
  readonly steps?: readonly Step[];
  /** What the upgrade puts over what it finds. */
  readonly prepare?: (joint: Joint) => void;
  readonly meanings?: TwoMeanings;
}

const upgrade = (old: Side, next: Side, { steps = several, prepare, meanings }: Trial = {}): Upgraded => {
  const joint = new Joint({ sides: { old, next }, measure: DEPLOYED, leader: 'old' });
  const play = joint.play(genesis(), () => steps);
  prepare?.(joint);
  const upgraded = next.makeTarget({ fresh: false });
  const done = tryUpgrade(joint.runtimes.old, upgraded, joint.runtimes.next, meanings ?? joint.meanings);
  const keys = Object.keys(storage).flatMap((pallet) => Object.keys(joint.engines.old.readAll(palletPrefix(pallet))));
  return { ...done, play, old: joint.runtimes.old, upgraded, keys: keys.length };
};

const ids = ({ breaks }: Upgraded): readonly string[] => breaks.map(({ id }) => id);

const sideOf = async (file: string): Promise<Side> => labSide({ runtime: await loadRuntime(file) });

describe('from the lab runtime', async () => {
  const [noted, migrated] = (await Promise.all([NOTED, MIGRATED].map(sideOf))) as [Side, Side];

  it('to itself nothing breaks, and every value is looked at', () => {
    const { breaks, values, keys, play, old, upgraded } = upgrade(labSide(), labSide());
    expect(play.divergences).toEqual([]);
    expect(breaks).toEqual([]);
    expect(values).toBe(keys);
    expect(values).toBeGreaterThan(several.length);
    expect(upgraded.read(REQUESTS_OF_A)).toBe(old.read(REQUESTS_OF_A));
  });

  it('to one that brings the stored requests into its layout nothing breaks', () => {
    const done = upgrade(labSide(), migrated);
    expect(done.play.steps).toHaveLength(several.length);
    expect(done.breaks).toEqual([]);
    const own = migrated.runtime.metadata.pallets
      .find(({ name }) => name === 'Compute')
      ?.storage?.items.find(({ name }) => name === 'ComputeRequests');
    const requests = decodeOwn(migrated.runtime.metadata, own?.value ?? -1, done.upgraded.read(REQUESTS_OF_A) ?? '0x');
    expect(requests).toMatchObject([
      { request_id: 0n, priority: 0n },
      { request_id: 2n, priority: 0n },
    ]);
  });

  it('to one that does not, they are told once, with the first of them', () => {
    const done = upgrade(labSide(), noted);
    expect(ids(done)).toEqual(['upgrade/Compute.ComputeRequests/undecodable']);
    expect(done.breaks[0]).toMatchObject({ part: 'Compute.ComputeRequests' });
    expect(done.breaks[0]?.sentence).toMatch(/no longer decodes after the upgrade \(byte \d+: /);
  });

  it('to one that does not, nothing breaks where no request is stored', () => {
    const { breaks, values, keys } = upgrade(labSide(), noted, { steps: [addIp()] });
    expect(breaks).toEqual([]);
    expect(values).toBe(keys);
  });

  it('what did not decode before is not broken by it', () => {
    const prepare = ({ runtimes }: Joint): void => {
      for (const key of [REQUESTS_OF_A, REQUESTS_OF_B]) runtimes.old.write([[key, '0x0461']]);
    };
    expect(upgrade(labSide(), noted, { prepare }).breaks).toEqual([]);
  });

  it.each([
    ['late', labSide(), labSide({ mutant: 1 })],
    ['not late any more', labSide({ mutant: 1 }), labSide()],
  ])('to one whose hook is %s nothing breaks: that is no upgrade', (_, from, to) => {
    const due: readonly Step[] = [
      ...running(),
      requestDelete(A),
      confirmDeletion(M, 0n, JOB),
      { advance: CAST_RELEASE_PERIOD - 1n },
    ];
    const { breaks, old, upgraded } = upgrade(from, to, { steps: due });
    expect(old.read(VM_IPS)).not.toBe(upgraded.read(VM_IPS));
    expect(breaks).toEqual([]);
  });
});

/** An old runtime whose upgrade also writes this. */
const migrating = (write: RawDiff): Side => ({
  ...labSide(),
  makeTarget: ({ fresh }) => {
    class Migrating extends RuntimeTarget {
      override upgradeTo(next: RuntimeTarget): void {
        super.upgradeTo(next);
        next.inject(write);
      }
    }
    return new Migrating(lab, { fresh, lab: { rules: Rules.deployed, mutant: 0, releasePeriod: CAST_RELEASE_PERIOD } });
  },
});

describe('a migration that', () => {
  const written = (write: RawDiff): Upgraded => upgrade(migrating(write), labSide());

  it('loses an entry is told', () => {
    const done = written({ [REQUESTS_OF_B]: null });
    expect(ids(done)).toEqual(['upgrade/Compute.ComputeRequests/lost']);
    expect(done.breaks[0]).toMatchObject({ next: 'no value' });
    expect(done.breaks[0]?.old).toContain('request_id: 1,');
  });

  it('loses all entries of an item and one of another is told once of each', () => {
    const queue = rawKey(Compute.MinerComputeRequests, M.node);
    expect(ids(written({ [REQUESTS_OF_A]: null, [REQUESTS_OF_B]: null, [queue]: null })).toSorted()).toEqual([
      'upgrade/Compute.ComputeRequests/lost',
      'upgrade/Compute.MinerComputeRequests/lost',
    ]);
  });

  it('changes a value is told with the field', () => {
    const read = upgrade(labSide(), labSide()).old.read(REQUESTS_OF_B) ?? '0x';
    const { value } = Compute.ComputeRequests;
    const changed = encode(
      value,
      decode(value, read).map((each) => ({ ...each, status: 'Failed' as const })),
    );
    const done = written({ [REQUESTS_OF_B]: changed });
    expect(ids(done)).toEqual(['upgrade/Compute.ComputeRequests/changed']);
    expect(done.breaks[0]).toMatchObject({ old: '"Running"', next: '"Failed"' });
    expect(done.breaks[0]?.sentence).toMatch(/\[0\]\.status is another value after the upgrade$/);
  });

  it('makes an entry up is told', () => {
    const key = rawKey(PalletIp.AvailableClientIps, null);
    const done = written({ [key]: encode(PalletIp.AvailableClientIps.value, ['0x61']) });
    expect(ids(done)).toEqual(['upgrade/PalletIp.AvailableClientIps/made']);
    expect(done.breaks[0]).toMatchObject({ old: 'no value', next: '["a"]' });
  });
});

describe('keys that are hashed otherwise', () => {
  /** The lab runtime as it would be with another hasher. */
  const rehashed: Pick<Runtime, 'layout' | 'metadata'> = {
    layout: lab.layout,
    metadata: {
      ...lab.metadata,
      pallets: lab.metadata.pallets.map((pallet) => ({
        ...pallet,
        storage: pallet.storage && {
          ...pallet.storage,
          items: pallet.storage.items.map((item) =>
            item.name === 'ComputeRequests'
              ? { ...item, keys: item.keys.map((key) => ({ ...key, hasher: 'Twox64Concat' as const })) }
              : item,
          ),
        },
      })),
    },
  };
  const meanings = new TwoMeanings(lab, rehashed);

  it('are told where entries still are under the old ones', () => {
    const done = upgrade(labSide(), labSide(), { meanings });
    expect(ids(done)).toEqual(['upgrade/Compute.ComputeRequests/keys']);
    expect(done.breaks[0]?.sentence).toContain('no migration moved them');
  });

  it('are not where a migration moved them', () => {
    const moved: RawDiff = { [REQUESTS_OF_A]: null, [REQUESTS_OF_B]: null };
    expect(upgrade(migrating(moved), labSide(), { meanings }).breaks).toEqual([]);
  });
});

describe('a new runtime', () => {
  it.each<[string, string]>([
    ['panics in its first block', 'unreachable'],
    ['never ends it', '(loop (br 0)) (i64.const 0)'],
  ])('that %s breaks the upgrade, whatever becomes of the state', async (_, body) => {
    const upgraded = await targetOf({ bodies: { Core_initialize_block: body } }, { limit: 100 });
    const old = labSide().makeTarget({ fresh: false });
    const alone = labSide().makeTarget({ fresh: false });
    for (const target of [old, alone]) target.reset(genesis());
    const { breaks, values } = tryUpgrade(old, upgraded, alone, new TwoMeanings(lab, upgraded.runtime));
    expect(values).toBe(0);
    expect(breaks).toMatchObject([{ id: 'upgrade/block', part: 'Core.initialize_block', next: 'none' }]);
    expect(breaks[0]?.sentence).toMatch(/^no block can be built after the upgrade: \S+: block 2 can't be built: /);
  });

  it('without a pallet leaves what it had alone', async () => {
    const later = await loadRuntime('runtime/later.wasm');
    const [old, alone, upgraded] = [
      labSide().makeTarget({ fresh: false }),
      new RuntimeTarget(later),
      new RuntimeTarget(later),
    ];
    old.reset(genesis());
    for (const step of several) if ('call' in step) old.dispatch(step.call, step.origin);
    alone.reset(genesis());
    expect(tryUpgrade(old, upgraded, alone, new TwoMeanings(lab, later)).breaks).toEqual([]);
  });
});
