import { type Task, UserError } from '@mlops-actions/core';
import type { CollectedColumn } from '@mlops-actions/tabular';
import type { ModelColumns } from './roles.ts';

/** Up to so many different whole numbers can be classes. */
const mostClasses = 20;

/**
 * The task that the right answers and the columns of the answers suggest: texts and two different values are classes, fractions and many
 * different values are amounts. Throws a `UserError` where whole numbers could be either.
 */
export function suggestedTask(
  labels: CollectedColumn,
  answers: ModelColumns,
  predictions: CollectedColumn | undefined,
  table: string,
): Task {
  const values = labels.type === 'category' ? undefined : differentValues(labels.values);
  const classes = values?.size ?? new Set((labels as { codes: Uint32Array }).codes).size;
  if (answers.probabilities.size > 2) return 'multiclass';
  if (answers.probabilities.size === 2) return 'binary';
  if (values === undefined) return classes > 2 ? 'multiclass' : 'binary';
  if (values.size > mostClasses || [...values].some((value) => !Number.isInteger(value))) return 'regression';
  if (values.size <= 2) return 'binary';
  if (predictions?.type === 'number' && predictions.values.some((value) => !Number.isInteger(value)))
    return 'regression';
  throw new UserError(
    `${table}: ${labels.name} holds ${values.size} different whole numbers, which may be classes or amounts. Set \`task: multiclass\` or \`task: regression\`.`,
  );
}

function differentValues(values: Float64Array): ReadonlySet<number> {
  const found = new Set<number>();
  for (let row = 0; row < values.length && found.size <= mostClasses; row++) found.add(values[row] as number);
  return found;
}
