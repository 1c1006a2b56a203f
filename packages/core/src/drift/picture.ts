import type { CategoryTable } from './categories.ts';
import { massNear, quantile, type Ranked, ranksOf } from './ranked.ts';
import type { NumericColumn, Sample } from './sample.ts';
import { views } from './views.ts';

/** Both sides of a numeric column in the same bins, for a picture: counts of binned samples are spread evenly over the bins they cross. */
export interface SharedHistogram {
  /** Ascending, one more than bins. The first bin also holds what is below it, the last what is above. */
  readonly edges: readonly number[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** Rows of one category on both sides. */
export interface CategoryMovement {
  /** Its name, or what stands for the missing values, or for all categories that were not kept. */
  readonly category: { readonly name: string } | 'missing' | 'other';
  readonly reference: number;
  readonly current: number;
  /** Current − reference share. */
  readonly change: number;
}

/** Tails beyond these quantiles of both sides go to the end bins, so that one far value does not make a picture of one bar. */
const [lowest, highest] = [0.005, 0.995];

/** Histograms of two columns that both hold finite values. */
export function sharedHistogram(
  reference: NumericColumn,
  current: NumericColumn,
  bins = binsFor(Math.min(reference.count, current.count)),
): SharedHistogram {
  const left = ranksOf(finestOf(reference));
  const right = ranksOf(finestOf(current));
  const edges = edgesFor([left, right], reference, current, bins);
  return { edges, reference: countsIn(left, edges), current: countsIn(right, edges) };
}

/** The square root of the smaller side's rows, from 6 to 30: more bins of few rows show chance and not shape. */
function binsFor(rows: number): number {
  return Math.max(6, Math.min(30, Math.round(Math.sqrt(rows))));
}

function finestOf(column: NumericColumn): Sample {
  const [first, ...others] = views(column);
  if (first === undefined) throw new RangeError('A column without samples has no histogram.');
  return others.reduce((best, each) => (each.lower.length > best.lower.length ? each : best), first);
}

function edgesFor(sides: readonly Ranked[], reference: NumericColumn, current: NumericColumn, bins: number): number[] {
  let low = Math.min(...sides.map((ranked) => quantile(ranked, lowest).lo));
  let high = Math.max(...sides.map((ranked) => quantile(ranked, highest).hi));
  if (!(high > low)) {
    low = Math.min(reference.min, current.min);
    high = Math.max(reference.max, current.max);
  }
  if (!(high > low)) {
    const margin = Math.abs(low) / 2 || 0.5;
    low -= margin;
    high += margin;
  }
  return Array.from({ length: bins + 1 }, (_, edge) => low * (1 - edge / bins) + high * (edge / bins));
}

function countsIn(ranked: Ranked, edges: readonly number[]): number[] {
  const { total } = ranked.sample;
  const below = edges.map((edge, index) => {
    if (index === 0) return 0;
    return index === edges.length - 1 ? total : massNear(ranked, edge);
  });
  return below.slice(1).map((mass, bin) => mass - (below[bin] as number));
}

/** The categories whose shares changed most, the largest change first; ties in the table's order. */
export function topMovements(table: CategoryTable, most = 10): CategoryMovement[] {
  const { names, reference, current, referenceRest, currentRest, n, m } = table;
  function movement(category: CategoryMovement['category'], a: number, b: number): CategoryMovement {
    return { category, reference: a, current: b, change: b / m - a / n };
  }
  const all = names.map((name, index) =>
    movement(name === undefined ? 'missing' : { name }, reference[index] as number, current[index] as number),
  );
  if (referenceRest + currentRest > 0) all.push(movement('other', referenceRest, currentRest));
  return all.sort((a, b) => Math.abs(b.change) - Math.abs(a.change)).slice(0, most);
}
