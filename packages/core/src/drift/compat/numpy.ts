import { exactly } from '../interval.ts';
import { massBelow, massUpTo, type Ranked } from '../ranked.ts';

/** Bins as NumPy makes them. */

/** `np.linspace(first, last, bins + 1)`. */
export function linearEdges(first: number, last: number, bins: number): number[] {
  const step = (last - first) / bins;
  return Array.from({ length: bins + 1 }, (_, edge) => (edge === bins ? last : edge * step + first));
}

/**
 * `np.histogram_bin_edges(values, 'sturges' | 'doane')` by the width that the rule gives: 0 makes one bin, whole numbers have no bins below
 * 1 (NumPy 2), and a range of nothing is widened by ½ on both sides.
 */
export function edgesByWidth(min: number, max: number, width: number, whole: boolean): number[] {
  const [first, last] = min === max ? [min - 0.5, max + 0.5] : [min, max];
  const wide = whole && width > 0 && width < 1 ? 1 : width;
  return linearEdges(first, last, wide > 0 ? Math.ceil((last - first) / wide) : 1);
}

/** The width of bins by Sturges' rule for `size` values. */
export function sturgesWidth(range: number, size: number): number {
  return range / (Math.log2(size) + 1);
}

/** The width of bins by Doane's rule for `size` values with this skewness. */
export function doaneWidth(range: number, size: number, skewness: number): number {
  if (size <= 2 || Number.isNaN(skewness)) return 0;
  const error = Math.sqrt((6 * (size - 2)) / ((size + 1) * (size + 3)));
  return range / (1 + Math.log2(size) + Math.log2(1 + Math.abs(skewness) / error));
}

/** `np.histogram(values, edges)`: bins are closed below and open above, the last is closed. What is outside is in none. */
export function countsBetween(ranked: Ranked, edges: readonly number[]): number[] {
  const below = edges.map((edge, index) =>
    index === edges.length - 1 ? massUpTo(ranked, edge).lo : massBelow(ranked, exactly(edge)).lo,
  );
  return below.slice(1).map((mass, bin) => mass - (below[bin] as number));
}
