import { type Look, type Measurement, requestsOf, shareOf } from '@mlops-actions/core';

/** Stretches of time on a picture; more would not be seen. */
const mostPoints = 240;

export interface MeasuredWindows {
  readonly candidate: readonly Measurement[];
  readonly stable: readonly Measurement[];
}

/** All that was measured, each window once: a look has everything since its step began, so that the last one of a step has it all. */
export function windowsOf(looks: readonly Look[]): MeasuredWindows {
  return { candidate: each(looks, 'candidate'), stable: each(looks, 'stable') };
}

function each(looks: readonly Look[], whose: keyof MeasuredWindows): Measurement[] {
  const byStart = new Map<number, Measurement>();
  for (const { measured } of looks)
    for (const window of measured?.[whose]?.windows ?? []) byStart.set(window.from, window);
  return [...byStart.values()].sort((a, b) => a.from - b.from);
}

/** A stretch of time as a picture shows it. */
export interface WindowPoint {
  /** Milliseconds since 1970, its middle. */
  readonly time: number;
  /** Percent of the requests; undefined when there were none. */
  readonly errorPercent: number | undefined;
  /** Milliseconds: the mean of the windows' p95, by requests. */
  readonly p95: number | undefined;
}

/** The windows put together to so many stretches as a picture shows. */
export function pointsOf(windows: readonly Measurement[]): WindowPoint[] {
  const size = Math.max(1, Math.ceil(windows.length / mostPoints));
  return Array.from({ length: Math.ceil(windows.length / size) }, (_, index) =>
    pointOf(windows.slice(index * size, (index + 1) * size)),
  );
}

function pointOf(windows: readonly Measurement[]): WindowPoint {
  const [first, last] = [windows[0] as Measurement, windows.at(-1) as Measurement];
  const errors = shareOf(windows, 'serverErrors');
  const timed = windows.filter(({ latency }) => latency?.p95 !== undefined);
  const weight = (window: Measurement): number => window.requests ?? 1;
  const total = timed.reduce((sum, window) => sum + weight(window), 0);
  const sum = timed.reduce((all, window) => all + weight(window) * (window.latency?.p95 ?? 0), 0);
  return {
    time: (first.from + last.to) / 2,
    errorPercent: errors === undefined || errors.requests === 0 ? undefined : (100 * errors.count) / errors.requests,
    p95: total === 0 ? undefined : sum / total,
  };
}

/** What one deployment did in a step. */
export interface StepFigures {
  readonly requests: number | undefined;
  readonly serverErrors: number | undefined;
}

export function figuresOf(windows: readonly Measurement[] | undefined): StepFigures {
  return {
    requests: requestsOf(windows ?? []),
    serverErrors: shareOf(windows ?? [], 'serverErrors')?.count,
  };
}
