/** A load's verification on small made-up chains: what is wrong with one is told, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { SentCall } from '../../src/load/run/sent.js';
import { chainFindings, countsText, verdictOf } from '../../src/load/run/tell.js';
import { locate } from '../../src/load/run/locate.js';
import { rawKey, storage } from '../../src/spec/storage.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { Translation } from '../../src/targets/runtime/translation.js';
import { everything } from '../../src/properties/scope.js';
import { lab } from '../lab.js';
import { began, changed, honest, plan, sent, verified, type MadeUp } from './run-chain.js';

/** The ids of all findings, and what the sentence says. */
const toldOf = (made: MadeUp, late?: number): { readonly ids: readonly string[]; readonly said: string } => {
  const result = verified(made, late);
  const chain = { ...result, blocks: made.blocks };
  const findings = chainFindings('load', chain, { maxLost: 0.01 });
  expect(verdictOf(findings, result.fates)).toBe(findings.length > 0 ? 'finding' : 'conforms');
  return { ids: findings.map(({ id }) => id), said: countsText(chain) };
};

const WELL = '40 extrinsics sent, 40 included in 4 blocks, 0 unexplained differences, 0 lost';

const answered = (number: number, answer: string): SentCall[] =>
  sent.map((each, at) => (at === number ? { ...each, answer: { at: 0, answer } } : each));

const without = (number: number): SentCall[] => sent.filter((_, at) => at !== number);

/** The number of the first call that is, or is not, signed. */
const first = (kind: 'none' | 'signed'): number => sent.findIndex(({ origin }) => origin.kind === kind);

describe('the verification of a load', () => {
  it('finds nothing on an honest chain', () => {
    expect(toldOf(honest())).toEqual({ ids: [], said: WELL });
  });

  it('tells an outcome that the model does not have, and its call', () => {
    const made = changed(
      honest(),
      ({ outcome }) => 'module' in outcome,
      (extrinsic) => [{ ...extrinsic, outcome: { ok: true } }],
    );
    const [id, ...others] = toldOf(made).ids;
    expect(id).toMatch(/^load\/difference\/Compute\.\w+$/);
    expect(others).toEqual([]);
    const [difference] = verified(made).replay.differences;
    expect(difference).toMatchObject({ aspect: 'outcome', expected: 'Compute.ComputeRequestNotFound', observed: 'ok' });
    expect(difference?.what).toContain('signed 0x');
  });

  it('tells an event that is missing', () => {
    const made = changed(
      honest(),
      ({ events }) => events.length > 0,
      (extrinsic) => [{ ...extrinsic, events: [] }],
    );
    expect(toldOf(made).ids).toHaveLength(1);
    expect(verified(made).replay.differences).toMatchObject([{ aspect: 'events', observed: 'no event' }]);
  });

  it('tells an event that a block deposits by itself', () => {
    const { blocks, ...made } = honest();
    const event = { index: [74, 3] as const, name: 'PalletIp.IpAdded', fields: { ip: '0x00' } };
    const opening = blocks.map((block, at) => (at === 2 ? { ...block, opening: [event] } : block));
    expect(toldOf({ ...made, blocks: opening }).ids).toEqual(['load/difference/opening']);
    expect(verified({ ...made, blocks: opening }).replay.differences).toMatchObject([
      { aspect: 'opening', block: '7', expected: 'no event' },
    ]);
  });

  it('tells each key of the final storage that is another one, is missing, or is too many', () => {
    const made = honest();
    const { NextRequestId } = storage.Compute;
    const [missing = '0x'] = Object.keys(made.storage).filter((key) => key !== NextRequestId.prefix);
    const { [missing]: _, ...rest } = made.storage;
    const many = rawKey(storage.Compute.MinerComputeStopRequests, '0x1234');
    const falsified = { ...rest, [NextRequestId.prefix]: '0x' + 'ff'.repeat(16), [many]: '0x00' };
    expect(toldOf({ ...made, storage: falsified }).ids).toEqual(['load/difference/final state']);
    const { differences, differenceCount } = verified({ ...made, storage: falsified }).replay;
    expect(differenceCount).toBe(3);
    expect(new Set(differences.map(({ raw }) => raw?.key))).toEqual(new Set([missing, NextRequestId.prefix, many]));
  });

  it('tells a call that the pool took and no block has', () => {
    const number = first('none');
    const made = { ...honest(without(number)), sent };
    expect(toldOf(made)).toEqual({
      ids: ['load/lost'],
      said: '40 extrinsics sent, 39 included in 4 blocks, 0 unexplained differences, 1 lost (1 unknown)',
    });
  });

  it('knows that an unsigned call is given up after five blocks', () => {
    const number = first('none');
    const { blocks, ...made } = honest(without(number));
    const last = blocks.at(-1);
    if (last === undefined) throw new Error('the chain has no blocks');
    const more = [1n, 2n, 3n].map((each) => ({
      ...last,
      number: last.number + each,
      extrinsics: last.extrinsics.slice(0, 1),
    }));
    expect(toldOf({ ...made, blocks: [...blocks, ...more], sent }).said).toContain('1 lost (1 expired)');
  });

  it('knows that calls behind a nonce that never came wait for it', () => {
    const number = first('signed');
    const { origin } = sent[number] ?? {};
    const mine = sent.filter(
      (each) => origin?.kind === 'signed' && JSON.stringify(each.origin) === JSON.stringify(origin),
    );
    const made = { ...honest(sent.filter((each) => !mine.includes(each))), sent };
    expect(mine.length).toBeGreaterThan(2);
    expect(toldOf(made).said).toContain(`${mine.length} lost (1 unknown, ${mine.length - 1} behind another)`);
  });

  it('tells a call that is in two places', () => {
    const made = changed(
      honest(),
      ({ outcome }) => 'module' in outcome,
      (extrinsic) => [extrinsic, extrinsic],
    );
    const { ids, said } = toldOf(made);
    expect(ids).toEqual(['load/duplicated']);
    expect(said).toContain('1 duplicated');
  });

  it('tells a call that is included though the pool refused it', () => {
    const { ids, said } = toldOf({ ...honest(), sent: answered(3, '1010') });
    expect(ids).toEqual(['load/refused-but-included']);
    expect(said).toContain('1 refused (1010 1)');
  });

  it('finds nothing in a call that is included though nobody heard the answer', () => {
    expect(toldOf({ ...honest(), sent: answered(3, 'unanswered') }).ids).toEqual([]);
  });

  it('finds nothing in a call that the pool refused and no block has', () => {
    const made = { ...honest(without(3)), sent: answered(3, '1014') };
    expect(toldOf(made)).toEqual({
      ids: [],
      said: '40 extrinsics sent, 39 included in 4 blocks, 0 unexplained differences, 1 refused (1014 1), 0 lost',
    });
  });

  it('counts what is late', () => {
    expect(toldOf(honest(), 500).said).toBe(`${WELL}, 20 late`);
  });

  it('counts what was not sent', () => {
    const unsent = sent.map((each, at) => (at === 39 ? { ...each, answer: null } : each));
    const made = { ...honest(sent.slice(0, 39)), sent: unsent };
    expect(toldOf(made).said).toBe(
      '39 extrinsics sent, 39 included in 4 blocks, 0 unexplained differences, 1 not sent, 0 lost',
    );
  });

  it('tells an extrinsic of somebody else', () => {
    const made = changed(
      honest(),
      () => true,
      (extrinsic) => [extrinsic, { ...extrinsic, bytes: '0x77' }],
    );
    expect(toldOf(made)).toEqual({
      ids: ['load/foreign'],
      said: WELL.replace('0 unexplained', '1 unexplained'),
    });
  });

  it('traces a difference of the final storage to the call that brought it about', async () => {
    const made = honest();
    // A chain that in its second block loses what a purchase wrote, and behaves besides.
    const bought = plan.arrivals.findIndex(({ call, at }) => call === 'Marketplace.purchase_plan' && at >= 1_000);
    const buyer = sent[bought];
    if (buyer?.origin.kind !== 'signed') throw new Error('nobody buys anything in this plan');
    const key = rawKey(storage.Compute.ComputeRequests, buyer.origin.account);
    const engine = new EngineTarget();
    engine.beginAfter(began);
    const block = made.blocks.find(({ extrinsics }) => extrinsics.some(({ bytes }) => bytes === buyer.extrinsic));
    const reader = {
      hashOf: (number: bigint) => Promise.resolve('0x' + number.toString().padStart(64, '0')),
      value: (_: string, hash: string) =>
        Promise.resolve(BigInt(hash.slice(2)) >= (block?.number ?? 0n) ? '0xdead' : playedTo(hash)),
    };
    const playedTo = (hash: string): string | null => {
      const number = BigInt(hash.slice(2));
      while (engine.engine.block < number) {
        engine.advance(1n);
        const own = made.blocks.find((each) => each.number === engine.engine.block);
        for (const { bytes } of own?.extrinsics ?? []) {
          const call = sent.find(({ extrinsic }) => extrinsic === bytes);
          if (call) engine.dispatch(call.call, call.origin);
        }
      }
      return engine.read(key);
    };
    async function* blocks() {
      yield* await Promise.resolve(made.blocks);
    }
    const translation = new Translation(lab.layout, lab.metadata);
    const options = { engine: {}, scope: everything, began, sent };
    const located = await locate({ reader, translation }, options, [key], blocks());
    expect(located.get(key)?.block).toBe(block?.number);
    expect(located.get(key)?.writers.map(({ call }) => call.name)).toContain('Marketplace.purchase_plan');
  });
});
