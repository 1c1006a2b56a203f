import { type Measurement, requestsOf, shareOf } from '@mlops-actions/core';

/** Stretches of time on a picture; more would not be seen. */
const mostPoints = 240;

/** A stretch of time as a picture shows it. */
export interface WindowPoint {
  /** Milliseconds since 1970, its middle. */
  readonly time: number;
  /** Undefined when it is not known. */
  readonly requestsPerSecond: number | undefined;
  /** Percent of the requests; undefined when there were none. */
  readonly errorPercent: number | undefined;
  /** Milliseconds: the mean of the windows' p95, by requests. */
  readonly p95: number | undefined;
}

/** The windows put together to as many stretches as a picture shows. */
export function pointsOf(windows: readonly Measurement[]): WindowPoint[] {
  const size = Math.max(1, Math.ceil(windows.length / mostPoints));
  return Array.from({ length: Math.ceil(windows.length / size) }, (_, index) =>
    pointOf(windows.slice(index * size, (index + 1) * size)),
  );
}

function pointOf(windows: readonly Measurement[]): WindowPoint {
  const [first, last] = [windows[0] as Measurement, windows.at(-1) as Measurement];
  const errors = shareOf(windows, 'serverErrors');
  const requests = requestsOf(windows);
  const length = windows.reduce((all, { from, to }) => all + to - from, 0);
  const timed = windows.filter(({ latency }) => latency?.p95 !== undefined);
  const weight = (window: Measurement): number => window.requests ?? 1;
  const total = timed.reduce((sum, window) => sum + weight(window), 0);
  const sum = timed.reduce((all, window) => all + weight(window) * (window.latency?.p95 ?? 0), 0);
  return {
    time: (first.from + last.to) / 2,
    requestsPerSecond: requests === undefined ? undefined : requests / (length / 1000),
    errorPercent: errors === undefined || errors.requests === 0 ? undefined : (100 * errors.count) / errors.requests,
    p95: total === 0 ? undefined : sum / total,
  };
}
