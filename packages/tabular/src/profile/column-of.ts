import type { CategoricalColumn, Column, NumericColumn } from '@mlops-actions/core';
import { estimatedDistinct } from './distinct-estimate.ts';
import { deviationOf, meanOf } from './moments.ts';
import { samplesOf } from './samples.ts';
import type { CategorySketch, ColumnSketch, NumericSketch, TableSketch } from './sketch.ts';

/** What a profile knows of the column `name`, as the drift scores take it; `undefined` when it has no such column. */
export function columnOf({ columns, limits }: TableSketch, name: string): Column | undefined {
  const sketch: ColumnSketch | undefined = columns.get(name);
  if (sketch === undefined) return undefined;
  return sketch.kind === 'numeric' ? numericColumn(sketch) : categoricalColumn(sketch, limits.categories);
}

function numericColumn(sketch: NumericSketch): NumericColumn {
  const { rows, nulls, nans, infinities, mistyped, moments, values } = sketch;
  const isEmpty = moments.count === 0;
  return {
    kind: 'numeric',
    rows,
    nulls,
    nans,
    infinities,
    mistyped,
    count: moments.count,
    min: isEmpty ? Number.NaN : sketch.min,
    max: isEmpty ? Number.NaN : sketch.max,
    mean: meanOf(moments),
    deviation: deviationOf(moments),
    ...(values.kind === 'counted' ? { distinct: values.tally.keys.length } : {}),
    samples: samplesOf(sketch),
  };
}

/** The categories beyond the `most` with the most rows are in `other`. */
function categoricalColumn(
  { rows, nulls, mistyped, counts, other, registers }: CategorySketch,
  most: number,
): CategoricalColumn {
  const entries = [...counts];
  const hidden = entries.slice(most);
  return {
    kind: 'categorical',
    rows,
    nulls,
    mistyped,
    counts: new Map(entries.slice(0, most)),
    other: hidden.reduce((sum, [, count]) => sum + count, other),
    distinct: registers === undefined ? counts.size : Math.max(counts.size, Math.round(estimatedDistinct(registers))),
  };
}
