import type { Shares } from './divergence.ts';
import { type Interval, isExact, type Sample } from './sample.ts';

/** A sample with the number of values before each bin; `before` is absent where bin i is the i-th value. */
interface Ranked {
  readonly sample: Sample;
  readonly before?: Float64Array;
}

/**
 * The shares of both samples between the deciles of the reference, nine edges and ten bins, the outer two open: bin k holds
 * e(k) ≤ v < e(k + 1). The edges are quantiles of type 7 (Hyndman and Fan 1996; NumPy's default). Edges that fall together leave an empty
 * bin between them, which adds nothing to a divergence. Of a binned sample the deciles themselves are bounded, and with them the shares.
 */
export function decileShares(reference: Sample, current: Sample): Shares {
  const ranked = rank(reference);
  const other = rank(current);
  const cuts: Interval[] = [];
  const otherCuts: Interval[] = [];
  for (let decile = 1; decile <= 9; decile++) {
    const edge = quantile(ranked, decile / 10);
    const atMost = Math.ceil((reference.total - 1) * (decile / 10));
    const cut = massBelow(ranked, edge);
    cuts.push({ lo: cut.lo, hi: Math.max(cut.lo, Math.min(cut.hi, atMost)) });
    otherCuts.push(massBelow(other, edge));
  }
  return { reference: sharesBetween(cuts, reference.total), current: sharesBetween(otherCuts, current.total) };
}

/** Quantile `q` (0 to 1) of type 7 of a sample that holds values. */
export function quantileOf(sample: Sample, q: number): Interval {
  return quantile(rank(sample), q);
}

function rank(sample: Sample): Ranked {
  const { counts } = sample;
  if (counts === undefined) return { sample };
  const before = new Float64Array(counts.length);
  let mass = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    before[bin] = mass;
    mass += counts[bin] as number;
  }
  return { sample, before };
}

function quantile({ sample, before }: Ranked, q: number): Interval {
  const { lower, upper, total } = sample;
  const position = (total - 1) * q;
  const index = Math.floor(position);
  const fraction = position - index;
  const bin = binOfRank(before, index);
  const next = fraction === 0 ? bin : binOfRank(before, Math.min(index + 1, total - 1));
  const lo = between(lower[bin] as number, lower[next] as number, fraction);
  if (lower[bin] === upper[bin] && lower[next] === upper[next]) return { lo, hi: lo };
  const hi = between(upper[bin] as number, upper[next] as number, fraction);
  return { lo: lo - Math.abs(lo) * 1e-15, hi: hi + Math.abs(hi) * 1e-15 };
}

/** Linear interpolation as NumPy rounds it: from the nearer end. */
function between(a: number, b: number, fraction: number): number {
  const step = b - a;
  if (!Number.isFinite(step)) return a * (1 - fraction) + b * fraction;
  return fraction >= 0.5 ? b - step * (1 - fraction) : a + step * fraction;
}

function binOfRank(before: Float64Array | undefined, index: number): number {
  return before === undefined ? index : firstOver(before, index) - 1;
}

/** How many values are below an edge that lies in `edge`. */
function massBelow({ sample, before }: Ranked, edge: Interval): Interval {
  const { lower, upper, total } = sample;
  function mass(bin: number): number {
    return before === undefined ? bin : bin < before.length ? (before[bin] as number) : total;
  }
  const hi = mass(firstAtLeast(lower, edge.hi));
  if (isExact(sample)) return { lo: edge.lo === edge.hi ? hi : mass(firstAtLeast(lower, edge.lo)), hi };
  let complete = firstOver(upper, edge.lo);
  // An atom at the edge is not below it.
  while (complete > 0 && lower[complete - 1] === edge.lo) complete--;
  return { lo: mass(complete), hi };
}

/** The first index whose value is at or above `value`, in an ascending array. */
function firstAtLeast(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index whose value is over `value`, in an ascending array. */
function firstOver(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sharesBetween(cuts: readonly Interval[], total: number): Interval[] {
  const ends = [...cuts, { lo: total, hi: total }];
  let previous: Interval = { lo: 0, hi: 0 };
  return ends.map((cut) => {
    const share = { lo: Math.max(0, cut.lo - previous.hi) / total, hi: (cut.hi - previous.lo) / total };
    previous = cut;
    return share;
  });
}
