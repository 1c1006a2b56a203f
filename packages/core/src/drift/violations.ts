import { formatNumber } from '../figures.ts';
import type { ColumnDecision } from './decide.ts';
import type { QualityFinding, QualityIssue } from './quality.ts';

/** The names by which Amazon SageMaker's model monitor calls what is wrong. */
export type ConstraintCheckType =
  | 'data_type_check'
  | 'completeness_check'
  | 'baseline_drift_check'
  | 'missing_column_check'
  | 'extra_column_check'
  | 'categorical_values_check';

/** One entry of SageMaker's `constraint_violations.json`, in its spelling. */
export interface ConstraintViolation {
  readonly feature_name: string;
  readonly constraint_check_type: ConstraintCheckType;
  readonly description: string;
}

const checkTypes: Readonly<Record<QualityIssue, ConstraintCheckType>> = {
  'missing-column': 'missing_column_check',
  'extra-column': 'extra_column_check',
  'type-change': 'data_type_check',
  'mistyped-cells': 'data_type_check',
  infinities: 'data_type_check',
  'no-values': 'completeness_check',
  'missing-values': 'completeness_check',
  'out-of-range': 'baseline_drift_check',
  constant: 'baseline_drift_check',
  'new-categories': 'categorical_values_check',
};

export function checkTypeOf(issue: QualityIssue): ConstraintCheckType {
  return checkTypes[issue];
}

/** The content of `constraint_violations.json`: findings first, then drifted columns. */
export function constraintViolations(
  findings: readonly QualityFinding[],
  columns: readonly ColumnDecision[],
): { readonly violations: readonly ConstraintViolation[] } {
  const drifted = columns.filter(({ verdict }) => verdict === 'drift');
  return {
    violations: [
      ...findings.map((finding) => ({
        feature_name: finding.column,
        constraint_check_type: checkTypes[finding.issue],
        description: descriptionOf(finding),
      })),
      ...drifted.map((column) => ({
        feature_name: column.name,
        constraint_check_type: 'baseline_drift_check' as const,
        description: driftDescription(column),
      })),
    ],
  };
}

/** A finding in one sentence. */
export function descriptionOf({ issue, reference = 0, current }: QualityFinding): string {
  const now = percent(current?.lo ?? 0);
  switch (issue) {
    case 'missing-column':
      return 'The column is in the reference and not in the current data.';
    case 'extra-column':
      return 'The column is in the current data and not in the reference.';
    case 'type-change':
      return 'The column holds numbers on one side and categories on the other.';
    case 'no-values':
      return `Missing: ${percent(reference)} of the reference, ${now} of the current data; one side has no values.`;
    case 'missing-values':
      return `${now} of the rows have no value, ${percent(reference)} in the reference.`;
    case 'mistyped-cells':
      return `${now} of the cells are not of the column's type, ${percent(reference)} in the reference.`;
    case 'infinities':
      return `${now} of the cells are infinite, ${percent(reference)} in the reference.`;
    case 'out-of-range':
      return `${now} of the values are outside the reference's range.`;
    case 'new-categories':
      return `${now} of the values are of categories that the reference does not have.`;
    case 'constant':
      return 'The column has one value only, and more in the reference.';
  }
}

function driftDescription({ score }: ColumnDecision): string {
  if (score === undefined) return 'The column drifted.';
  return `The ${score.method} score is ${formatNumber(score.value.lo)}, at or over ${formatNumber(score.threshold)}.`;
}

function percent(share: number): string {
  return `${formatNumber(100 * share, 3)} %`;
}
