import type { Interval } from '../statistics/interval.ts';
import { type CategoryTable, categoricalScores, tableOfColumns } from './categories.ts';
import { exactly, rising } from './interval.ts';
import { type NumericScores, numericScores } from './numeric.ts';
import { type DriftRules, fewestSamples, methodFor, type ScoreMethod, type Treatment, treatmentOf } from './rules.ts';
import { type Column, missingOf, type NumericColumn, valuesOf } from './sample.ts';
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
  /** Whether nearly every row has a category of its own, as ids have: such a column says little, and is better left out. */
  readonly looksLikeIds: boolean;
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
  const missingCounts = rules.missingAsCategory && treatedAs === 'categories';
  const sides = {
    name,
    kind: reference.kind,
    treatedAs,
    reference: sideCounts(reference, missingCounts),
    current: sideCounts(current, missingCounts),
    looksLikeIds: looksLikeIds(reference) && looksLikeIds(current),
  };
  const change = missingRate(sides.current) - missingRate(sides.reference);
  const figures = sides.reference.rows > 0 && sides.current.rows > 0 ? { 'missing-rate-change': exactly(change) } : {};
  const incomparable = whyIncomparable(reference, current, missingCounts);
  if (incomparable !== undefined) return { ...sides, incomparable, figures };
  const { method, threshold } = methodFor(name, reference.kind, treatedAs, rules);
  const compared =
    treatedAs === 'numbers'
      ? compareNumbers(reference as NumericColumn, current as NumericColumn, method)
      : compareCategories(reference, current, method, missingCounts);
  return {
    ...sides,
    score: { method, threshold, value: compared.score },
    significance: compared.significance,
    figures: { ...compared.figures, ...figures },
  };
}

/** A side without any value has no kind of its own, so that is said first. */
function whyIncomparable(reference: Column, current: Column, missingCounts: boolean): string | undefined {
  const counted = reference.kind === current.kind && missingCounts;
  const before = sideCounts(reference, counted).values;
  const now = sideCounts(current, counted).values;
  if (before === 0 && now === 0) return 'no values on either side';
  if (before === 0) return 'no values in the reference';
  if (now === 0 && current.mistyped > 0) return 'no cell of the current data is of the type that the reference has';
  if (now === 0) return 'no values in the current data';
  if (reference.kind === current.kind) return undefined;
  return `${written(reference)} in the reference, ${written(current)} in the current data`;
}

interface Compared {
  readonly score: Interval;
  readonly significance: Significance;
  readonly figures: ColumnComparison['figures'];
}

function compareNumbers(reference: NumericColumn, current: NumericColumn, method: ScoreMethod): Compared {
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
    ...finiteFigures({
      'mean-shift': (current.mean - reference.mean) / reference.deviation,
      'deviation-ratio': current.deviation / reference.deviation,
    }),
  };
}

/** Those that are numbers: a reference of one value has no deviations to count in. */
function finiteFigures(figures: Readonly<Partial<Record<FigureName, number>>>): ColumnComparison['figures'] {
  const finite = Object.entries(figures).filter(([, value]) => Number.isFinite(value));
  return Object.fromEntries(finite.map(([name, value]) => [name, exactly(value)]));
}

/** The Jensen–Shannon divergence in nats of a distance to base 2. */
function natsOf(distance: number): number {
  return distance * distance * Math.LN2;
}

function compareCategories(reference: Column, current: Column, method: ScoreMethod, missingCounts: boolean): Compared {
  const table = tableOfColumns(reference, current, missingCounts);
  return table === undefined ? unknown : compareTable(table, method);
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

/** @param missingCounts whether a missing value is compared like others. */
function sideCounts(column: Column, missingCounts: boolean): SideCounts {
  const { rows, mistyped } = column;
  const missing = missingOf(column);
  return {
    rows,
    values: valuesOf(column) + (missingCounts ? missing : 0),
    missing,
    infinities: column.kind === 'numeric' ? column.infinities : 0,
    mistyped,
  };
}

/** From this share of different values on names are ids. */
const idsFrom = 0.9;

function looksLikeIds(column: Column): boolean {
  if (column.kind === 'numeric') return false;
  const values = valuesOf(column);
  return values >= fewestSamples && column.distinct >= idsFrom * values;
}

/** The share of rows without a value; 0 where there are no rows. */
export function missingRate({ rows, missing }: SideCounts): number {
  return rows === 0 ? 0 : missing / rows;
}

function written(column: Column): string {
  return column.kind === 'numeric' ? 'numbers' : 'categories';
}
