import type { Clock } from '@mlops-actions/core';
import { type Body, type Part, seconds } from './part.ts';

/** One value of a metric, at a time in milliseconds since 1970. */
interface Point {
  readonly at: number;
  readonly value: number;
}

/** So few, so that pages are met in short tests. */
const pageLength = 2;

/** What a query of Metrics Insights asks for. */
export interface Selection {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: readonly string[];
  readonly where: readonly [dimension: string, value: string];
  readonly statistic: string;
}

export interface CloudWatch extends Part {
  /** Whether it answers with a part of what there is, and does not say how to get the rest. */
  readonly state: { isPartial: boolean };
  put(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>, value: number): void;
  /**
   * Of the values of all metrics that have exactly these dimensions, one of which has this value, as a query of Metrics Insights counts
   * them; undefined when there are none.
   */
  selected(selection: Selection, from: number, to: number): number | undefined;
  /** Of the values from `from` until before `to`, in milliseconds since 1970; undefined when there are none. */
  statistic(
    namespace: string,
    metric: string,
    dimensions: Readonly<Record<string, string>>,
    from: number,
    to: number,
    name: string,
  ): number | undefined;
}

/** Metrics that are really computed. What was put is there at once; CloudWatch itself is a minute or two late. */
export function cloudwatch(clock: Clock): CloudWatch {
  const series = new Map<string, Point[]>();
  const state = { isPartial: false };
  return {
    state,
    put: (namespace, metric, dimensions, value) => {
      const key = keyOf(namespace, metric, dimensions);
      const points = series.get(key) ?? [];
      points.push({ at: clock.now().getTime(), value });
      series.set(key, points);
    },
    statistic: (namespace, metric, dimensions, from, to, name) => {
      const points = series.get(keyOf(namespace, metric, dimensions)) ?? [];
      const values = points.filter(({ at }) => at >= from && at < to).map(({ value }) => value);
      return values.length === 0 ? undefined : statistic(values, name);
    },
    selected: ({ namespace, metric, dimensions, where: [dimension, wanted], statistic: name }, from, to) => {
      const values = [...series].flatMap(([key, points]) => {
        const [inNamespace, called, pairs] = JSON.parse(key) as [string, string, [string, string][]];
        const isExact = pairs.length === dimensions.length && pairs.every(([each]) => dimensions.includes(each));
        const isWanted = pairs.some(([each, value]) => each === dimension && value === wanted);
        if (inNamespace !== namespace || called !== metric || !isExact || !isWanted) return [];
        return points.filter(({ at }) => at >= from && at < to).map(({ value }) => value);
      });
      return values.length === 0 ? undefined : statistic(values, name);
    },
    reset: async () => {
      series.clear();
      state.isPartial = false;
    },
    handlers: {
      // Long answers come in pages, of which all but the last are partial.
      GetMetricData: ({ MetricDataQueries, StartTime, EndTime, ScanBy, NextToken }: Body) => {
        const results = MetricDataQueries.map(({ Id, MetricStat }: Body) => {
          const { Metric, Period, Stat } = MetricStat;
          const dimensions = Object.fromEntries(Metric.Dimensions.map(({ Name, Value }: Body) => [Name, Value]));
          const points = series.get(keyOf(Metric.Namespace, Metric.MetricName, dimensions)) ?? [];
          const buckets = bucketsOf(points, Period * 1000, StartTime * 1000, EndTime * 1000);
          const sorted = [...buckets].sort(([x], [y]) => (ScanBy === 'TimestampAscending' ? x - y : y - x));
          return { Id, Label: Metric.MetricName, Stat, sorted };
        });
        const from = Number(NextToken ?? 0);
        const longest = Math.max(...results.map(({ sorted }: Body) => sorted.length));
        const isLast = from + pageLength >= longest;
        return {
          MetricDataResults: results.map(({ Id, Label, Stat, sorted }: Body) => {
            const page: [number, number[]][] = sorted.slice(from, from + pageLength);
            return {
              Id,
              Label,
              Timestamps: page.map(([at]) => seconds(new Date(at))),
              Values: page.map(([, values]) => statistic(values, Stat)),
              StatusCode: isLast && !state.isPartial ? 'Complete' : 'PartialData',
            };
          }),
          Messages: [],
          ...(isLast ? {} : { NextToken: String(from + pageLength) }),
        };
      },
    },
  };
}

function keyOf(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>): string {
  return JSON.stringify([namespace, metric, Object.entries(dimensions).sort()]);
}

/** `to` is not part of it. */
function bucketsOf(points: readonly Point[], period: number, from: number, to: number): Map<number, number[]> {
  const buckets = new Map<number, number[]>();
  for (const { at, value } of points) {
    const bucket = Math.floor(at / period) * period;
    if (bucket < from || bucket >= to) continue;
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), value]);
  }
  return buckets;
}

function statistic(values: readonly number[], name: string): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (name) {
    case 'Sum':
      return sum;
    case 'Average':
      return sum / values.length;
    case 'SampleCount':
      return values.length;
    case 'Minimum':
      return Math.min(...values);
    case 'Maximum':
      return Math.max(...values);
    default: {
      const sorted = [...values].sort((a, b) => a - b);
      const share = Number(name.replace(/^p/, '')) / 100;
      return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
    }
  }
}
