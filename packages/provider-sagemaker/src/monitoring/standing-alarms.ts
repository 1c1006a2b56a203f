import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { StandingAlarms } from '@mlops-actions/provider';

/** Seconds. A minute may hold a single request, of which one error is 100 %. */
const period = 300;

/** Two of the last three periods: one alone may be chance, and three may be two thirds of an outage. */
const patience = { EvaluationPeriods: 3, DatapointsToAlarm: 2 } as const;

/** The names of an endpoint's standing alarms begin so; no endpoint's name has a slash. */
export function standingPrefix(endpoint: string): string {
  return `mlops-actions-monitor/${endpoint}/`;
}

/**
 * The alarms that hold the endpoint to its limits. Each asks for the figures of all variants by a query of Metrics Insights, so that it
 * watches whoever serves after the next rollout too. A period without requests has no values: that is no error and no slowness, and it is
 * the very thing that the alarm of too little traffic is for.
 */
export function standingAlarms({ endpoint, limits, actions }: StandingAlarms): PutMetricAlarmInput[] {
  const { maxErrorRate, maxMeanMs, minRequestsPerMinute, maxRequestsPerMinute } = limits;
  const minutes = period / 60;
  const of = (
    name: string,
    AlarmDescription: string,
    selected: string,
    Threshold: number,
    change: Partial<PutMetricAlarmInput> = {},
  ): PutMetricAlarmInput => ({
    AlarmName: `${standingPrefix(endpoint)}${name}`,
    AlarmDescription,
    Metrics: [{ Id: 'q1', Expression: queryOf(selected, endpoint), Period: period, Label: name, ReturnData: true }],
    ...patience,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold,
    TreatMissingData: 'notBreaching',
    AlarmActions: [...actions],
    ...change,
  });
  return [
    of(
      'server-errors',
      `More than ${maxErrorRate * 100} % of the requests to endpoint ${endpoint} end in a server error.`,
      // Each request is a 0 or a 1.
      'AVG(Invocation5XXErrors)',
      maxErrorRate,
    ),
    ...(maxMeanMs === undefined
      ? []
      : [
          of(
            'latency',
            `The model at endpoint ${endpoint} takes longer than ${maxMeanMs} ms on average.`,
            'AVG(ModelLatency)',
            // The metric is in microseconds.
            maxMeanMs * 1000,
          ),
        ]),
    ...(minRequestsPerMinute === undefined
      ? []
      : [
          of(
            'too-little-traffic',
            `Endpoint ${endpoint} gets fewer than ${minRequestsPerMinute} requests a minute.`,
            'SUM(Invocations)',
            minRequestsPerMinute * minutes,
            { ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
          ),
        ]),
    ...(maxRequestsPerMinute === undefined
      ? []
      : [
          of(
            'too-much-traffic',
            `Endpoint ${endpoint} gets more than ${maxRequestsPerMinute} requests a minute.`,
            'SUM(Invocations)',
            maxRequestsPerMinute * minutes,
          ),
        ]),
  ];
}

function queryOf(selected: string, endpoint: string): string {
  return `SELECT ${selected} FROM SCHEMA("AWS/SageMaker", EndpointName, VariantName) WHERE EndpointName = '${endpoint}'`;
}
