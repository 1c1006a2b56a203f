import type { Clock } from '@mlops-actions/core';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that passes when everybody sleeps: hours in milliseconds. */
export class VirtualClock implements Clock {
  /** Milliseconds that really passed. */
  elapsed = 0;
  private wall = 1_700_000_000_000;
  private readonly sleepers = new Set<Sleeper>();
  private isTicking = false;
  private readonly passes: 'by-itself' | 'by-tick';

  constructor(passes: 'by-itself' | 'by-tick' = 'by-itself') {
    this.passes = passes;
  }

  now(): Date {
    return new Date(this.wall + this.elapsed);
  }

  get time(): number {
    return this.wall + this.elapsed;
  }

  /** Sets the clock, as a person or NTP does: nobody wakes earlier or later. */
  set(byMilliseconds: number): void {
    this.wall += byMilliseconds;
  }

  /** Time passes without anybody waking in between: all who slept until then wake together. */
  pass(milliseconds: number): void {
    this.elapsed += milliseconds;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper = {
        until: this.elapsed + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (this.passes === 'by-itself') this.tickSoon();
    });
  }

  /** Wakes who sleeps the shortest; false when nobody sleeps. */
  tick(): boolean {
    const [first] = [...this.sleepers].sort((a, b) => a.until - b.until);
    if (first === undefined) return false;
    this.sleepers.delete(first);
    this.elapsed = Math.max(this.elapsed, first.until);
    first.wake();
    return true;
  }

  /** Once all that is at hand is done. */
  private tickSoon(): void {
    if (this.isTicking) return;
    this.isTicking = true;
    setImmediate(() => {
      this.isTicking = false;
      if (this.tick() && this.sleepers.size > 0) this.tickSoon();
    });
  }
}
