import { formatDistinct, formatNumber } from '../figures.ts';
import { knownMetric } from '../metrics/direction.ts';
import { findMetric, type MetricSet, metricKey } from '../metrics/metric-set.ts';
import { type Check, overallVerdict, type Verdict } from './check.ts';
import { absolute, add, compare, type Decimal, decimal, times, toNumber } from './decimal.ts';
import { type Operator, type Rule, writtenMetric } from './rules.ts';

/** The model in production: its metrics, or why there are none. */
export type Champion =
  | { readonly kind: 'found'; readonly metrics: MetricSet }
  /** `accepted`: rules that need a champion are left out instead of failing closed. */
  | { readonly kind: 'missing'; readonly reason: string; readonly accepted: boolean };

/** A check of one rule. */
export interface RuleCheck extends Check {
  readonly rule: Rule;
  /** How far the value lies on the wrong side, relative to the threshold; infinite when there is no value. 0 unless failed. */
  readonly shortfall: number;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** In the order of the rules. */
  readonly checks: readonly RuleCheck[];
  /** Rules that no champion could be found for, when that is accepted. */
  readonly notCompared: readonly Rule[];
}

/** A champion's value nearer to 0 than this gives relative margins no meaning. */
export const zeroBaseline = 1e-12;

/**
 * Judges the candidate by the rules. What the candidate does not show (a missing, non-finite or non-numeric metric) fails; what cannot be
 * compared (no champion, a champion without the metric, percent against fraction) is an error. Nothing judged is an error, never a pass.
 */
export function judge(rules: readonly Rule[], candidate: MetricSet, champion: Champion): Judgement {
  const accepted = champion.kind === 'missing' && champion.accepted;
  const checks = rules.map((rule) => checkRule(rule, candidate, champion));
  const leftOut = ({ rule, verdict }: RuleCheck): boolean =>
    accepted && rule.bound.kind === 'champion' && verdict === 'error';
  const judged = checks.filter((check) => !leftOut(check));
  return {
    verdict: overallVerdict(judged),
    checks: judged,
    notCompared: checks.filter(leftOut).map(({ rule }) => rule),
  };
}

function checkRule(rule: Rule, candidate: MetricSet, champion: Champion): RuleCheck {
  const name = metricKey(rule.metric, rule.slice);
  const came = (verdict: Verdict, reason: string, figures: Partial<RuleCheck> = {}): RuleCheck => ({
    name: rule.text,
    verdict,
    reason,
    advisory: rule.advisory,
    shortfall: verdict === 'fail' ? Number.POSITIVE_INFINITY : 0,
    rule,
    ...figures,
  });

  const found = findMetric(candidate, rule.metric, rule.slice)?.value;
  if (found === undefined) return came('fail', `the candidate ${missing(rule, candidate)}`);
  if (!Number.isFinite(found))
    return came('fail', `${name} of the candidate is ${formatNumber(found)}`, { value: found });

  const { bound } = rule;
  if (bound.kind === 'absolute') return compared(bound.value);

  if (champion.kind === 'missing')
    return came('error', `${name} cannot be compared: ${champion.reason}`, { value: found });
  const baseline = findMetric(champion.metrics, rule.metric, rule.slice)?.value;
  if (baseline === undefined) return came('error', `the champion ${missing(rule, champion.metrics)}`, { value: found });
  if (!Number.isFinite(baseline)) {
    return came('error', `${name} of the champion is ${formatNumber(baseline)}`, { value: found, baseline });
  }
  if (bound.offset?.relative && Math.abs(baseline) < zeroBaseline) {
    return came(
      'error',
      `${name} of the champion is ${formatNumber(baseline)}, of which no share is a margin; write an absolute one, such as \`${writtenMetric(rule.metric, rule.slice)} ${rule.operator} champion ${rule.operator.startsWith('>') ? '-' : '+'} 0.01\``,
      { value: found, baseline },
    );
  }
  return compared(championThreshold(baseline, bound.offset), baseline);

  function compared(exact: Decimal, baseline?: number): RuleCheck {
    const value = found as number;
    const threshold = toNumber(exact);
    const figures = {
      value,
      threshold,
      ...(baseline === undefined ? {} : { baseline, margin: marginOf(exact, baseline) }),
    };
    if (!Number.isFinite(threshold)) return came('error', `${rule.boundText} is beyond every number`, figures);
    if (mixesScales(rule.metric, value, baseline ?? threshold)) {
      const [left, right] = formatDistinct([value, baseline ?? threshold]);
      return came(
        'error',
        `${name} is ${left} and is compared with ${right}: one looks like a percentage, the other like a fraction`,
        figures,
      );
    }
    const holds = satisfies(compare(decimal(value), exact), rule.operator);
    const shortfall = holds ? 0 : Math.abs(value - threshold) / Math.max(Math.abs(threshold), zeroBaseline);
    return came(holds ? 'pass' : 'fail', sentence(rule, name, value, threshold, baseline, holds), {
      ...figures,
      shortfall,
    });
  }
}

function championThreshold(
  baseline: number,
  offset: { readonly relative: boolean; readonly amount: Decimal } | undefined,
): Decimal {
  const champion = decimal(baseline);
  if (offset === undefined) return champion;
  return add(champion, offset.relative ? times(absolute(champion), offset.amount) : offset.amount);
}

function marginOf(threshold: Decimal, baseline: number): number {
  return toNumber(add(threshold, times(decimal(baseline), decimal(-1))));
}

function satisfies(order: number, operator: Operator): boolean {
  switch (operator) {
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '<':
      return order < 0;
  }
}

/** For metrics that lie in [0, 1]: whether exactly one of the two does. */
function mixesScales(metric: string, value: number, reference: number): boolean {
  if (!knownMetric(metric)?.fraction || value < 0 || reference < 0) return false;
  return value > 1 !== reference > 1;
}

const holding: Readonly<Record<Operator, string>> = {
  '>=': 'is at least',
  '>': 'is above',
  '<=': 'is at most',
  '<': 'is below',
};
const broken: Readonly<Record<Operator, string>> = {
  '>=': 'is below',
  '>': 'is not above',
  '<=': 'is above',
  '<': 'is not below',
};

/** `accuracy 0.871 is below champion 0.942 - 0.005 = 0.937`. */
function sentence(
  rule: Rule,
  name: string,
  value: number,
  threshold: number,
  baseline: number | undefined,
  holds: boolean,
): string {
  const figures = baseline === undefined ? [value, threshold] : [value, threshold, baseline];
  const [left = '', limit = '', champion = ''] = formatDistinct(figures);
  const relation = (holds ? holding : broken)[rule.operator];
  if (baseline === undefined) return `${name} ${left} ${relation} ${limit}`;
  const offset = rule.boundText.slice('champion'.length).trim();
  const right = offset === '' ? `champion ${champion}` : `champion ${champion} ${offset} = ${limit}`;
  return `${name} ${left} ${relation} ${right}`;
}

/** What a set shows instead of the rule's metric. */
function missing(rule: Rule, set: MetricSet): string {
  const key = metricKey(rule.metric, rule.slice);
  const unusable = set.unusable.get(key);
  if (unusable !== undefined) return `has ${unusable} for ${key}, which is not a number (${set.source})`;
  const keys = [...set.values.keys()];
  if (keys.length === 0) return `has no metrics at all (${set.source})`;
  const last = rule.metric.split('.').at(-1)?.toLowerCase() ?? '';
  const near = keys.filter((other) => other.toLowerCase().includes(last));
  const shown = (near.length > 0 ? near : keys).slice(0, 8);
  const more = near.length === 0 && keys.length > shown.length ? ` and ${keys.length - shown.length} more` : '';
  return `has no ${key}; it has ${shown.join(', ')}${more} (${set.source})`;
}
