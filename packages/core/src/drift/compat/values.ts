import { type Ranked, ranksOf } from '../ranked.ts';
import type { NumericColumn, Sample } from '../sample.ts';
import { exactSample } from '../views.ts';

/** All values of a column, with what tools compute of them. */
export interface Values {
  readonly ranked: Ranked;
  readonly sample: Sample;
  readonly size: number;
  readonly min: number;
  readonly max: number;
  /** Whether pandas would hold them as integers. */
  readonly whole: boolean;
}

/** Of a column that has an exact sample and values. */
export function valuesOf(column: NumericColumn): Values {
  const sample = exactSample(column) as Sample;
  const missing = column.nulls + column.nans + column.infinities + column.mistyped;
  return {
    sample,
    ranked: ranksOf(sample),
    size: sample.total,
    min: column.min,
    max: column.max,
    whole: missing === 0 && sample.lower.every(Number.isInteger),
  };
}

/** How many different values there are in all samples together, counted no further than `most` + 1. */
export function countDistinct(samples: readonly Sample[], most: number): number {
  const found = new Set<number>();
  for (const { lower } of samples) {
    for (let index = 0; index < lower.length && found.size <= most; index++) found.add((lower[index] as number) + 0);
  }
  return found.size;
}

/** Mean, the root of the mean squared distance from it (ddof 0), and skewness: the mean cube of the standardised values. */
export function moments({ lower, counts, total }: Sample): {
  readonly mean: number;
  readonly deviation: number;
  readonly skewness: number;
} {
  const weight = (index: number): number => (counts === undefined ? 1 : (counts[index] as number));
  // Two passes over distances from a value inside: sums of squares of large numbers that are near each other would cancel.
  const pivot = lower[lower.length >> 1] as number;
  let away = 0;
  for (let index = 0; index < lower.length; index++) away += weight(index) * ((lower[index] as number) - pivot);
  const mean = away / total;
  let squares = 0;
  let cubes = 0;
  for (let index = 0; index < lower.length; index++) {
    const distance = (lower[index] as number) - pivot - mean;
    squares += weight(index) * distance * distance;
    cubes += weight(index) * distance * distance * distance;
  }
  const deviation = Math.sqrt(squares / total);
  return { mean: pivot + mean, deviation, skewness: cubes / total / deviation ** 3 };
}
