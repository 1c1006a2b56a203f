import { formatDuration, formatNumber } from '../figures.ts';
import { type Measurement, type Share, shareOf } from '../rollout/measurement.ts';
import type { MonitorCheck } from './checks.ts';
import { type BurnWindow, burnWindows, type MonitorRules } from './rules.ts';

/** How fast the error budget is spent: the share of failed requests over the share that may fail; 1 spends it just in time. */
export function burnRate({ count, requests }: Share, objective: number): number {
  return count / requests / (1 - objective);
}

/**
 * Whether the budget is spent too fast, over a long window and still over a short one (multiwindow, multi-burn-rate alerts of Google's Site
 * Reliability Workbook). Absent without an objective. A long window of which less than half was watched, or with too few requests, is
 * inconclusive: the rate of a few minutes says nothing of an hour.
 */
export function burnChecks(
  history: readonly Measurement[] | undefined,
  at: number,
  rules: MonitorRules,
): Omit<MonitorCheck, 'advisory'>[] {
  const { objective, minRequests } = rules;
  if (objective === undefined) return [];
  return burnWindows.map((window) => burnCheck(window, history ?? [], at, objective, minRequests));
}

function burnCheck(
  { name, longSeconds, shortSeconds, factor }: BurnWindow,
  history: readonly Measurement[],
  at: number,
  objective: number,
  minRequests: number,
): Omit<MonitorCheck, 'advisory'> {
  const long = within(history, at - longSeconds * 1000, at);
  const [wide, narrow] = [
    shareOf(long, 'serverErrors'),
    shareOf(within(history, at - shortSeconds * 1000, at), 'serverErrors'),
  ];
  const watched = watchedSeconds(long);
  const span = formatDuration(longSeconds);
  if (wide === undefined || wide.requests === 0) {
    const reason =
      wide === undefined ? `nothing is known of the last ${span} yet` : `there were no requests in ${span}`;
    return { name, threshold: factor, verdict: 'inconclusive', reason };
  }
  const value = burnRate(wide, objective);
  const still = narrow === undefined || narrow.requests === 0 ? 0 : burnRate(narrow, objective);
  const shown = `${formatNumber(value, 3)} times the error budget of ${formatNumber(100 * objective, 6)} % in ${span}, ${formatNumber(still, 3)} times in the last ${formatDuration(shortSeconds)}`;
  const figures = { name, value, n: wide.requests, threshold: factor };
  if (value > factor && still > factor && wide.requests >= minRequests) {
    return { ...figures, verdict: 'fail', reason: `${shown}, where ${formatNumber(factor)} is the limit` };
  }
  if (wide.requests < minRequests) {
    return { ...figures, verdict: 'inconclusive', reason: `${shown}, of ${wide.requests} requests alone` };
  }
  if (watched < longSeconds / 2) {
    return {
      ...figures,
      verdict: 'inconclusive',
      reason: `${shown}; only ${formatDuration(watched)} of it were watched`,
    };
  }
  return { ...figures, verdict: 'pass', reason: shown };
}

function within(windows: readonly Measurement[], from: number, to: number): Measurement[] {
  return windows.filter((window) => window.from >= from && window.to <= to);
}

/** Several deployments' windows of the same time count once. */
function watchedSeconds(windows: readonly Measurement[]): number {
  const byStart = new Map(windows.map(({ from, to }) => [from, to]));
  return [...byStart].reduce((sum, [from, to]) => sum + (to - from), 0) / 1000;
}
