import { formatNumber } from '../figures.ts';
import { mannWhitney, studentTSf } from '../statistics/index.ts';
import { pText } from './error-check.ts';
import { calledInRollouts, type Evidence, type JudgeRules, type RolloutCheck } from './judgement.ts';
import { type LatencyStatistic, latencyStatistics, type Measurement, pairsOf, requestsOf } from './measurement.ts';

/** Fewer windows do not tell noise from a slower model. */
const leastWindows = 3;
/** From so many windows on a rank test of them means something (Kayenta's judge runs for hours). */
const leastPoints = 50;
/** Kayenta's confidence is 0.98. */
const rankSignificance = 0.02;

/**
 * Latency against stable over the same minutes, and against an absolute limit. It fails when the ratio over the whole step is above the
 * limit (and the difference above `latencySlackMs`) and the windows agree: Student's one-sided t-test of the logarithms of the windows' ratios against the limit's. A percentile of
 * few requests is a noisy thing, and the windows show how noisy without any assumption on how latencies are distributed. Above the limit
 * without that evidence is inconclusive. With all traffic at the candidate there is no stable to compare with: then stable's minutes just
 * before the shift stand in.
 */
export function latencyCheck(evidence: Evidence, rules: JudgeRules): RolloutCheck {
  const windows = evidence.candidate.windows.filter(({ from }) => from >= evidence.settledAt);
  const comparator = comparatorOf(windows, evidence);
  const statistic = chosenStatistic(windows, comparator, rules);
  const called = evidence.called ?? calledInRollouts;
  if (statistic === undefined) return without(`there is no latency of ${called.candidate}`);
  const absolute = absoluteCheck(windows, statistic, evidence, rules);
  if (absolute?.verdict === 'fail') return absolute;
  const relative = relativeCheck(windows, comparator, statistic, rules, called.stable);
  if (relative === undefined) {
    if (isSilent(windows, evidence))
      return without(`${called.stable} has traffic, and nothing is known of its latency`);
    // Nothing to compare with at all: the first deployment, one that got everything at once, or a stable that nobody asks.
    return absolute ?? { ...without(`there is no latency of ${called.stable} to compare with`), advisory: true };
  }
  return relative.verdict === 'pass' && absolute !== undefined
    ? { ...absolute, baseline: relative.baseline as number }
    : relative;
}

/**
 * The latencies of 50 windows and more of each deployment by the test of Mann and Whitney at 98 %, with the ratio of the medians above the
 * limit, as Kayenta judges. Absent with fewer.
 */
export function rankCheck(evidence: Evidence, rules: JudgeRules): RolloutCheck | undefined {
  const windows = evidence.candidate.windows.filter(({ from }) => from >= evidence.settledAt);
  const comparator = comparatorOf(windows, evidence);
  const statistic = chosenStatistic(windows, comparator, rules);
  if (statistic === undefined) return undefined;
  const own = valuesOf(windows, statistic);
  const other = valuesOf(comparator, statistic);
  if (own.length < leastPoints || other.length < leastPoints) return undefined;
  const { p } = mannWhitney(own, other, 'greater');
  const [value, baseline] = [medianOf(own), medianOf(other)];
  const fails = p < rankSignificance && value > rules.latencyRatio * baseline;
  return {
    name: 'latency-ranks',
    verdict: fails ? 'fail' : 'pass',
    advisory: false,
    value,
    baseline,
    threshold: rules.latencyRatio * baseline,
    n: own.length,
    p,
    reason: `the median of the windows' ${statistic} is ${milliseconds(value)} against ${milliseconds(baseline)} of stable, ${pText(p)}`,
  };
}

function comparatorOf(windows: readonly Measurement[], { stable, before }: Evidence): readonly Measurement[] {
  const paired = stable === undefined ? [] : pairsOf(windows, stable.windows).map(([, other]) => other);
  return paired.some(({ latency }) => latency !== undefined) ? paired : (before ?? []);
}

/** Whether stable ought to have figures of the same minutes, and has not: a window without requests has no latency, and that is known. */
function isSilent(windows: readonly Measurement[], { stable }: Evidence): boolean {
  return stable !== undefined && pairsOf(windows, stable.windows).every(([, { requests }]) => requests !== 0);
}

function chosenStatistic(
  own: readonly Measurement[],
  other: readonly Measurement[],
  { latencyStatistic }: JudgeRules,
): LatencyStatistic | undefined {
  const offered = latencyStatistic === undefined ? latencyStatistics : [latencyStatistic, ...latencyStatistics];
  const has = (windows: readonly Measurement[], name: LatencyStatistic): boolean =>
    windows.some(({ latency }) => latency?.[name] !== undefined);
  return offered.find((name) => has(own, name) && has(other, name)) ?? offered.find((name) => has(own, name));
}

function relativeCheck(
  windows: readonly Measurement[],
  comparator: readonly Measurement[],
  statistic: LatencyStatistic,
  rules: JudgeRules,
  stable: string,
): RolloutCheck | undefined {
  const pairs = pairsOf(windows, comparator).filter((pair) =>
    pair.every(({ latency }) => positive(latency?.[statistic])),
  );
  const same = pairs.length > 0;
  const own = same ? pairs.map(([window]) => window) : windows.filter(({ latency }) => positive(latency?.[statistic]));
  const other = same ? pairs.map(([, window]) => window) : comparator;
  const baseline = averageOf(other, statistic);
  const value = averageOf(own, statistic);
  if (baseline === undefined || value === undefined) return undefined;
  const logs = own.map((window, index) =>
    Math.log(latencyOf(window, statistic) / (same ? latencyOf(other[index] as Measurement, statistic) : baseline)),
  );
  const ratio = value / baseline;
  const limit = Math.max(rules.latencyRatio, 1 + rules.latencySlackMs / baseline);
  const p = exceedsP(logs, Math.log(limit));
  const text = `${statistic} ${milliseconds(value)} is ${formatNumber(ratio, 3)} times the ${milliseconds(baseline)} of ${stable}${same ? '' : ' before'}`;
  return {
    ...decided(ratio > limit, p, own, rules, text),
    value,
    baseline,
    threshold: limit * baseline,
    margin: (limit - 1) * baseline,
  };
}

function absoluteCheck(
  windows: readonly Measurement[],
  statistic: LatencyStatistic,
  { candidate }: Evidence,
  rules: JudgeRules,
): RolloutCheck | undefined {
  const limit = rules.maxLatencyMs;
  if (limit === undefined) return undefined;
  const own = windows.filter(({ latency }) => positive(latency?.[statistic]));
  // The provider's figure over everything is the better one, but includes what was still settling.
  const overall = own.length === candidate.windows.length ? candidate.latency?.[statistic] : undefined;
  const value = overall ?? averageOf(own, statistic);
  if (value === undefined) return undefined;
  const p = exceedsP(
    own.map((window) => Math.log(latencyOf(window, statistic))),
    Math.log(limit),
  );
  const text = `${statistic} ${milliseconds(value)}, where ${milliseconds(limit)} is the limit`;
  return { ...decided(value > limit, p, own, rules, text), value, threshold: limit };
}

function decided(
  over: boolean,
  p: number | undefined,
  own: readonly Measurement[],
  rules: JudgeRules,
  text: string,
): RolloutCheck {
  const requests = requestsOf(own);
  const enough = requests === undefined || requests >= rules.minRequests;
  const shown = { name: 'latency', advisory: false, n: requests ?? own.length, ...(p === undefined ? {} : { p }) };
  if (over && p !== undefined && p < rules.significance)
    return { ...shown, verdict: 'fail', reason: `${text}, ${pText(p)}` };
  if (over) return { ...shown, verdict: 'inconclusive', reason: `${text}, which may be chance` };
  if (!enough) return { ...shown, verdict: 'inconclusive', reason: `${text}, of too few requests (${requests})` };
  return { ...shown, verdict: 'pass', reason: text };
}

/** Student's one-sided t-test that the mean of `values` is above `limit`; undefined below 3 values. */
export function exceedsP(values: readonly number[], limit: number): number | undefined {
  const n = values.length;
  if (n < leastWindows) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  if (variance === 0) return mean > limit ? 0 : 1;
  return studentTSf((mean - limit) / Math.sqrt(variance / n), n - 1);
}

/** The mean of the windows' statistics, each weighted by its requests where they are known. */
function averageOf(windows: readonly Measurement[], statistic: LatencyStatistic): number | undefined {
  let [sum, weights] = [0, 0];
  for (const { latency, requests } of windows) {
    const value = latency?.[statistic];
    if (!positive(value)) continue;
    const weight = requests ?? 1;
    sum += weight * value;
    weights += weight;
  }
  return weights === 0 ? undefined : sum / weights;
}

function valuesOf(windows: readonly Measurement[], statistic: LatencyStatistic): number[] {
  return windows.flatMap(({ latency }) => {
    const value = latency?.[statistic];
    return positive(value) ? [value] : [];
  });
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

function latencyOf(window: Measurement, statistic: LatencyStatistic): number {
  return window.latency?.[statistic] as number;
}

function positive(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value > 0;
}

function milliseconds(value: number): string {
  return `${formatNumber(value, 3)} ms`;
}

function without(reason: string): RolloutCheck {
  return { name: 'latency', verdict: 'inconclusive', advisory: false, reason };
}
