import { type Log, UserError } from '@mlops-actions/core';
import type { MonitoringService, Provider, StandingLimits } from '@mlops-actions/provider';
import type { Context } from '../action.ts';
import { given, type MonitorInputs } from './look.ts';
import type { MonitorResult } from './monitor-result.ts';

/** @throws UserError when the inputs ask for alarms where there are none, or contradict each other. */
export function requireWatchable({
  provider,
  alarms,
  createAlarms,
  alarmActions,
  createDashboard,
}: Pick<MonitorInputs, 'provider' | 'alarms' | 'createAlarms' | 'alarmActions' | 'createDashboard'>): void {
  const given = Object.entries({
    alarms: alarms.length > 0,
    'create-alarms': createAlarms,
    'create-dashboard': createDashboard,
  }).find(([, isGiven]) => isGiven);
  if (given !== undefined && provider !== 'sagemaker') {
    throw new UserError(
      `Input \`${given[0]}\` is of CloudWatch, and the provider is ${provider}, where nothing watches while no step runs. Leave it out.`,
    );
  }
  if (alarmActions.length > 0 && !createAlarms) {
    throw new UserError(
      'Input `alarm-actions` is for alarms of this step. Write `create-alarms: true`, or leave it out.',
    );
  }
  const wrong = alarmActions.find((action) => !/^arn:aws[a-z-]*:[^:]+:/.test(action));
  if (wrong !== undefined) {
    throw new UserError(
      `Input \`alarm-actions\` has "${wrong}", which is no ARN. Write one such as arn:aws:sns:eu-west-1:123456789012:on-call.`,
    );
  }
}

type Watch = Pick<MonitorResult, 'dashboardUrl' | 'watchFailure'>;

/**
 * Sets up what watches on when the step is over. It comes after the look, which is judged by the alarms of before; where it is not possible,
 * that does not hide what was seen.
 */
export async function keepWatch(
  inputs: MonitorInputs,
  { monitoring }: Pick<Provider, 'monitoring'>,
  { log, signal }: Pick<Context, 'log' | 'signal'>,
): Promise<Watch> {
  if (monitoring === undefined || signal.aborted) return {};
  try {
    if (inputs.createAlarms) await keepAlarms(inputs, monitoring, log);
    return inputs.createDashboard ? { dashboardUrl: await keepDashboard(inputs, monitoring, log) } : {};
  } catch (error) {
    return { watchFailure: (error as Error).message };
  }
}

async function keepAlarms(inputs: MonitorInputs, monitoring: MonitoringService, log: Log): Promise<void> {
  const { endpoint, alarmActions: actions } = inputs;
  const names = await monitoring.keepAlarms({ endpoint, limits: limitsOf(inputs), actions });
  log.log('info', `Alarms that watch ${endpoint} from now on: ${names.join(', ')}.`);
  const unwatched = unwatchedLatency(inputs);
  if (unwatched === undefined) return;
  log.log(
    'notice',
    `No alarm watches \`${unwatched}\`, which only a check can. Write \`max-mean-ms\` for one on latency.`,
  );
}

async function keepDashboard(inputs: MonitorInputs, monitoring: MonitoringService, log: Log): Promise<string> {
  const url = await monitoring.keepDashboard(inputs.endpoint, limitsOf(inputs));
  log.log('info', `Dashboard: ${url}`);
  return url;
}

/** CloudWatch has percentiles of one metric only, and every deployment has its own. */
function unwatchedLatency({ maxMeanMs, maxP50Ms, maxP95Ms, maxP99Ms }: MonitorInputs): string | undefined {
  if (maxMeanMs !== undefined) return undefined;
  const limits = { 'max-p50-ms': maxP50Ms, 'max-p95-ms': maxP95Ms, 'max-p99-ms': maxP99Ms };
  return Object.entries(limits).find(([, limit]) => limit !== undefined)?.[0];
}

function limitsOf({
  maxErrorRate,
  maxMeanMs,
  minRequestsPerMinute,
  maxRequestsPerMinute,
}: MonitorInputs): StandingLimits {
  return { maxErrorRate, ...given({ maxMeanMs, minRequestsPerMinute, maxRequestsPerMinute }) };
}
