import { type CloudWatchClient, type PutMetricAlarmInput, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { AlarmLimits } from '@mlops-actions/provider';
import { findAlarms, putAlarm, removeAlarms } from '../alarms.ts';
import { told } from '../aws-errors.ts';
import { mostAlarms } from './deployment-config.ts';

/** Whose alarms they are: the new instances of a variant have metrics of their own, by their configuration. */
export interface Watched {
  readonly endpoint: string;
  readonly variant: string;
  readonly config: string;
}

/** The alarms that a guarded update is watched by. */
export interface RolloutAlarms {
  /** What stands against these alarms of the user's, with so many of our own beside them. */
  faults(names: readonly string[], own: number): Promise<readonly string[]>;
  /** Makes our own alarms, and resolves with their names; the first is the one that `trip` trips. Without limits there is only that one. */
  make(watched: Watched, limits: AlarmLimits | undefined): Promise<readonly string[]>;
  /** Makes SageMaker take an update back, by an alarm that stays until it is removed. */
  trip(endpoint: string): Promise<void>;
  /** Removes our own alarms of the endpoint. */
  remove(endpoint: string): Promise<void>;
}

/** So many of our own, with those limits. */
export function countOf(limits: AlarmLimits | undefined): number {
  if (limits === undefined) return 1;
  return limits.maxLatencyMs === undefined ? 2 : 3;
}

export function rolloutAlarms(cloudwatch: CloudWatchClient): RolloutAlarms {
  const setState = (
    { AlarmName }: PutMetricAlarmInput,
    StateValue: 'OK' | 'ALARM',
    StateReason: string,
  ): Promise<unknown> =>
    told(cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason })), `Alarm ${AlarmName}`);

  return {
    faults: async (names, own) => {
      if (names.length + own > mostAlarms) {
        return [
          `Input \`alarms\` has ${names.length} alarms, and with ${own} of this step's own SageMaker takes ${mostAlarms}. Leave some out, or make a composite alarm of them.`,
        ];
      }
      if (names.length === 0) return [];
      const states = new Map(
        (await findAlarms(cloudwatch, { AlarmNames: [...names] })).map((each) => [each.AlarmName, each.StateValue]),
      );
      return names.flatMap((name) => {
        if (!states.has(name)) {
          return [
            `Input \`alarms\` names "${name}", and CloudWatch has no such alarm in this region. Correct the name.`,
          ];
        }
        if (states.get(name) !== 'ALARM') return [];
        return [
          `Alarm "${name}" is in ALARM already, so SageMaker would take any rollout back. See to its cause first, or leave it out of \`alarms\`.`,
        ];
      });
    },
    make: async (watched, limits) => {
      const alarms = [abortAlarm(watched.endpoint, 'notBreaching'), ...(limits ? limitAlarms(watched, limits) : [])];
      for (const alarm of alarms) {
        await putAlarm(cloudwatch, alarm);
        // An earlier rollout, which somebody else ended, may have left it ringing: SageMaker would take this one back.
        await setState(alarm, 'OK', 'A rollout begins.');
      }
      return alarms.map(({ AlarmName = '' }) => AlarmName);
    },
    trip: async (endpoint) => {
      // A state that is set lasts until CloudWatch looks at the metric again; what the alarm says of missing values makes it last.
      const alarm = abortAlarm(endpoint, 'breaching');
      await putAlarm(cloudwatch, alarm);
      await setState(alarm, 'ALARM', 'mlops-actions takes the rollout back.');
    },
    remove: async (endpoint) => {
      const own = await findAlarms(cloudwatch, { AlarmNamePrefix: prefixOf(endpoint) });
      await removeAlarms(
        cloudwatch,
        own.map(({ AlarmName = '' }) => AlarmName),
      );
    },
  };
}

/** No endpoint's name has a slash. */
function prefixOf(endpoint: string): string {
  return `mlops-actions/${endpoint}/`;
}

/** On a metric that nobody publishes: it says what it is told to say of missing values. */
function abortAlarm(endpoint: string, TreatMissingData: 'breaching' | 'notBreaching'): PutMetricAlarmInput {
  return {
    AlarmName: `${prefixOf(endpoint)}abort`,
    AlarmDescription: `In ALARM, SageMaker takes the rollout of endpoint ${endpoint} back.`,
    Namespace: 'mlops-actions',
    MetricName: 'RolloutAborted',
    Dimensions: [{ Name: 'EndpointName', Value: endpoint }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    TreatMissingData,
  };
}

/** So many of the last so many minutes: one minute alone may hold a single request. */
const minutes = { DatapointsToAlarm: 2, EvaluationPeriods: 3, Period: 60 } as const;

/** A minute without a request is no fault of the model's, and has no value in CloudWatch. */
function limitAlarms(
  { endpoint, variant, config }: Watched,
  { maxErrorRate, maxLatencyMs }: AlarmLimits,
): PutMetricAlarmInput[] {
  const common = {
    ...minutes,
    Namespace: 'AWS/SageMaker',
    Dimensions: [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: variant },
      { Name: 'EndpointConfigName', Value: config },
    ],
    ComparisonOperator: 'GreaterThanThreshold' as const,
    TreatMissingData: 'notBreaching',
  };
  const errors: PutMetricAlarmInput = {
    ...common,
    AlarmName: `${prefixOf(endpoint)}server-errors`,
    AlarmDescription: `More than ${maxErrorRate * 100} % of the requests to the new version at endpoint ${endpoint} end in a server error.`,
    MetricName: 'Invocation5XXErrors',
    // Each request is a 0 or a 1.
    Statistic: 'Average',
    Threshold: maxErrorRate,
  };
  if (maxLatencyMs === undefined) return [errors];
  const latency: PutMetricAlarmInput = {
    ...common,
    AlarmName: `${prefixOf(endpoint)}latency`,
    AlarmDescription: `The new version at endpoint ${endpoint} takes longer than ${maxLatencyMs} ms on average.`,
    MetricName: 'ModelLatency',
    Statistic: 'Average',
    // The metric is in microseconds.
    Threshold: maxLatencyMs * 1000,
  };
  return [errors, latency];
}
