import type { Interval } from '../statistics/interval.ts';
import { decileShares } from './deciles.ts';
import { type Distances, distances, scaleOf } from './distances.ts';
import {
  hellingerDistance,
  hellingerTerm,
  jensenShannonDistance,
  jensenShannonTerm,
  largestDifference,
  pearsonTerm,
  psiTerm,
  type Shares,
  sumOf,
} from './divergence.ts';
import { exactly, intersect, rising, widened } from './interval.ts';
import type { NumericColumn, Sample } from './sample.ts';
import { views } from './views.ts';

/** How far the numbers of two columns are apart. */
export interface NumericScores {
  /** Kolmogorov–Smirnov's D. */
  readonly ks: Interval;
  /** Wasserstein-1 distance in the column's unit. */
  readonly wasserstein: Interval;
  /** The same in standard deviations of the reference: see `unitOf`. */
  readonly normalizedWasserstein: Interval;
  /** The rest is over the reference's deciles: see `decileShares`. */
  readonly psi: Interval;
  /** Jensen–Shannon distance, base 2. */
  readonly js: Interval;
  readonly hellinger: Interval;
  readonly lInfinity: Interval;
  /** Pearson's χ² of the 2 × bins table, and how many of the ten bins hold values. */
  readonly chiSquare: Interval;
  readonly bins: Interval;
}

/**
 * All scores of two columns that both hold finite values. Exact when each column has an exact sample; otherwise each score is the
 * intersection of what every pair of samples allows.
 */
export function numericScores(reference: NumericColumn, current: NumericColumn): NumericScores {
  const scale = scaleOf(Math.min(reference.min, current.min), Math.max(reference.max, current.max));
  const left = views(reference);
  const right = views(current);
  const unit = unitOf(reference, current, left, scale);
  let scores: UnitlessScores | undefined;
  for (const a of left) {
    for (const b of right) {
      const pair = pairScores(distances(a, b, scale), decileShares(a, b), a.total, b.total);
      scores = scores === undefined ? pair : both(scores, pair);
    }
  }
  if (scores === undefined) throw new RangeError('A column without samples has no scores.');
  const scaled = scores.wasserstein;
  const known = scaled.lo === scaled.hi && unit.lo === unit.hi;
  const normalized = { lo: quotient(scaled.lo, unit.hi), hi: quotient(scaled.hi, unit.lo) };
  return {
    ...scores,
    wasserstein: rising(scaled, (area) => quotient(area, scale)),
    normalizedWasserstein: known ? normalized : widened(normalized),
  };
}

/** A distance too large for a number is the largest one. */
function quotient(distance: number, unit: number): number {
  return Math.min(Number.MAX_VALUE, distance / unit);
}

/**
 * The unit of the normalised Wasserstein distance, times `scale`: the reference's standard deviation (ddof 0), but at least a thousandth
 * of its range, so that a column of one value and a few crumbs does not make every crumb a drift. A reference of one value is measured
 * by the range of both columns. A floor of its own, such as Evidently's 0.001, would make columns in tiny units undriftable.
 */
function unitOf(reference: NumericColumn, current: NumericColumn, known: readonly Sample[], scale: number): Interval {
  const range = reference.max * scale - reference.min * scale;
  const joint = Math.max(reference.max, current.max) * scale - Math.min(reference.min, current.min) * scale;
  const floor = Math.max(Number.MIN_VALUE, 1e-3 * (range || joint || scale));
  const deviation =
    scale === 1 ? exactly(reference.deviation) : known.map((view) => deviationOf(view, scale)).reduce(intersect);
  return rising(deviation, (value) => Math.max(value, floor));
}

/**
 * The standard deviation of a sample's values, times `scale`. Of a binned one it is known up to the root mean square of half the bins'
 * widths, because the standard deviation is a seminorm: moving values to the middle of their bins moves it by at most that.
 */
function deviationOf({ lower, upper, counts, total }: Sample, scale: number): Interval {
  let mean = 0;
  let seen = 0;
  let squares = 0;
  let halfWidths = 0;
  for (let bin = 0; bin < lower.length; bin++) {
    const half = ((upper[bin] as number) * scale - (lower[bin] as number) * scale) / 2;
    const count = counts === undefined ? 1 : (counts[bin] as number);
    const away = (lower[bin] as number) * scale + half - mean;
    seen += count;
    mean += (away * count) / seen;
    squares += away * ((lower[bin] as number) * scale + half - mean) * count;
    halfWidths += half * half * count;
  }
  const deviation = Math.sqrt(Math.max(0, squares) / total);
  const slack = Math.sqrt(halfWidths / total);
  return widened({ lo: Math.max(0, deviation - slack), hi: deviation + slack });
}

/** The scores before the distance has its unit. */
type UnitlessScores = Omit<NumericScores, 'normalizedWasserstein'>;

function pairScores({ ks, wasserstein }: Distances, shares: Shares, n: number, m: number): UnitlessScores {
  return {
    ks,
    wasserstein,
    psi: sumOf(psiTerm, shares),
    js: jensenShannonDistance(sumOf(jensenShannonTerm, shares)),
    hellinger: hellingerDistance(sumOf(hellingerTerm, shares)),
    lInfinity: largestDifference(shares),
    chiSquare: sumOf(pearsonTerm(n, m), shares),
    bins: binsWithValues(shares),
  };
}

function binsWithValues({ reference, current }: Shares): Interval {
  const surely = reference.filter((share, bin) => share.lo + (current[bin] as Interval).lo > 0);
  const perhaps = reference.filter((share, bin) => share.hi + (current[bin] as Interval).hi > 0);
  return { lo: surely.length, hi: perhaps.length };
}

function both(a: UnitlessScores, b: UnitlessScores): UnitlessScores {
  return {
    ks: intersect(a.ks, b.ks),
    wasserstein: intersect(a.wasserstein, b.wasserstein),
    psi: intersect(a.psi, b.psi),
    js: intersect(a.js, b.js),
    hellinger: intersect(a.hellinger, b.hellinger),
    lInfinity: intersect(a.lInfinity, b.lInfinity),
    chiSquare: intersect(a.chiSquare, b.chiSquare),
    bins: intersect(a.bins, b.bins),
  };
}
