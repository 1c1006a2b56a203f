import { formatDuration, formatNumber } from '../figures.ts';
import { percent } from '../rollout/error-check.ts';
import type { RolloutCheck } from '../rollout/judgement.ts';
import {
  type CountName,
  type LatencyStatistic,
  type Measurement,
  requestsOf,
  shareOf,
} from '../rollout/measurement.ts';
import { wilson } from '../statistics/index.ts';
import type { DeploymentFigures, MonitorFigures } from './figures.ts';
import type { MonitorRules } from './rules.ts';

/** A check of an endpoint or of one of its deployments. */
export type MonitorCheck = RolloutCheck & {
  /** Absent: it is of the endpoint as a whole. */
  readonly deployment?: string;
};

type Found = Omit<MonitorCheck, 'advisory'>;

/** Whether the endpoint serves at all. */
export function statusCheck({ status, deployments }: MonitorFigures): Found {
  const name = 'status';
  if (status === 'InService') return { name, verdict: 'pass', reason: 'the endpoint is in service' };
  const isServing = deployments.some(({ traffic, readyReplicas }) => traffic > 0 && readyReplicas > 0);
  return { name, verdict: isServing ? 'inconclusive' : 'fail', reason: `the endpoint is ${status}` };
}

/** Whether the deployment, or the model, that is to serve has all the traffic; absent when nothing is expected. */
export function expectedCheck({ deployments }: MonitorFigures, { expected }: MonitorRules): Found | undefined {
  if (expected === undefined) return undefined;
  const serving = deployments.filter(({ traffic }) => traffic > 0);
  const isRight = serving.length > 0 && serving.every(({ name, model }) => name === expected || model === expected);
  const shown = serving.map(({ name, model, traffic }) => `${name} (${model}) ${traffic} %`).join(', ');
  const reason = isRight ? `${expected} serves` : `${expected} is to serve, and it is ${shown || 'nobody'}`;
  return { name: 'expected', verdict: isRight ? 'pass' : 'fail', reason };
}

/** Whether anybody asks, and not more than is allowed. Silence is no health: without requests it is inconclusive at the best. */
export function trafficCheck(
  { window }: DeploymentFigures,
  { minRequestsPerMinute: least, maxRequestsPerMinute: most }: MonitorRules,
): Found {
  const name = 'traffic';
  const requests = requestsOf(window.windows);
  if (requests === undefined) return { name, verdict: 'error', reason: 'the requests are not known' };
  const value = (60 * requests) / secondsOf(window.windows);
  const shown = `${formatNumber(value, 3)} requests a minute`;
  const limits = { name, value, n: requests };
  if (least !== undefined && value < least) {
    return { ...limits, threshold: least, verdict: 'fail', reason: `${shown}, fewer than ${formatNumber(least)}` };
  }
  if (most !== undefined && value > most) {
    return { ...limits, threshold: most, verdict: 'fail', reason: `${shown}, more than ${formatNumber(most)}` };
  }
  if (requests === 0) return { ...limits, verdict: 'inconclusive', reason: 'there were no requests' };
  return { ...limits, verdict: 'pass', reason: shown };
}

/** The share of failed requests against its limit, which it must exceed for certain (Wilson, 95 %) to fail. */
export function errorRateCheck({ window }: DeploymentFigures, rules: MonitorRules): Found {
  const check = rateCheck('error-rate', 'serverErrors', 'server errors', window.windows, rules.maxErrorRate, rules);
  if (check.verdict !== 'fail' && check.verdict !== 'inconclusive') return check;
  const blame = blameOf(window.windows);
  return blame === undefined ? check : { ...check, reason: `${check.reason}; ${blame}` };
}

/** The same, apart for the model and for the platform, where limits are set. */
export function blamedErrorChecks({ window }: DeploymentFigures, rules: MonitorRules): Found[] {
  const { maxModelErrorRate, maxPlatformErrorRate } = rules;
  const of = (name: string, count: CountName, title: string, limit: number | undefined): Found[] =>
    limit === undefined ? [] : [rateCheck(name, count, title, window.windows, limit, rules)];
  return [
    ...of('model-errors', 'modelErrors', 'errors of the model', maxModelErrorRate),
    ...of('platform-errors', 'platformErrors', 'errors of the platform', maxPlatformErrorRate),
  ];
}

function rateCheck(
  name: string,
  count: CountName,
  title: string,
  windows: readonly Measurement[],
  limit: number,
  { minRequests }: MonitorRules,
): Found {
  const share = shareOf(windows, count);
  if (share === undefined) return { name, verdict: 'error', threshold: limit, reason: `${title} are not known` };
  if (share.requests === 0) return { name, verdict: 'inconclusive', n: 0, reason: 'there were no requests' };
  const value = share.count / share.requests;
  const interval = wilson(share.count, share.requests);
  const shown = `${title} ${percent(value)} (${share.count}/${share.requests})`;
  const figures = { name, value, n: share.requests, interval: { lo: interval.lo, hi: interval.hi }, threshold: limit };
  const isOver = value > limit;
  if (share.requests < minRequests) {
    return { ...figures, verdict: 'inconclusive', reason: `${shown}, of fewer than ${minRequests} requests` };
  }
  if (interval.lo > limit)
    return { ...figures, verdict: 'fail', reason: `${shown}, where ${percent(limit)} is the limit` };
  if (isOver)
    return {
      ...figures,
      verdict: 'inconclusive',
      reason: `${shown}, above the limit of ${percent(limit)} by chance or not`,
    };
  return { ...figures, verdict: 'pass', reason: shown };
}

/** Who is to blame, where the provider tells. */
function blameOf(windows: readonly Measurement[]): string | undefined {
  const [model, platform] = [shareOf(windows, 'modelErrors'), shareOf(windows, 'platformErrors')];
  if (model === undefined || platform === undefined) return undefined;
  return `${formatNumber(model.count)} of the model, ${formatNumber(platform.count)} of the platform`;
}

/** Each statistic that has a limit. */
export function latencyChecks({ window }: DeploymentFigures, { maxLatencyMs, minRequests }: MonitorRules): Found[] {
  return Object.entries(maxLatencyMs).map(([statistic, limit]) =>
    limitedLatency(statistic as LatencyStatistic, limit, window, minRequests),
  );
}

function limitedLatency(
  statistic: LatencyStatistic,
  limit: number,
  { windows, latency }: DeploymentFigures['window'],
  minRequests: number,
): Found {
  const name = `${statistic}-ms`;
  const requests = requestsOf(windows) ?? 0;
  const value = latency?.[statistic] ?? meanOf(windows, statistic);
  if (value === undefined) {
    const isIdle = requests === 0;
    return {
      name,
      threshold: limit,
      verdict: isIdle ? 'inconclusive' : 'error',
      reason: isIdle ? 'there were no requests' : `${statistic} is not known`,
    };
  }
  const shown = `${statistic} ${formatNumber(value, 3)} ms`;
  const figures = { name, value, n: requests, threshold: limit };
  if (requests < minRequests) {
    return { ...figures, verdict: 'inconclusive', reason: `${shown}, of fewer than ${minRequests} requests` };
  }
  if (value > limit)
    return { ...figures, verdict: 'fail', reason: `${shown}, where ${formatNumber(limit)} ms is the limit` };
  return { ...figures, verdict: 'pass', reason: shown };
}

/** How busy it was, by the median of the windows: one busy minute is what autoscaling is for. */
export function saturationCheck(
  { window, desiredReplicas, maxReplicas }: DeploymentFigures,
  { maxSaturation }: MonitorRules,
): Found | undefined {
  const values = window.windows.flatMap(({ saturation }) => saturation ?? []).sort((a, b) => a - b);
  const value = values[Math.floor(values.length / 2)];
  if (value === undefined) return undefined;
  const isPinned = desiredReplicas >= maxReplicas;
  const shown = `${percent(value)} of the scarcest resource was in use`;
  const figures = { name: 'saturation', value, n: values.length, threshold: maxSaturation };
  if (value <= maxSaturation) return { ...figures, verdict: 'pass', reason: shown };
  const more = isPinned ? 'and no replica may be added' : 'and autoscaling may still add replicas';
  return { ...figures, verdict: isPinned ? 'fail' : 'inconclusive', reason: `${shown}, ${more}` };
}

/** Replicas that are there against those that should be, and restarts. */
export function capacityCheck(
  { window, readyReplicas, desiredReplicas }: DeploymentFigures,
  { maxRestarts }: MonitorRules,
): Found {
  const name = 'capacity';
  const restarts = window.windows.reduce((sum, each) => sum + (each.restarts ?? 0), 0);
  const figures = { name, value: restarts, threshold: maxRestarts };
  if (readyReplicas === 0)
    return { ...figures, verdict: 'fail', reason: `none of ${desiredReplicas} replicas is ready` };
  if (restarts > maxRestarts) return { ...figures, verdict: 'fail', reason: `replicas restarted ${restarts} times` };
  const short = window.windows.filter((each) => (each.readyReplicas ?? 0) < (each.desiredReplicas ?? 0)).length;
  const shown = `${readyReplicas} of ${desiredReplicas} replicas are ready`;
  if (readyReplicas < desiredReplicas) {
    const isLong = window.windows.length > 0 && short === window.windows.length;
    return { ...figures, verdict: isLong ? 'fail' : 'inconclusive', reason: isLong ? `${shown}, all the time` : shown };
  }
  return { ...figures, verdict: 'pass', reason: shown };
}

/** How old the newest captured sample is; absent when no age is asked for. */
export function captureCheck(
  { capture, at, deployments }: MonitorFigures,
  { maxCaptureAgeSeconds: limit }: MonitorRules,
): Found | undefined {
  if (limit === undefined) return undefined;
  const name = 'capture';
  if (capture.percent === 0)
    return { name, threshold: limit, verdict: 'error', reason: 'nothing is captured: data capture is off' };
  const age = capture.newestAt === undefined ? undefined : Math.max(0, at - capture.newestAt) / 1000;
  const asked = deployments.some(({ window }) => (requestsOf(window.windows) ?? 0) > 0);
  const shown =
    age === undefined ? 'there is no captured sample' : `the newest captured sample is ${formatDuration(age)} old`;
  const figures = { name, threshold: limit, ...(age === undefined ? {} : { value: age }) };
  if (age !== undefined && age <= limit) return { ...figures, verdict: 'pass', reason: shown };
  return asked
    ? { ...figures, verdict: 'fail', reason: `${shown}, though there were requests` }
    : { ...figures, verdict: 'inconclusive', reason: `${shown}, and there were no requests` };
}

/** Whether an alarm rings; absent when none is asked for. One that has not seen enough yet says nothing of health. */
export function alarmsCheck({ alarms = [] }: MonitorFigures): Found | undefined {
  if (alarms.length === 0) return undefined;
  const ringing = alarms.filter(({ state }) => state === 'ringing');
  const unknown = alarms.filter(({ state }) => state === 'unknown');
  const figures = { name: 'alarms', value: ringing.length, n: alarms.length, threshold: 0 };
  if (ringing.length > 0) {
    const shown = ringing.map(({ name, reason }) => (reason === '' ? name : `${name} (${reason.replace(/\.$/, '')})`));
    return { ...figures, verdict: 'fail', reason: `${shown.join(', ')} ${shown.length === 1 ? 'rings' : 'ring'}` };
  }
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(', ');
    return { ...figures, verdict: 'inconclusive', reason: `${names}: not enough seen yet` };
  }
  return {
    ...figures,
    verdict: 'pass',
    reason: `${alarms.length === 1 ? 'the alarm is' : `all ${alarms.length} alarms are`} quiet`,
  };
}

function meanOf(windows: readonly Measurement[], statistic: LatencyStatistic): number | undefined {
  const known = windows.filter(({ latency }) => latency?.[statistic] !== undefined);
  const weight = known.reduce((sum, { requests = 1 }) => sum + requests, 0);
  if (weight === 0) return undefined;
  return known.reduce((sum, { latency, requests = 1 }) => sum + requests * (latency?.[statistic] ?? 0), 0) / weight;
}

function secondsOf(windows: readonly Measurement[]): number {
  return windows.reduce((sum, { from, to }) => sum + (to - from), 0) / 1000;
}
