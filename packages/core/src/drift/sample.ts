/**
 * What is known of the finite values of one numeric column, as a list of ascending, disjoint bins.
 *
 * Bin i holds `counts[i]` values v with `lower[i] ≤ v < upper[i]`, or all equal to `lower[i]` where `lower[i] === upper[i]` (an atom).
 * A column that was read exactly is all atoms: `upper` is then the same array as `lower`. `counts` absent: one value a bin, and equal
 * neighbours are allowed.
 */
export interface Sample {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly counts?: Float64Array;
  /** How many values there are: the sum of `counts`. */
  readonly total: number;
}

/** Whether every value is known. */
export function isExact(sample: Sample): boolean {
  return sample.lower === sample.upper;
}

/** One numeric or timestamp column (milliseconds since 1970). Infinite and missing values are counted apart and are in no figure. */
export interface NumericColumn {
  readonly kind: 'numeric';
  /** Rows, whatever is in them. */
  readonly rows: number;
  /** Empty cells. */
  readonly nulls: number;
  /** Cells that say NaN. */
  readonly nans: number;
  /** Cells that are ±∞. */
  readonly infinities: number;
  /** Cells that are not of the column's type, such as text among numbers. */
  readonly mistyped: number;
  /** Finite values. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** The root of the mean squared distance from the mean (ddof 0). */
  readonly deviation: number;
  /** How many different finite values; `undefined` when there are more than were counted. */
  readonly distinct?: number;
  /**
   * One or more views of the same values. A statistic that is bounded by each lies in the intersection of the bounds. One exact sample
   * makes every statistic exact.
   */
  readonly samples: readonly Sample[];
}

/** One column of categories: texts, booleans, or numbers that stand for names. */
export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly rows: number;
  readonly nulls: number;
  readonly mistyped: number;
  /** Rows by category, for the categories that were kept. */
  readonly counts: ReadonlyMap<string, number>;
  /** Rows of categories that were not kept; 0 when all were. */
  readonly other: number;
  /** How many different categories; an estimate when `other` is over 0. */
  readonly distinct: number;
}

export type Column = NumericColumn | CategoricalColumn;

/** How many values a column has: finite numbers, or texts. */
export function valuesOf(column: Column): number {
  if (column.kind === 'numeric') return column.count;
  let values = column.other;
  for (const count of column.counts.values()) values += count;
  return values;
}

/** Empty cells, and cells that say NaN. */
export function missingOf(column: Column): number {
  return column.kind === 'numeric' ? column.nulls + column.nans : column.nulls;
}
