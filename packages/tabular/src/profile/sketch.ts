import type { ProfileLimits } from './limits.ts';
import type { LinearBins } from './linear-bins.ts';
import type { Marks } from './marks.ts';
import type { Moments } from './moments.ts';
import type { PrefixBins } from './prefix-bins.ts';
import type { Tally } from './tally.ts';

/** The types of columns and the ways of holding values by the numbers that stand for them in a file: only ever append. */
export const columnTypes = ['number', 'timestamp', 'category'] as const;
export const valueKinds = ['counted', 'binned'] as const;

/**
 * The finite values of a numeric column.
 *
 * - `counted`: each different value with its count, while there are few.
 * - `kept`: all of them, ascending, while there is room.
 * - `binned`: two histograms, and what is known exactly at some values.
 */
export type Values =
  | { readonly kind: 'counted'; readonly tally: Tally }
  | { readonly kind: 'kept'; readonly sorted: Float64Array }
  | { readonly kind: 'binned'; readonly linear: LinearBins; readonly prefix: PrefixBins; readonly marks: Marks };

/** What a profile holds of a number or timestamp column; the counts are those of core's `NumericColumn`. */
export interface NumericSketch {
  readonly kind: 'numeric';
  readonly type: 'number' | 'timestamp';
  readonly rows: number;
  readonly nulls: number;
  readonly nans: number;
  readonly infinities: number;
  readonly mistyped: number;
  readonly moments: Moments;
  /** +∞ and −∞ when there is no finite value. */
  readonly min: number;
  readonly max: number;
  /** How many values equal the least, and how many the greatest. */
  readonly atMin: number;
  readonly atMax: number;
  readonly values: Values;
}

/** What a profile holds of a category column. */
export interface CategorySketch {
  readonly kind: 'categorical';
  readonly type: 'category';
  readonly rows: number;
  readonly nulls: number;
  readonly mistyped: number;
  readonly counts: ReadonlyMap<string, number>;
  /** Rows of the categories that are not in `counts`. */
  readonly other: number;
  /**
   * By how many rows at most a count is too small. Over 0 only where parts were merged of which one had no room for a category that the
   * other counted.
   */
  readonly missed: number;
  /** For an estimate of how many categories there are (see `distinct-estimate.ts`); absent while `counts` has them all. */
  readonly registers?: Uint8Array;
}

export type ColumnSketch = NumericSketch | CategorySketch;

/**
 * What is known of the columns of a table after one pass over it: mergeable, and small however many rows there were. Plain data, so that
 * it can be posted between threads.
 */
export interface TableSketch {
  readonly rows: number;
  readonly limits: ProfileLimits;
  /** What was read, if whoever made the profile said so. */
  readonly source?: TableOrigin;
  readonly columns: ReadonlyMap<string, ColumnSketch>;
}

export interface TableOrigin {
  /** As messages show it. */
  readonly label: string;
  /** Of the content, where it is known. */
  readonly digest?: string;
}
