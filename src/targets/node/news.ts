/** Waits for what a node tells by itself, and not for longer than somebody is willing to: it drops subscriptions that are read too slowly. */
import { clearTimeout, setTimeout } from 'node:timers';

/** Milliseconds without a head after which a node is asked for it. */
export const SILENCE = 2_000;

export class News {
  private waiting: (() => void)[] = [];

  /** Something was told: all who wait for it go on. */
  tell(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Whether something is told within so many milliseconds. */
  async within(limit: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const isTold = await new Promise<boolean>((resolve) => {
      this.waiting.push(() => resolve(true));
      timer = setTimeout(() => resolve(false), limit);
    });
    clearTimeout(timer);
    return isTold;
  }
}
