import { seededUniform, shuffled } from './random.ts';

/** Says for one row after the other, by its key (its stratum or its group), which split it goes to: an index into the fractions. */
export interface SplitAssigner {
  /** Rows that each split gets. */
  readonly sizes: readonly number[];
  /** Throws a `RangeError` for a row more than was counted. */
  assign(key: string): number;
}

/**
 * Splits rows at random into exact shares. `strata` counts the rows of each stratum (one stratum: a plain split). Every stratum's share in
 * every split is exact to less than one row, and what rounding leaves goes where the strata before left most to give.
 *
 * Every partition with these sizes is equally likely: rows are drawn in order by selection sampling (Knuth, TAOCP 2, 3.4.2, algorithm S,
 * for several samples), so no list of rows is kept. The same seed, counts and order give the same split everywhere.
 */
export function stratifiedSplit(
  strata: ReadonlyMap<string, number>,
  fractions: readonly number[],
  seed: number,
): SplitAssigner {
  const shares = allocate(strata, fractions);
  const sizes = fractions.map((_, split) => sum([...shares.values()].map((share) => share[split] ?? 0)));
  const uniform = seededUniform(`split:${seed}`);
  const left = new Map([...shares].map(([key, share]) => [key, [...share]]));

  return {
    sizes,
    assign(key) {
      const open = left.get(key) ?? [];
      let at = uniform() * sum(open);
      const split = open.findIndex((count) => {
        at -= count;
        return at < 0;
      });
      if (split === -1) throw new RangeError('more rows than were counted');
      open[split] = (open[split] as number) - 1;
      return split;
    },
  };
}

/** Whole rows for each stratum and split. */
function allocate(strata: ReadonlyMap<string, number>, fractions: readonly number[]): Map<string, number[]> {
  const owed = fractions.map(() => 0);
  const shares = new Map<string, number[]>();
  for (const key of [...strata.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const rows = strata.get(key) as number;
    const exact = fractions.map((fraction) => snapped(fraction * rows));
    const share = exact.map(Math.floor);
    exact.forEach((value, split) => {
      owed[split] = (owed[split] as number) + value - (share[split] as number);
    });
    // Only splits with a fraction of a row to come may be rounded up, those owed most first.
    const order = exact
      .map((value, split) => ({ split, fraction: value - Math.floor(value) }))
      .filter(({ fraction }) => fraction > 0)
      .sort((a, b) => (owed[b.split] as number) - (owed[a.split] as number));
    for (const { split } of order.slice(0, rows - sum(share))) {
      share[split] = (share[split] as number) + 1;
      owed[split] = (owed[split] as number) - 1;
    }
    shares.set(key, share);
  }
  return shares;
}

/** 0.8 × 35 is 28.000000000000004 in floating point and 28 in truth. */
function snapped(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-6 ? whole : value;
}

/**
 * Splits rows so that those of one group stay together. Groups are taken in random order, each for the split that still lacks most
 * rows; a split ends up at most one group over its share.
 */
export function groupSplit(
  groups: ReadonlyMap<string, number>,
  fractions: readonly number[],
  seed: number,
): SplitAssigner {
  const rows = sum([...groups.values()]);
  const lacking = fractions.map((fraction) => fraction * rows);
  const sizes = fractions.map(() => 0);
  const splits = new Map<string, number>();
  const names = [...groups.keys()].sort((a, b) => (a < b ? -1 : 1));
  for (const name of shuffled(names, seededUniform(`group:${seed}`))) {
    const split = lacking.indexOf(Math.max(...lacking));
    const count = groups.get(name) as number;
    lacking[split] = (lacking[split] as number) - count;
    sizes[split] = (sizes[split] as number) + count;
    splits.set(name, split);
  }
  return {
    sizes,
    assign(key) {
      const split = splits.get(key);
      if (split === undefined) throw new RangeError('a group that was not counted');
      return split;
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
