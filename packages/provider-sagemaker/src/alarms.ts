import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch';
import { told } from './aws-errors.ts';

/** What metric alarms and composite ones have in common. */
export type FoundAlarm = Pick<MetricAlarm, 'AlarmName' | 'AlarmArn' | 'StateValue' | 'StateReason'>;

/** The alarms with these names (100 at most), or whose names begin so: of those the first 100. */
export async function findAlarms(
  cloudwatch: CloudWatchClient,
  wanted: { readonly AlarmNames: string[] } | { readonly AlarmNamePrefix: string },
): Promise<readonly FoundAlarm[]> {
  const command = new DescribeAlarmsCommand({
    ...wanted,
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: 100,
  });
  const { MetricAlarms = [], CompositeAlarms = [] } = await told(cloudwatch.send(command), 'Alarms of CloudWatch');
  return [...MetricAlarms, ...CompositeAlarms];
}

/** Makes the alarm, or changes the one with this name, whose state stays. */
export async function putAlarm(cloudwatch: CloudWatchClient, alarm: PutMetricAlarmInput): Promise<void> {
  await told(cloudwatch.send(new PutMetricAlarmCommand(alarm)), `Alarm ${alarm.AlarmName}`);
}

/** Idempotent. */
export async function removeAlarms(cloudwatch: CloudWatchClient, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await told(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [...names] })), `Alarms ${names.join(', ')}`);
}
