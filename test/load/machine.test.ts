/** The machine that figures are told with. */
import { describe, expect, it } from 'vitest';
import { machineOf } from '../../src/load/machine.js';
import { Machine } from '../../src/spec/run-events.js';

describe('the machine that figures were measured on', () => {
  it('is told whole, with what else took part beside Node and V8', () => {
    const machine = Machine.parse(machineOf({ k6: 'v1.8.1' }));
    expect(machine.cpu).not.toBe('');
    expect(machine.cores).toBeGreaterThan(0);
    expect(machine.memory).toBeGreaterThan(2 ** 20);
    expect(machine.os).toMatch(/^\S+ \S+ \(\w+\)$/);
    expect(machine.versions).toEqual({ node: process.versions.node, v8: process.versions.v8, k6: 'v1.8.1' });
  });
});
