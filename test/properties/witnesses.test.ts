/**
 * Each witness parts the two settings of its rule under every mixture of the rules that touch its calls, at the step and
 * in the way that DEVIATIONS.md describes; and the list of deviations is that page's, with RULES.md's calls.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { queryResult } from '../../src/engine/queries.js';
import { accountAt } from '../../src/spec/accounts.js';
import { outcomeText } from '../../src/spec/answers.js';
import { calls, type CallName } from '../../src/spec/calls.js';
import { deviations, type RuleDeviation } from '../../src/spec/deviations.js';
import { hexOfText, type Hex } from '../../src/spec/hex.js';
import { toJson } from '../../src/spec/json.js';
import { Rules, type DeviationRule } from '../../src/spec/rules.js';
import { decode } from '../../src/spec/scale.js';
import { remembering, verifySignature } from '../../src/spec/signatures.js';
import { locate, nameOfKey } from '../../src/spec/storage.js';
import { witnesses, witnessOf, type Witness } from '../../src/spec/witnesses.js';
import { NO_UTF8 } from '../../src/spec/witnesses/metrics.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Answer } from '../../src/targets/target.js';

/** What one step gave: a call's answer, a query's, or nothing. */
type Seen = Answer | Hex | undefined;

const verify = remembering(verifySignature);

const play = ({ genesis, steps }: Witness, rules: Rules): readonly Seen[] => {
  const target = new EngineTarget({ rules, verify });
  target.reset(genesis);
  return steps.map((step) => {
    if ('call' in step) return target.dispatch(step.call, step.origin);
    if ('query' in step) return target.query(step.query, step.args);
    if ('inject' in step) target.inject(step.inject);
    else target.advance(step.advance, { jump: step.jump === true });
    return undefined;
  });
};

const textOf = (seen: Seen): string => JSON.stringify(toJson(seen));

const isRule = (deviation: (typeof deviations)[number]): deviation is RuleDeviation => deviation.kind === 'rule';
const ruled = deviations.filter(isRule);

/** The rules beside its own that touch a call of the witness. */
const othersOf = ({ id, steps }: Witness): readonly DeviationRule[] => {
  const used = new Set(steps.flatMap((step): CallName[] => ('call' in step ? [step.call.name] : [])));
  return ruled.filter((each) => each.id !== id && each.calls.some((name) => used.has(name))).map(({ rule }) => rule);
};

/** All subsets. */
const mixturesOf = (rules: readonly DeviationRule[]): readonly (readonly DeviationRule[])[] =>
  Array.from({ length: 2 ** rules.length }, (_, mixture) => rules.filter((_rule, bit) => (mixture >> bit) & 1));

const succeeded = (seen: Seen): boolean => typeof seen !== 'object' || 'ok' in seen.outcome;

const ofRule = (rule: DeviationRule): Witness => {
  const witness = witnessOf(rule);
  if (witness === undefined) throw new Error(`${rule} has no witness`);
  return witness;
};

/** What a step must show: the outcome, the events in order with some of their fields, some of the keys written. */
interface Shown {
  readonly outcome: string;
  readonly events?: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  /**
   * By name; values decoded, in JSON form, and of structures some fields; null is a key that was removed, undefined one
   * that was not touched. An empty list: no key at all was touched.
   */
  readonly keys?: Readonly<Record<string, unknown>> | readonly [];
}

interface Row {
  /** From 0. */
  readonly step: number;
  readonly deployed: Shown;
  readonly promised: Shown;
}

const [userA, userB] = [accountAt('//Assay//user//0'), accountAt('//Assay//user//1')];
const PLAN: Hex = '0x' + '50'.repeat(32);
const OTHER_PLAN: Hex = '0x' + '51'.repeat(32);
const NODE = hexOfText('assay-m');
const IP = hexOfText('10.0.0.1');
const U128_MAX = (2n ** 128n - 1n).toString();

const fails = (outcome: string): Shown => ({ outcome, events: [], keys: [] });
const ipAssigned = ['PalletIp.IpAssigned', { ip: IP }] as const;
const fulfilled = ['Compute.ComputeRequestFulfilled', { node: NODE, request_id: '0', owner: userA }] as const;
const ipReturned = ['PalletIp.IpReturned', { vm_uuid: hexOfText('1a2b-3c4d'), ip: IP }] as const;
const removed = ['Compute.ComputeDeletionRequestRemoved', { node_id: NODE, request_id: '0', owner: userA }] as const;
const stopRequested = ['Compute.ComputeStopRequested', { plan_id: PLAN, owner: userB, caller: userB }] as const;
const created = ['Compute.ComputeRequestCreated', { plan_id: PLAN, owner: userA }] as const;
const requestsOfA = `Compute.ComputeRequests[${userA}]`;
const entriesOf = (item: string, node = 'assay-m'): string => `Compute.Miner${item}["${node}"]`;
const actionQueues = ['Stop', 'Boot', 'Reboot', 'Resize'].map((action) => entriesOf(`Compute${action}Requests`));
const emptiedLists = [entriesOf('ComputeRequests'), requestsOfA];
const keysAt = (names: readonly string[], value: unknown): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, value]));

/** DEVIATIONS.md and RULES.md, restated at the step that decides (the first row) and at what follows from it. */
const table: Readonly<Record<DeviationRule, readonly [Row, ...Row[]]>> = {
  'DEV-01': [
    {
      step: 4,
      deployed: { outcome: 'ok', events: [], keys: { [requestsOfA]: [{ status: 'Stopped' }] } },
      promised: fails('Compute.InvalidSignature'),
    },
  ],
  'DEV-02': [{ step: 1, deployed: fails('panic'), promised: fails('CannotLookup') }],
  'DEV-03': [
    {
      step: 6,
      deployed: {
        outcome: 'ok',
        events: [['PalletIp.IpAdded', { ip: IP }]],
        keys: { 'PalletIp.VmAvailableIps': [IP] },
      },
      promised: fails('PalletIp.IpAlreadyExists'),
    },
    {
      step: 7,
      deployed: {
        outcome: 'ok',
        events: [['Compute.ComputeRequestFulfilled', { request_id: '1', owner: userB }], ipAssigned],
        keys: {
          [`PalletIp.IpToRole["10.0.0.1"]`]: { Vm: hexOfText('5e6f-7a8b') },
          // The role of the first VM stays: both hold it.
          [`PalletIp.RoleToIp[{"Vm":"${hexOfText('1a2b-3c4d')}"}]`]: undefined,
        },
      },
      promised: fails('PalletIp.NoAvailableIp'),
    },
  ],
  'DEV-04': [
    {
      step: 6,
      deployed: fails('Compute.ComputeRequestNotFound'),
      promised: {
        outcome: 'ok',
        events: [stopRequested],
        keys: { [entriesOf('ComputeStopRequests')]: [{ request_id: '1', user_id: userB }] },
      },
    },
  ],
  'DEV-05': [
    {
      step: 2,
      deployed: {
        outcome: 'ok',
        events: [['Compute.ComputeRequestSubmitted', { miner: hexOfText('assay-n'), request_id: '0', owner: userA }]],
        keys: {
          [entriesOf('ComputeRequests', 'assay-n')]: [{ request_id: '0' }],
          [entriesOf('ComputeRequests')]: undefined,
        },
      },
      promised: fails('Compute.ComputeRequestNotFound'),
    },
  ],
  'DEV-06': [
    {
      step: 6,
      deployed: fails('PalletIp.VmHasNoIp'),
      promised: {
        outcome: 'ok',
        events: [ipReturned],
        keys: { 'PalletIp.IpReleaseRequests': [{ ip: IP }], [entriesOf('ComputeDeletionRequests')]: null },
      },
    },
  ],
  'DEV-07': [
    {
      step: 1,
      deployed: {
        outcome: 'ok',
        events: [['Compute.ComputeRequestSubmitted', { owner: userB }]],
        keys: {
          [entriesOf('ComputeRequests')]: [{ request_id: '0', plan_id: OTHER_PLAN }],
          [requestsOfA]: [{ request_id: '0', plan_id: PLAN, owner: userA }],
        },
      },
      promised: fails('Compute.ComputeRequestNotFound'),
    },
  ],
  'DEV-08': [
    {
      step: 4,
      deployed: { outcome: 'ok', events: [['Compute.ComputeStopRequested', { owner: userA }]], keys: [] },
      promised: fails('Compute.ComputeStopRequestAlreadyExists'),
    },
  ],
  'DEV-09': [
    {
      step: 6,
      deployed: { outcome: 'ok', events: [ipReturned] },
      promised: { outcome: 'ok', events: [ipReturned, removed] },
    },
  ],
  'DEV-10': [
    {
      step: 3,
      deployed: { outcome: 'ok', events: [fulfilled, ipAssigned] },
      promised: { outcome: 'ok', events: [ipAssigned] },
    },
    {
      step: 4,
      deployed: { outcome: 'ok', events: [fulfilled] },
      promised: { outcome: 'ok', events: [fulfilled] },
    },
  ],
  'DEV-11': [{ step: 0, deployed: fails('DispatchError::Other'), promised: fails('Compute.ComputeRequestNotFound') }],
  'DEV-12': [
    {
      step: 3,
      deployed: { outcome: 'ok', events: [], keys: { [requestsOfA]: [{ request_id: '0', status: 'Pending' }] } },
      promised: fails('DispatchError::Other'),
    },
  ],
  'DEV-13': [
    {
      step: 4,
      deployed: {
        outcome: 'ok',
        keys: { [entriesOf('ComputeStopRequests')]: [{ request_id: '0', fullfilled: true }] },
      },
      promised: { outcome: 'ok', keys: { [entriesOf('ComputeStopRequests')]: [] } },
    },
  ],
  'DEV-16': [
    {
      step: 3,
      deployed: { outcome: 'ok', keys: keysAt([...emptiedLists, ...actionQueues], []) },
      promised: { outcome: 'ok', keys: { ...keysAt(emptiedLists, null), ...keysAt(actionQueues, undefined) } },
    },
  ],
  'DEV-17': [
    {
      step: 2,
      deployed: {
        outcome: 'ok',
        events: [created],
        keys: { [requestsOfA]: [{ request_id: (2n ** 128n - 2n).toString() }, { request_id: U128_MAX }] },
      },
      promised: fails('Arithmetic::Overflow'),
    },
    {
      step: 3,
      deployed: {
        outcome: 'ok',
        events: [created],
        keys: { [requestsOfA]: [{}, { request_id: U128_MAX }, { request_id: U128_MAX }] },
      },
      promised: fails('Arithmetic::Overflow'),
    },
  ],
  'DEV-19': [
    {
      step: 1,
      deployed: {
        outcome: 'ok',
        events: [['Compute.ComputeRequestSubmitted', { miner: hexOfText('assay-n') }]],
        keys: { [entriesOf('ComputeRequests', 'assay-n')]: [{ request_id: '0' }], [requestsOfA]: [{ miner_id: NODE }] },
      },
      promised: fails('Compute.ComputeRequestNotFound'),
    },
  ],
};

const changedKey = ([key, value]: [Hex, Hex | null]): [string, unknown] => {
  const type = locate(key)?.item.value;
  return [nameOfKey(key), value === null || type === undefined ? value : toJson(decode(type, value))];
};

/** A call's answer in the words of {@link Shown}, with the keys that `asked` names. */
const shownBy = (seen: Seen, asked: Shown['keys'] = {}): Shown => {
  if (typeof seen !== 'object') throw new Error('expected a call at this step');
  const changed = Object.fromEntries(Object.entries(seen.diff ?? {}).map(changedKey));
  const names = Array.isArray(asked) ? Object.keys(changed) : Object.keys(asked);
  return {
    outcome: outcomeText(seen.outcome),
    events: seen.events.map(({ name, fields }) => [name, toJson(fields) as Record<string, unknown>] as const),
    keys: names.length === 0 ? [] : Object.fromEntries(names.map((name) => [name, changed[name]])),
  };
};

describe.each(ruled.map(({ rule }) => rule))('the witness of %s', (rule) => {
  const witness = ofRule(rule);
  const [{ step: decisive }] = table[rule];

  it.each(table[rule])(
    'shows what DEVIATIONS.md says and, that alone repaired, what RULES.md says (step $step)',
    ({ step, deployed, promised }) => {
      expect(shownBy(play(witness, Rules.deployed)[step], deployed.keys)).toMatchObject(deployed);
      expect(shownBy(play(witness, Rules.of([rule]))[step], promised.keys)).toMatchObject(promised);
    },
  );

  it("separates its rule's settings under every mixture of the rules that touch its calls", () => {
    const mixtures = mixturesOf(othersOf(witness));
    const failed = mixtures.filter((mixture) => {
      const deployed = play(witness, Rules.of(mixture));
      const promised = play(witness, Rules.of([...mixture, rule]));
      const differs = deployed.findIndex((seen, step) => textOf(seen) !== textOf(promised[step]));
      return differs !== decisive || !deployed.slice(0, decisive).every(succeeded);
    });
    const parted = `${mixtures.length - failed.length} of ${mixtures.length} mixtures part at step ${decisive}`;
    const first = failed[0] === undefined ? '' : `, but not ${Rules.of(failed[0]).toString()}`;
    expect(parted + first).toBe(`${mixtures.length} of ${mixtures.length} mixtures part at step ${decisive}`);
  });
});

/** The metrics that a query step of DEV-18's witness is answered with. */
const metricsAnswered = (step: number): unknown => {
  const witness = witnessOf('DEV-18');
  const seen = witness && play(witness, Rules.deployed)[step];
  if (typeof seen !== 'string') throw new Error('expected the answer of a query');
  return decode(queryResult('get_node_metrics'), seen);
};

describe('the witness of DEV-18', () => {
  it('is answered None for a node that nobody knows, where the README promises a structure', () => {
    expect(metricsAnswered(1)).toBeNull();
  });

  it('is answered without disk_info, and with U+FFFD for what is no UTF-8', () => {
    const lost = Buffer.from(NO_UTF8.slice(2), 'hex').toString('utf8');
    expect(lost).toBe('caf\u{fffd}');
    expect(metricsAnswered(2)).toMatchObject({
      miner_id: 'assay-m',
      geolocation: lost,
      zfs_info: [lost],
      gpu_name: lost,
      primary_network_interface: { network_details: { city: lost } },
      bandwidth_bytes: 1_000,
      memory_bytes: 65_536n,
    });
    expect(metricsAnswered(2)).not.toHaveProperty('disk_info');
  });
});

it('deviations that only a run shows have no witness, but say how they are observed', () => {
  const witnessed = new Set(witnesses().map(({ id }) => id));
  const unwitnessed = deviations.filter(({ id }) => !witnessed.has(id));
  expect(unwitnessed).toMatchObject([
    { id: 'DEV-14', observed: { by: 'storage operations', how: expect.stringContaining('count') as string } },
    { id: 'DEV-15', observed: { by: 'never shown', how: expect.stringContaining('never') as string } },
  ]);
});

/** The rows of a page's table as cells. */
const rowsOf = (page: string, first: RegExp): readonly (readonly string[])[] =>
  readFileSync(new URL(`../../docs/pallet/${page}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => first.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

/** The calls that RULES.md means by `9 to 12, 14`, `PalletIp 0 to 3` or `creation`. */
const callsIn = (cell: string): readonly string[] => {
  if (cell === 'creation') return ['Marketplace.purchase_plan'];
  const pallet = cell.startsWith('PalletIp ') ? 74 : 67;
  const ranges = cell.replace('PalletIp ', '').split(', ');
  const indices = new Set(
    ranges.flatMap((range) => {
      const [from = NaN, to = from] = range.split(' to ').map(Number);
      return Array.from({ length: to - from + 1 }, (_, more) => from + more);
    }),
  );
  const named = Object.entries(calls).filter(([, { index }]) => index[0] === pallet && indices.has(index[1]));
  return named.map(([name]) => name);
};

describe('the list of deviations', () => {
  it('is that of DEVIATIONS.md, in its order and with its severities', () => {
    const page = rowsOf('DEVIATIONS.md', /^\| DEV-/).map(([, id, severity]) => [id, severity]);
    expect(page).toHaveLength(19);
    expect(deviations.map(({ id, severity }) => [id, severity])).toEqual(page);
  });

  it('has the rules of RULES.md, each with the calls of its row', () => {
    const page = rowsOf('RULES.md', /^\| DEV-/).map(([, id, touched = '']) => [id, callsIn(touched)]);
    expect(page).toHaveLength(16);
    expect(ruled.map(({ rule, calls: touched }) => [rule, touched])).toEqual(page);
  });
});
