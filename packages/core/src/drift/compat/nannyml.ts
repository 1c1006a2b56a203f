import { chiSquareTest } from '../../statistics/index.ts';
import { distances } from '../distances.ts';
import { massBelow } from '../ranked.ts';
import type { CategoricalColumn, NumericColumn } from '../sample.ts';
import { type CompatFigure, categoryCounts, type Histograms, jensenShannon, shares, sum } from './figure.ts';
import { countsBetween, doaneWidth, edgesByWidth, linearEdges } from './numpy.ts';
import { moments, type Values, valuesOf } from './values.ts';

/** From so many reference rows on NannyML estimates two distances from so many equal bins. */
const estimatedFrom = 10_000;
const estimationBins = 10_000;

/** Its thresholds are mean ± 3σ over chunks of the reference in their order, which a column does not tell; so nothing is flagged. */
export function nannymlNumbers(reference: NumericColumn, current: NumericColumn): CompatFigure[] {
  const [a, b] = [valuesOf(reference), valuesOf(current)];
  const histograms = histogramsOf(a, b);
  const exact = distances(a.sample, b.sample);
  const estimated = a.size >= estimatedFrom;
  return [
    figure('jensen_shannon', jensenShannon(histograms, 2)),
    figure('kolmogorov_smirnov', estimated ? estimatedKs(a, b) : exact.ks.lo),
    figure('wasserstein', estimated ? estimatedWasserstein(a, b) : exact.wasserstein.lo),
    figure('hellinger', hellinger(histograms)),
  ];
}

/** χ² alone has a fixed level: p < 0.05. */
export function nannymlCategories(reference: CategoricalColumn, current: CategoricalColumn): CompatFigure[] {
  const counts = categoryCounts(reference, current);
  const [p, q] = [shares(counts.reference, sum(counts.reference)), shares(counts.current, sum(counts.current))];
  const histograms = onReference(p, q);
  const test = chiSquareTest([counts.reference, counts.current]);
  return [
    figure('jensen_shannon', jensenShannon(histograms, 2)),
    { ...figure('chi2', test.statistic), flagged: test.p < 0.05 },
    figure('l_infinity', Math.max(...p.map((share, category) => Math.abs(share - (q[category] as number))))),
    figure('hellinger', hellinger(histograms)),
  ];
}

function figure(method: string, value: number): CompatFigure {
  return { tool: 'nannyml', method, value };
}

/** Doane's bins of the reference; what is outside them is one bin more. */
function histogramsOf(a: Values, b: Values): Histograms {
  const { skewness } = moments(a.sample);
  const edges = edgesByWidth(a.min, a.max, doaneWidth(a.max - a.min, a.size, skewness), false);
  const p = shares(countsBetween(a.ranked, edges), a.size);
  const q = shares(countsBetween(b.ranked, edges), b.size);
  return withLeftover(p, q);
}

/** All categories that the reference does not have are one. */
function onReference(p: readonly number[], q: readonly number[]): Histograms {
  const known = [...p.keys()].filter((category) => (p[category] as number) > 0);
  return withLeftover(
    known.map((category) => p[category] as number),
    known.map((category) => q[category] as number),
  );
}

function withLeftover(reference: readonly number[], current: readonly number[]): Histograms {
  const leftover = 1 - sum(current);
  return leftover > 0 ? { reference: [...reference, 0], current: [...current, leftover] } : { reference, current };
}

function hellinger({ reference, current }: Histograms): number {
  const squares = reference.map((share, bin) => (Math.sqrt(share) - Math.sqrt(current[bin] as number)) ** 2);
  return Math.sqrt(sum(squares)) / Math.SQRT2;
}

/** The largest distance of the cumulative shares at the ends of equal bins over the reference's range. */
function estimatedKs(a: Values, b: Values): number {
  const { p, q, smaller } = estimationCounts(a, b, linearEdges(a.min, a.max, estimationBins));
  let left = 0;
  let right = smaller;
  let largest = 0;
  for (const [bin, count] of p.entries()) {
    left += count;
    right += q[bin] as number;
    largest = Math.max(largest, Math.abs(left / a.size - right / b.size));
  }
  return largest;
}

/** The area between the cumulative shares over such bins, and of the current tails beyond them. */
function estimatedWasserstein(a: Values, b: Values): number {
  const edges = edgesByWidth(a.min, a.max, (a.max - a.min) / estimationBins, false);
  const { p, q, smaller } = estimationCounts(a, b, edges);
  let left = 0;
  // NannyML counts the first edge itself among the smaller values here.
  let right = smaller > 0 ? smaller + 1 : 0;
  let area = 0;
  for (const [bin, count] of p.entries()) {
    left += count;
    right += q[bin] as number;
    area += Math.abs(left / a.size - right / b.size);
  }
  const [first, second] = [edges[0] as number, edges[1] as number];
  return area * (second - first) + tailsBeyond(b, first, edges.at(-1) as number);
}

function estimationCounts(
  a: Values,
  b: Values,
  edges: readonly number[],
): { readonly p: readonly number[]; readonly q: readonly number[]; readonly smaller: number } {
  const first = edges[0] as number;
  return {
    p: countsBetween(a.ranked, edges),
    q: countsBetween(b.ranked, edges),
    smaller: massBelow(b.ranked, { lo: first, hi: first }).lo,
  };
}

/** ∫ F below the first edge and ∫ (1 − F) above the last one. */
function tailsBeyond({ sample, ranked, size }: Values, first: number, last: number): number {
  const { lower } = sample;
  const mass = (index: number): number => (ranked.before === undefined ? index : (ranked.before[index] ?? size));
  let area = 0;
  for (let index = 0; index < lower.length && (lower[index] as number) < first; index++) {
    const next = Math.min(first, lower[index + 1] ?? first);
    area += mass(index + 1) * (next - (lower[index] as number));
  }
  let previous = last;
  for (let index = 0; index < lower.length; index++) {
    const value = lower[index] as number;
    if (value <= last) continue;
    area += (size - mass(index)) * (value - previous);
    previous = value;
  }
  return area / size;
}
