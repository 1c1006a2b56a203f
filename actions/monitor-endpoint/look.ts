import {
  type AlarmState,
  type DeploymentFigures,
  defaultMonitorRules,
  judgeEndpoint,
  type Measurement,
  type MonitorCheck,
  type MonitorRules,
  overallVerdict,
  type Series,
  UserError,
  type Verdict,
  worstFirst,
} from '@mlops-actions/core';
import type { DeploymentState, EndpointState, Provider, ProviderName } from '@mlops-actions/provider';
import type { Inputs } from '@mlops-actions/spec';
import type { spec } from './spec.ts';

export type MonitorInputs = Inputs<typeof spec>;

/** One look at an endpoint. */
export interface MonitorLook {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly verdict: Verdict;
  readonly checks: readonly MonitorCheck[];
  readonly state: EndpointState;
  readonly deployments: readonly DeploymentFigures[];
  /** Those that were asked for; empty: none. */
  readonly alarms: readonly AlarmState[];
}

/** The longest window over which an error budget is watched. */
const historySeconds = 21_600;

export function rulesOf(inputs: MonitorInputs): MonitorRules {
  const { maxModelErrorRate, maxPlatformErrorRate, minRequestsPerMinute, maxRequestsPerMinute, maxCaptureAge } = inputs;
  const { objective, expected } = inputs;
  const limits = { mean: inputs.maxMeanMs, p50: inputs.maxP50Ms, p95: inputs.maxP95Ms, p99: inputs.maxP99Ms };
  return {
    ...defaultMonitorRules,
    minRequests: inputs.minRequests,
    maxErrorRate: inputs.maxErrorRate,
    maxLatencyMs: given(limits),
    maxSaturation: inputs.maxSaturation,
    maxRestarts: inputs.maxRestarts,
    errorMargin: inputs.errorMargin,
    latencyRatio: inputs.maxLatencyRatio,
    ...given({
      maxModelErrorRate,
      maxPlatformErrorRate,
      minRequestsPerMinute,
      maxRequestsPerMinute,
      objective,
      expected,
    }),
    ...given({ maxCaptureAgeSeconds: maxCaptureAge }),
  };
}

/**
 * Looks at the endpoint: how it is, and how it was in the window that ends now.
 *
 * @throws UserError when there is no such endpoint or deployment.
 */
export async function look(
  inputs: MonitorInputs,
  { endpoints, monitoring }: Pick<Provider, 'endpoints' | 'monitoring'>,
  at: number,
  signal: AbortSignal,
): Promise<MonitorLook> {
  const { endpoint, window, baseline, objective, advisory } = inputs;
  requireWindow(inputs);
  const state = await endpoints.describe(endpoint);
  if (state === undefined) {
    throw new UserError(`There is no endpoint "${endpoint}". Deploy to it first, or correct the name.`);
  }
  const watched = watchedDeployments(inputs, state);
  const windowSeconds = windowLength(window, baseline);
  const to = Math.floor(at / 1000 / windowSeconds) * windowSeconds * 1000;
  const from = to - window * 1000;
  const options = { signal };
  const series = await endpoints.measure(endpoint, { from, to, windowSeconds }, options);
  const earlier =
    baseline === undefined
      ? undefined
      : await endpoints.measure(
          endpoint,
          { from: from - baseline * 1000, to: to - baseline * 1000, windowSeconds },
          options,
        );
  const history =
    objective === undefined
      ? undefined
      : await endpoints.measure(endpoint, { from: at - historySeconds * 1000, to: at, windowSeconds: 60 }, options);
  const deployments = watched.map((deployment): DeploymentFigures => {
    const then = earlier === undefined ? undefined : moved(allOf(earlier), (baseline ?? 0) * 1000);
    return { ...deployment, window: series[deployment.name] ?? { windows: [] }, ...given({ baseline: then }) };
  });
  const alarms = await watchingAlarms(inputs, monitoring);
  const figures = {
    at,
    alarms,
    status: state.status,
    deployments,
    capture: state.capture,
    ...given({ history: history === undefined ? undefined : Object.values(history).flatMap(({ windows }) => windows) }),
  };
  const checks = judgeEndpoint(figures, rulesOf(inputs)).map((check) =>
    advisory.includes(check.name) ? { ...check, advisory: true } : check,
  );
  return { at, from, to, verdict: overallVerdict(checks), checks: worstFirst(checks), state, deployments, alarms };
}

/** The alarms that the step is to look at. Those that it is yet to make are not among them. */
async function watchingAlarms(
  { endpoint, alarms, createAlarms }: MonitorInputs,
  monitoring: Provider['monitoring'],
): Promise<readonly AlarmState[]> {
  if (monitoring === undefined || !(createAlarms || alarms.length > 0)) return [];
  return monitoring.alarms(endpoint, alarms);
}

/** Figures that are older are kept by the minute, where they were by the second. */
const finelyKeptSeconds = 3600;

/**
 * About fifteen windows, of whole seconds and at most a minute: what every provider can count. Compared with what is long ago they are
 * whole minutes, as those of then are.
 */
export function windowLength(seconds: number, baseline = 0): number {
  if (seconds + baseline > finelyKeptSeconds) return 60;
  return Math.min(60, Math.max(1, Math.floor(seconds / 15)));
}

/** The shortest window in which a provider has figures for certain: CloudWatch has them by the minute, and a minute late. */
const leastWindowSeconds: Readonly<Record<ProviderName, number>> = { local: 0, sagemaker: 180 };

/** @throws UserError when the window is so short that the provider may have no figures of it. */
export function requireWindow({
  window,
  baseline,
  provider,
}: Pick<MonitorInputs, 'window' | 'baseline' | 'provider'>): void {
  if (window < windowLength(window, baseline)) {
    throw new UserError(
      `Input \`window\` is ${window} s, and what was ${baseline} s ago is known by the minute. Write at least 1m, or a shorter \`baseline\`.`,
    );
  }
  const least = leastWindowSeconds[provider];
  if (window >= least) return;
  throw new UserError(
    `Input \`window\` is ${window} s, and the figures of ${provider} are by the minute and late. Write at least ${least / 60}m.`,
  );
}

function watchedDeployments(
  { deployment, endpoint }: MonitorInputs,
  { deployments }: EndpointState,
): DeploymentState[] {
  const watched = deployments.filter(({ name, traffic }) =>
    deployment === undefined ? traffic > 0 : name === deployment,
  );
  if (deployment === undefined || watched.length > 0) return watched;
  const names = deployments.map(({ name }) => name).join(', ') || 'none';
  throw new UserError(`Endpoint "${endpoint}" has no deployment "${deployment}". It has: ${names}.`);
}

/** Of whoever served then, under whatever name; of several, the one that most callers asked. */
function allOf(series: Readonly<Record<string, Series>>): readonly Measurement[] {
  const [most] = Object.values(series).sort((a, b) => requests(b) - requests(a));
  return most?.windows ?? [];
}

function requests({ windows }: Series): number {
  return windows.reduce((sum, window) => sum + (window.requests ?? 0), 0);
}

function moved(windows: readonly Measurement[], by: number): Series {
  return { windows: windows.map((window) => ({ ...window, from: window.from + by, to: window.to + by })) };
}

/** Without the properties that are undefined. */
export function given<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
