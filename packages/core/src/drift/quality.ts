import { fisherExact } from '../statistics/index.ts';
import type { Interval } from '../statistics/interval.ts';
import { exactly, intersect } from './interval.ts';
import { massBelow, massUpTo, ranksOf } from './ranked.ts';
import { type CategoricalColumn, type Column, missingOf, type NumericColumn, valuesOf } from './sample.ts';
import { views } from './views.ts';

/** What can be wrong with a column as data, whether or not it drifts. */
export type QualityIssue =
  | 'missing-column'
  | 'extra-column'
  | 'type-change'
  | 'no-values'
  | 'missing-values'
  | 'mistyped-cells'
  | 'infinities'
  | 'out-of-range'
  | 'new-categories'
  | 'constant';

/** One finding of the quality signal. */
export interface QualityFinding {
  readonly column: string;
  readonly issue: QualityIssue;
  /** Shares of the rows or values that the issue is about, as fractions of 1. */
  readonly reference?: number;
  readonly current?: Interval;
  /** p of "no more of it than in the reference", one-sided. */
  readonly p?: number;
}

/** Findings are more than chance at this level. */
const alpha = 0.05;

/** From which share on an issue is a finding. */
const limits = {
  /** Of missing cells, and of cells of another type or infinite ones: how much more than in the reference. */
  missingRise: 0.05,
  mistypedRise: 0.01,
  /** Of values outside the reference's range, and of categories that it does not have. */
  outOfRange: 0.01,
  newCategories: 0.01,
} as const;

/** Columns that one side lacks, in the order of the tables. */
export function columnFindings(reference: Iterable<string>, current: Iterable<string>): QualityFinding[] {
  const [before, now] = [new Set(reference), new Set(current)];
  return [
    ...[...before].filter((column) => !now.has(column)).map((column) => ({ column, issue: 'missing-column' as const })),
    ...[...now].filter((column) => !before.has(column)).map((column) => ({ column, issue: 'extra-column' as const })),
  ];
}

/** What is wrong in the current data of one column, by the reference. */
export function qualityFindings(column: string, reference: Column, current: Column): QualityFinding[] {
  if (current.rows === 0) return [];
  const [before, now] = [valuesOf(reference), valuesOf(current)];
  if (before === 0 || now === 0) return emptyFindings(column, reference, current);
  if (reference.kind !== current.kind) return [{ column, issue: 'type-change' }];
  const rises = [
    rise('missing-values', missingOf, limits.missingRise),
    rise('mistyped-cells', (each) => each.mistyped, limits.mistypedRise),
    rise('infinities', (each) => (each.kind === 'numeric' ? each.infinities : 0), limits.mistypedRise),
  ];
  const values =
    reference.kind === 'numeric'
      ? rangeFinding(column, reference, current as NumericColumn)
      : newCategoriesFinding(column, reference, current as CategoricalColumn);
  return [...rises, values, constantFinding(column, reference, current)].filter((found) => found !== undefined);

  function rise(issue: QualityIssue, count: (side: Column) => number, limit: number): QualityFinding | undefined {
    const [a, b] = [count(reference), count(current)];
    if (b / current.rows - a / reference.rows < limit) return undefined;
    const p = fisherExact(b, current.rows - b, a, reference.rows - a, 'greater').p;
    if (!(p < alpha)) return undefined;
    return { column, issue, reference: a / reference.rows, current: exactly(b / current.rows), p };
  }
}

/**
 * The findings that hold among so many columns: what was tested must be significant after Bonferroni's correction, p × `columns` < 5 %, or
 * else a table of many columns has one by chance. What is plainly so, such as a missing column, stays.
 */
export function amongColumns(findings: readonly QualityFinding[], columns: number): QualityFinding[] {
  return findings.filter(({ p }) => p === undefined || p * columns < alpha);
}

/** Cells that are all of another type are no values either. */
function emptyFindings(column: string, reference: Column, current: Column): QualityFinding[] {
  const empty = valuesOf(current) === 0 ? current : reference;
  if (empty.mistyped > 0) return [{ column, issue: 'type-change' }];
  const share = valuesOf(reference) === 0 ? 1 : missingOf(reference) / reference.rows;
  return [{ column, issue: 'no-values', reference: share, current: exactly(missingOf(current) / current.rows) }];
}

/** How many values lie outside the reference's range, by both ends. */
function rangeFinding(column: string, reference: NumericColumn, current: NumericColumn): QualityFinding | undefined {
  const ranked = views(current).map(ranksOf);
  const below = ranked.map((view) => massBelow(view, exactly(reference.min))).reduce(intersect);
  const within = ranked.map((view) => massUpTo(view, reference.max)).reduce(intersect);
  const above = { lo: current.count - within.hi, hi: current.count - within.lo };
  const share = { lo: (below.lo + above.lo) / current.count, hi: (below.hi + above.hi) / current.count };
  if (share.lo < limits.outOfRange) return undefined;
  const most = Math.max(below.lo, above.lo);
  const p = Math.min(1, 2 * exceedanceP(most, reference.count, current.count));
  return p < alpha ? { column, issue: 'out-of-range', reference: 0, current: share, p } : undefined;
}

/**
 * The probability that the `k` largest of n + m values of one continuous population are all among the m (Gumbel and von Schelling 1950):
 * Π (m − i) / (n + m − i). With ties it is smaller still.
 */
function exceedanceP(k: number, n: number, m: number): number {
  let p = 1;
  for (let i = 0; i < k && p > 1e-300; i++) p *= (m - i) / (n + m - i);
  return p;
}

/** Of a reference that did not keep every category it is not known which are new. */
function newCategoriesFinding(
  column: string,
  reference: CategoricalColumn,
  current: CategoricalColumn,
): QualityFinding | undefined {
  if (reference.other > 0) return undefined;
  const values = valuesOf(current);
  let fresh = 0;
  for (const [name, count] of current.counts) if (!reference.counts.has(name)) fresh += count;
  const share = { lo: fresh / values, hi: (fresh + current.other) / values };
  if (fresh === 0 || share.lo < limits.newCategories) return undefined;
  const p = fisherExact(fresh, values - fresh, 0, valuesOf(reference), 'greater').p;
  return p < alpha ? { column, issue: 'new-categories', reference: 0, current: share, p } : undefined;
}

function constantFinding(column: string, reference: Column, current: Column): QualityFinding | undefined {
  return isConstant(current) && !isConstant(reference) ? { column, issue: 'constant' } : undefined;
}

function isConstant(column: Column): boolean {
  if (column.kind === 'numeric') return column.min === column.max;
  return column.other === 0 && column.counts.size === 1;
}
