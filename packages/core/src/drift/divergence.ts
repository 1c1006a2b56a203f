import type { Interval } from '../statistics/interval.ts';
import { exactly, rising, widened } from './interval.ts';

/** The shares of two distributions in the same bins or categories, each known or bounded. */
export interface Shares {
  readonly reference: readonly Interval[];
  readonly current: readonly Interval[];
}

/**
 * What one bin adds to a divergence. Every term is 0 where both shares are equal and grows as either share moves away from the other, so
 * its extremes over a box of shares are at two of the corners.
 */
export type Term = (p: number, q: number) => number;

/** Shares below this count as this much in a PSI, which is infinite for an empty bin otherwise. */
const smallestShare = 1e-4;

/** Population stability index: Σ (q − p) ln(q / p), empty and tiny shares as `smallestShare`. */
export const psiTerm: Term = (p, q) => {
  const a = Math.max(p, smallestShare);
  const b = Math.max(q, smallestShare);
  return (b - a) * Math.log(b / a);
};

/**
 * p ln(p / m) + q ln(q / m) with m = (p + q) / 2, in nats (Lin 1991). Written in u = (p − q) / (p + q), by its power series where the
 * logarithms would cancel.
 */
export const jensenShannonTerm: Term = (p, q) => {
  const sum = p + q;
  if (sum === 0) return 0;
  const u = (p - q) / sum;
  const square = u * u;
  if (square > 0.0025) return (sum / 2) * (weighted(1 + u) + weighted(1 - u));
  let series = 0;
  for (let k = 7; k >= 1; k--) series = square * (series + 1 / (k * (2 * k - 1)));
  return (sum / 2) * series;
};

function weighted(x: number): number {
  return x === 0 ? 0 : x * Math.log(x);
}

export const hellingerTerm: Term = (p, q) => (Math.sqrt(p) - Math.sqrt(q)) ** 2 / 2;

/** Pearson's χ² of a 2 × K table with row totals n and m, by shares: n·m·Σ (p − q)² / (n·p + m·q). */
export function pearsonTerm(n: number, m: number): Term {
  return (p, q) => (p === q ? 0 : (n * m * (p - q) ** 2) / (n * p + m * q));
}

/** The sum of a term over all bins. */
export function sumOf(term: Term, shares: Shares): Interval {
  let lo = 0;
  let hi = 0;
  for (const [bin, p] of shares.reference.entries()) {
    const bounds = termBounds(term, p, shares.current[bin] as Interval);
    lo += bounds.lo;
    hi += bounds.hi;
  }
  return widened({ lo, hi });
}

/** The largest difference of two shares. */
export function largestDifference(shares: Shares): Interval {
  let lo = 0;
  let hi = 0;
  for (const [bin, p] of shares.reference.entries()) {
    const bounds = termBounds(difference, p, shares.current[bin] as Interval);
    lo = Math.max(lo, bounds.lo);
    hi = Math.max(hi, bounds.hi);
  }
  return { lo, hi };
}

const difference: Term = (p, q) => Math.abs(p - q);

function termBounds(term: Term, p: Interval, q: Interval): Interval {
  if (p.lo === p.hi && q.lo === q.hi) return exactly(term(p.lo, q.lo));
  const hi = Math.max(term(p.lo, q.hi), term(p.hi, q.lo));
  const lo = p.lo > q.hi ? term(p.lo, q.hi) : q.lo > p.hi ? term(p.hi, q.lo) : 0;
  return { lo, hi };
}

/** Jensen–Shannon distance to base 2, between 0 and 1, from the sum of its terms. */
export function jensenShannonDistance(sum: Interval): Interval {
  return rising(sum, (nats) => Math.min(1, Math.sqrt(nats / 2 / Math.LN2)));
}

/** Hellinger distance, between 0 and 1, from the sum of its terms. */
export function hellingerDistance(sum: Interval): Interval {
  return rising(sum, (square) => Math.min(1, Math.sqrt(square)));
}
