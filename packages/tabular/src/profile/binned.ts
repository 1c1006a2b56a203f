import type { ProfileLimits } from './limits.ts';
import { linearBinsOf } from './linear-bins.ts';
import { heavyValues, marksIn } from './marks.ts';
import { prefixBinsOf } from './prefix-bins.ts';
import type { Values } from './sketch.ts';
import { type Tally, tallyOf } from './tally.ts';

export type BinnedValues = Extract<Values, { kind: 'binned' }>;

/** Values that are known exactly, in bins. Exact remain: the heavy values, and the nine deciles, by which PSI cuts a reference. */
export function binned(values: Exclude<Values, { kind: 'binned' }>, limits: ProfileLimits): BinnedValues {
  const tally = values.kind === 'counted' ? values.tally : tallyOf(values.sorted);
  return {
    kind: 'binned',
    linear: linearBinsOf(tally.keys, tally.counts, limits.bins),
    prefix: prefixBinsOf(tally.keys, tally.counts, limits.pages),
    marks: marksIn(tally, mergedValues(heavyValues(tally), decileValues(tally))),
  };
}

/** The two values between which each decile lies (quantiles of type 7: Hyndman and Fan, 1996). */
function decileValues({ keys, counts }: Tally): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const values: number[] = [];
  let passed = 0;
  let at = 0;
  for (let decile = 1; decile < 10; decile++) {
    const rank = ((total - 1) * decile) / 10;
    for (const wanted of [Math.floor(rank), Math.ceil(rank)]) {
      while (at < keys.length - 1 && passed + (counts[at] as number) <= wanted) passed += counts[at++] as number;
      values.push(keys[at] as number);
    }
  }
  return Float64Array.from(values);
}

function mergedValues(...lists: readonly Float64Array[]): Float64Array {
  return Float64Array.from(new Set(lists.flatMap((list) => [...list]))).sort();
}
