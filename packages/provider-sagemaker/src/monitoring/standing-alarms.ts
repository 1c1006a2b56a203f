import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { formatNumber } from '@mlops-actions/core';
import type { StandingAlarms, StandingLimits } from '@mlops-actions/provider';

/** Seconds. A minute may hold a single request, of which one error is 100 %. */
const period = 300;

/** Two of the last three periods: one alone may be chance, and three may be two thirds of an outage. */
const patience = { EvaluationPeriods: 3, DatapointsToAlarm: 2 } as const;

/** The names of an endpoint's standing alarms begin so; no endpoint's name has a slash. */
export function standingPrefix(endpoint: string): string {
  return `mlops-actions-monitor/${endpoint}/`;
}

interface Watch {
  readonly name: string;
  readonly what: string;
  readonly selected: string;
  /** In the metric's own units; undefined: there is no limit. */
  readonly threshold: number | undefined;
  readonly isFloor?: boolean;
}

/**
 * The alarms that hold the endpoint to its limits. Each asks for the figures of all variants by a query of Metrics Insights, so that it
 * watches whoever serves after the next rollout too (docs/adr/0010). A period without requests has no values: that is no error and no
 * slowness, and it is the very thing that the alarm of too little traffic is for.
 */
export function standingAlarms({ endpoint, limits, actions }: StandingAlarms): PutMetricAlarmInput[] {
  return watches(limits).flatMap(({ name, what, selected, threshold, isFloor = false }) => {
    if (threshold === undefined) return [];
    return {
      AlarmName: `${standingPrefix(endpoint)}${name}`,
      AlarmDescription: `Endpoint ${endpoint} ${what}.`,
      Metrics: [{ Id: 'q1', Expression: queryOf(selected, endpoint), Period: period, Label: name, ReturnData: true }],
      ...patience,
      ComparisonOperator: isFloor ? 'LessThanThreshold' : 'GreaterThanThreshold',
      Threshold: threshold,
      TreatMissingData: isFloor ? 'breaching' : 'notBreaching',
      AlarmActions: [...actions],
    };
  });
}

function watches({ maxErrorRate, maxMeanMs, minRequestsPerMinute, maxRequestsPerMinute }: StandingLimits): Watch[] {
  // Each request is a 0 or a 1 of the errors; latencies are in microseconds; requests are counted over a period.
  const times = (limit: number | undefined, factor: number): number | undefined =>
    limit === undefined ? undefined : limit * factor;
  return [
    {
      name: 'server-errors',
      what: `answers more than ${formatNumber(maxErrorRate * 100)} % of the requests with a server error`,
      selected: 'AVG(Invocation5XXErrors)',
      threshold: maxErrorRate,
    },
    {
      name: 'latency',
      what: `has a model that takes longer than ${maxMeanMs} ms on average`,
      selected: 'AVG(ModelLatency)',
      threshold: times(maxMeanMs, 1000),
    },
    {
      name: 'too-little-traffic',
      what: `gets fewer than ${minRequestsPerMinute} requests a minute`,
      selected: 'SUM(Invocations)',
      threshold: times(minRequestsPerMinute, period / 60),
      isFloor: true,
    },
    {
      name: 'too-much-traffic',
      what: `gets more than ${maxRequestsPerMinute} requests a minute`,
      selected: 'SUM(Invocations)',
      threshold: times(maxRequestsPerMinute, period / 60),
    },
  ];
}

function queryOf(selected: string, endpoint: string): string {
  return `SELECT ${selected} FROM SCHEMA("AWS/SageMaker", EndpointName, VariantName) WHERE EndpointName = '${endpoint}'`;
}
