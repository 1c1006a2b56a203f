import { tableOfColumns } from './categories.ts';
import { type ColumnComparison, compareColumn } from './compare.ts';
import { type CompatFigure, type CompatTool, compatFigures } from './compat/index.ts';
import { type DriftDecision, decideDrift } from './decide.ts';
import { type DetectableChange, detectableShareChange, detectableShift } from './detectable.ts';
import { type CategoryMovement, type SharedHistogram, sharedHistogram, topMovements } from './picture.ts';
import { columnFindings, type QualityFinding, qualityFindings } from './quality.ts';
import type { DriftRules } from './rules.ts';
import type { Column, NumericColumn } from './sample.ts';

/** What is wanted of a comparison beside the decision. */
export interface ExaminationOptions {
  readonly rules: DriftRules;
  /** Tools whose figures are shown beside ours. */
  readonly compat?: readonly CompatTool[];
}

/** Everything that a report says of one column, but for the decision, which needs all columns. Small, whatever the column's size. */
export interface ColumnExamination extends ColumnComparison {
  readonly findings: readonly QualityFinding[];
  readonly compat: readonly CompatFigure[];
  readonly detectable?: DetectableChange;
  /** Of numbers compared as numbers. */
  readonly histogram?: SharedHistogram;
  /** Of categories, and of numbers compared by value. */
  readonly movements?: readonly CategoryMovement[];
}

export interface DriftReport extends DriftDecision<ColumnExamination> {
  /** Columns that only one side has, and so are in no comparison. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** Compares and describes one column. Both sides can be forgotten afterwards. */
export function examineColumn(
  name: string,
  reference: Column,
  current: Column,
  options: ExaminationOptions,
): ColumnExamination {
  const { rules, compat = [] } = options;
  const comparison = compareColumn(name, reference, current, rules);
  return {
    ...comparison,
    findings: qualityFindings(name, reference, current),
    compat: compat.flatMap((tool) => compatFigures(tool, reference, current) ?? []),
    ...(comparison.incomparable === undefined ? pictures(comparison, reference, current, rules) : {}),
  };
}

function pictures(
  comparison: ColumnComparison,
  reference: Column,
  current: Column,
  rules: DriftRules,
): Pick<ColumnExamination, 'detectable' | 'histogram' | 'movements'> {
  const [n, m] = [comparison.reference.values, comparison.current.values];
  if (comparison.treatedAs === 'numbers') {
    return {
      detectable: detectableShift(n, m, rules.alpha),
      histogram: sharedHistogram(reference as NumericColumn, current as NumericColumn),
    };
  }
  const detectable = detectableShareChange(n, m, rules.alpha);
  const table = tableOfColumns(reference, current, rules.missingAsCategory);
  return table === undefined ? { detectable } : { detectable, movements: topMovements(table) };
}

/**
 * Decides about examined columns, and names those that only one side has, in the order of the tables. A critical column that the current data
 * lacks leaves a dataset that does not drift otherwise at `insufficient-data`.
 */
export function driftReport(
  examined: readonly ColumnExamination[],
  reference: Iterable<string>,
  current: Iterable<string>,
  rules: DriftRules,
): DriftReport {
  const onOneSide = columnFindings(reference, current);
  const decision = decideDrift(examined, rules);
  const missing = namesOf(onOneSide, 'missing-column');
  const blind = missing.some((name) => rules.columns.get(name)?.critical === true);
  return {
    ...decision,
    verdict: blind && decision.verdict !== 'drift' ? 'insufficient-data' : decision.verdict,
    missing,
    extra: namesOf(onOneSide, 'extra-column'),
  };
}

function namesOf(findings: readonly QualityFinding[], issue: QualityFinding['issue']): string[] {
  return findings.filter((finding) => finding.issue === issue).map(({ column }) => column);
}
