/** Ascending, different numbers (values, or numbers of bins) with how often each occurs. Counts are doubles: no table overflows them. */
export interface Tally {
  readonly keys: Float64Array;
  readonly counts: Float64Array;
}

export const emptyTally: Tally = { keys: new Float64Array(0), counts: new Float64Array(0) };

/** Ascending `keys`, equal ones together; each counts as often as `counts` says, once without. */
export function tallyOf(keys: Float64Array, counts?: Float64Array): Tally {
  const ownKeys = new Float64Array(keys.length);
  const ownCounts = new Float64Array(keys.length);
  let last = -1;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    if (last < 0 || ownKeys[last] !== key) ownKeys[++last] = key;
    ownCounts[last] = (ownCounts[last] as number) + (counts === undefined ? 1 : (counts[i] as number));
  }
  return { keys: ownKeys.slice(0, last + 1), counts: ownCounts.slice(0, last + 1) };
}

/** Both together, the counts of equal keys added. */
export function mergeTallies(a: Tally, b: Tally): Tally {
  const keys = new Float64Array(a.keys.length + b.keys.length);
  const counts = new Float64Array(keys.length);
  let length = 0;
  let i = 0;
  let j = 0;
  while (i < a.keys.length || j < b.keys.length) {
    const left = a.keys[i] ?? Number.POSITIVE_INFINITY;
    const right = b.keys[j] ?? Number.POSITIVE_INFINITY;
    const key = Math.min(left, right);
    keys[length] = key;
    counts[length++] = (left === key ? (a.counts[i++] as number) : 0) + (right === key ? (b.counts[j++] as number) : 0);
  }
  return { keys: keys.slice(0, length), counts: counts.slice(0, length) };
}

export function totalOf({ counts }: Tally): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
