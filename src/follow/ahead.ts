/** Things in turn, several of them asked for before it is their turn: what waits for a node is waited for at once. */

/**
 * @param to the last one, as far as is known when the next is asked for
 * @throws what reading the one whose turn it is throws
 */
export async function* ahead<T>(
  from: bigint,
  to: () => bigint,
  read: (number: bigint) => Promise<T>,
  window: number,
): AsyncGenerator<T> {
  const pending: Promise<T>[] = [];
  for (let next = from; ;) {
    for (; pending.length < window && next <= to(); next += 1n) {
      const asked = read(next);
      // Heard when it is its turn; where the turn never comes, nobody asks any more.
      asked.catch(() => undefined);
      pending.push(asked);
    }
    const first = pending.shift();
    if (first === undefined) return;
    yield await first;
  }
}
