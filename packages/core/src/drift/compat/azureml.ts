import { chiSquareGoodnessOfFit, ksP } from '../../statistics/index.ts';
import { distances } from '../distances.ts';
import type { CategoricalColumn, NumericColumn } from '../sample.ts';
import { forEachValue } from '../views.ts';
import { type CompatFigure, categoryCounts, type Histograms, jensenShannon, sum } from './figure.ts';
import { moments, type Values, valuesOf } from './values.ts';

/** Azure ML's SDK gives its default metrics this threshold, and flags what is over it. Other metrics have none. */
const threshold = 0.1;

/** The component refuses to test from so many rows on. */
const testedBelow = 10_000;

export function azuremlNumbers(reference: NumericColumn, current: NumericColumn): CompatFigure[] {
  const [a, b] = [valuesOf(reference), valuesOf(current)];
  const histograms = histogramsOf(a, b);
  const { ks, wasserstein } = distances(a.sample, b.sample);
  const tested = a.size < testedBelow && b.size < testedBelow;
  return [
    byDefault('normalized_wasserstein_distance', wasserstein.lo / Math.max(sampleDeviation(a), 0.001)),
    byDefault('jensen_shannon_distance', jensenShannon(histograms, 2)),
    other('population_stability_index', psi(histograms, a.size, b.size)),
    ...(tested ? [other('two_sample_kolmogorov_smirnov_test', ksP(ks.lo, a.size, b.size))] : []),
  ];
}

export function azuremlCategories(reference: CategoricalColumn, current: CategoricalColumn): CompatFigure[] {
  const counts = categoryCounts(reference, current);
  const scale = sum(counts.current) / sum(counts.reference);
  const { p } = chiSquareGoodnessOfFit(
    counts.current,
    counts.reference.map((count) => count * scale),
  );
  return [
    byDefault('jensen_shannon_distance', jensenShannon(counts, 2)),
    other('population_stability_index', psi(counts, sum(counts.reference), sum(counts.current))),
    other('pearsons_chi_squared_test', p),
  ];
}

function byDefault(method: string, value: number): CompatFigure {
  return { tool: 'azureml', method, value, threshold, flagged: value > threshold };
}

function other(method: string, value: number): CompatFigure {
  return { tool: 'azureml', method, value };
}

/** Spark's `stddev`, with ddof 1; of one value it is nothing, which counts as 0. */
function sampleDeviation({ sample, size }: Values): number {
  return size < 2 ? 0 : moments(sample).deviation * Math.sqrt(size / (size - 1));
}

/** Every bin holds one more than was counted (Laplace), of n and m values. */
function psi({ reference, current }: Histograms, n: number, m: number): number {
  const bins = reference.length;
  return reference.reduce((total, count, bin) => {
    const p = (count + 1) / (n + bins);
    const q = ((current[bin] as number) + 1) / (m + bins);
    return total + (q - p) * Math.log(q / p);
  }, 0);
}

/** Equal bins over both ranges, as many as Sturges' rule gives for the smaller side. */
function histogramsOf(a: Values, b: Values): Histograms {
  const [min, max] = [Math.min(a.min, b.min), Math.max(a.max, b.max)];
  if (min === max) return { reference: [a.size], current: [b.size] };
  const bins = Math.ceil(Math.log2(Math.min(a.size, b.size)) + 1);
  const width = (max - min) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, edge) => min + edge * width);
  return { reference: sparkHistogram(a, edges), current: sparkHistogram(b, edges) };
}

/**
 * `RDD.histogram(edges)` of Spark: where the bins are equal but for 1e-10 their number is computed from the value, otherwise it is searched.
 * The last bin is closed, and what is outside is in none.
 */
function sparkHistogram({ sample }: Values, edges: readonly number[]): number[] {
  const bins = edges.length - 1;
  const [min, max] = [edges[0] as number, edges[bins] as number];
  const steps = edges.slice(1).map((edge, bin) => edge - (edges[bin] as number));
  const even = Math.max(...steps) - Math.min(...steps) < 1e-10;
  const step = (max - min) / bins;
  const counts = Array.from({ length: bins }, () => 0);
  forEachValue(sample, (value, count) => {
    if (value < min || value > max) return;
    const bin = even ? Math.trunc((value - min) / step) : edges.findLastIndex((edge) => edge <= value);
    const last = Math.min(bin, bins - 1);
    counts[last] = (counts[last] as number) + count;
  });
  return counts;
}
