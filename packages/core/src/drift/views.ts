import { isExact, type NumericColumn, type Sample } from './sample.ts';

/** What is known of a column's values: the exact sample alone where there is one, else each sample within the column's range. */
export function views(column: NumericColumn): readonly Sample[] {
  const exact = exactSample(column);
  return exact === undefined ? column.samples.map((sample) => clipped(sample, column)) : [exact];
}

/** All values of a column that has some; `undefined` when they are not all known. Of a constant they are. */
export function exactSample(column: NumericColumn): Sample | undefined {
  const exact = column.samples.find(isExact);
  if (exact !== undefined || column.min !== column.max) return exact;
  const value = Float64Array.of(column.min);
  return { lower: value, upper: value, counts: Float64Array.of(column.count), total: column.count };
}

/** Calls `visit` with each different value of an exact sample and how often it occurs, ascending; -0 and 0 are one. */
export function forEachValue({ lower, counts }: Sample, visit: (value: number, count: number) => void): void {
  let run = 0;
  for (let index = 0; index < lower.length; index++) {
    run += counts === undefined ? 1 : (counts[index] as number);
    if (index + 1 < lower.length && lower[index + 1] === lower[index]) continue;
    visit((lower[index] as number) + 0, run);
    run = 0;
  }
}

/** The bins at the ends may reach far beyond the column's least and largest value, where nothing is. */
function clipped(sample: Sample, { min, max }: NumericColumn): Sample {
  const end = successor(max);
  const within = (value: number): number => Math.min(end, Math.max(min, value));
  return { ...sample, lower: sample.lower.map(within), upper: sample.upper.map(within) };
}

/** The next larger number. */
function successor(value: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value + 0);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value < 0 ? -1n : 1n));
  return bits.getFloat64(0);
}
