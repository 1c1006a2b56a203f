import { rowCount } from '../metrics/answered.ts';
import { comparePairedAll } from '../metrics/compare.ts';
import { ownBounds } from '../metrics/own-bounds.ts';
import { isUndefined, type PairedComparison, type Undefined } from '../metrics/paired.ts';
import type { Answers, Truth } from '../metrics/predictions.ts';
import { computeMetrics, metricsFor, predictionMetric } from '../metrics/registry.ts';
import type { Interval } from '../statistics/interval.ts';
import { nothingToShow } from './one-class.ts';
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
  const usual = [...new Set([...metricsFor(truth.task), ...shared])];

  function figureOf(name: string, answers: Answers, model: string, part: Part | undefined): number | Undefined {
    const nothing = nothingToShow(name, truth, part?.rows);
    if (nothing !== undefined) return nothing;
    // What the metrics of all rows share, such as the order of the scores, is worked out once.
    const asked = part === undefined && usual.includes(name) ? usual : [name];
    const found = computeMetrics(asked, truth, answers, part?.rows);
    for (const [other, figure] of found) {
      if (nothingToShow(other, truth, part?.rows) === undefined) values.keep([model, other, part?.name], figure);
    }
    return found.get(name) as number | Undefined;
  }

  const testSet: TestSet = {
    source,
    rows: rowCount(truth),
    paired: champion !== undefined,
    task: truth.task,
    get metrics() {
      return metricsFor(truth.task).filter((name) => !isUndefined(testSet.value(name, 'candidate')));
    },
    knows: (metric) => predictionMetric(metric)?.tasks.includes(truth.task) ?? false,
    part: (slice) => rowsOfSlice(slices, slice, source),
    groups: (columns) => groupsOfRows(slices, columns, source),
    value(metric, model, part) {
      const name = nameOf(metric) ?? metric;
      const answers = model === 'candidate' ? candidate : champion;
      if (answers === undefined) return { undefined: 'it has no answers' };
      return values.of([model, name, part?.name], () => figureOf(name, answers, model, part));
    },
    bounds(metric, confidence, part) {
      const name = nameOf(metric) ?? metric;
      return intervals.of([name, part?.name, confidence], () => {
        const nothing = nothingToShow(name, truth, part?.rows);
        return nothing ?? ownBounds(name, truth, candidate, twoSided(confidence, resampling), part?.rows);
      });
    },
    compare(metric, confidence, part) {
      const name = nameOf(metric) ?? metric;
      if (champion === undefined) return { undefined: 'the champion has no answers' };
      const nothing = nothingToShow(name, truth, part?.rows);
      if (nothing !== undefined) return nothing;
      return comparisons.of([name, part?.name, confidence], () => {
        const asked = part === undefined && shared.includes(name) ? shared : [name];
        const options = twoSided(confidence, resampling);
        const all = comparePairedAll(asked, truth, candidate, champion, options, part?.rows);
        for (const [other, found] of all) comparisons.keep([other, part?.name, confidence], found);
        return all.get(name) as PairedComparison | Undefined;
      });
    },
  };
  return testSet;
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
