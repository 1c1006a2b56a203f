import type { Clock } from '@mlops-actions/core';
import type { RolloutTarget } from '@mlops-actions/provider';
import type { World } from './rollouts.ts';

/** The process of one driver: it may be killed, after which nothing that it waits for ever comes, or sleep as a suspended machine does. */
export class Process {
  readonly target: RolloutTarget;
  readonly clock: Clock;
  private awake: Promise<void> = Promise.resolve();
  private wakeUp: () => void = () => {};
  private readonly gate: () => Promise<void>;

  /** Each call to the target waits at `gate` first. */
  constructor({ target, clock }: World, gate: () => Promise<void> = () => Promise.resolve()) {
    this.gate = gate;
    this.clock = {
      now: () => clock.now(),
      sleep: (milliseconds, signal) => this.through(() => clock.sleep(milliseconds, signal)),
    };
    this.target = this.around(target);
  }

  kill(): void {
    this.awake = new Promise(() => {});
  }

  fallAsleep(): void {
    this.awake = new Promise((resolve) => {
      this.wakeUp = resolve;
    });
  }

  wake(): void {
    this.wakeUp();
  }

  /** Nothing is begun, and no answer is heard, while the process does not run. */
  private async through<T>(work: () => Promise<T>): Promise<T> {
    await this.awake;
    try {
      return await work();
    } finally {
      await this.awake;
    }
  }

  private around<T extends object>(object: T): T {
    return new Proxy(object, {
      get: (from, name) => {
        const value = Reflect.get(from, name);
        if (name === 'engine') return this.around(value as object);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) =>
          this.through(async () => {
            await this.gate();
            return value.apply(from, given);
          });
      },
    });
  }
}
