import { benjaminiHochberg, bonferroni, type Correction, holm } from '../statistics/index.ts';
import type { Interval } from '../statistics/interval.ts';
import type { ColumnComparison } from './compare.ts';
import { isAtLeast, isBelow } from './interval.ts';
import { type DriftRules, fewestSamples } from './rules.ts';

/**
 * `undecided`: a threshold lies inside what is known of a figure. The column is to be read again exactly and decided again; the middle
 * of an interval decides nothing.
 */
export type ColumnVerdict = 'drift' | 'no-drift' | 'insufficient-data' | 'undecided';

/** What the comparison of a column comes to. */
export interface Decision {
  readonly verdict: ColumnVerdict;
  /** Of `insufficient-data`: why. A sentence part. */
  readonly reason?: string;
  /** p corrected for the number of columns that were tested together; absent where nothing was tested. */
  readonly adjustedP?: Interval;
}

export type ColumnDecision = ColumnComparison & Decision;

export type DatasetVerdict = 'ok' | 'warn' | 'drift' | 'insufficient-data' | 'undecided';

/** The decision about every column and about the dataset. */
export interface DriftDecision<Compared extends ColumnComparison = ColumnComparison> {
  readonly verdict: DatasetVerdict;
  readonly columns: readonly (Compared & Decision)[];
  /** Names, in the order of the columns. */
  readonly drifted: readonly string[];
  /** Columns to be read again exactly. */
  readonly undecided: readonly string[];
  /** Weight of the drifted ÷ weight of all columns that had enough data; an interval while columns are undecided. */
  readonly driftedShare: Interval;
}

/**
 * Decides about all columns together. By the two-key rule a column drifts when its score reaches the threshold (the change matters) and
 * its corrected p-value is below alpha (the change is not chance); `rules.rule` can ask for one key alone. A score alone is large by chance in small
 * samples, a p-value alone is small for any trifle in large ones.
 *
 * The dataset drifts when a critical column drifts, or when drifted columns reach `driftShare` by weight; a drift in any column is a
 * warning. Columns without enough values are in no share; a critical one among them, or nothing but them, is `insufficient-data`.
 */
export function decideDrift<Compared extends ColumnComparison>(
  comparisons: readonly Compared[],
  rules: DriftRules,
): DriftDecision<Compared> {
  const tested = comparisons.filter((comparison) => lacking(comparison, rules) === undefined);
  const adjusted = adjustedPs(tested, rules.correction);
  const columns = comparisons.map((comparison): Compared & Decision => {
    const reason = lacking(comparison, rules);
    if (reason !== undefined) return { ...comparison, verdict: 'insufficient-data', reason };
    const adjustedP = adjusted.get(comparison) as Interval;
    return { ...comparison, adjustedP, verdict: columnVerdict(comparison, adjustedP, rules) };
  });
  const driftedShare = shareOfDrifted(columns, rules);
  return {
    verdict: datasetVerdict(columns, driftedShare, rules),
    columns,
    drifted: namesOf(columns, 'drift'),
    undecided: namesOf(columns, 'undecided'),
    driftedShare,
  };
}

/** Why a column cannot be decided, as a sentence part; `undefined` when it can. */
function lacking(comparison: ColumnComparison, rules: DriftRules): string | undefined {
  if (comparison.incomparable !== undefined) return comparison.incomparable;
  const needed = Math.max(fewestSamples, rules.minSamples);
  const { reference, current } = comparison;
  if (reference.values < needed) return `${reference.values} values in the reference, ${needed} are needed`;
  if (current.values < needed) return `${current.values} values in the current data, ${needed} are needed`;
  return undefined;
}

/** Every correction grows with each of its p-values, so the corrected bounds are the bounds of the corrected. */
function adjustedPs(
  tested: readonly ColumnComparison[],
  correction: Correction,
): ReadonlyMap<ColumnComparison, Interval> {
  const lo = corrected(
    tested.map((comparison) => comparison.significance?.p.lo ?? 1),
    correction,
  );
  const hi = corrected(
    tested.map((comparison) => comparison.significance?.p.hi ?? 1),
    correction,
  );
  return new Map(tested.map((comparison, index) => [comparison, { lo: lo[index] as number, hi: hi[index] as number }]));
}

function corrected(ps: readonly number[], correction: Correction): readonly number[] {
  switch (correction) {
    case 'bh':
      return benjaminiHochberg(ps);
    case 'holm':
      return holm(ps);
    case 'bonferroni':
      return bonferroni(ps);
    case 'none':
      return ps;
  }
}

function columnVerdict({ score }: ColumnComparison, adjustedP: Interval, rules: DriftRules): ColumnVerdict {
  const large = score === undefined ? false : isAtLeast(score.value, score.threshold);
  const significant = isBelow(adjustedP, rules.alpha);
  const keys = rules.rule === 'two-key' ? [large, significant] : [rules.rule === 'score' ? large : significant];
  if (keys.includes(false)) return 'no-drift';
  return keys.includes(undefined) ? 'undecided' : 'drift';
}

function shareOfDrifted(columns: readonly ColumnDecision[], rules: DriftRules): Interval {
  let drifted = 0;
  let open = 0;
  let all = 0;
  for (const { name, verdict } of columns) {
    if (verdict === 'insufficient-data') continue;
    const weight = rules.columns.get(name)?.weight ?? 1;
    all += weight;
    if (verdict === 'drift') drifted += weight;
    if (verdict === 'undecided') open += weight;
  }
  return all === 0 ? { lo: 0, hi: 0 } : { lo: drifted / all, hi: (drifted + open) / all };
}

function datasetVerdict(columns: readonly ColumnDecision[], share: Interval, rules: DriftRules): DatasetVerdict {
  const critical = columns.filter(({ name }) => rules.columns.get(name)?.critical === true);
  const verdicts = columns.map(({ verdict }) => verdict);
  const enough = verdicts.includes('drift') && isAtLeast(share, rules.driftShare) === true;
  if (enough || critical.some(({ verdict }) => verdict === 'drift')) return 'drift';
  if (verdicts.includes('undecided')) return 'undecided';
  const decided = verdicts.some((verdict) => verdict !== 'insufficient-data');
  if (!decided || critical.some(({ verdict }) => verdict === 'insufficient-data')) return 'insufficient-data';
  return verdicts.includes('drift') ? 'warn' : 'ok';
}

function namesOf(columns: readonly ColumnDecision[], verdict: ColumnVerdict): string[] {
  return columns.filter((column) => column.verdict === verdict).map(({ name }) => name);
}
