import type { Interval } from '../statistics/interval.ts';
import {
  hellingerDistance,
  hellingerTerm,
  jensenShannonDistance,
  jensenShannonTerm,
  psiTerm,
  type Term,
} from './divergence.ts';
import { exactly, rising, widened } from './interval.ts';
import type { CategoricalColumn, Column, NumericColumn } from './sample.ts';
import { exactSample, forEachValue } from './views.ts';

/** Rows by category on both sides, in one order. */
export interface CategoryTable {
  /** The categories that were counted on both sides; `undefined` is the missing value, where it counts as a category. */
  readonly names: readonly (string | undefined)[];
  readonly reference: Float64Array;
  readonly current: Float64Array;
  /** Rows of all other categories: those that at least one side did not count by name. */
  readonly referenceRest: number;
  readonly currentRest: number;
  /** Rows in all. */
  readonly n: number;
  readonly m: number;
}

/** How far the categories of two columns are apart. */
export interface CategoricalScores {
  /** Jensen–Shannon distance, base 2. */
  readonly js: Interval;
  readonly psi: Interval;
  readonly hellinger: Interval;
  /** The largest difference of a category's shares. */
  readonly lInfinity: Interval;
  /** √(χ² / rows) of the whole 2 × K table: between 0 and 1, and it depends on how even the sides are (Cramér 1946). */
  readonly cramersV: Interval;
}

/** The categories of two columns of one kind; of numbers, their values, and `undefined` when not every value is known. */
export function tableOfColumns(reference: Column, current: Column, missingCounts: boolean): CategoryTable | undefined {
  return reference.kind === 'numeric'
    ? valueTable(reference, current as NumericColumn, missingCounts)
    : categoryTable(reference, current as CategoricalColumn, missingCounts);
}

/**
 * The table of two categorical columns. Where one side kept only its most frequent categories, a category that this side lacks may be
 * among those it did not keep: both sides' rows of such a category go to the rest.
 */
export function categoryTable(
  reference: CategoricalColumn,
  current: CategoricalColumn,
  missingAsCategory: boolean,
): CategoryTable {
  const names: (string | undefined)[] = [];
  const left: number[] = [];
  const right: number[] = [];
  let referenceRest = reference.other;
  let currentRest = current.other;
  for (const [name, count] of reference.counts) {
    const other = current.counts.get(name);
    if (other === undefined && current.other > 0) {
      referenceRest += count;
      continue;
    }
    names.push(name);
    left.push(count);
    right.push(other ?? 0);
  }
  for (const [name, count] of current.counts) {
    if (reference.counts.has(name)) continue;
    if (reference.other > 0) {
      currentRest += count;
      continue;
    }
    names.push(name);
    left.push(0);
    right.push(count);
  }
  if (missingAsCategory && reference.nulls + current.nulls > 0) {
    names.push(undefined);
    left.push(reference.nulls);
    right.push(current.nulls);
  }
  return tableOf(names, left, right, referenceRest, currentRest);
}

/**
 * The table of two numeric columns by value, -0 and 0 as one; `undefined` when not every value is known. Meant for columns of few
 * different values.
 */
function valueTable(
  reference: NumericColumn,
  current: NumericColumn,
  missingAsCategory: boolean,
): CategoryTable | undefined {
  const left = valueCounts(reference);
  const right = valueCounts(current);
  if (left === undefined || right === undefined) return undefined;
  const values = [...new Set([...left.keys(), ...right.keys()])].sort((a, b) => a - b);
  const names: (string | undefined)[] = values.map(String);
  const rows = values.map((value) => left.get(value) ?? 0);
  const otherRows = values.map((value) => right.get(value) ?? 0);
  const missing = reference.nulls + reference.nans;
  const otherMissing = current.nulls + current.nans;
  if (missingAsCategory && missing + otherMissing > 0) {
    names.push(undefined);
    rows.push(missing);
    otherRows.push(otherMissing);
  }
  return tableOf(names, rows, otherRows, 0, 0);
}

function valueCounts(column: NumericColumn): Map<number, number> | undefined {
  const found = new Map<number, number>();
  if (column.count === 0) return found;
  const sample = exactSample(column);
  if (sample === undefined) return undefined;
  forEachValue(sample, (value, count) => found.set(value, count));
  return found;
}

function tableOf(
  names: readonly (string | undefined)[],
  left: readonly number[],
  right: readonly number[],
  referenceRest: number,
  currentRest: number,
): CategoryTable {
  return {
    names,
    reference: Float64Array.from(left),
    current: Float64Array.from(right),
    referenceRest,
    currentRest,
    n: left.reduce((sum, count) => sum + count, referenceRest),
    m: right.reduce((sum, count) => sum + count, currentRest),
  };
}

/**
 * All scores of a table that has rows on both sides; exact when no rows are in the rest. Otherwise: taking categories together never
 * raises a divergence, so the rest as one category gives the lower bound; and no two sides are further apart than those that share none.
 */
export function categoricalScores(table: CategoryTable): CategoricalScores {
  const p = table.referenceRest / table.n;
  const q = table.currentRest / table.m;
  const v = cramersV(table);
  return {
    js: jensenShannonDistance(
      sumOver(table, jensenShannonTerm, { lo: jensenShannonTerm(p, q), hi: apart(jensenShannonTerm, p, q) }),
    ),
    psi: sumOver(table, psiTerm, { lo: 0, hi: apart(psiTerm, p, q) }),
    hellinger: hellingerDistance(
      sumOver(table, hellingerTerm, { lo: hellingerTerm(p, q), hi: apart(hellingerTerm, p, q) }),
    ),
    lInfinity: largestChange(table, Math.max(p, q)),
    cramersV: p + q === 0 ? exactly(v) : { lo: v, hi: 1 },
  };
}

function apart(term: Term, p: number, q: number): number {
  return term(p, 0) + term(0, q);
}

function sumOver({ reference, current, n, m }: CategoryTable, term: Term, rest: Interval): Interval {
  let sum = 0;
  for (let category = 0; category < reference.length; category++) {
    sum += term((reference[category] as number) / n, (current[category] as number) / m);
  }
  return widened(rising(rest, (bound) => sum + bound));
}

function largestChange({ reference, current, n, m }: CategoryTable, rest: number): Interval {
  let largest = 0;
  for (let category = 0; category < reference.length; category++) {
    largest = Math.max(largest, Math.abs((reference[category] as number) / n - (current[category] as number) / m));
  }
  return { lo: largest, hi: Math.max(largest, rest) };
}

function cramersV({ reference, current, referenceRest, currentRest, n, m }: CategoryTable): number {
  let sum = squaredDifference(referenceRest, currentRest, n, m);
  for (let category = 0; category < reference.length; category++) {
    sum += squaredDifference(reference[category] as number, current[category] as number, n, m);
  }
  return Math.min(1, Math.sqrt((sum * n * m) / (n + m)));
}

/** One category's part of χ² / (n·m). */
function squaredDifference(a: number, b: number, n: number, m: number): number {
  return a + b === 0 ? 0 : (a / n - b / m) ** 2 / (a + b);
}
