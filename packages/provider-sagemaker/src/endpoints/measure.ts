import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { Measurement, Series } from '@mlops-actions/core';
import type { MeasureRequest } from '@mlops-actions/provider';
import { told } from '../aws-errors.ts';
import { coresOf } from './instance-cores.ts';

/** SageMaker's metrics are by the minute. */
const leastPeriod = 60;

/** How late CloudWatch may be with them, in milliseconds: a window that ended later is not known yet. */
const delay = 60_000;

/** What is asked for, by the name in a measurement. Counts are sums; latencies come in microseconds. */
const counts = {
  requests: ['Invocations', 'Sum'],
  clientErrors: ['Invocation4XXErrors', 'Sum'],
  serverErrors: ['Invocation5XXErrors', 'Sum'],
  modelErrors: ['InvocationModelErrors', 'Sum'],
} as const;
/** Percents of what an instance has, but for the CPU: that is the sum over its cores. GPUs are summed too, and nobody says how many there are. */
const utilizations = { cpu: 'CPUUtilization', memory: 'MemoryUtilization', disk: 'DiskUtilization' } as const;
const latencies = { p50: 'p50', p90: 'p90', p95: 'p95', p99: 'p99', mean: 'Average', max: 'Maximum' } as const;

/** Whose figures are asked for. */
export interface MeasuredVariant {
  readonly endpoint: string;
  readonly variant: string;
  /** Only those of the instances that a guarded update made for this configuration. */
  readonly config?: string;
  /** Since when it has been there, in milliseconds since 1970. */
  readonly since: number;
  /** Absent: how many cores its instances have is not known, and their CPU does not count for `saturation`. */
  readonly instanceType?: string;
}

/**
 * What a variant did, from CloudWatch. There are no figures of a minute in which nobody asked: such a window has 0 requests, when the
 * variant was there.
 *
 * Percentiles of `ModelLatency` are asked for although AWS does not list them; where there are none, mean and maximum are there.
 */
export async function measureVariant(
  cloudwatch: CloudWatchClient,
  measured: MeasuredVariant,
  request: MeasureRequest,
  now: number,
): Promise<Series> {
  const period = Math.max(leastPeriod, Math.ceil(request.windowSeconds / 60) * 60);
  const length = period * 1000;
  const from = Math.ceil(Math.max(request.from, measured.since) / length) * length;
  const to = Math.floor(Math.min(request.to, now - delay) / length) * length;
  if (from >= to) return { windows: [] };
  const results = await ask(cloudwatch, measured, period, from, to);
  const cores = measured.instanceType === undefined ? undefined : coresOf(measured.instanceType);
  const windows: Measurement[] = [];
  for (let at = from; at < to; at += length) windows.push(windowOf(results, at, at + length, cores));
  return { windows };
}

async function ask(
  cloudwatch: CloudWatchClient,
  { endpoint, variant, config }: MeasuredVariant,
  period: number,
  from: number,
  to: number,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const query = (Id: string, MetricName: string, Stat: string, Namespace = 'AWS/SageMaker'): MetricDataQuery => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace,
        MetricName,
        Dimensions: [
          { Name: 'EndpointName', Value: endpoint },
          { Name: 'VariantName', Value: variant },
          ...(config === undefined ? [] : [{ Name: 'EndpointConfigName', Value: config }]),
        ],
      },
      Period: period,
      Stat,
    },
  });
  const MetricDataQueries = [
    ...Object.entries(counts).map(([id, [metric, statistic]]) => query(id, metric, statistic)),
    ...Object.entries(latencies).map(([id, statistic]) => query(id, 'ModelLatency', statistic)),
    ...Object.entries(utilizations).map(([id, metric]) => query(id, metric, 'Average', '/aws/sagemaker/Endpoints')),
  ];
  const found = new Map<string, Map<number, number>>();
  const statuses = new Map<string, string | undefined>();
  let NextToken: string | undefined;
  do {
    const command = new GetMetricDataCommand({
      MetricDataQueries,
      StartTime: new Date(from),
      EndTime: new Date(to),
      ScanBy: 'TimestampAscending',
      ...(NextToken && { NextToken }),
    });
    const page = await told(cloudwatch.send(command), `Metrics of endpoint ${endpoint}`);
    for (const result of page.MetricDataResults ?? []) {
      collect(found, result);
      statuses.set(result.Id ?? '', result.StatusCode);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  // Half of the figures would look like fewer requests and fewer errors: whoever asked asks again.
  const partial = [...statuses].find(([, status]) => status !== 'Complete');
  if (partial !== undefined) throw new Error(`CloudWatch gave ${partial[0]} of ${variant} as ${partial[1]}.`);
  return found;
}

function collect(
  found: Map<string, Map<number, number>>,
  { Id = '', Timestamps = [], Values = [] }: MetricDataResult,
): void {
  const points = found.get(Id) ?? new Map<number, number>();
  for (const [index, at] of Timestamps.entries()) points.set(at.getTime(), Values[index] ?? 0);
  found.set(Id, points);
}

function windowOf(
  results: ReadonlyMap<string, ReadonlyMap<number, number>>,
  from: number,
  to: number,
  cores: number | undefined,
): Measurement {
  const value = (id: string): number | undefined => results.get(id)?.get(from);
  const requests = value('requests') ?? 0;
  const serverErrors = value('serverErrors') ?? 0;
  const modelErrors = Math.min(serverErrors, value('modelErrors') ?? 0);
  const latency = Object.fromEntries(
    Object.keys(latencies).flatMap((id) => {
      const microseconds = value(id);
      return microseconds === undefined ? [] : [[id, microseconds / 1000]];
    }),
  );
  const [cpu, memory, disk] = [value('cpu'), value('memory'), value('disk')];
  const used = [cpu === undefined || cores === undefined ? undefined : cpu / cores, memory, disk];
  const known = used.filter((percent) => percent !== undefined);
  return {
    from,
    to,
    requests,
    serverErrors,
    clientErrors: value('clientErrors') ?? 0,
    modelErrors,
    platformErrors: serverErrors - modelErrors,
    ...(known.length === 0 ? {} : { saturation: Math.max(...known) / 100 }),
    ...(Object.keys(latency).length === 0
      ? {}
      : { latency, latencySource: "of the model's answers, without SageMaker's overhead" }),
  };
}
