import type { Interval } from '../drift/sample.ts';
import { rowCount } from '../metrics/answered.ts';
import { comparePairedAll } from '../metrics/compare.ts';
import type { PairedComparison, Undefined } from '../metrics/paired.ts';
import type { Answers, Rows, Truth } from '../metrics/predictions.ts';
import { computeMetrics, predictionMetric } from '../metrics/registry.ts';
import { metricNames } from './metric-names.ts';
import { nothingToShow } from './one-class.ts';
import { ownBounds } from './own-bounds.ts';
import { groupsOfRows, rowsOfSlice, type SliceColumns } from './slices.ts';
import type { Part, TestSet } from './test-set.ts';

/** A test set with the answers of one model or of two, row by row the same. */
export interface PredictedRows {
  /** How messages name it. */
  readonly source: string;
  readonly truth: Truth;
  readonly candidate: Answers;
  readonly champion?: Answers;
  readonly slices: SliceColumns;
}

export interface Resampling {
  /** Bootstrap resamples. */
  readonly resamples: number;
  readonly seed: number;
}

/**
 * A test set of predictions. Each figure is worked out when it is first asked for, and once. `together` names the metrics that will be
 * compared on all rows, so that they share one set of resamples.
 */
export function predictionTestSet(
  { source, truth, candidate, champion, slices }: PredictedRows,
  resampling: Resampling,
  together: readonly string[] = [],
): TestSet {
  const shared = [...new Set(together.map(nameOf).filter((name) => name !== undefined))];
  const values = remembered<number | Undefined>();
  const comparisons = remembered<PairedComparison | Undefined>();
  const intervals = remembered<Interval | Undefined>();
  let names: readonly string[] | undefined;
  const partial = (part: Part | undefined): Rows | undefined => part?.rows;

  return {
    source,
    rows: rowCount(truth),
    paired: champion !== undefined,
    task: truth.task,
    get metrics() {
      names ??= metricNames(truth, candidate);
      return names;
    },
    knows: (metric) => predictionMetric(metric)?.tasks.includes(truth.task) ?? false,
    part: (slice) => rowsOfSlice(slices, slice, source),
    groups: (columns) => groupsOfRows(slices, columns, source),
    value(metric, model, part) {
      const name = nameOf(metric) ?? metric;
      const answers = model === 'candidate' ? candidate : champion;
      if (answers === undefined) return { undefined: 'it has no answers' };
      return values.of([model, name, part?.name], () => {
        const nothing = nothingToShow(name, truth, partial(part));
        if (nothing !== undefined) return nothing;
        return computeMetrics([name], truth, answers, partial(part)).get(name) as number | Undefined;
      });
    },
    bounds(metric, confidence, part) {
      const name = nameOf(metric) ?? metric;
      return intervals.of([name, part?.name, confidence], () => {
        const nothing = nothingToShow(name, truth, partial(part));
        return nothing ?? ownBounds(name, truth, candidate, twoSided(confidence, resampling), partial(part));
      });
    },
    compare(metric, confidence, part) {
      const name = nameOf(metric) ?? metric;
      if (champion === undefined) return { undefined: 'the champion has no answers' };
      const nothing = nothingToShow(name, truth, partial(part));
      if (nothing !== undefined) return nothing;
      return comparisons.of([name, part?.name, confidence], () => {
        const asked = part === undefined && shared.includes(name) ? shared : [name];
        const options = twoSided(confidence, resampling);
        const all = comparePairedAll(asked, truth, candidate, champion, options, partial(part));
        for (const [other, found] of all) comparisons.keep([other, part?.name, confidence], found);
        return all.get(name) as PairedComparison | Undefined;
      });
    },
  };
}

/** One name a metric, whichever the user wrote. */
function nameOf(metric: string): string | undefined {
  return predictionMetric(metric)?.name;
}

/** Both ends of a two-sided interval at 2c − 1 are one-sided bounds at c. */
function twoSided(confidence: number, resampling: Resampling): Resampling & { readonly confidence: number } {
  return { ...resampling, confidence: 2 * confidence - 1 };
}

type Key = readonly (string | number | undefined)[];

interface Remembered<T> {
  of(key: Key, make: () => T): T;
  keep(key: Key, value: T): void;
}

function remembered<T>(): Remembered<T> {
  const kept = new Map<string, T>();
  return {
    of(key, make) {
      const text = JSON.stringify(key);
      const known = kept.get(text);
      if (known !== undefined) return known;
      const value = make();
      kept.set(text, value);
      return value;
    },
    keep: (key, value) => void kept.set(JSON.stringify(key), value),
  };
}
