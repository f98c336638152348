/** What a difference tells: enough to find it, to read it, and to see which byte it is. */
import { describe, expect, it } from 'vitest';
import type { Hex } from '../../src/spec/hex.js';
import { Difference } from '../../src/spec/run-events.js';
import { decode, encode } from '../../src/spec/scale.js';
import { Compute, PalletIp, rawKey } from '../../src/spec/storage.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Capability } from '../../src/targets/target.js';
import { play } from './playing.js';
import { asFile, isCall, isQuery, textOf } from './small-recording.js';
import { changeBlock } from './tampered-storage.js';
import { change, changeCall, compute, flipped, metrics, without, type Tampered } from './tampering.js';

/** The differences of a replay, and the file's name. */
const differencesOf = ({ recording }: Tampered): Promise<{ file: string; differences: readonly Difference[] }> =>
  asFile(textOf(recording), async (file) => ({ file, differences: (await play(file)).differences }));

const onlyDifference = async (tampered: Tampered): Promise<Difference> => {
  const { differences } = await differencesOf(tampered);
  expect(differences).toHaveLength(1);
  return Difference.parse(differences[0]);
};

const node = '0x313244334b6f6f5731bf6e';
const { value: entries } = Compute.MinerComputeRequests;
const ofNode = rawKey(Compute.MinerComputeRequests, node);

/** The call that gives the first VM its job, with another job recorded. */
const otherJob = (): Tampered =>
  changeCall(
    ({ call }) => call === 'Compute.update_miner_compute_request',
    (call) => {
      const [entry, ...more] = decode(entries, call.diff?.[ofNode] ?? '0x');
      if (entry === undefined) throw new Error('the node has no entry');
      const value = encode(entries, [{ ...entry, job_id: '0x6a6f62312d78' }, ...more]);
      return { ...call, diff: { ...call.diff, [ofNode]: value } };
    },
  );

describe('a difference', () => {
  it('names file, line, scenario, step, block, the call as one would write it, the key, both sides and the byte', async () => {
    const tampered = otherJob();
    const { file, differences } = await differencesOf(tampered);
    const [first] = differences;
    expect(first).toEqual({
      type: 'difference',
      suite: file,
      file,
      line: tampered.line,
      scenario: 0,
      step: 4,
      block: '250',
      what: `Compute.update_miner_compute_request(node_id: ${node}, request_id: 0, job_id: "job0-x", ip: 0xc0a8ff01), unsigned`,
      aspect: 'storage',
      where: `Compute.MinerComputeRequests[${node}][0].job_id`,
      expected: '"job1-x"',
      observed: '"job0-x"',
      raw: {
        key: ofNode,
        expected: expect.stringMatching(/^0x04/) as Hex,
        observed: expect.stringMatching(/^0x04/) as Hex,
        // One entry, the node's 11 bytes with their length, the owner's 32; then a present job_id of 6 bytes: j, o, b, 1.
        byte: 1 + 12 + 32 + 2 + 3,
      },
    });
    expect(Difference.parse(first)).toEqual(first);
  });

  it('names who signed, and both values of a key that holds one', async () => {
    const tampered = changeCall(
      ({ call }) => call === 'Marketplace.purchase_plan',
      (call) => ({
        ...call,
        diff: { ...call.diff, [Compute.NextRequestId.prefix]: flipped(encode(Compute.NextRequestId.value, 1n), 15) },
      }),
    );
    const { differences } = await differencesOf(tampered);
    expect(differences[0]).toMatchObject({
      where: 'Compute.NextRequestId',
      expected: expect.stringContaining((1n + (1n << 120n)).toString()) as string,
      observed: expect.stringContaining('1') as string,
      raw: { key: Compute.NextRequestId.prefix, byte: 15 },
    });
    expect(differences[0]?.what).toMatch(/^Marketplace\.purchase_plan\(plan_id: 0x.*\), signed 0x/);
  });

  it('in an outcome names both outcomes', async () => {
    const tampered = changeCall(
      ({ outer }) => outer !== undefined && 'module' in outer,
      (call) => ({ ...call, outcome: { ok: true } }),
    );
    const { aspect, expected, observed } = await onlyDifference(tampered);
    expect(aspect).toBe('outcome');
    expect(expected).toMatch(/\bok\b/);
    expect(observed).toContain('RequireSudo');
  });

  it('in validity names both answers', async () => {
    const tampered = changeCall(
      ({ validity }) => validity !== undefined && 'ok' in validity,
      (call) => ({ ...call, validity: { unknown: 'NoUnsignedValidator' } }),
    );
    const { aspect, expected, observed } = await onlyDifference(tampered);
    expect(aspect).toBe('validity');
    expect(expected).toContain('NoUnsignedValidator');
    expect(observed).toMatch(/\bok\b/);
    expect(observed).not.toContain('undefined');
  });

  it('in events names the place in their order, and both events', async () => {
    const tampered = changeCall(
      ({ events }) => events.length === 2,
      (call) => ({ ...call, events: call.events.toReversed() }),
    );
    const { where, expected, observed } = await onlyDifference(tampered);
    expect(where).toBe('event 0: PalletIp.IpAssigned');
    expect(expected).toBe('PalletIp.IpAssigned { ip: 0xc0a8ff01 }');
    expect(observed).toMatch(
      new RegExp(`^Compute\\.ComputeRequestFulfilled \\{ node: ${node}, request_id: 0, owner: 0x`),
    );
  });

  it("in an event's field names the field", async () => {
    const tampered = changeCall(
      ({ call }) => call === 'Compute.submit_compute_request_assignment',
      (call) => ({
        ...call,
        events: call.events.map((event) => Object.assign({}, event, { fields: { ...event.fields, request_id: '9' } })),
      }),
    );
    expect((await onlyDifference(tampered)).where).toBe('event 0: Compute.ComputeRequestSubmitted.request_id');
  });

  it('in an opening names the block', async () => {
    const { differences } = await differencesOf(
      changeBlock((block) => [{ ...block, block: (BigInt(block.block) + 1n).toString() }]),
    );
    const where = differences.map((each) => [each.where, each.expected === 'no change', each.observed === 'no change']);
    expect(where).toEqual([
      [expect.stringMatching(/^block \d+: PalletIp\.VmAvailableIps$/), false, true],
      [expect.stringMatching(/^block \d+: PalletIp\.IpReleaseRequests$/), false, true],
      [expect.stringMatching(/^block \d+: PalletIp\.VmAvailableIps$/), true, false],
      [expect.stringMatching(/^block \d+: PalletIp\.IpReleaseRequests$/), true, false],
    ]);
    expect(differences[0]?.what).toMatch(/^advance \d+ blocks to \d+$/);
  });

  it("in a query's answer names query, node and byte", async () => {
    const tampered = change(
      metrics,
      isQuery,
      (query) => ({ ...query, result_hex: flipped(query.result_hex, 7) }),
      ({ result_hex }) => result_hex.length > 20,
    );
    const difference = await onlyDifference(tampered);
    expect(difference).toMatchObject({ aspect: 'query', where: 'get_node_metrics', raw: { key: null, byte: 7 } });
    expect(difference.what).toMatch(/^get_node_metrics\(.*node_id: /);
  });

  it.each<[string, Hex | null, string, string]>([
    ['a key that was removed and should not', '0x0410c0a8ff01', '[0xc0a8ff01]', 'no change'],
    ['a removal that was not', null, 'key removed', 'no change'],
  ])('tells %s from a value', async (_, value, expected, observed) => {
    const key = rawKey(PalletIp.AssignedClientIps, null);
    const tampered = changeCall(
      ({ outcome }) => 'module' in outcome,
      (call) => ({ ...call, diff: { ...call.diff, [key]: value } }),
    );
    const [first] = (await differencesOf(tampered)).differences;
    expect(first).toMatchObject({
      where: 'PalletIp.AssignedClientIps',
      expected,
      observed,
      raw: { key, expected: value },
    });
  });

  it('never says "undefined"', async () => {
    const longer = (value: Hex): Hex =>
      encode(
        entries,
        decode(entries, value).flatMap((entry) => [entry, entry]),
      );
    const tampered = changeCall(
      ({ call }) => call === 'Compute.update_miner_compute_request',
      (call) => ({ ...call, diff: { ...call.diff, [ofNode]: longer(call.diff?.[ofNode] ?? '0x') } }),
    );
    const { differences } = await differencesOf(tampered);
    expect(differences[0]?.where).toBe(`Compute.MinerComputeRequests[${node}][1]`);
    expect(JSON.stringify(differences)).not.toContain('undefined');
  });

  it('in bytes that do not decode is told as one, and the replay goes on', async () => {
    const tampered = changeCall(
      ({ call }) => call === 'Marketplace.purchase_plan',
      (call) => ({ ...call, diff: { ...call.diff, [Compute.NextRequestId.prefix]: '0x00' } }),
    );
    const { differences } = await differencesOf(tampered);
    expect(differences[0]).toMatchObject({
      where: 'Compute.NextRequestId',
      expected: '0x00',
      raw: { byte: 0 },
    });
  });
});

/** A target with a key that none of its answers told of. */
class Hiding extends EngineTarget {
  override readAll(prefix: Hex): ReturnType<EngineTarget['readAll']> {
    const key = rawKey(PalletIp.AssignedClientIps, null);
    return key.startsWith(prefix) ? { ...super.readAll(prefix), [key]: '0x00' } : super.readAll(prefix);
  }
}

describe('storage that no step told of', () => {
  it("shows at each scenario's end, as a difference of no step", async () => {
    await asFile(textOf(compute), async (file) => {
      const { differences } = await play(file, () => new Hiding({ releasePeriod: 20n }));
      expect(differences.map(({ scenario }) => scenario)).toEqual([0, 1, 2, 3, 4]);
      expect(differences[0]).toMatchObject({
        step: null,
        what: 'end of the scenario',
        aspect: 'final state',
        where: 'PalletIp.AssignedClientIps',
        expected: 'no key',
        observed: '[]',
      });
    });
  });
});

/** A target that can do less than the engine. */
class Lesser extends EngineTarget {
  override readonly capabilities: ReadonlySet<Capability> = new Set(['clock', 'origins', 'writes'] as const);
  constructor(private readonly tellsDiffs: boolean) {
    super({ releasePeriod: 20n });
  }
  override dispatch(...sent: Parameters<EngineTarget['dispatch']>): ReturnType<EngineTarget['dispatch']> {
    const answer = super.dispatch(...sent);
    return this.tellsDiffs ? answer : without(answer, 'diff');
  }
}

describe('what a target can not do is reported', () => {
  it('a difference on one that takes no storage ends its scenario, and no other', async () => {
    const { recording } = otherJob();
    await asFile(textOf(recording), async (file) => {
      const { finished, differences, events } = await play(file, () => new Lesser(true));
      expect(differences.map(({ scenario, step }) => [scenario, step])).toEqual([[0, 4]]);
      expect(finished).toMatchObject({ verdict: 'finding', scenarios: 5, steps: 600 });
      expect(events.filter(({ type }) => type === 'not-covered')).toMatchObject([
        { what: 'steps after a difference', count: 115 },
      ]);
    });
  });

  it('storage of single calls is not covered on one that does not tell it, and the rest is compared', async () => {
    await asFile(textOf(compute), async (file) => {
      const { finished, events } = await play(file, () => new Lesser(false));
      const calls = compute.lines.filter(isCall).length;
      expect(finished).toMatchObject({ differences: 0, steps: 600 });
      expect(events.filter(({ type }) => type === 'not-covered')).toMatchObject([
        { what: 'storage changes of single calls', count: calls },
      ]);
    });
  });
});
