import type { Interval } from '../statistics/interval.ts';

/** A figure that is known. */
export function exactly(value: number): Interval {
  return { lo: value, hi: value };
}

/** What is left when a figure lies in both. Bounds that miss each other by rounding give the point between them. */
export function intersect(a: Interval, b: Interval): Interval {
  const lo = Math.max(a.lo, b.lo);
  const hi = Math.min(a.hi, b.hi);
  return lo <= hi ? { lo, hi } : exactly((lo + hi) / 2);
}

/** The image under a function that never falls. */
export function rising(interval: Interval, map: (value: number) => number): Interval {
  if (interval.lo === interval.hi) return exactly(map(interval.lo));
  return { lo: map(interval.lo), hi: map(interval.hi) };
}

/** The image under a function that never rises. */
export function falling(interval: Interval, map: (value: number) => number): Interval {
  const { lo, hi } = rising(interval, map);
  return { lo: hi, hi: lo };
}

/** Wider by what 64-bit sums of many terms may be wrong; a figure that is known stays as it is. `interval` must not be negative. */
export function widened(interval: Interval): Interval {
  if (interval.lo === interval.hi) return interval;
  return { lo: interval.lo * (1 - 1e-12), hi: Math.min(Number.MAX_VALUE, interval.hi * (1 + 1e-12)) };
}

/** Whether a figure is at least `bound`: certainly, certainly not, or not to be told from what is known. */
export function isAtLeast(interval: Interval, bound: number): boolean | undefined {
  if (interval.lo >= bound) return true;
  return interval.hi < bound ? false : undefined;
}

/** Whether a figure is below `bound`. */
export function isBelow(interval: Interval, bound: number): boolean | undefined {
  const atLeast = isAtLeast(interval, bound);
  return atLeast === undefined ? undefined : !atLeast;
}
