import type { CategoricalColumn, NumericColumn } from './sample.ts';

/** The exact column of numbers in memory; NaN is an empty cell. */
export function columnOfNumbers(cells: Float64Array): NumericColumn {
  const sorted = cells.filter((value) => Number.isFinite(value)).sort();
  const count = sorted.length;
  const [min, max] = count === 0 ? [Number.NaN, Number.NaN] : [sorted[0] as number, sorted[count - 1] as number];
  // Of distances from a value inside, whose squares do not cancel.
  const pivot = sorted[count >> 1] ?? Number.NaN;
  let away = 0;
  for (const value of sorted) away += (value - pivot) / count;
  let squares = 0;
  let distinct = count === 0 ? 0 : 1;
  for (let index = 0; index < count; index++) {
    squares += ((sorted[index] as number) - pivot - away) ** 2 / count;
    if (index > 0 && sorted[index] !== sorted[index - 1]) distinct++;
  }
  const nulls = cells.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  return {
    kind: 'numeric',
    rows: cells.length,
    nulls,
    nans: 0,
    infinities: cells.length - nulls - count,
    mistyped: 0,
    count,
    min,
    max,
    mean: pivot + away,
    deviation: count === 0 ? Number.NaN : Math.sqrt(squares),
    distinct,
    samples: count === 0 ? [] : [{ lower: sorted, upper: sorted, total: count }],
  };
}

/** The exact column of texts in memory; `undefined` is an empty cell. */
export function columnOfTexts(cells: readonly (string | undefined)[]): CategoricalColumn {
  const counts = new Map<string, number>();
  let nulls = 0;
  for (const text of cells) {
    if (text === undefined) nulls++;
    else counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return { kind: 'categorical', rows: cells.length, nulls, mistyped: 0, counts, other: 0, distinct: counts.size };
}
