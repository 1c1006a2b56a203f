import type { CategoricalColumn, Column, NumericColumn } from '../sample.ts';
import { exactSample } from '../views.ts';
import { azuremlCategories, azuremlNumbers } from './azureml.ts';
import { evidentlyCategories, evidentlyNumbers } from './evidently.ts';
import type { CompatFigure } from './figure.ts';
import { nannymlCategories, nannymlNumbers } from './nannyml.ts';
import { tfdvCategories, tfdvNumbers } from './tfdv.ts';

export type { CompatFigure } from './figure.ts';

/** Tools whose numbers are known. */
export const compatTools = ['evidently', 'azureml', 'nannyml', 'tfdv'] as const;
export type CompatTool = (typeof compatTools)[number];

/**
 * The numbers that another tool would print for a column, its default first. `undefined` where they cannot be known: without every value or
 * count, without values on a side, for numbers against categories.
 *
 * What is not in a column is assumed: that rows are not dropped for what other columns lack (Azure ML drops them), and that numbers are
 * whole in pandas when all values are whole and none is missing.
 */
export function compatFigures(
  tool: CompatTool,
  reference: Column,
  current: Column,
): readonly CompatFigure[] | undefined {
  if (reference.kind === 'numeric' && current.kind === 'numeric') {
    return bothKnown(reference, current) ? numbers(tool, reference, current) : undefined;
  }
  if (reference.kind !== 'categorical' || current.kind !== 'categorical') return undefined;
  const known = reference.other === 0 && current.other === 0 && reference.counts.size > 0 && current.counts.size > 0;
  return known ? categories(tool, reference, current) : undefined;
}

function bothKnown(reference: NumericColumn, current: NumericColumn): boolean {
  // NumPy refuses a range that is too wide for a number.
  const range = Math.max(reference.max, current.max) - Math.min(reference.min, current.min);
  const columns = [reference, current];
  return Number.isFinite(range) && columns.every((column) => column.count > 0 && exactSample(column) !== undefined);
}

function numbers(tool: CompatTool, reference: NumericColumn, current: NumericColumn): readonly CompatFigure[] {
  switch (tool) {
    case 'evidently':
      return evidentlyNumbers(reference, current);
    case 'azureml':
      return azuremlNumbers(reference, current);
    case 'nannyml':
      return nannymlNumbers(reference, current);
    case 'tfdv':
      return tfdvNumbers(reference, current);
  }
}

function categories(
  tool: CompatTool,
  reference: CategoricalColumn,
  current: CategoricalColumn,
): readonly CompatFigure[] {
  switch (tool) {
    case 'evidently':
      return evidentlyCategories(reference, current);
    case 'azureml':
      return azuremlCategories(reference, current);
    case 'nannyml':
      return nannymlCategories(reference, current);
    case 'tfdv':
      return tfdvCategories(reference, current);
  }
}
