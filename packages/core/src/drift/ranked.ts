import type { Interval } from '../statistics/interval.ts';
import { exactly } from './interval.ts';
import { isExact, type Sample } from './sample.ts';

/** A sample with the number of values before each bin; `before` is absent where bin i is the i-th value. */
export interface Ranked {
  readonly sample: Sample;
  readonly before?: Float64Array;
}

export function ranksOf(sample: Sample): Ranked {
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

/** Quantile `q` (0 to 1) of type 7 of a sample that holds values. */
export function quantile({ sample, before }: Ranked, q: number): Interval {
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

/** How many values are in the bins before this one. */
function massBefore({ sample, before }: Ranked, bin: number): number {
  if (before === undefined) return bin;
  return bin < before.length ? (before[bin] as number) : sample.total;
}

/** How many values are below an edge that lies in `edge`. */
export function massBelow(ranked: Ranked, edge: Interval): Interval {
  const { sample } = ranked;
  const hi = massBefore(ranked, firstAtLeast(sample.lower, edge.hi));
  if (isExact(sample)) {
    return { lo: edge.lo === edge.hi ? hi : massBefore(ranked, firstAtLeast(sample.lower, edge.lo)), hi };
  }
  return { lo: massBefore(ranked, completeBins(sample, edge.lo)), hi };
}

/** How many values are at or below `edge`. */
export function massUpTo(ranked: Ranked, edge: number): Interval {
  const { lower, upper } = ranked.sample;
  return { lo: massBefore(ranked, firstOver(upper, edge)), hi: massBefore(ranked, firstOver(lower, edge)) };
}

/** About how many values are below `edge`: values are spread evenly over the bin that it cuts. For pictures. */
export function massNear(ranked: Ranked, edge: number): number {
  const { sample } = ranked;
  const { lower, upper, counts } = sample;
  if (isExact(sample)) return massBelow(ranked, exactly(edge)).lo;
  const bin = completeBins(sample, edge);
  const mass = massBefore(ranked, bin);
  if (bin === upper.length || edge <= (lower[bin] as number)) return mass;
  const part = (edge - (lower[bin] as number)) / ((upper[bin] as number) - (lower[bin] as number));
  return mass + part * (counts === undefined ? 1 : (counts[bin] as number));
}

/** How many of the first bins hold only values below `edge`; an atom at the edge does not. */
function completeBins({ lower, upper }: Sample, edge: number): number {
  let bins = firstOver(upper, edge);
  while (bins > 0 && lower[bins - 1] === edge) bins--;
  return bins;
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
