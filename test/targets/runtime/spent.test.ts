/** What a call took of the storage, counted: operations and bytes of the last call, or of the last opening of a block. */
import { describe, expect, it } from 'vitest';
import { accountAt } from '../../../src/spec/accounts.js';
import { callOf } from '../../../src/spec/calls.js';
import { hexOfText, type Hex } from '../../../src/spec/hex.js';
import type { RuntimeTarget } from '../../../src/targets/runtime-target.js';
import { labTarget } from '../../lab.js';

const SUDO = accountAt('//Assay//sudo');
const root = { kind: 'root', account: SUDO } as const;
const add = (ip: string) => callOf('PalletIp.add_available_vm_ip', { ip: hexOfText(ip) });

const begun = (storage: Readonly<Record<Hex, Hex>> = {}): RuntimeTarget => {
  const target = labTarget();
  target.reset({ block: 1n, sudo: SUDO, accounts: [], storage });
  return target;
};

describe('what a call spent', () => {
  it('has the operations of its answer, and the bytes of a list that is read and written back', () => {
    const target = begun();
    target.dispatch(add('10.0.0.1'), root);
    const before = target.spent;
    target.dispatch(add('x'.repeat(1_000)), root);
    const answer = target.dispatch(add('10.0.0.3'), root);
    expect(target.spent.counts).toEqual(answer.counts);
    // Besides the list there is System's own, which differs by some bytes from call to call.
    for (const what of ['read', 'written'] as const) {
      const more = target.spent.bytes[what] - before.bytes[what];
      expect(more).toBeGreaterThan(950);
      expect(more).toBeLessThan(1_050);
    }
  });

  it('is that of the opening, once a block is opened', () => {
    const target = begun();
    expect(target.spent.bytes.written).toBeGreaterThan(0);
    target.advance(1n);
    const { counts } = target.spent;
    expect(target.dispatch(add('10.0.0.1'), root).counts).not.toEqual(counts);
    target.advance(3n);
    expect(target.spent.counts).toEqual(counts);
  });

  it('is not changed by what comes later', () => {
    const target = begun();
    const { counts, bytes } = target.spent;
    const copy = structuredClone({ counts, bytes });
    target.dispatch(add('10.0.0.1'), root);
    expect({ counts, bytes }).toEqual(copy);
  });
});

describe('the length of an extrinsic', () => {
  it('is that of its bytes', () => {
    const target = begun();
    target.dispatch(add('10.0.0.1'), root);
    const { extrinsicLength } = target;
    target.dispatch(add('10.0.0.123'), root);
    expect(extrinsicLength).toBeGreaterThan(100);
    expect(target.extrinsicLength - extrinsicLength).toBe(2);
  });
});

describe('settling', () => {
  it('changes no answer', () => {
    const [plain, settled] = [begun(), begun()];
    for (const target of [plain, settled]) {
      for (let ip = 0; ip < 20; ip += 1) {
        if (target === settled) target.settle();
        expect(target.dispatch(add(`10.0.0.${ip}`), root).outcome).toEqual({ ok: true });
      }
      if (target === settled) target.settle();
      target.advance(1n);
    }
    expect(settled.readAll('0x')).toEqual(plain.readAll('0x'));
    expect(settled.spent).toEqual(plain.spent);
  });
});
