import { type CloudWatchClient, PutDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { type AlarmState, UserError } from '@mlops-actions/core';
import type { MonitoringService } from '@mlops-actions/provider';
import { type FoundAlarm, findAlarms, putAlarm, removeAlarms } from '../alarms.ts';
import { told } from '../aws-errors.ts';
import { dashboardName, dashboardOf, dashboardUrl } from './dashboard.ts';
import { standingAlarms, standingPrefix } from './standing-alarms.ts';

/** CloudWatch's alarms and dashboards of endpoints. */
export function sagemakerMonitoring(cloudwatch: CloudWatchClient): MonitoringService {
  const ownAlarms = (endpoint: string): Promise<readonly FoundAlarm[]> =>
    findAlarms(cloudwatch, { AlarmNamePrefix: standingPrefix(endpoint) });

  return {
    alarms: async (endpoint, names) => {
      const own = await ownAlarms(endpoint);
      const others = names.length === 0 ? [] : await findAlarms(cloudwatch, { AlarmNames: [...names] });
      const missing = names.filter((name) => !others.some(({ AlarmName }) => AlarmName === name));
      if (missing.length > 0) {
        throw new UserError(
          `Input \`alarms\` names "${missing[0]}", and CloudWatch has no such alarm in this region. Correct the name.`,
        );
      }
      return [...new Map([...own, ...others].map((alarm) => [alarm.AlarmName, stateOf(alarm)])).values()];
    },
    keepAlarms: async (wanted) => {
      const alarms = standingAlarms(wanted);
      const names = alarms.map(({ AlarmName = '' }) => AlarmName);
      for (const alarm of alarms) await putAlarm(cloudwatch, alarm);
      const before = (await ownAlarms(wanted.endpoint)).map(({ AlarmName = '' }) => AlarmName);
      await removeAlarms(
        cloudwatch,
        before.filter((name) => !names.includes(name)),
      );
      return names;
    },
    keepDashboard: async (endpoint, limits) => {
      const region = await cloudwatch.config.region();
      const alarms = (await ownAlarms(endpoint)).map(({ AlarmArn = '' }) => AlarmArn);
      const DashboardBody = JSON.stringify(dashboardOf(endpoint, region, limits, alarms));
      const command = new PutDashboardCommand({ DashboardName: dashboardName(endpoint), DashboardBody });
      await told(cloudwatch.send(command), `Dashboard ${dashboardName(endpoint)}`);
      return dashboardUrl(endpoint, region);
    },
  };
}

function stateOf({ AlarmName = '', StateValue, StateReason = '' }: FoundAlarm): AlarmState {
  const state = StateValue === 'ALARM' ? 'ringing' : StateValue === 'OK' ? 'quiet' : 'unknown';
  return { name: AlarmName, state, reason: StateReason };
}
