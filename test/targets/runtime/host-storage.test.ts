/** `ext_storage_*` and `ext_default_child_storage_*`: what a runtime sees of its state, and what of that is counted. */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/spec/hex.js';
import { childStorageFunctions, storageFunctions } from '../../../src/targets/runtime/host/storage.js';
import { HostTrap } from '../../../src/targets/runtime/memory.js';
import { HostBench, type BenchOptions } from './host-bench.js';

const NONE = '00';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** SCALE of `Option<u32>`. */
const someLimit = (limit: number): Uint8Array => Uint8Array.of(1, limit, 0, 0, 0);
const NO_LIMIT = Uint8Array.of(0);

/** Storage by texts, as `get` answers: null for none. */
class Texts extends HostBench {
  constructor(options: BenchOptions = {}) {
    super((host) => ({ ...storageFunctions(host), ...childStorageFunctions(host) }), options);
  }

  private text(option: Uint8Array): string | null {
    if (option[0] === 0) return null;
    const width = [1, 2, 4][(option[1] ?? 0) & 3] ?? 1;
    return Buffer.from(option.subarray(1 + width)).toString('latin1');
  }

  set(key: string, value: string): void {
    this.call('storage_set_version_1', this.span(key), this.span(value));
  }

  get(key: string): string | null {
    return this.text(this.bytes('storage_get_version_1', this.span(key)));
  }

  next(key: string): string | null {
    return this.text(this.bytes('storage_next_key_version_1', this.span(key)));
  }

  append(key: string, element: Uint8Array): void {
    this.call('storage_append_version_1', this.span(key), this.span(element));
  }

  clearPrefix(prefix: string, limit: Uint8Array): string {
    return hex(this.bytes('storage_clear_prefix_version_2', this.span(prefix), this.span(limit)));
  }

  setChild(child: string, key: string, value: string): void {
    this.call('default_child_storage_set_version_1', this.span(child), this.span(key), this.span(value));
  }

  getChild(child: string, key: string): string | null {
    return this.text(this.bytes('default_child_storage_get_version_1', this.span(child), this.span(key)));
  }

  nextChild(child: string, key: string): string | null {
    return this.text(this.bytes('default_child_storage_next_key_version_1', this.span(child), this.span(key)));
  }

  transaction(what: 'start' | 'commit' | 'rollback'): void {
    this.call(`storage_${what}_transaction_version_1`);
  }

  all(): string[] {
    const keys: string[] = [];
    for (let key = this.next(''); key !== null; key = this.next(key)) keys.push(key);
    return keys;
  }
}

const filled = (): Texts => {
  const texts = new Texts();
  for (const key of ['a', 'ab', 'abc', 'b', '\xff', '\xff\xff']) texts.set(key, `value of ${key}`);
  return texts;
};

describe('top storage', () => {
  it.each(['', 'x', 'y'.repeat(63), 'y'.repeat(64), 'z'.repeat(20_000)])('gives back what was set (%#)', (value) => {
    const texts = new Texts();
    expect(texts.get('key')).toBeNull();
    texts.set('key', value);
    expect(texts.get('key')).toBe(value);
    expect(texts.call('storage_exists_version_1', texts.span('key'))).toBe(1);
    texts.call('storage_clear_version_1', texts.span('key'));
    expect(texts.get('key')).toBeNull();
    expect(texts.call('storage_exists_version_1', texts.span('key'))).toBe(0);
  });

  it('keeps what was set apart from the memory that it came from', () => {
    const texts = new Texts();
    const value = texts.span('before');
    texts.call('storage_set_version_1', texts.span('key'), value);
    texts.host.memory.writeInto(value, Buffer.from('behind'));
    expect(texts.get('key')).toBe('before');
  });

  it.each([
    [0, 4, '0106000000', 'valu'],
    [2, 4, '0104000000', 'lue!'],
    [2, 9, '0104000000', 'lue!-----'],
    [6, 4, '0100000000', '----'],
    [99, 4, '0100000000', '----'],
    [-1, 4, '0100000000', '----'],
  ])(
    'reads from %i into %i bytes what is there, and tells how much stands behind the offset',
    (from, size, told, seen) => {
      const texts = new Texts();
      texts.set('key', 'value!');
      const out = texts.span('-'.repeat(size));
      expect(hex(texts.bytes('storage_read_version_1', texts.span('key'), out, from))).toBe(told);
      expect(Buffer.from(texts.host.memory.read(out)).toString()).toBe(seen);
      expect(hex(texts.bytes('storage_read_version_1', texts.span('none'), out, from))).toBe(NONE);
    },
  );

  it('appends to lists, begins one where there is none or no list, and counts beyond one byte', () => {
    const texts = new Texts();
    for (let at = 0; at < 70; at += 1) texts.append('list', Uint8Array.of(at));
    const list = texts.get('list') ?? '';
    expect(hex(Buffer.from(list.slice(0, 4), 'latin1'))).toBe('19010001');
    expect(list).toHaveLength(72);
    texts.set('empty', '');
    texts.append('empty', Uint8Array.of(7));
    expect(texts.get('empty')).toBe('\x04\x07');
    // A compact number of which half is missing is no list.
    texts.set('broken', '\x01');
    texts.append('broken', Uint8Array.of(7));
    expect(texts.get('broken')).toBe('\x04\x07');
  });

  it('goes through its keys in bytewise order, from any place', () => {
    const texts = filled();
    expect(texts.all()).toEqual(['a', 'ab', 'abc', 'b', '\xff', '\xff\xff']);
    expect([texts.next('aa'), texts.next('abcd'), texts.next('\xff\x00'), texts.next('\xff\xff')]).toEqual([
      'ab',
      'b',
      '\xff\xff',
      null,
    ]);
  });

  it.each([
    ['ab', NO_LIMIT, '0002000000', ['a', 'b', '\xff', '\xff\xff']],
    ['', NO_LIMIT, '0006000000', []],
    ['', someLimit(4), '0104000000', ['\xff', '\xff\xff']],
    ['a', someLimit(3), '0003000000', ['b', '\xff', '\xff\xff']],
    ['a', someLimit(0), '0100000000', ['a', 'ab', 'abc', 'b', '\xff', '\xff\xff']],
    ['\xff', someLimit(1), '0101000000', ['a', 'ab', 'abc', 'b', '\xff\xff']],
    ['none', someLimit(1), '0000000000', ['a', 'ab', 'abc', 'b', '\xff', '\xff\xff']],
  ])('clears %o, limit %o: tells whether any remain, and how many went', (prefix, limit, told, rest) => {
    const texts = filled();
    texts.setChild('child', 'a', 'stays');
    expect(texts.clearPrefix(prefix, limit)).toBe(told);
    expect(texts.all()).toEqual(rest);
    expect(texts.getChild('child', 'a')).toBe('stays');
  });

  it('clears a prefix without a limit in the first version', () => {
    const texts = filled();
    texts.call('storage_clear_prefix_version_1', texts.span('a'));
    expect(texts.all()).toEqual(['b', '\xff', '\xff\xff']);
  });
});

describe('transactions', () => {
  it('nest: what is rolled back was never there, what is committed is as if it had been done outside', () => {
    const texts = filled();
    texts.append('list', Uint8Array.of(1));
    texts.transaction('start');
    texts.set('a', 'outer');
    texts.append('list', Uint8Array.of(2));
    texts.transaction('start');
    texts.clearPrefix('a', NO_LIMIT);
    texts.append('list', Uint8Array.of(3));
    texts.setChild('child', 'k', 'v');
    expect([texts.get('a'), texts.get('list'), texts.getChild('child', 'k')]).toEqual([null, '\x0c\x01\x02\x03', 'v']);
    texts.transaction('rollback');
    expect([texts.get('a'), texts.get('list'), texts.getChild('child', 'k')]).toEqual(['outer', '\x08\x01\x02', null]);
    texts.transaction('start');
    texts.append('list', Uint8Array.of(4));
    texts.transaction('commit');
    expect(texts.get('list')).toBe('\x0c\x01\x02\x04');
    texts.transaction('rollback');
    expect([texts.get('a'), texts.get('list')]).toEqual(['value of a', '\x04\x01']);
    expect(texts.all()).toEqual(['a', 'ab', 'abc', 'b', 'list', '\xff', '\xff\xff']);
  });

  it.each(['commit', 'rollback'] as const)('that were not begun can not end: %s', (what) => {
    const texts = new Texts();
    texts.transaction('start');
    texts.transaction('commit');
    expect(() => texts.transaction(what)).toThrow(HostTrap);
    expect(() => texts.transaction(what)).toThrow(`(${what}) that it had not begun`);
  });
});

describe('child storage', () => {
  const children = (): Texts => {
    const texts = filled();
    for (const [child, key] of [
      ['c', 'a'],
      ['c', 'ab'],
      ['c', 'b'],
      ['cc', 'a'],
      ['d', 'x'],
    ] as const)
      texts.setChild(child, key, `${key} of ${child}`);
    return texts;
  };

  it('keeps tries apart from each other and from the top, whatever they are called', () => {
    const texts = children();
    texts.setChild('', 'key', 'of nobody');
    texts.setChild('ca', 'b', 'other');
    expect(texts.getChild('c', 'ab')).toBe('ab of c');
    expect(texts.getChild('ca', 'b')).toBe('other');
    expect(texts.getChild('', 'key')).toBe('of nobody');
    expect(texts.getChild('c', 'nothing')).toBeNull();
    expect(texts.get('a')).toBe('value of a');
    const exists = (child: string): unknown =>
      texts.call('default_child_storage_exists_version_1', texts.span(child), texts.span('b'));
    expect([exists('c'), exists('cc'), exists('ca')]).toEqual([1, 0, 1]);
    texts.call('default_child_storage_clear_version_1', texts.span('c'), texts.span('b'));
    expect([exists('c'), exists('ca')]).toEqual([0, 1]);
  });

  it('reads a part of a value', () => {
    const texts = children();
    const out = texts.span('----');
    const [child, key] = [texts.span('c'), texts.span('ab')];
    expect(hex(texts.bytes('default_child_storage_read_version_1', child, key, out, 3))).toBe('0104000000');
    expect(Buffer.from(texts.host.memory.read(out)).toString()).toBe('of c');
  });

  it('goes through the keys of one trie, and no further on either side', () => {
    const texts = children();
    expect([texts.nextChild('c', ''), texts.nextChild('c', 'a'), texts.nextChild('c', 'ab')]).toEqual(['a', 'ab', 'b']);
    expect(texts.nextChild('c', 'b')).toBeNull();
    expect(texts.nextChild('cc', 'a')).toBeNull();
    expect(texts.nextChild('d', 'x')).toBeNull();
    expect(texts.nextChild('none', '')).toBeNull();
    expect(texts.next('\xff\xff')).toBeNull();
    expect(new Texts().next('')).toBeNull();
  });

  it('clears a prefix in one trie', () => {
    const texts = children();
    const clear = (limit: Uint8Array): string => {
      const [child, prefix] = [texts.span('c'), texts.span('a')];
      return hex(texts.bytes('default_child_storage_clear_prefix_version_2', child, prefix, texts.span(limit)));
    };
    expect(clear(someLimit(1))).toBe('0101000000');
    expect(clear(NO_LIMIT)).toBe('0001000000');
    expect(texts.nextChild('c', '')).toBe('b');
    expect([texts.getChild('cc', 'a'), texts.get('a')]).toEqual(['a of cc', 'value of a']);
    texts.call('default_child_storage_clear_prefix_version_1', texts.span('cc'), texts.span(''));
    expect(texts.nextChild('cc', '')).toBeNull();
  });

  it('is killed whole, or up to a limit, in all three versions', () => {
    const texts = children();
    const kill = (version: 2 | 3, limit: Uint8Array): string => {
      const args = [
        `default_child_storage_storage_kill_version_${version}`,
        texts.span('c'),
        texts.span(limit),
      ] as const;
      return version === 2 ? String(texts.call(...args)) : hex(texts.bytes(...args));
    };
    expect(kill(2, someLimit(1))).toBe('0');
    expect(kill(3, someLimit(1))).toBe('0101000000');
    expect(kill(3, someLimit(9))).toBe('0001000000');
    expect(kill(2, NO_LIMIT)).toBe('1');
    expect(texts.nextChild('c', '')).toBeNull();
    expect(texts.nextChild('cc', '')).toBe('a');
    texts.call('default_child_storage_storage_kill_version_1', texts.span('cc'));
    expect([texts.nextChild('cc', ''), texts.nextChild('d', ''), texts.next('')]).toEqual([null, 'x', 'a']);
  });
});

describe('roots', () => {
  /** Of the trie without entries, under BLAKE2b. */
  const EMPTY = '0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314';
  const topRoot = (texts: Texts, version = 1): string => toHex(texts.bytes('storage_root_version_2', version));
  const childRoot = (texts: Texts, child: string, version = 1): string =>
    toHex(texts.bytes('default_child_storage_root_version_2', texts.span(child), version));

  it('of nothing are those that everybody knows', () => {
    expect([topRoot(new Texts(), 0), topRoot(new Texts()), childRoot(new Texts(), 'c')]).toEqual([EMPTY, EMPTY, EMPTY]);
    expect(toHex(new Texts().bytes('storage_root_version_1'))).toBe(EMPTY);
  });

  it('of a child are those of the same entries at the top', () => {
    const texts = filled();
    for (const key of ['a', 'ab', 'abc', 'b', '\xff', '\xff\xff']) texts.setChild('c', key, `value of ${key}`);
    expect(childRoot(texts, 'c')).toBe(topRoot(filled()));
    const long = new Texts();
    long.set('key', 'v'.repeat(100));
    expect(topRoot(long, 0)).not.toBe(topRoot(long, 1));
    expect(toHex(long.bytes('storage_root_version_1'))).toBe(topRoot(long, 0));
  });

  it('of the top have the roots of its children under their names', () => {
    const texts = filled();
    texts.setChild('name', 'k', 'v');
    const explicit = filled();
    explicit.set(
      ':child_storage:default:name',
      Buffer.from(childRoot(texts, 'name').slice(2), 'hex').toString('latin1'),
    );
    expect(topRoot(texts)).toBe(topRoot(explicit));
    expect(topRoot(texts)).not.toBe(topRoot(filled()));
  });

  it('of other state versions there are none, and of none where roots are not computed', () => {
    expect(() => topRoot(new Texts(), 2)).toThrow('state version 2');
    expect(topRoot(new Texts({ computesRoots: false }))).toBe('0x' + '00'.repeat(32));
  });
});

describe('counts', () => {
  it('are of reads, writes, steps to the next key and cleared prefixes, each once, also where nothing is there', () => {
    const texts = new Texts();
    texts.get('a');
    texts.set('a', '1');
    texts.append('list', Uint8Array.of(1));
    texts.call('storage_clear_version_1', texts.span('a'));
    texts.call('storage_exists_version_1', texts.span('a'));
    texts.bytes('storage_read_version_1', texts.span('a'), texts.span('-'), 0);
    texts.next('');
    texts.clearPrefix('a', NO_LIMIT);
    texts.setChild('c', 'a', '1');
    texts.getChild('c', 'a');
    texts.transaction('start');
    texts.transaction('rollback');
    expect(texts.host.counts).toEqual({ reads: 4, writes: 4, next_key: 1, clear_prefix: 1 });
  });

  it("leave out the one key that is the test's own", () => {
    const texts = new Texts({ uncounted: 'lab' });
    texts.set('lab', '1');
    texts.get('lab');
    expect(texts.host.counts).toEqual({ reads: 0, writes: 0, next_key: 0, clear_prefix: 0 });
    texts.get('lab2');
    expect(texts.host.counts.reads).toBe(1);
  });
});

describe('bytes', () => {
  it('are those of values and next keys that the runtime is given, and of values that it writes', () => {
    const texts = new Texts();
    const moved = (): readonly number[] => {
      const { read, written } = texts.host.bytes;
      Object.assign(texts.host.bytes, { read: 0, written: 0 });
      return [read, written];
    };
    texts.set('a', '12345');
    expect(moved()).toEqual([0, 5]);
    texts.get('a');
    texts.get('nothing');
    expect(moved()).toEqual([5, 0]);
    // Whole, also where only the front of it is taken.
    texts.bytes('storage_read_version_1', texts.span('a'), texts.span('-'), 4);
    expect(moved()).toEqual([5, 0]);
    texts.append('list', Uint8Array.of(1, 2, 3));
    texts.append('list', Uint8Array.of(1, 2, 3));
    expect(moved()).toEqual([0, 6]);
    texts.next('a');
    texts.next('list');
    expect(moved()).toEqual([4, 0]);
    texts.call('storage_exists_version_1', texts.span('a'));
    texts.call('storage_clear_version_1', texts.span('a'));
    texts.clearPrefix('', NO_LIMIT);
    expect(moved()).toEqual([0, 0]);
    texts.setChild('c', 'key', '12');
    texts.getChild('c', 'key');
    texts.nextChild('c', '');
    expect(moved()).toEqual([2 + 3, 2]);
  });

  it("leave out the one key that is the test's own", () => {
    const texts = new Texts({ uncounted: 'lab' });
    texts.set('lab', '12345');
    texts.get('lab');
    expect(texts.host.bytes).toEqual({ read: 0, written: 0 });
  });
});
