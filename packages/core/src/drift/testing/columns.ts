/** Columns for tests: exact, by value, or binned in ways that a profile may bin. */
import type { CategoricalColumn, NumericColumn, Sample } from '../sample.ts';

export function exactSampleOf(values: readonly number[]): Sample {
  const sorted = Float64Array.from(values).sort();
  return { lower: sorted, upper: sorted, total: sorted.length };
}

/** One bin a value, with counts. */
export function countedSampleOf(values: readonly number[]): Sample {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value + 0, (counts.get(value + 0) ?? 0) + 1);
  const ascending = [...counts].sort(([a], [b]) => a - b);
  const lower = Float64Array.from(ascending, ([value]) => value);
  return { lower, upper: lower, counts: Float64Array.from(ascending, ([, count]) => count), total: values.length };
}

/** Bins between edges that enclose the values, first ≤ v < last, and apart from them the values of `atoms`. Empty bins are left out. */
export function binnedSampleOf(
  values: readonly number[],
  ends: readonly number[],
  atoms: readonly number[] = [],
): Sample {
  const edges = [...new Set([...ends, ...atoms])].sort((a, b) => a - b);
  const bins = new Map<string, { lower: number; upper: number; count: number }>();
  for (const value of values) {
    const atom = atoms.includes(value);
    const bin = edges.findLastIndex((edge) => edge <= value);
    const lower = atom ? value + 0 : (edges[bin] as number);
    const upper = atom ? value + 0 : (edges[bin + 1] as number);
    const key = `${lower} ${upper}`;
    const found = bins.get(key) ?? { lower, upper, count: 0 };
    found.count++;
    bins.set(key, found);
  }
  const ascending = [...bins.values()].sort((a, b) => a.lower - b.lower || a.upper - b.upper);
  return {
    lower: Float64Array.from(ascending, ({ lower }) => lower),
    upper: Float64Array.from(ascending, ({ upper }) => upper),
    counts: Float64Array.from(ascending, ({ count }) => count),
    total: values.length,
  };
}

/** Equal bins of this width, at its multiples. */
export function linearSampleOf(values: readonly number[], width: number): Sample {
  // One bin more: a value just below 0 is divided to -0.
  const first = Math.floor(Math.min(...values) / width) - 1;
  const last = Math.floor(Math.max(...values) / width) + 1;
  return binnedSampleOf(
    values,
    Array.from({ length: last - first + 1 }, (_, index) => (first + index) * width),
  );
}

export interface Extras {
  readonly nulls?: number;
  readonly nans?: number;
  readonly infinities?: number;
  readonly mistyped?: number;
}

/** A numeric column of finite values; `samples` gives its views, an exact one unless told otherwise. */
export function numericColumn(
  values: readonly number[],
  extras: Extras = {},
  samples: (values: readonly number[]) => readonly Sample[] = (all) => [exactSampleOf(all)],
): NumericColumn {
  const { nulls = 0, nans = 0, infinities = 0, mistyped = 0 } = extras;
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0);
  return {
    kind: 'numeric',
    rows: values.length + nulls + nans + infinities + mistyped,
    nulls,
    nans,
    infinities,
    mistyped,
    count: values.length,
    min: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    max: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    mean: values.length === 0 ? Number.NaN : mean,
    deviation: values.length === 0 ? Number.NaN : Math.sqrt(squares),
    distinct: new Set(values).size,
    samples: values.length === 0 ? [] : samples(values),
  };
}

/** A column of categories from counts, such as `[['a', 3], ['b', 1]]`. */
export function categoricalColumn(
  counts: Iterable<readonly [string, number]>,
  extras: {
    readonly nulls?: number;
    readonly mistyped?: number;
    readonly other?: number;
    readonly distinct?: number;
  } = {},
): CategoricalColumn {
  const kept = new Map(counts);
  const { nulls = 0, mistyped = 0, other = 0, distinct = kept.size } = extras;
  const named = [...kept.values()].reduce((sum, count) => sum + count, 0);
  return {
    kind: 'categorical',
    rows: named + other + nulls + mistyped,
    nulls,
    mistyped,
    counts: kept,
    other,
    distinct,
  };
}

/** The generator of the specification's golden values: x ← (1103515245·x + 12345) mod 2³¹, u = x / 2³¹. */
export function congruential(seed: number, length: number): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2147483648;
  });
}

/** Values of a standard normal distribution, the same for a seed. */
export function normals(seed: number, length: number): number[] {
  const uniforms = congruential(seed, 2 * length);
  return Array.from({ length }, (_, index) => {
    const radius = Math.sqrt(-2 * Math.log(1 - (uniforms[2 * index] as number)));
    return radius * Math.cos(2 * Math.PI * (uniforms[2 * index + 1] as number));
  });
}
