/** Parts of a state by the hash of their trie: the same name is the same content, and a change is another name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blake2_256 } from '../../../src/spec/hashing.js';
import { fromHex, toHex, type Hex } from '../../../src/spec/hex.js';
import { NO_PART, partsUnder } from '../../../src/targets/node/trie-parts.js';
import { provenState } from './proven-state.js';

/** Two share their first byte, one begins another. */
const PREFIXES: readonly Hex[] = ['0xaa01', '0xaa02', '0xbb01'];

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength }).map(toHex);

/** Keys under the prefixes and beside them. Values of 33 bytes and more are hashed into their nodes. */
const states = fc
  .array(fc.tuple(fc.constantFrom(...PREFIXES, '0xaa', '0xcc', '0x'), bytes(0, 4), bytes(0, 60)), { maxLength: 25 })
  .map((all) => Object.fromEntries(all.map(([prefix, rest, value]) => [prefix + rest.slice(2), value])));

type State = Readonly<Record<Hex, Hex>>;

const under = (state: State, prefix: Hex): string =>
  JSON.stringify(
    Object.entries(state)
      .filter(([key]) => key.startsWith(prefix))
      .toSorted(),
  );

const namesOf = (state: State): ReadonlyMap<Hex, string> => {
  const { root, proof } = provenState(state);
  return partsUnder(root, proof, PREFIXES);
};

describe('parts of a state', () => {
  it('that have the same name have the same keys and values', () => {
    fc.assert(
      fc.property(states, states, (one, other) => {
        const [names, others] = [namesOf(one), namesOf(other)];
        for (const prefix of PREFIXES)
          if (names.get(prefix) === others.get(prefix)) expect(under(one, prefix)).toBe(under(other, prefix));
      }),
    );
  });

  it('have another name once a value of theirs is another one, and only they', () => {
    fc.assert(
      fc.property(states, fc.nat(), bytes(61, 70), (state, which, value) => {
        const keys = Object.keys(state);
        const key = keys[which % Math.max(1, keys.length)];
        fc.pre(key !== undefined);
        const [names, others] = [namesOf(state), namesOf({ ...state, [key]: value })];
        for (const prefix of PREFIXES) expect(names.get(prefix) === others.get(prefix)).toBe(!key.startsWith(prefix));
      }),
    );
  });

  it('of which nothing is there have the name of nothing', () => {
    fc.assert(
      fc.property(states, (state) => {
        for (const [prefix, name] of namesOf(state)) expect(name === NO_PART).toBe(under(state, prefix) === '[]');
      }),
    );
  });

  it('are not named by a proof that lacks a node, or has another one in its place', () => {
    const state = { '0xaa01ff': `0x${'11'.repeat(40)}`, '0xaa02ff': `0x${'22'.repeat(40)}`, '0xbb01ff': '0x33' };
    const { root, proof } = provenState(state);
    expect(() => partsUnder(root, [], PREFIXES)).toThrow(/^the proof has no node 0x/);
    const falsified = proof.map((node) => toHex(fromHex(node).map((byte, at) => (at === 3 ? byte ^ 1 : byte))));
    expect(() => partsUnder(root, falsified, PREFIXES)).toThrow(/^the proof has no node 0x/);
    expect(() => partsUnder(blake2_256('0xff'), ['0xff'], PREFIXES)).toThrow(/^byte/);
  });
});
