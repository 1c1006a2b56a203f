import type { Clock } from '@mlops-actions/core';
import { AwsError } from './aws-error.ts';
import type { CloudWatch, Selection } from './cloudwatch.ts';
import { account, type Body, type Part, region, seconds } from './part.ts';

type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

interface Alarm {
  settings: Body;
  state: AlarmState;
  /** Why it is in that state. */
  reason: string;
  changed: number;
  /** When it was looked at last, or its state was set by hand, in milliseconds since 1970. */
  looked: number;
}

/** CloudWatch looks at its alarms every minute. */
const minute = 60_000;

export interface Alarms extends Part {
  /** The state of an alarm now; undefined when there is none of that name. */
  state(name: string): AlarmState | undefined;
}

/** Alarms of one metric, which are looked at each minute of the clock; a state that was set by hand lasts until the next look. */
export function alarms(clock: Clock, cloudwatch: CloudWatch): Alarms {
  const all = new Map<string, Alarm>();

  const look = (alarm: Alarm): Alarm => {
    const now = clock.now().getTime();
    if (Math.floor(now / minute) === Math.floor(alarm.looked / minute)) return alarm;
    const state = stateOf(alarm, valuesOf(alarm.settings, cloudwatch, now));
    if (state !== alarm.state) {
      alarm.changed = now;
      alarm.reason = `Threshold ${state === 'ALARM' ? 'Crossed' : 'not crossed'}: ${alarm.settings.Threshold}`;
    }
    alarm.state = state;
    alarm.looked = now;
    return alarm;
  };

  return {
    state: (name) => {
      const alarm = all.get(name);
      return alarm && look(alarm).state;
    },
    reset: async () => all.clear(),
    handlers: {
      PutMetricAlarm: (settings: Body) => {
        requireValid(settings);
        const now = clock.now().getTime();
        const before = all.get(settings.AlarmName);
        all.set(
          settings.AlarmName,
          before === undefined
            ? {
                settings,
                state: 'INSUFFICIENT_DATA',
                reason: 'Unchecked: Initial alarm creation',
                changed: now,
                looked: now,
              }
            : { ...before, settings },
        );
      },
      SetAlarmState: ({ AlarmName, StateValue, StateReason }: Body) => {
        const alarm = all.get(AlarmName);
        if (alarm === undefined) throw new AwsError('ResourceNotFound', `Unknown alarm ${AlarmName}`, 404);
        const now = clock.now().getTime();
        Object.assign(alarm, { state: StateValue, reason: StateReason, changed: now, looked: now });
      },
      DescribeAlarms: ({ AlarmNames, AlarmNamePrefix = '' }: Body) => {
        const asked = [...all].filter(([name]) => AlarmNames?.includes(name) ?? name.startsWith(AlarmNamePrefix));
        return { MetricAlarms: asked.map(([name, alarm]) => described(name, look(alarm))), CompositeAlarms: [] };
      },
      DeleteAlarms: ({ AlarmNames }: Body) => {
        for (const name of AlarmNames) all.delete(name);
      },
    },
  };
}

/** What AWS refuses of an alarm although its types are right. */
function requireValid(settings: Body): void {
  const { AlarmName, MetricName, Metrics, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = settings;
  const wrong = (what: string): never => {
    throw new AwsError('ValidationError', `${AlarmName}: ${what}`, 400);
  };
  if ((MetricName === undefined) === (Metrics === undefined)) wrong('exactly one of MetricName and Metrics is needed');
  const single = ['Namespace', 'Dimensions', 'Period', 'Unit', 'Statistic', 'ExtendedStatistic'];
  const mixed = single.filter((name) => settings[name] !== undefined);
  if (Metrics !== undefined && mixed.length > 0) wrong(`${mixed.join(', ')} beside Metrics`);
  const returned = (Metrics ?? []).filter(({ ReturnData = true }: Body) => ReturnData);
  if (Metrics !== undefined && returned.length !== 1) wrong('exactly one of the metrics returns data');
  const Period = Metrics === undefined ? settings.Period : returned[0].Period;
  if (![10, 20, 30].includes(Period) && !(Period > 0 && Period % 60 === 0)) wrong(`period ${Period}`);
  if (DatapointsToAlarm > EvaluationPeriods) wrong('more datapoints than periods');
  // Metrics Insights knows three hours.
  if (EvaluationPeriods * Period > (Metrics === undefined ? 86_400 : 10_800)) wrong('it looks back too far');
  if (Metrics !== undefined) selectionOf(Metrics);
}

const query =
  /^SELECT (AVG|COUNT|MAX|MIN|SUM)\((\w+)\) FROM SCHEMA\("([^"]+)", (\w+(?:, \w+)*)\) WHERE (\w+) = '([^']*)'$/;
const statistics: Readonly<Record<string, string>> = {
  AVG: 'Average',
  COUNT: 'SampleCount',
  MAX: 'Maximum',
  MIN: 'Minimum',
  SUM: 'Sum',
};

/** Of the metrics of an alarm only one query of Metrics Insights is understood, with the clauses that an aggregate of one resource needs. */
function selectionOf(metrics: readonly Body[]): Selection {
  const [{ Expression = '' }] = metrics as [Body];
  const [, statistic = '', metric = '', namespace = '', dimensions = '', where = '', value = ''] =
    query.exec(Expression) ?? [];
  if (metric === '') throw new AwsError('ValidationError', `The query is not understood: ${Expression}`, 400);
  return {
    namespace,
    metric,
    dimensions: dimensions.split(', '),
    where: [where, value],
    statistic: statistics[statistic] ?? '',
  };
}

/** The values of the last periods that are over, oldest first; undefined: nothing was measured in one. */
function valuesOf(settings: Body, cloudwatch: CloudWatch, now: number): (number | undefined)[] {
  const { Namespace, MetricName, Metrics, Dimensions = [], EvaluationPeriods, Statistic, ExtendedStatistic } = settings;
  const Period = Metrics === undefined ? settings.Period : Metrics[0].Period;
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }: Body) => [Name, Value]));
  const length = Period * 1000;
  const end = Math.floor(now / length) * length;
  const starts = Array.from({ length: EvaluationPeriods }, (_, index) => end - (EvaluationPeriods - index) * length);
  if (Metrics !== undefined)
    return starts.map((from) => cloudwatch.selected(selectionOf(Metrics), from, from + length));
  return starts.map((from) =>
    cloudwatch.statistic(Namespace, MetricName, dimensions, from, from + length, Statistic ?? ExtendedStatistic),
  );
}

/** By the alarm's own word for periods without a value. */
function stateOf({ settings, state }: Alarm, values: readonly (number | undefined)[]): AlarmState {
  const { TreatMissingData = 'missing', EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = settings;
  const isMissing = values.every((value) => value === undefined);
  if (isMissing && TreatMissingData === 'missing') return 'INSUFFICIENT_DATA';
  if (isMissing && TreatMissingData === 'ignore') return state;
  const breaching = values.filter((value) =>
    value === undefined ? TreatMissingData === 'breaching' : isBreaching(settings, value),
  );
  return breaching.length >= DatapointsToAlarm ? 'ALARM' : 'OK';
}

function isBreaching({ ComparisonOperator, Threshold }: Body, value: number): boolean {
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    case 'LessThanThreshold':
      return value < Threshold;
    default:
      return value <= Threshold;
  }
}

function described(name: string, { settings, state, reason, changed }: Alarm): Body {
  const { Tags: _, ...kept } = settings;
  return {
    ...kept,
    AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: seconds(new Date(changed)),
  };
}
