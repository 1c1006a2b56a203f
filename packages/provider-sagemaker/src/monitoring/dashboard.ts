import type { StandingLimits } from '@mlops-actions/provider';

/** Of the body of a dashboard: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
interface Widget {
  readonly type: 'alarm' | 'metric';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface DashboardBody {
  readonly start: string;
  readonly widgets: readonly Widget[];
}

/** A dashboard is 24 columns wide. */
const columns = 24;
const height = 6;

export function dashboardName(endpoint: string): string {
  return `mlops-actions-${endpoint}`;
}

/**
 * What the endpoint did in the last three hours: traffic, errors, latency, and how busy its machines were, each variant a line. Variants
 * are searched for by CloudWatch itself, so that those of later rollouts are shown too. `alarms` are ARNs.
 */
export function dashboardOf(
  endpoint: string,
  region: string,
  limits: StandingLimits,
  alarms: readonly string[],
): DashboardBody {
  const service = 'AWS/SageMaker';
  const machines = '/aws/sagemaker/Endpoints';
  const lines = (namespace: string, metric: string, statistic: string, perUnit = 1): string => {
    const found = `SEARCH('{${namespace},EndpointName,VariantName} EndpointName="${endpoint}" MetricName="${metric}"', '${statistic}', 60)`;
    return perUnit === 1 ? found : `${found}/${perUnit}`;
  };
  const chart = (
    title: string,
    axis: string,
    expressions: readonly (readonly [label: string, expression: string])[],
    limit?: number,
  ) => ({
    title,
    region,
    view: 'timeSeries',
    stacked: false,
    metrics: expressions.map(([label, expression], index) => [
      { expression, id: `e${index + 1}`, label: `\${PROP('Dim.VariantName')} ${label}`.trim() },
    ]),
    yAxis: { left: { min: 0, label: axis, showUnits: false } },
    ...(limit === undefined ? {} : { annotations: { horizontal: [{ label: 'limit', value: limit }] } }),
  });
  const charts = [
    chart('Requests', 'a minute', [['', lines(service, 'Invocations', 'Sum')]]),
    chart(
      'Server errors',
      'share of the requests',
      [['', lines(service, 'Invocation5XXErrors', 'Average')]],
      limits.maxErrorRate,
    ),
    chart('Errors', 'a minute', [
      ['of the callers (4xx)', lines(service, 'Invocation4XXErrors', 'Sum')],
      ['of the server (5xx)', lines(service, 'Invocation5XXErrors', 'Sum')],
      ['of the model', lines(service, 'InvocationModelErrors', 'Sum')],
    ]),
    chart(
      'Latency of the model',
      'milliseconds',
      [
        ['mean', lines(service, 'ModelLatency', 'Average', 1000)],
        ['p95', lines(service, 'ModelLatency', 'p95', 1000)],
        ['p99', lines(service, 'ModelLatency', 'p99', 1000)],
      ],
      limits.maxMeanMs,
    ),
    chart("SageMaker's overhead", 'milliseconds', [['mean', lines(service, 'OverheadLatency', 'Average', 1000)]]),
    chart('Machines', 'percent; CPU and GPU summed over their cores', [
      ['CPU', lines(machines, 'CPUUtilization', 'Average')],
      ['memory', lines(machines, 'MemoryUtilization', 'Average')],
      ['disk', lines(machines, 'DiskUtilization', 'Average')],
      ['GPU', lines(machines, 'GPUUtilization', 'Average')],
    ]),
  ];
  const top = alarms.length === 0 ? 0 : 2;
  const banner: Widget[] =
    top === 0
      ? []
      : [
          {
            type: 'alarm',
            x: 0,
            y: 0,
            width: columns,
            height: top,
            properties: { title: `Alarms of ${endpoint}`, alarms },
          },
        ];
  const width = columns / 3;
  const widgets = charts.map(
    (properties, index): Widget => ({
      type: 'metric',
      x: (index % 3) * width,
      y: top + Math.floor(index / 3) * height,
      width,
      height,
      properties,
    }),
  );
  return { start: '-PT3H', widgets: [...banner, ...widgets] };
}

/** Where a person looks at the dashboard, by the partition of the region. */
export function dashboardUrl(endpoint: string, region: string): string {
  return `https://${consoleOf(region)}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName(endpoint)}`;
}

function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  if (region.startsWith('us-gov-')) return 'console.amazonaws-us-gov.com';
  return `${region}.console.aws.amazon.com`;
}
