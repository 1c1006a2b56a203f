import type { LatencyStatistic } from '../rollout/measurement.ts';

/** What an endpoint is held to. A limit that is absent is not asked for. */
export interface MonitorRules {
  /** Fewer requests say nothing of rates and percentiles. */
  readonly minRequests: number;
  /** The share of requests that may fail (answers of 500 and above, and none at all). */
  readonly maxErrorRate: number;
  /** The same of what the model is to blame for, and of what the platform is. */
  readonly maxModelErrorRate?: number;
  readonly maxPlatformErrorRate?: number;
  /** Milliseconds, by statistic. */
  readonly maxLatencyMs: Readonly<Partial<Record<LatencyStatistic, number>>>;
  readonly minRequestsPerMinute?: number;
  readonly maxRequestsPerMinute?: number;
  /** Of the scarcest resource; 1 is all there is, or as busy as autoscaling aims at. */
  readonly maxSaturation: number;
  readonly maxRestarts: number;
  /** The newest captured sample may be so old. */
  readonly maxCaptureAgeSeconds?: number;
  /** The share of requests that must be answered over the long run, such as 0.999. */
  readonly objective?: number;
  /** Against the baseline window. */
  readonly errorMargin: number;
  readonly latencyRatio: number;
  readonly significance: number;
  /** The deployment, or the model, that is to have all the traffic. */
  readonly expected?: string;
}

export const defaultMonitorRules: MonitorRules = {
  minRequests: 20,
  maxErrorRate: 0.01,
  maxLatencyMs: {},
  maxSaturation: 1,
  maxRestarts: 0,
  errorMargin: 0.005,
  latencyRatio: 1.25,
  significance: 0.05,
};

/** A pair of windows over which the error budget is watched, and how fast it may be spent. */
export interface BurnWindow {
  readonly name: string;
  readonly longSeconds: number;
  readonly shortSeconds: number;
  /** 1 spends the budget of 30 days in 30 days. */
  readonly factor: number;
}

/**
 * Google's Site Reliability Workbook, chapter 5, table 5-8: the windows that page. 14.4 spends 2 % of a 30-day budget in an hour, 6 spends 5 % in
 * six hours; the short window is a twelfth of the long one, so that an alert ends soon after its cause.
 */
export const burnWindows: readonly BurnWindow[] = [
  { name: 'burn-1h', longSeconds: 3600, shortSeconds: 300, factor: 14.4 },
  { name: 'burn-6h', longSeconds: 21_600, shortSeconds: 1800, factor: 6 },
];
