import type { Correction } from '../statistics/corrections.ts';
import type { Column } from './sample.ts';

/** How far apart two columns are can be said by any of these. */
export const scoreMethods = ['wasserstein', 'ks', 'psi', 'js', 'hellinger', 'l-infinity', 'cramers-v'] as const;
export type ScoreMethod = (typeof scoreMethods)[number];

/** Scores of numbers, and scores of categories. */
const numericMethods: readonly ScoreMethod[] = ['wasserstein', 'ks', 'psi', 'js', 'hellinger', 'l-infinity'];
const categoricalMethods: readonly ScoreMethod[] = ['js', 'psi', 'hellinger', 'l-infinity', 'cramers-v'];

/** What a column's values are compared as. */
export type Treatment = 'numbers' | 'categories';

/** Which keys a drift needs: the score over its threshold, the p-value below alpha, or both. */
export const driftKeys = ['two-key', 'score', 'pvalue'] as const;
export type DriftKeys = (typeof driftKeys)[number];

/** What is particular to one column. */
export interface ColumnRules {
  readonly method?: ScoreMethod;
  readonly threshold?: number;
  /** In the share of drifted columns; 1 unless given, 0 leaves the column out of the share. */
  readonly weight?: number;
  /** The dataset drifts when this column does. */
  readonly critical?: boolean;
}

/** How drift is decided. */
export interface DriftRules {
  readonly rule: DriftKeys;
  readonly alpha: number;
  readonly correction: Correction;
  /** Values that a column needs on each side; never fewer than `fewestSamples` count. */
  readonly minSamples: number;
  /** The dataset drifts from this weighted share of drifted columns on. */
  readonly driftShare: number;
  /** `auto`: the normalised Wasserstein distance for numbers with more than `manyValues` different values, Jensen–Shannon for all else. */
  readonly numericMethod: ScoreMethod | 'auto';
  readonly categoricalMethod: ScoreMethod | 'auto';
  readonly thresholds: Readonly<Partial<Record<ScoreMethod, number>>>;
  /** Whether a missing value is a category like others. */
  readonly missingAsCategory: boolean;
  readonly columns: ReadonlyMap<string, ColumnRules>;
}

/** Below so many values a side nothing is decided, whatever the rules say. */
export const fewestSamples = 30;

/** Numbers with at most so many different values on both sides are compared as categories. */
export const manyValues = 20;

/** The score from which on a column may drift, unless rules say otherwise. */
const defaultThreshold = 0.1;

export const defaultDriftRules: DriftRules = {
  rule: 'two-key',
  alpha: 0.05,
  correction: 'bh',
  minSamples: 100,
  driftShare: 0.3,
  numericMethod: 'auto',
  categoricalMethod: 'auto',
  thresholds: {},
  missingAsCategory: false,
  columns: new Map(),
};

/**
 * Whether a column's numbers are compared as numbers or by value. Wasserstein and Kolmogorov–Smirnov, asked for by name, are scores of
 * numbers, however few there are.
 */
export function treatmentOf(name: string, reference: Column, current: Column, rules: DriftRules): Treatment {
  if (reference.kind === 'categorical' || current.kind === 'categorical') return 'categories';
  const asked = rules.columns.get(name)?.method ?? rules.numericMethod;
  if (asked === 'wasserstein' || asked === 'ks') return 'numbers';
  const distinct = Math.max(
    reference.distinct ?? Number.POSITIVE_INFINITY,
    current.distinct ?? Number.POSITIVE_INFINITY,
  );
  return distinct <= manyValues ? 'categories' : 'numbers';
}

/** The score of a column and its threshold; a method that does not fit the column gives way to the automatic one. */
export function methodFor(
  name: string,
  kind: Column['kind'],
  treatment: Treatment,
  rules: DriftRules,
): { readonly method: ScoreMethod; readonly threshold: number } {
  const own = rules.columns.get(name);
  const asked = own?.method ?? (kind === 'numeric' ? rules.numericMethod : rules.categoricalMethod);
  const fitting = treatment === 'numbers' ? numericMethods : categoricalMethods;
  const automatic = treatment === 'numbers' ? 'wasserstein' : 'js';
  const method = asked !== 'auto' && fitting.includes(asked) ? asked : automatic;
  return { method, threshold: own?.threshold ?? rules.thresholds[method] ?? defaultThreshold };
}
