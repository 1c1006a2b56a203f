import type { Verdict } from '../check.ts';
import { formatDistinct, formatNumber } from '../figures.ts';
import { knownMetric } from '../metrics/direction.ts';
import { absolute, add, compare, type Decimal, decimal, times, toNumber } from './decimal.ts';
import type { Outcome } from './rule-check.ts';
import { type Operator, type Rule, writtenSubject } from './rules.ts';

/** A champion's value nearer to 0 than this gives relative margins no meaning. */
export const zeroBaseline = 1e-12;

/** A verdict with its sentence. What failed without a figure lies infinitely far on the wrong side. */
export function outcome(verdict: Verdict, reason: string, figures: Partial<Outcome> = {}): Outcome {
  return { verdict, reason, shortfall: verdict === 'fail' ? Number.POSITIVE_INFINITY : 0, ...figures };
}

/** What stands against the figures of a comparison with the champion; undefined when nothing does. */
export function unfitBaseline(rule: Rule, name: string, value: number, baseline: number): Outcome | undefined {
  if (!Number.isFinite(baseline)) {
    return outcome('error', `${name} of the champion is ${formatNumber(baseline)}`, { value, baseline });
  }
  if (rule.bound.kind === 'champion' && rule.bound.offset?.relative && Math.abs(baseline) < zeroBaseline) {
    return outcome(
      'error',
      `${name} of the champion is ${formatNumber(baseline)}, of which no share is a margin; write an absolute one, such as \`${writtenSubject(rule)} ${rule.operator} champion ${rule.operator.startsWith('>') ? '-' : '+'} 0.01\``,
      { value, baseline },
    );
  }
  return undefined;
}

/** Where pass ends, exactly. `baseline` is the champion's value, for a bound that needs one. */
function exactThreshold({ bound }: Rule, baseline: number | undefined): Decimal {
  if (bound.kind === 'absolute') return bound.value;
  const champion = decimal(baseline as number);
  if (bound.offset === undefined) return champion;
  const { relative, amount } = bound.offset;
  return add(champion, relative ? times(absolute(champion), amount) : amount);
}

/** The figures of a comparison: the value, the threshold and, with a champion, its value and the margin. */
export function figuresOf(rule: Rule, value: number, baseline: number | undefined): Partial<Outcome> & Threshold {
  const exact = exactThreshold(rule, baseline);
  const margin = baseline === undefined ? undefined : toNumber(add(exact, times(decimal(baseline), decimal(-1))));
  return {
    value,
    threshold: toNumber(exact),
    ...(baseline === undefined || margin === undefined ? {} : { baseline, margin }),
  };
}

interface Threshold {
  readonly threshold: number;
}

/** Why these figures cannot be compared at all; undefined when they can. */
export function incomparable(
  rule: Rule,
  name: string,
  value: number,
  baseline: number | undefined,
): Outcome | undefined {
  const figures = figuresOf(rule, value, baseline);
  if (!Number.isFinite(figures.threshold)) return outcome('error', `${rule.boundText} is beyond every number`, figures);
  const reference = baseline ?? figures.threshold;
  if (!mixesScales(rule, value, reference)) return undefined;
  const [left, right] = formatDistinct([value, reference]);
  return outcome(
    'error',
    `${name} is ${left} and is compared with ${right}: one looks like a percentage, the other like a fraction`,
    figures,
  );
}

/** Compares two figures as they are, exactly as decimals. Both must be finite. */
export function judgeFigures(rule: Rule, name: string, value: number, baseline?: number): Outcome {
  const unfit = baseline === undefined ? undefined : unfitBaseline(rule, name, value, baseline);
  const problem = unfit ?? incomparable(rule, name, value, baseline);
  if (problem !== undefined) return problem;
  const figures = figuresOf(rule, value, baseline);
  const holds = satisfies(compare(decimal(value), exactThreshold(rule, baseline)), rule.operator);
  return outcome(holds ? 'pass' : 'fail', sentence(rule, name, value, figures.threshold, baseline, holds), {
    ...figures,
    shortfall: holds ? 0 : shortfallOf(value, figures.threshold),
  });
}

/** How far a value lies from its threshold, relative to it. */
export function shortfallOf(value: number, threshold: number): number {
  return Math.abs(value - threshold) / Math.max(Math.abs(threshold), zeroBaseline);
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
function mixesScales({ metric, groups }: Rule, value: number, reference: number): boolean {
  if (groups?.kind === 'ratio' || !knownMetric(metric)?.fraction || value < 0 || reference < 0) return false;
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

/** `is at least`, or `is below` when it does not hold. */
export function relation(operator: Operator, holds: boolean): string {
  return (holds ? holding : broken)[operator];
}

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
  const verb = relation(rule.operator, holds);
  if (baseline === undefined) return `${name} ${left} ${verb} ${limit}`;
  const offset = offsetText(rule);
  const right = offset === '' ? `champion ${champion}` : `champion ${champion} ${offset} = ${limit}`;
  return `${name} ${left} ${verb} ${right}`;
}

/** What stands behind `champion` in the rule: `- 0.005`, or nothing. */
export function offsetText(rule: Rule): string {
  return rule.boundText.slice('champion'.length).trim();
}
