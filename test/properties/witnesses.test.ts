/**
 * Each witness parts the two settings of its rule under every mixture of the rules that touch its calls, at the step and
 * in the way that DEVIATIONS.md describes; and the list of deviations is that page's, with RULES.md's calls.
 */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryResult } from '../../src/engine/queries.js';
import { outcomeText, type Validity } from '../../src/spec/answers.js';
import { calls, type CallName } from '../../src/spec/calls.js';
import { deviations, type RuleDeviation } from '../../src/spec/deviations.js';
import type { Hex } from '../../src/spec/hex.js';
import { toJson } from '../../src/spec/json.js';
import { Rules, type DeviationRule } from '../../src/spec/rules.js';
import { decode } from '../../src/spec/scale.js';
import { remembering, verifySignature } from '../../src/spec/signatures.js';
import { locate, nameOfKey } from '../../src/spec/storage.js';
import { witnesses, witnessOf, type Witness } from '../../src/spec/witnesses.js';
import { NO_UTF8 } from '../../src/spec/witnesses/metrics.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Answer } from '../../src/targets/target.js';
import { table, type Shown } from './witness-table.js';

/** What one step gave: a call's answer, with what the pool said where the witness is of it, a query's, or nothing. */
type Seen = (Answer & { readonly validity?: Validity }) | Hex | undefined;

const verify = remembering(verifySignature);

const play = ({ genesis, steps, isOfPool }: Witness, rules: Rules): readonly Seen[] => {
  const target = new EngineTarget({ rules, verify });
  target.reset(genesis);
  return steps.map((step) => {
    if ('call' in step) {
      const validity = isOfPool && target.validate(step.call);
      return { ...target.dispatch(step.call, step.origin), ...(validity && { validity }) };
    }
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
  // What the pool says changes no answer.
  const touching = ruled.filter((each) => each.id !== 'DEV-28');
  return touching.filter((each) => each.id !== id && each.calls.some((name) => used.has(name))).map(({ rule }) => rule);
};

/** Above so many rules not every mixture is played: those in which three rules at most stand apart, and as many others. */
const PLAYED_IN_FULL = 11;
const OTHERS = 2_000;

const sizeOf = (mixture: number): number => mixture.toString(2).replaceAll('0', '').length;

/** Subsets as bits, all of them or as {@link PLAYED_IN_FULL} says. */
const bitsOf = (count: number): readonly number[] => {
  const all = Array.from({ length: 2 ** count }, (_, mixture) => mixture);
  if (count <= PLAYED_IN_FULL) return all;
  const apart = all.filter((mixture) => Math.min(sizeOf(mixture), count - sizeOf(mixture)) <= 3);
  const others = fc.sample(fc.nat({ max: 2 ** count - 1 }), { numRuns: OTHERS, seed: count });
  return [...new Set([...apart, ...others])];
};

const mixturesOf = (rules: readonly DeviationRule[]): readonly (readonly DeviationRule[])[] =>
  bitsOf(rules.length).map((mixture) => rules.filter((_rule, bit) => (mixture >> bit) & 1));

const succeeded = (seen: Seen): boolean => typeof seen !== 'object' || 'ok' in seen.outcome;

const ofRule = (rule: DeviationRule): Witness => {
  const witness = witnessOf(rule);
  if (witness === undefined) throw new Error(`${rule} has no witness`);
  return witness;
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
  readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => first.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

/** The calls that a page means by `9 to 12, 14`, `PalletIp 0 to 3`, `creation` or `every unsigned call`. */
const callsIn = (cell: string): readonly string[] => {
  if (cell === 'creation') return ['Marketplace.purchase_plan'];
  if (cell === 'every unsigned call')
    return Object.entries(calls).flatMap(([name, { origin }]) => (origin === 'none' ? [name] : []));
  const pallet = cell.startsWith('PalletIp ') ? 74 : cell.startsWith('ExecutionUnit ') ? 54 : 67;
  const ranges = cell.replace(/^[A-Z]\w+ /, '').split(', ');
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
  it('is that of DEVIATIONS.md and of the findings, in their order and with their severities', () => {
    const severities = /^\| DEV-\d+ +\| (critical|high|medium|low) +\|/;
    const known = rowsOf('pallet/DEVIATIONS.md', severities).map(([, id, severity]) => [id, severity]);
    const found = rowsOf('findings.md', severities).map(([, id, severity]) => [id, severity]);
    const page = [...known, ...found];
    expect([known.length, found.length]).toEqual([19, 10]);
    expect(deviations.map(({ id, severity }) => [id, severity])).toEqual(page);
  });

  it('has the rules of RULES.md and of the findings, each with the calls of its row', () => {
    const rows = [
      ...rowsOf('pallet/RULES.md', /^\| DEV-/),
      ...rowsOf('findings.md', /^\| DEV-\d+ +\| (?!critical|high|medium|low)/),
    ];
    const page = rows.map(([, id, touched = '']) => [id, callsIn(touched)]);
    expect(page).toHaveLength(26);
    expect(ruled.map(({ rule, calls: touched }) => [rule, touched])).toEqual(page);
  });
});
