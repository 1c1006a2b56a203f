import type { CategoricalColumn, NumericColumn } from '../sample.ts';
import { type CompatFigure, categoryCounts, type Histograms, jensenShannon, shares, sum } from './figure.ts';
import { countsBetween, linearEdges } from './numpy.ts';
import { type Values, valuesOf } from './values.ts';

/** Bins of the histogram that TensorFlow Data Validation keeps of a numeric feature, over its own range. */
const bins = 10;

/**
 * The Jensen–Shannon divergence (not the distance) to base 2 of the two histograms, cut at the edges of both with values spread evenly
 * over a bin. TFDV makes its histograms from a sketch of quantiles; these are made from all values. It has no default thresholds.
 */
export function tfdvNumbers(reference: NumericColumn, current: NumericColumn): CompatFigure[] {
  const [a, b] = [histogramOf(valuesOf(reference)), histogramOf(valuesOf(current))];
  const edges = [...new Set([...a.edges, ...b.edges])].sort((x, y) => x - y);
  const points = [...new Set([...a.points.keys(), ...b.points.keys()])];
  const histograms = {
    reference: [...spread(a, edges), ...points.map((point) => a.points.get(point) ?? 0), reference.nans, 0],
    current: [...spread(b, edges), ...points.map((point) => b.points.get(point) ?? 0), 0, current.nans],
  };
  return [divergence(histograms)];
}

export function tfdvCategories(reference: CategoricalColumn, current: CategoricalColumn): CompatFigure[] {
  const counts = categoryCounts(reference, current);
  const [p, q] = [shares(counts.reference, sum(counts.reference)), shares(counts.current, sum(counts.current))];
  const largest = Math.max(...p.map((share, category) => Math.abs(share - (q[category] as number))));
  return [{ tool: 'tfdv', method: 'infinity_norm', value: largest }, divergence(counts)];
}

function divergence(histograms: Histograms): CompatFigure {
  const distance = jensenShannon(histograms, 2);
  return { tool: 'tfdv', method: 'jensen_shannon_divergence', value: Math.min(1, distance * distance) };
}

interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** A column of one value is a bin without width, which meets only its like. */
  readonly points: ReadonlyMap<number, number>;
}

function histogramOf({ ranked, size, min, max }: Values): Histogram {
  if (min === max) return { edges: [], counts: [], points: new Map([[min + 0, size]]) };
  const edges = linearEdges(min, max, bins);
  return { edges, counts: countsBetween(ranked, edges), points: new Map() };
}

function spread({ edges, counts }: Histogram, finer: readonly number[]): number[] {
  return finer.slice(1).map((end, index) => {
    const start = finer[index] as number;
    const bin = edges.findLastIndex((edge) => edge <= start);
    const upper = edges[bin + 1];
    if (bin < 0 || upper === undefined) return 0;
    return ((counts[bin] as number) * (end - start)) / (upper - (edges[bin] as number));
  });
}
