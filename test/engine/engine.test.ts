/** What holds of every step of the engine, whatever the rules. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { ForeignKeyError } from '../../src/engine/state.js';
import { plan } from '../../src/properties/generate.js';
import type { RawDiff, RawState } from '../../src/spec/answers.js';
import { calls } from '../../src/spec/calls.js';
import { decode, DecodeError, encode } from '../../src/spec/scale.js';
import { locate, rawKey, storage } from '../../src/spec/storage.js';
import { Rules } from '../../src/spec/rules.js';
import { anyRules } from '../arbitrary-rules.js';
import { engineFor, play } from '../play.js';

/** What changed between two snapshots of raw storage. */
const difference = (before: RawState, after: RawState): RawDiff => {
  const changed = Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key]);
  return Object.fromEntries(changed.toSorted().map((key) => [key, after[key] ?? null]));
};

describe('the engine', () => {
  it('survives any scenario under any mixture of rules, and reaches every call', () => {
    const reached = new Map<string, Set<string>>();
    fc.assert(
      fc.property(anyRules, plan(60), (rules, scenario) => {
        play(engineFor(rules, scenario), scenario, ({ step, outcome }) => {
          if (!('call' in step)) return;
          const outcomes = reached.get(step.call.name) ?? new Set();
          reached.set(step.call.name, outcomes.add(JSON.stringify(outcome)));
        });
      }),
      { numRuns: 400, seed: 1 },
    );
    expect([...reached.keys()].toSorted()).toEqual(Object.keys(calls).toSorted());
    for (const [name, outcomes] of reached) expect(outcomes, name).toContain('{"ok":true}');
  });

  it('tells in its diff exactly what changed in storage', () => {
    fc.assert(
      fc.property(anyRules, plan(40), (rules, scenario) => {
        const engine = engineFor(rules, scenario);
        let before = engine.raw('0x');
        play(engine, scenario, ({ changes }) => {
          const after = engine.raw('0x');
          const told = Object.assign({}, ...changes.map((each) => each.toRaw())) as RawDiff;
          expect(Object.fromEntries(Object.entries(told).toSorted(([a], [b]) => (a < b ? -1 : 1)))).toEqual(
            difference(before, after),
          );
          before = after;
        });
      }),
      { numRuns: 120, seed: 2 },
    );
  });

  it('leaves no trace of a call that fails', () => {
    let failed = 0;
    fc.assert(
      fc.property(anyRules, plan(40), (rules, scenario) => {
        const engine = engineFor(rules, scenario);
        let before = engine.raw('0x');
        play(engine, scenario, ({ outcome }) => {
          const after = engine.raw('0x');
          const hasFailed = outcome !== null && !('ok' in outcome);
          failed += hasFailed ? 1 : 0;
          expect(after).toEqual(hasFailed ? before : after);
          before = after;
        });
      }),
      { numRuns: 120, seed: 4 },
    );
    expect(failed).toBeGreaterThan(200);
  });

  it('answers the same bytes whether a diff is asked for at once or at the end', () => {
    fc.assert(
      fc.property(anyRules, plan(40), (rules, scenario) => {
        const eager: RawDiff[] = [];
        play(engineFor(rules, scenario), scenario, ({ changes }) => eager.push(...changes.map((each) => each.toRaw())));
        const kept: { toRaw: () => RawDiff }[] = [];
        play(engineFor(rules, scenario), scenario, ({ changes }) => kept.push(...changes));
        expect(kept.map((each) => each.toRaw()).filter((diff) => Object.keys(diff).length > 0)).toEqual(
          eager.filter((diff) => Object.keys(diff).length > 0),
        );
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('holds only bytes that decode, and reads each key as it stands in the whole', () => {
    fc.assert(
      fc.property(anyRules, plan(40), (rules, scenario) => {
        const engine = engineFor(rules, scenario);
        play(engine, scenario, () => undefined);
        for (const [key, value] of Object.entries(engine.raw('0x'))) {
          const at = locate(key);
          if (at === undefined) throw new Error(`undescribed key ${key}`);
          expect(encode(at.item.value, decode(at.item.value, value))).toBe(value);
          expect(engine.read(key)).toBe(value);
        }
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it('takes an injection whole or not at all', () => {
    const engine = createEngine();
    const good = rawKey(storage.Compute.NextRequestId, null);
    const value = encode(storage.Compute.NextRequestId.value, 7n);
    const metrics = rawKey(storage.ExecutionUnit.RequestsCount, '0x01');
    expect(() => engine.inject({ [good]: value, [metrics]: '0x0102' })).toThrow(DecodeError);
    expect(() => engine.inject({ [good]: value, '0x1234': '0x00' })).toThrow(ForeignKeyError);
    expect(engine.read(good)).toBeNull();
    expect(engine.inject({ [good]: value })).toEqual([]);
    expect(engine.read(good)).toBe(value);
  });

  it('keeps keys that the specification does not describe as bytes, and names them', () => {
    const engine = createEngine();
    const key = storage.ExecutionUnit.NodeMetrics.prefix.slice(0, 34) + 'ab'.repeat(16);
    expect(engine.inject({ [key]: '0x0102' })).toEqual([key]);
    expect(engine.read(key)).toBe('0x0102');
    expect(engine.raw(key.slice(0, 34))).toEqual({ [key]: '0x0102' });
    engine.inject({ [key]: null });
    expect(engine.read(key)).toBeNull();
  });

  it('opens only the last block of a jump', () => {
    const engine = createEngine({ rules: Rules.deployed.with('REV-01', '9006'), releasePeriod: 5n });
    engine.reset({
      block: 8n,
      sudo: '0x',
      storage: { [rawKey(storage.ExecutionUnit.RequestsCount, '0x01')]: '0x03000000' },
    });
    // Block 10 clears the counts; the jump over it does not.
    expect(engine.advance(4n, true).map(({ block }) => block)).toEqual([12n]);
    expect(engine.read(rawKey(storage.ExecutionUnit.RequestsCount, '0x01'))).toBe('0x03000000');
    expect(engine.advance(8n).map(({ block }) => block)).toEqual([20n]);
    expect(engine.read(rawKey(storage.ExecutionUnit.RequestsCount, '0x01'))).toBeNull();
  });
});
