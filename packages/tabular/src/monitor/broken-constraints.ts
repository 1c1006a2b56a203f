import { type CategoricalColumn, type Column, type ConstraintViolation, formatNumber } from '@mlops-actions/core';
import type { MonitorConstraint } from './constraints.ts';

/**
 * What breaks Model Monitor's constraints in a table, as it reports it. Categories of which a profile only knows how many rows they have count as
 * outside the domain.
 */
export function brokenConstraints(
  constraints: readonly MonitorConstraint[],
  columns: ReadonlyMap<string, Column>,
): ConstraintViolation[] {
  const evaluated = constraints.filter(({ limits }) => limits.isEvaluated);
  const known = new Set(constraints.map(({ name }) => name));
  return [
    ...evaluated.flatMap((constraint) => violationsOf(constraint, columns.get(constraint.name))),
    ...[...columns.keys()]
      .filter((name) => evaluated.length > 0 && !known.has(name))
      .map((name) => violation(name, 'extra_column_check', 'The constraints do not know this column.')),
  ];
}

function violationsOf(constraint: MonitorConstraint, column: Column | undefined): ConstraintViolation[] {
  const { name } = constraint;
  if (column === undefined) return [violation(name, 'missing_column_check', 'The column is missing.')];
  if (column.rows === 0) return [];
  const found = [typeViolation(constraint, column), completenessViolation(constraint, column)];
  if (column.kind === 'numeric') {
    if (constraint.isNonNegative && column.min < 0) {
      const sentence = `The least value is ${formatNumber(column.min)}, but no value may be below 0.`;
      found.push(violation(name, 'baseline_drift_check', sentence));
    }
  } else {
    found.push(domainViolation(constraint, column));
  }
  return found.filter((each) => each !== undefined);
}

function typeViolation({ name, type, limits }: MonitorConstraint, column: Column): ConstraintViolation | undefined {
  if (type !== 'Integral' && type !== 'Fractional') return undefined;
  if (column.kind === 'categorical') return violation(name, 'data_type_check', 'The column holds texts, not numbers.');
  const present = column.rows - column.nulls;
  const share = present === 0 ? 0 : column.mistyped / present;
  if (share <= limits.mistypedShare) return undefined;
  const sentence = `${percent(share)} of the cells are no numbers, over ${percent(limits.mistypedShare)}.`;
  return violation(name, 'data_type_check', sentence);
}

function completenessViolation(
  { name, completeness }: MonitorConstraint,
  column: Column,
): ConstraintViolation | undefined {
  const missing = column.nulls + (column.kind === 'numeric' ? column.nans : 0);
  const share = (column.rows - missing) / column.rows;
  if (completeness === undefined || share >= completeness) return undefined;
  const sentence = `${percent(share)} of the cells hold something, below ${percent(completeness)}.`;
  return violation(name, 'completeness_check', sentence);
}

function domainViolation(
  { name, domain, limits }: MonitorConstraint,
  column: CategoricalColumn,
): ConstraintViolation | undefined {
  if (domain === undefined) return undefined;
  const allowed = new Set(domain);
  let unknown = column.other;
  for (const [category, count] of column.counts) if (!allowed.has(category)) unknown += count;
  const present = column.rows - column.nulls;
  const share = present === 0 ? 0 : unknown / present;
  if (share <= limits.unknownShare) return undefined;
  const sentence = `${percent(share)} of the cells are outside the ${domain.length} categories of the baseline, over ${percent(limits.unknownShare)}.`;
  return violation(name, 'categorical_values_check', sentence);
}

function violation(
  name: string,
  check: ConstraintViolation['constraint_check_type'],
  description: string,
): ConstraintViolation {
  return { feature_name: name, constraint_check_type: check, description };
}

function percent(share: number): string {
  return `${formatNumber(share * 100)} %`;
}
