/** A load on Chopsticks, which is there wherever this project is: short and slow, and verified like any other. */
import { describe, expect, it } from 'vitest';
import { loaded, rowsOf, timeout } from './load.js';

describe('a load on Chopsticks', () => {
  it('is verified without a difference', { timeout }, async () => {
    const came = await loaded('--rate', '2', '--duration', '8s', '--seed', '1', '--wait', 'block=120');
    const { suite, events } = came;
    expect(came.stderr).toBe('');
    expect(suite?.suite).toMatch(/^load submit on chopsticks /);
    expect(suite?.summary).toMatch(
      /^16 extrinsics sent, 16 included in \d+ blocks?, 0 unexplained differences, 0 lost/,
    );
    expect(rowsOf(came, 'load/calls').all?.slice(0, 4)).toEqual([16, 16, 0, 16]);
    const crossed = events.filter((event) => event.type === 'finding');
    expect(crossed.filter(({ id }) => !id.startsWith('load/threshold/'))).toEqual([]);
  });
});
