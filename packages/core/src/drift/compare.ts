import { type CategoryTable, categoricalScores, categoryTable, valueTable } from './categories.ts';
import { exactly, rising } from './interval.ts';
import { type NumericScores, numericScores } from './numeric.ts';
import { type DriftRules, methodFor, type ScoreMethod, type Treatment, treatmentOf } from './rules.ts';
import type { CategoricalColumn, Column, Interval, NumericColumn } from './sample.ts';
import {
  decileSignificance,
  divergenceP,
  ksSignificance,
  type Significance,
  tableSignificance,
} from './significance.ts';

/** What one side of a column holds. */
export interface SideCounts {
  readonly rows: number;
  /** Values that are compared. */
  readonly values: number;
  /** Empty cells, and cells that say NaN. */
  readonly missing: number;
  readonly infinities: number;
  readonly mistyped: number;
}

/** Figures beside the score that a column is decided by. Rates and shares are fractions of 1. */
export type FigureName =
  | ScoreMethod
  /** Wasserstein-1 in the column's unit. */
  | 'wasserstein-distance'
  /** Current mean − reference mean, in standard deviations of the reference. */
  | 'mean-shift'
  /** Current ÷ reference standard deviation. */
  | 'deviation-ratio'
  /** p of PSI and of the Jensen–Shannon divergence by their χ² approximation. */
  | 'psi-p'
  | 'js-p'
  /** Current − reference share of missing cells. */
  | 'missing-rate-change';

/** How one column of two tables compares, before anything is decided. */
export interface ColumnComparison {
  readonly name: string;
  readonly kind: Column['kind'];
  readonly treatedAs: Treatment;
  readonly reference: SideCounts;
  readonly current: SideCounts;
  /** Why the sides have no score: nothing to compare, or numbers against names. A sentence part. */
  readonly incomparable?: string;
  readonly score?: { readonly method: ScoreMethod; readonly threshold: number; readonly value: Interval };
  readonly significance?: Significance;
  readonly figures: Readonly<Partial<Record<FigureName, Interval>>>;
}

/**
 * The scores and the raw p-value of one column. Figures that hang on values that were only counted in bins are intervals that hold
 * the true figure for certain.
 */
export function compareColumn(name: string, reference: Column, current: Column, rules: DriftRules): ColumnComparison {
  const treatedAs = treatmentOf(name, reference, current, rules);
  const sides = {
    name,
    kind: reference.kind,
    treatedAs,
    reference: sideCounts(reference),
    current: sideCounts(current),
  };
  const figures = {
    ...(sides.reference.rows > 0 && sides.current.rows > 0
      ? { 'missing-rate-change': exactly(missingRate(sides.current) - missingRate(sides.reference)) }
      : {}),
  };
  if (reference.kind !== current.kind) {
    const incomparable = `${written(reference)} in the reference, ${written(current)} in the current data`;
    return { ...sides, incomparable, figures };
  }
  const { method, threshold } = methodFor(name, reference.kind, treatedAs, rules);
  const compared =
    reference.kind === 'numeric' && current.kind === 'numeric' && treatedAs === 'numbers'
      ? compareNumbers(reference, current, method)
      : compareCategories(reference, current, method, rules.missingAsCategory);
  if (compared === undefined) return { ...sides, incomparable: emptySides(sides.reference, sides.current), figures };
  return {
    ...sides,
    score: { method, threshold, value: compared.score },
    significance: compared.significance,
    figures: { ...compared.figures, ...figures },
  };
}

interface Compared {
  readonly score: Interval;
  readonly significance: Significance;
  readonly figures: ColumnComparison['figures'];
}

function compareNumbers(reference: NumericColumn, current: NumericColumn, method: ScoreMethod): Compared | undefined {
  if (reference.count === 0 || current.count === 0) return undefined;
  const scores = numericScores(reference, current);
  const figures = numericFigures(scores, reference, current);
  const significance =
    method === 'wasserstein' || method === 'ks'
      ? ksSignificance(scores, reference.count, current.count)
      : decileSignificance(scores);
  return { score: figures[method] as Interval, significance, figures };
}

function numericFigures(
  scores: NumericScores,
  reference: NumericColumn,
  current: NumericColumn,
): ColumnComparison['figures'] {
  const n = reference.count;
  const m = current.count;
  return {
    wasserstein: scores.normalizedWasserstein,
    'wasserstein-distance': scores.wasserstein,
    ks: scores.ks,
    psi: scores.psi,
    js: scores.js,
    hellinger: scores.hellinger,
    'l-infinity': scores.lInfinity,
    'psi-p': divergenceP(scores.psi, 1, scores.bins, n, m),
    'js-p': divergenceP(rising(scores.js, natsOf), 1 / 8, scores.bins, n, m),
    ...(reference.deviation > 0 && Number.isFinite(reference.deviation)
      ? {
          'mean-shift': exactly((current.mean - reference.mean) / reference.deviation),
          'deviation-ratio': exactly(current.deviation / reference.deviation),
        }
      : {}),
  };
}

/** The Jensen–Shannon divergence in nats of a distance to base 2. */
function natsOf(distance: number): number {
  return distance * distance * Math.LN2;
}

function compareCategories(
  reference: Column,
  current: Column,
  method: ScoreMethod,
  missingAsCategory: boolean,
): Compared | undefined {
  const table =
    reference.kind === 'numeric'
      ? valueTable(reference, current as NumericColumn, missingAsCategory)
      : categoryTable(reference, current as CategoricalColumn, missingAsCategory);
  if (table === undefined) return unknown;
  if (table.n === 0 || table.m === 0) return undefined;
  return compareTable(table, method);
}

/** Of values that were only counted in bins, nothing is known by value. */
const unknown: Compared = {
  score: { lo: 0, hi: Number.POSITIVE_INFINITY },
  significance: { test: 'chi-square', p: { lo: 0, hi: 1 } },
  figures: {},
};

function compareTable(table: CategoryTable, method: ScoreMethod): Compared {
  const scores = categoricalScores(table);
  const figures = {
    js: scores.js,
    psi: scores.psi,
    hellinger: scores.hellinger,
    'l-infinity': scores.lInfinity,
    'cramers-v': scores.cramersV,
  };
  return {
    score: (figures as ColumnComparison['figures'])[method] as Interval,
    significance: tableSignificance(table),
    figures,
  };
}

export function sideCounts(column: Column): SideCounts {
  if (column.kind === 'numeric') {
    const { rows, count, nulls, nans, infinities, mistyped } = column;
    return { rows, values: count, missing: nulls + nans, infinities, mistyped };
  }
  let values = column.other;
  for (const count of column.counts.values()) values += count;
  return { rows: column.rows, values, missing: column.nulls, infinities: 0, mistyped: column.mistyped };
}

/** The share of rows without a value; 0 where there are no rows. */
export function missingRate({ rows, missing }: SideCounts): number {
  return rows === 0 ? 0 : missing / rows;
}

function written(column: Column): string {
  return column.kind === 'numeric' ? 'numbers' : 'categories';
}

function emptySides(reference: SideCounts, current: SideCounts): string {
  if (reference.values > 0) return 'no values in the current data';
  return current.values > 0 ? 'no values in the reference' : 'no values on either side';
}
