import type { Clock } from '@mlops-actions/core';
import { type Body, type Part, seconds } from './part.ts';

/** One value of a metric, at a time in milliseconds since 1970. */
interface Point {
  readonly at: number;
  readonly value: number;
}

export interface CloudWatch extends Part {
  put(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>, value: number): void;
}

/** Metrics that are really computed. What was put is there at once; CloudWatch itself is a minute or two late. */
export function cloudwatch(clock: Clock): CloudWatch {
  const series = new Map<string, Point[]>();
  return {
    put: (namespace, metric, dimensions, value) => {
      const key = keyOf(namespace, metric, dimensions);
      const points = series.get(key) ?? [];
      points.push({ at: clock.now().getTime(), value });
      series.set(key, points);
    },
    reset: async () => series.clear(),
    handlers: {
      GetMetricData: ({ MetricDataQueries, StartTime, EndTime, ScanBy }: Body) => ({
        MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }: Body) => {
          const { Metric, Period, Stat } = MetricStat;
          const dimensions = Object.fromEntries(Metric.Dimensions.map(({ Name, Value }: Body) => [Name, Value]));
          const points = series.get(keyOf(Metric.Namespace, Metric.MetricName, dimensions)) ?? [];
          const buckets = bucketsOf(points, Period * 1000, StartTime * 1000, EndTime * 1000);
          const sorted = [...buckets].sort(([a], [b]) => (ScanBy === 'TimestampAscending' ? a - b : b - a));
          return {
            Id,
            Label: Metric.MetricName,
            Timestamps: sorted.map(([at]) => seconds(new Date(at))),
            Values: sorted.map(([, values]) => statistic(values, Stat)),
            StatusCode: 'Complete',
          };
        }),
        Messages: [],
      }),
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
