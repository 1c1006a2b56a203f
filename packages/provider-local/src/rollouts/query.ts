import {
  type CustomResult,
  formatNumber,
  type LatencyStatistic,
  type Measurement,
  requestsOf,
  type Series,
  shareOf,
  UserError,
} from '@mlops-actions/core';
import type { MetricQuery } from '@mlops-actions/provider';

type Figure = (series: Series) => number | undefined;

/**
 * The figures that a query may name, over the whole time asked for: rates are fractions of the requests, `restarts` is a sum, `saturation`
 * (0 to 1) and `in-flight` are the highest that was seen.
 */
const figures: Readonly<Record<string, Figure>> = {
  'requests-per-second': ({ windows }) => {
    const requests = requestsOf(windows);
    return requests === undefined ? undefined : requests / secondsOf(windows);
  },
  'error-rate': rateOf('serverErrors'),
  'client-error-rate': rateOf('clientErrors'),
  'p50-ms': latencyOf('p50'),
  'p90-ms': latencyOf('p90'),
  'p95-ms': latencyOf('p95'),
  'p99-ms': latencyOf('p99'),
  'mean-ms': latencyOf('mean'),
  'max-ms': latencyOf('max'),
  saturation: highest(({ saturation }) => saturation),
  restarts: ({ windows }) => {
    const counts = windows.flatMap(({ restarts }) => restarts ?? []);
    return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
  },
  'in-flight': highest(({ inFlight }) => inFlight),
};

const comparisons: Readonly<Record<MetricQuery['operator'], (value: number, threshold: number) => boolean>> = {
  '<': (value, threshold) => value < threshold,
  '<=': (value, threshold) => value <= threshold,
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
};

/** @throws UserError when the query names no figure. */
export function requireFigure({ name, query }: MetricQuery): Figure {
  const figure = Object.hasOwn(figures, query) ? figures[query] : undefined;
  if (figure !== undefined) return figure;
  throw new UserError(
    `Check ${name} asks for "${query}", which the local provider does not measure. Ask for one of: ${Object.keys(figures).join(', ')}.`,
  );
}

/** Judges a figure of what was measured; without figures, and without requests for a figure of requests, nothing can be said yet. */
export function judgeQuery(query: MetricQuery, series: Series): CustomResult {
  const { name, deployment, operator, threshold } = query;
  const value = requireFigure(query)(series);
  if (value === undefined) {
    const isIdle = (requestsOf(series.windows) ?? 0) === 0;
    return isIdle
      ? { name, threshold, verdict: 'inconclusive', reason: `${deployment} had no request that tells ${query.query}` }
      : { name, threshold, verdict: 'error', reason: `${query.query} of ${deployment} is not known` };
  }
  const isMet = comparisons[operator](value, threshold);
  const verdict = isMet ? 'pass' : 'fail';
  const relation = isMet ? operator : `not ${operator}`;
  const reason = `${query.query} of ${deployment} is ${formatNumber(value)}, ${relation} ${formatNumber(threshold)}`;
  return { name, verdict, value, threshold, reason };
}

function rateOf(count: 'serverErrors' | 'clientErrors'): Figure {
  return ({ windows }) => {
    const share = shareOf(windows, count);
    return share === undefined || share.requests === 0 ? undefined : share.count / share.requests;
  };
}

function latencyOf(statistic: LatencyStatistic): Figure {
  return ({ latency }) => latency?.[statistic];
}

function highest(figure: (window: Measurement) => number | undefined): Figure {
  return ({ windows }) => {
    const known = windows.flatMap((window) => figure(window) ?? []);
    return known.length === 0 ? undefined : Math.max(...known);
  };
}

function secondsOf(windows: readonly Measurement[]): number {
  return windows.reduce((sum, { from, to }) => sum + (to - from), 0) / 1000;
}
