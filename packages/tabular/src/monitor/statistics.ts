import { type CategoricalColumn, type Column, type NumericColumn, type Sample, UserError } from '@mlops-actions/core';
import { nextDouble } from '../profile/samples.ts';
import { countIn, items, member, type Node, numberIn, rootOf, textIn } from './tree.ts';

/** What SageMaker Model Monitor knows of a table. */
export interface MonitorStatistics {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/**
 * Reads `statistics.json` of SageMaker Model Monitor (developer guide, "Schema for statistics"), so that a baseline made there is a reference here. A numeric column
 * has one sample of ten bins, whose counts are as good as the sketch that Model Monitor took them from; a column without bins has one bin
 * from its least value to its greatest. `label` names the file in messages. Throws a `UserError` that says where what is wrong.
 */
export function readMonitorStatistics(text: string, label: string): MonitorStatistics {
  const root = rootOf(text, label);
  const features = member(root, 'features');
  if (!Array.isArray(features.value)) {
    throw new UserError(`${label}: has no list \`features\`. Name a statistics.json that Model Monitor wrote.`);
  }
  const columns = new Map<string, Column>();
  for (const feature of items(features)) {
    const name = textIn(member(feature, 'name'));
    if (columns.has(name))
      throw new UserError(`${feature.at} is the second of the name ${JSON.stringify(name)}. Remove one.`);
    const column = columnOfFeature(feature);
    if (column !== undefined) columns.set(name, column);
  }
  const counted = member(root, 'dataset', 'item_count');
  const rows = counted.value === undefined ? mostRows(columns.values()) : countIn(counted);
  return { rows, columns };
}

function mostRows(columns: Iterable<Column>): number {
  return [...columns].reduce((most, { rows }) => Math.max(most, rows), 0);
}

function columnOfFeature(feature: Node): Column | undefined {
  const numerical = member(feature, 'numerical_statistics');
  if (numerical.value instanceof Map) return numericColumn(numerical);
  const string = member(feature, 'string_statistics');
  return string.value instanceof Map ? categoricalColumn(string) : undefined;
}

/** Cells that hold something, and cells that do not. */
function cellCounts(statistics: Node): { count: number; nulls: number } {
  return {
    count: countIn(member(statistics, 'common', 'num_present')),
    nulls: countIn(member(statistics, 'common', 'num_missing')),
  };
}

function numericColumn(statistics: Node): NumericColumn {
  const { count, nulls } = cellCounts(statistics);
  const figure = (name: string) => (count === 0 ? Number.NaN : numberIn(member(statistics, name)));
  const min = figure('min');
  const max = figure('max');
  if (count > 0 && !(Number.isFinite(min) && Number.isFinite(max) && min <= max)) {
    throw new UserError(`${statistics.at} has the least value ${min} and the greatest ${max}, which cannot be.`);
  }
  return {
    kind: 'numeric',
    rows: count + nulls,
    nulls,
    nans: 0,
    infinities: 0,
    mistyped: 0,
    count,
    min,
    max,
    mean: figure('mean'),
    deviation: figure('std_dev'),
    samples: [sampleOf(member(statistics, 'distribution', 'kll', 'buckets'), count, min, max)],
  };
}

function sampleOf(buckets: Node, count: number, min: number, max: number): Sample {
  if (count === 0) {
    const none = new Float64Array(0);
    return { lower: none, upper: none, counts: none, total: 0 };
  }
  const bins = items(buckets)
    .map((bucket) => ({
      at: bucket.at,
      lower: numberIn(member(bucket, 'lower_bound')),
      upper: numberIn(member(bucket, 'upper_bound')),
      count: numberIn(member(bucket, 'count')),
    }))
    .filter((bin) => bin.count !== 0);
  const known = bins.length > 0 ? bins : [{ at: buckets.at, lower: min, upper: max, count }];
  known.forEach((bin, index) => {
    const before = known[index - 1];
    const isInOrder = bin.lower <= bin.upper && (before === undefined || before.upper <= bin.lower);
    if (!isInOrder || !(bin.count > 0) || !Number.isFinite(bin.upper - bin.lower)) {
      throw new UserError(
        `${bin.at} is no bucket that follows the one before. Let Model Monitor write the file again.`,
      );
    }
  });
  const last = known.length - 1;
  return {
    lower: Float64Array.from(known, ({ lower }) => lower),
    // The last bucket holds the greatest value too; a bin ends before its upper bound, unless that is the only value in it.
    upper: Float64Array.from(known, ({ lower, upper }, index) =>
      index === last && lower < upper ? nextDouble(upper) : upper,
    ),
    counts: Float64Array.from(known, (bin) => bin.count),
    total: known.reduce((sum, bin) => sum + bin.count, 0),
  };
}

function categoricalColumn(statistics: Node): CategoricalColumn {
  const { count, nulls } = cellCounts(statistics);
  const counts = new Map<string, number>();
  for (const bucket of items(member(statistics, 'distribution', 'categorical', 'buckets'))) {
    counts.set(textIn(member(bucket, 'value')), countIn(member(bucket, 'count')));
  }
  const kept = [...counts.values()].reduce((sum, each) => sum + each, 0);
  if (kept > count)
    throw new UserError(`${statistics.at} has more cells in its categories (${kept}) than in all (${count}).`);
  const distinct = member(statistics, 'distinct_count');
  return {
    kind: 'categorical',
    rows: count + nulls,
    nulls,
    mistyped: 0,
    counts,
    other: count - kept,
    distinct: distinct.value === undefined ? counts.size : Math.max(counts.size, Math.round(numberIn(distinct))),
  };
}
