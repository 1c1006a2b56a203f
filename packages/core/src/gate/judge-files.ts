import { formatNumber } from '../figures.ts';
import { findMetric, type MetricSet, metricKey } from '../metrics/metric-set.ts';
import { judgeFigures, outcome } from './outcome.ts';
import type { Outcome } from './rule-check.ts';
import type { Rule } from './rules.ts';

/** The model in production: its metrics, or why there are none. */
export type Champion =
  | { readonly kind: 'found'; readonly metrics: MetricSet }
  /** `accepted`: rules that need a champion are left out instead of failing closed. */
  | { readonly kind: 'missing'; readonly reason: string; readonly accepted: boolean };

/** Judges a rule on one slice, or on all rows, by the figures that metrics files hold. */
export function judgeFiles(rule: Rule, slice: string | undefined, candidate: MetricSet, champion: Champion): Outcome {
  const name = metricKey(rule.metric, slice);
  const found = findMetric(candidate, rule.metric, slice)?.value;
  if (found === undefined) return outcome('fail', `the candidate ${missing(rule.metric, slice, candidate)}`);
  if (!Number.isFinite(found)) {
    return outcome('fail', `${name} of the candidate is ${formatNumber(found)}`, { value: found });
  }
  if (rule.confident) {
    return outcome(
      'error',
      `${name} has no confidence bound: ${candidate.source} holds figures only; give \`predictions\``,
      { value: found },
    );
  }
  return againstFiles(rule, slice, found, champion);
}

/** Judges the candidate's figure, wherever it is from, by the rule's number or by the champion's figure from a metrics file. */
export function againstFiles(rule: Rule, slice: string | undefined, value: number, champion: Champion): Outcome {
  const name = metricKey(rule.metric, slice);
  if (rule.bound.kind === 'absolute') return judgeFigures(rule, name, value);
  if (champion.kind === 'missing') {
    return outcome('error', `${name} cannot be compared: ${champion.reason}`, { value });
  }
  const baseline = findMetric(champion.metrics, rule.metric, slice)?.value;
  if (baseline === undefined) {
    return outcome('error', `the champion ${missing(rule.metric, slice, champion.metrics)}`, { value });
  }
  return { ...judgeFigures(rule, name, value, baseline), significance: 'not available' };
}

/** The slices of a set that give each of `columns` a value and have the metric. */
export function slicesOf(set: MetricSet, metric: string, columns: readonly string[]): string[] {
  const wanted = [...columns].sort().join(',');
  return [...set.values.values()]
    .filter((value) => value.metric === metric && value.slice !== undefined)
    .map(({ slice = '' }) => slice)
    .filter((slice) => columnsOf(slice) === wanted)
    .sort();
}

function columnsOf(slice: string): string {
  return slice
    .split(',')
    .map((condition) => condition.split('=')[0] ?? '')
    .sort()
    .join(',');
}

/** What a set shows instead of the metric. */
export function missing(metric: string, slice: string | undefined, set: MetricSet): string {
  const key = metricKey(metric, slice);
  const unusable = set.unusable.get(key);
  if (unusable !== undefined) return `has ${unusable} for ${key}, which is not a number (${set.source})`;
  const keys = [...set.values.keys()];
  if (keys.length === 0) return `has no metrics at all (${set.source})`;
  const last = metric.split('.').at(-1)?.toLowerCase() ?? '';
  const near = keys.filter((other) => other.toLowerCase().includes(last));
  const shown = (near.length > 0 ? near : keys).slice(0, 8);
  const more = near.length === 0 && keys.length > shown.length ? ` and ${keys.length - shown.length} more` : '';
  return `has no ${key}; it has ${shown.join(', ')}${more} (${set.source})`;
}
