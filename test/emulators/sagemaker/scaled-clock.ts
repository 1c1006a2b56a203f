import { type Clock, systemClock } from '@mlops-actions/core';

/** A clock on which `factor` seconds pass in one, so that minutes of a cloud can be waited for. */
export function scaledClock(factor: number): Clock {
  const began = Date.now();
  return {
    now: () => new Date(began + (Date.now() - began) * factor),
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / factor, signal),
  };
}
