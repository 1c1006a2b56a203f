import type { Task } from '../metrics/definitions.ts';
import { type Direction, isTrainingMetric, knownMetric } from '../metrics/direction.ts';
import type { MetricSet } from '../metrics/metric-set.ts';
import { type Decimal, decimal, times } from './decimal.ts';
import { directionOf } from './parse-rules.ts';
import { type Bound, type Rule, writtenMetric } from './rules.ts';
import type { TestSet } from './test-set.ts';

/** What the gate asks of a candidate when no rules say it. */
export const gateModes = ['non-inferior', 'superior', 'threshold-only'] as const;
export type GateMode = (typeof gateModes)[number];

/** How much worse than the champion a candidate may be when no rules say it: a share of |champion|, or an amount in the metric's unit. */
export interface Margin {
  /** As it is written: `1%`, `0.005`. */
  readonly text: string;
  readonly relative: boolean;
  readonly amount: Decimal;
}

export const defaultMargin: Margin = { text: '1%', relative: true, amount: decimal('0.01') };

/** Reads `1%` or `0.005`; undefined for anything else. */
export function parseMargin(text: string): Margin | undefined {
  const [, number, percent] = /^\s*(\d+\.?\d*|\.\d+)\s*(%?)\s*$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const relative = percent === '%';
  const amount = decimal(number);
  return { text: `${number}${percent}`, relative, amount: relative ? times(amount, decimal('0.01')) : amount };
}

/**
 * The rules when none are given: every metric of the champion whose direction is known or stated must be at most `margin` worse.
 * Metrics of cost and of training data are left alone unless their direction is stated: they vary, or say little. Taken from the
 * champion, so that a metric that the candidate drops fails. `unjudged` names the others.
 */
export function defaultRules(
  champion: MetricSet,
  directions: Readonly<Record<string, Direction>>,
  margin: Margin = defaultMargin,
): { readonly rules: Rule[]; readonly unjudged: string[] } {
  const rules: Rule[] = [];
  const unjudged: string[] = [];
  for (const [key, { metric, slice }] of champion.values) {
    const stated = Object.hasOwn(directions, metric);
    const direction = directionOf(metric, directions);
    if (direction === undefined || (!stated && (knownMetric(metric)?.cost || isTrainingMetric(metric)))) {
      unjudged.push(key);
      continue;
    }
    rules.push(notWorse(metric, slice, direction, margin));
  }
  return { rules, unjudged };
}

/** A few metrics of each task that say different things, the first of them first. */
const telling: Readonly<Record<Task, readonly string[]>> = {
  binary: ['roc_auc', 'accuracy', 'f1'],
  multiclass: ['accuracy', 'f1_macro'],
  multilabel: ['f1_micro', 'f1_macro'],
  regression: ['rmse', 'mae'],
  ranking: ['ndcg@10'],
};

/**
 * The rules on predictions when none are given: two metrics of the task that the candidate's answers have figures for. `non-inferior`: none
 * may be more than `margin` worse than the champion's. `superior`: the first must be better, the other not more than `margin` worse.
 */
export function defaultRowRules(testSet: TestSet, mode: GateMode, margin: Margin = defaultMargin): Rule[] {
  return tellingMetrics(testSet).map((metric, index) => {
    const direction = directionOf(metric, {}) as Direction;
    return mode === 'superior' && index === 0
      ? better(metric, direction)
      : notWorse(metric, undefined, direction, margin);
  });
}

/** Up to two metrics of the task that the candidate's answers have figures for: the one to look at first, and another. */
export function tellingMetrics({ task, metrics }: TestSet): readonly string[] {
  return telling[task].filter((name) => metrics.includes(name)).slice(0, 2);
}

function notWorse(metric: string, slice: string | undefined, direction: Direction, margin: Margin): Rule {
  const operator = direction === 'higher' ? '>=' : '<=';
  const sign = direction === 'higher' ? '-' : '+';
  const amount = direction === 'higher' ? times(margin.amount, decimal(-1)) : margin.amount;
  return made(metric, slice, operator, `champion ${sign} ${margin.text}`, {
    kind: 'champion',
    offset: { relative: margin.relative, amount },
  });
}

function better(metric: string, direction: Direction): Rule {
  return made(metric, undefined, direction === 'higher' ? '>' : '<', 'champion', { kind: 'champion' });
}

function made(
  metric: string,
  slice: string | undefined,
  operator: Rule['operator'],
  boundText: string,
  bound: Bound,
): Rule {
  return {
    text: `${writtenMetric(metric, slice)} ${operator} ${boundText}`,
    boundText,
    metric,
    ...(slice === undefined ? {} : { slice }),
    operator,
    bound,
    confident: false,
    advisory: false,
  };
}

/** Whether a rule asks the candidate to be better than the champion, not only no worse. */
export function asksForMore({ operator, bound }: Rule): boolean {
  if (bound.kind !== 'champion') return false;
  const offset = bound.offset?.amount.digits ?? 0n;
  const asked = operator.startsWith('>') ? offset : -offset;
  return asked > 0n || (asked === 0n && operator.length === 1);
}
