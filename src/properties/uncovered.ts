/** What could not be checked, and why: counted, and told at a suite's end, so that nothing is passed over in silence. */
import type { Emit } from '../spec/run-events.js';

export class Uncovered {
  private readonly counted = new Map<string, { readonly what: string; readonly reason: string; count: number }>();

  add(what: string, reason: string): void {
    const key = JSON.stringify([what, reason]);
    const known = this.counted.get(key) ?? { what, reason, count: 0 };
    known.count += 1;
    this.counted.set(key, known);
  }

  emitTo(emit: Emit, suite: string): void {
    for (const each of this.counted.values()) emit({ type: 'not-covered', suite, ...each });
  }
}
