/** What is said at a scenario's end: INV-33 and INV-34. */
import { describe, expect, it } from 'vitest';
import { endOf, type Ended } from '../../../src/properties/stage.js';
import type { Finding } from '../../../src/spec/invariants.js';
import { allSeen, byId, lastSeen, lives } from './scene.js';

/** What an invariant says at the end of a scenario. */
const saidAtTheEnd = (id: string, said: Partial<Ended>): Finding => {
  const look = byId(id).watch();
  for (const seen of allSeen(lives())) look(seen);
  return look(endOf(lastSeen(lives()), said));
};

describe('INV-33, what is granted is served', () => {
  it('holds where nothing is left', () => {
    expect(saidAtTheEnd('INV-33', { unserved: [] })).toEqual({ broken: null, spoke: 1 });
  });

  it('is broken where something is left, and says the first', () => {
    const unserved = ['request 0 is Pending', 'request 1 is Pending'];
    expect(saidAtTheEnd('INV-33', { unserved })).toEqual({ broken: 'request 0 is Pending', spoke: 1 });
  });

  it('says nothing where nobody served', () => {
    expect(saidAtTheEnd('INV-33', { repeated: { parted: null } }).spoke).toBe(0);
  });
});

describe('INV-34, determinism', () => {
  it('holds where the second time is the same', () => {
    expect(saidAtTheEnd('INV-34', { repeated: { parted: null } })).toEqual({ broken: null, spoke: 1 });
  });

  it('is broken where the second time is another, and says where', () => {
    const parted = 'step 3: expected ok, came panic';
    expect(saidAtTheEnd('INV-34', { repeated: { parted } })).toEqual({ broken: parted, spoke: 1 });
  });

  it('says nothing where it was played once', () => {
    expect(saidAtTheEnd('INV-34', { unserved: [] }).spoke).toBe(0);
  });
});
