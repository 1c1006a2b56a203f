import type { Interval } from '../statistics/interval.ts';
import { exactly, widened } from './interval.ts';
import { isExact, type Sample } from './sample.ts';

/** How far two distributions are apart, by their cumulative distribution functions F and G. */
export interface Distances {
  /** Kolmogorov–Smirnov's D = sup |F − G|. */
  readonly ks: Interval;
  /** Wasserstein-1 = ∫ |F − G| dx, times `scale`. */
  readonly wasserstein: Interval;
}

/**
 * Kolmogorov–Smirnov and Wasserstein-1 distance in one walk over both samples, exact when both are.
 *
 * Of a bin it is known that all its values are at or above `lower` and below `upper`. So F lies between a step function that rises at the
 * ends of the bins and one that rises at their starts, and so does G; the distances of the true values cannot leave what these four allow.
 * `scale` multiplies every value first: see `scaleOf`. Both samples must hold values.
 */
export function distances(reference: Sample, current: Sample, scale = 1): Distances {
  const plain = reference.counts === undefined && current.counts === undefined && scale === 1;
  return plain && isExact(reference) && isExact(current)
    ? sortedDistances(reference.lower, current.lower)
    : boundedDistances(reference, current, scale);
}

/**
 * The power of two that brings a range of values near 1 when it is so large or so small that differences or squares of them would
 * overflow or vanish; 1 for all others.
 */
export function scaleOf(min: number, max: number): number {
  const range = max - min;
  if (range === 0 || (range > 1e-140 && range < 1e140)) return 1;
  const exponent = range === Number.POSITIVE_INFINITY ? 1023 : Math.floor(Math.log2(range));
  return 2 ** Math.min(1000, -exponent);
}

/** So many terms are summed before they are added to the whole: twenty million must add up to twelve digits. */
const block = 4096;

/**
 * Of two sorted lists of values, at the speed of memory: no branch hangs on which side comes next, which is a coin toss to the
 * processor. Distances are counted in whole numbers up to n·m, so that D is one division, without the rounding of two fractions.
 */
function sortedDistances(x: Float64Array, y: Float64Array): Distances {
  const n = x.length;
  const m = y.length;
  const next = new Float64Array(2);
  let i = 0;
  let j = 0;
  let widest = 0;
  let area = 0;
  let previous = Math.min(x[0] as number, y[0] as number);
  while (i < n && j < m) {
    let part = 0;
    for (let step = 0; step < block && i < n && j < m; step++) {
      const left = x[i] as number;
      const right = y[j] as number;
      next[0] = left;
      next[1] = right;
      const at = next[Number(right < left)] as number;
      const gap = Math.abs(i * m - j * n);
      part += gap * (at - previous);
      // Among equal values the gap is not yet that of the distributions: it counts when a larger value is met.
      if (gap > widest && at > previous) widest = gap;
      previous = at;
      i += Number(left <= right);
      j += Number(right <= left);
    }
    area += part;
  }
  const rest = i < n ? gapAfter(x, i, previous) : gapAfter(y, j, previous);
  const share = i < n ? m : n;
  return {
    ks: exactly(Math.max(widest, rest.widest * share) / (n * m)),
    wasserstein: exactly((area + rest.area * share) / (n * m)),
  };
}

/** The gap to a side that is at its end, in values of the other: it closes with every value from `start` on. */
function gapAfter(
  values: Float64Array,
  start: number,
  end: number,
): { readonly widest: number; readonly area: number } {
  let widest = 0;
  let area = 0;
  let previous = end;
  for (let from = start; from < values.length; from += block) {
    let part = 0;
    for (let index = from; index < Math.min(from + block, values.length); index++) {
      const value = values[index] as number;
      const gap = values.length - index;
      part += gap * (value - previous);
      if (gap > widest && value > previous) widest = gap;
      previous = value;
    }
    area += part;
  }
  return { widest, area };
}

/** One side of the walk. Between two events `surely` values are at or below the place, and `perhaps` at most. */
interface Envelope {
  readonly sample: Sample;
  start: number;
  end: number;
  perhaps: number;
  surely: number;
}

function boundedDistances(reference: Sample, current: Sample, scale: number): Distances {
  const n = reference.total;
  const m = current.total;
  const a: Envelope = { sample: reference, start: 0, end: 0, perhaps: 0, surely: 0 };
  const b: Envelope = { sample: current, start: 0, end: 0, perhaps: 0, surely: 0 };
  let atLeast = 0;
  let atMost = 0;
  let areaAtLeast = 0;
  let areaAtMost = 0;
  let previous = Math.min(nextEvent(a), nextEvent(b)) * scale;
  for (;;) {
    const at = Math.min(nextEvent(a), nextEvent(b));
    if (at === Number.POSITIVE_INFINITY) break;
    const width = at * scale - previous;
    previous = at * scale;
    areaAtLeast += (Math.max(0, certainGap(a, b)) / (n * m)) * width;
    areaAtMost += (possibleGap(a, b) / (n * m)) * width;
    // Values are below a bin's end, so just before `at` the bins that end there are complete; what begins at `at` has not begun.
    passEnds(a, at);
    passEnds(b, at);
    atLeast = Math.max(atLeast, certainGap(a, b));
    passStarts(a, at);
    passStarts(b, at);
    atLeast = Math.max(atLeast, certainGap(a, b));
    atMost = Math.max(atMost, possibleGap(a, b));
  }
  return {
    ks: { lo: atLeast / (n * m), hi: atMost / (n * m) },
    wasserstein: widened({ lo: areaAtLeast, hi: areaAtMost }),
  };
}

/** n·m·|F − G| is at least this, when positive. */
function certainGap(a: Envelope, b: Envelope): number {
  const n = a.sample.total;
  const m = b.sample.total;
  return Math.max(a.surely * m - b.perhaps * n, b.surely * n - a.perhaps * m);
}

function possibleGap(a: Envelope, b: Envelope): number {
  const n = a.sample.total;
  const m = b.sample.total;
  return Math.max(a.perhaps * m - b.surely * n, b.perhaps * n - a.surely * m);
}

function nextEvent({ sample, start, end }: Envelope): number {
  const { lower, upper } = sample;
  const starts = start < lower.length ? (lower[start] as number) : Number.POSITIVE_INFINITY;
  const ends = end < upper.length ? (upper[end] as number) : Number.POSITIVE_INFINITY;
  return Math.min(starts, ends);
}

function passEnds(side: Envelope, at: number): void {
  const { lower, upper, counts } = side.sample;
  while (side.end < upper.length && (upper[side.end] as number) <= at && lower[side.end] !== upper[side.end]) {
    side.surely += counts === undefined ? 1 : (counts[side.end] as number);
    side.end++;
  }
}

function passStarts(side: Envelope, at: number): void {
  const { lower, upper, counts } = side.sample;
  while (side.start < lower.length && (lower[side.start] as number) <= at) {
    side.perhaps += counts === undefined ? 1 : (counts[side.start] as number);
    side.start++;
  }
  while (side.end < upper.length && (upper[side.end] as number) <= at) {
    side.surely += counts === undefined ? 1 : (counts[side.end] as number);
    side.end++;
  }
}
