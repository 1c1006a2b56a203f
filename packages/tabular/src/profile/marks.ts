import type { Tally } from './tally.ts';

/**
 * Values at which the distribution function is known exactly: how many values are below each and how many equal it. A value that makes
 * up a good part of a column (zeros, a default that was filled in) would blur the bin it lies in; as a mark it stands apart.
 */
export interface Marks {
  /** Ascending. */
  readonly values: Float64Array;
  readonly below: Float64Array;
  readonly equal: Float64Array;
}

export const noMarks: Marks = {
  values: new Float64Array(0),
  below: new Float64Array(0),
  equal: new Float64Array(0),
};

/** A value is heavy when it is one of the eight most frequent and at least one in 256. */
const mostHeavy = 8;
const heavyShare = 1 / 256;

/** The heavy values of a tally, ascending. */
export function heavyValues({ keys, counts }: Tally): Float64Array {
  let total = 0;
  for (const count of counts) total += count;
  const heavy: { readonly value: number; readonly count: number }[] = [];
  for (let i = 0; i < keys.length; i++) {
    const count = counts[i] as number;
    if (count >= total * heavyShare) heavy.push({ value: keys[i] as number, count });
  }
  heavy.sort((a, b) => b.count - a.count || a.value - b.value);
  return Float64Array.from(heavy.slice(0, mostHeavy), ({ value }) => value).sort();
}

/** What a tally of all values knows about `values` (ascending). */
export function marksIn({ keys, counts }: Tally, values: Float64Array): Marks {
  const below = new Float64Array(values.length);
  const equal = new Float64Array(values.length);
  let passed = 0;
  let at = 0;
  values.forEach((value, index) => {
    while (at < keys.length && (keys[at] as number) < value) passed += counts[at++] as number;
    below[index] = passed;
    equal[index] = keys[at] === value ? (counts[at] as number) : 0;
  });
  return { values, below, equal };
}

/** The marks of two parts of a column together, for the values that are known of both. */
export function addMarks(a: Marks, b: Marks): Marks {
  const values: number[] = [];
  const below: number[] = [];
  const equal: number[] = [];
  a.values.forEach((value, i) => {
    const j = b.values.indexOf(value);
    if (j < 0) return;
    values.push(value);
    below.push((a.below[i] as number) + (b.below[j] as number));
    equal.push((a.equal[i] as number) + (b.equal[j] as number));
  });
  return { values: Float64Array.from(values), below: Float64Array.from(below), equal: Float64Array.from(equal) };
}
